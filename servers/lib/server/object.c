/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects, their references and their ports; see object.h.
 *
 * No-senders. When a port's first right is made, the kernel is asked to say
 * when none is left: a message on the port itself. Anybody with a right could
 * send such a message, so the port's true state is asked before it is
 * believed. While rights are being made the notice can come late or early:
 *
 *	the port has senders: the notice is false, or was true when it was
 *		sent. If it was the one we asked for, ask for another.
 *	we have made more rights than the kernel has seen: an answer that makes
 *		one is on its way; as above.
 *	else: it is true. Under the table's lock nobody makes a right between
 *		the test (core/senders.h) and exist = 0.
 */
#include "internal.h"
#include <base/assert.h>
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>

enum {
	SETTLE_STEP = 32, /* objects */
	SETTLE_REST = 10, /* milliseconds */
};

void object_init(struct object *object, const struct object_class *class)
{
	object->class = class;
	object->references = 1;
	object->handle = 0;
	object->port = MACH_PORT_NULL;
	object->restored = 0;
	senders_start(&object->senders, 0);
}

void *object_reference(void *pointer)
{
	struct object *object = pointer;

	lock(&table_lock);
	assert(object->references > 0);
	object->references++;
	unlock(&table_lock);
	return object;
}

void object_release(void *pointer)
{
	struct object *object = pointer;
	mach_port_t port = MACH_PORT_NULL;

	lock(&table_lock);
	assert(object->references > 0);
	if (--object->references > 0) {
		unlock(&table_lock);
		return;
	}
	if (object->port && !recover_parks(object)) {
		if (!recover_closes(object))
			port = object->port;
		table_remove(object);
	}
	object->port = MACH_PORT_NULL;
	unlock(&table_lock);
	port_end(port);
	if (object->class->destroy)
		object->class->destroy(object);
}

/* Lock held. */
static error_t port_open(struct object *object, struct pool *pool)
{
	error_t error;

	senders_start(&object->senders, 0);
	if (recover_unparks(object, pool))
		return 0;
	if (port_new(&object->port))
		return E_NOMEM;
	error = table_add(object);
	if (!error) {
		error = port_set_payload(object->port, object->handle);
		if (!error)
			error = port_move_to_set(object->port, pool->set);
		if (!error)
			error = recover_opened(object, pool);
		if (error)
			table_remove(object);
	}
	if (error) {
		port_end(object->port);
		object->port = MACH_PORT_NULL;
		return E_NOMEM;
	}
	return 0;
}

/* What the kernel says of the object's port. */
static error_t port_look(const struct object *object, struct senders_port *port)
{
	struct mach_port_status status;
	error_t error = mach_port_get_receive_status(mach_task_self(),
	    object->port, &status);

	if (error)
		return error;
	port->rights = status.mps_srights;
	port->made = status.mps_mscount;
	port->asked = status.mps_nsrequest;
	port->messages = status.mps_msgcount;
	return 0;
}

/* Lock held. Once more, if that was lost with a message. */
static void senders_ask(struct object *object)
{
	port_notify_no_senders(object->port, object->senders.made,
	    object->port);
}

/* Lock held. */
static void object_look(struct object *object)
{
	struct senders_port port;
	int asked;

	if (port_look(object, &port))
		return;
	if (senders_look(&object->senders, &port, &asked))
		object->references++;
	if (!asked)
		senders_ask(object);
}

void object_restored(struct object *object, int later)
{
	object->restored = 1;
	if (!later) {
		object_look(object);
		return;
	}
	object->senders.unsure = 1;
	object->senders.exist = 1;
	object->references++;
}

void objects_settle(void)
{
	struct object *object;
	unsigned index = 1;
	int more = 1;

	while (more) {
		lock(&table_lock);
		for (int i = 0; i < SETTLE_STEP && more; i++) {
			more = table_at(index++, &object);
			if (more && object && object->senders.unsure)
				object_look(object);
		}
		unlock(&table_lock);
		thread_sleep(SETTLE_REST);
	}
}

/* Counts one more right that is about to be made. Lock held. */
static error_t right_prepare(struct object *object, struct pool *pool)
{
	error_t error = 0;

	if (!object->port)
		error = port_open(object, pool);
	if (error)
		return error;
	if (object->senders.unsure)
		object_look(object);
	if (!object->senders.exist) {
		error = port_notify_no_senders(object->port,
		    object->senders.made + 1, object->port);
		if (error)
			return E_NOMEM;
		object->senders.exist = 1;
		object->references++;
	}
	object->senders.made++;
	return 0;
}

error_t object_make_right(void *pointer, struct pool *pool, mach_port_t *right)
{
	struct object *object = pointer;
	error_t error;

	lock(&table_lock);
	error = right_prepare(object, pool);
	if (!error) {
		error = port_make_send(object->port);
		if (error)
			object->senders.made--;
		else
			*right = object->port;
	}
	unlock(&table_lock);
	return error;
}

error_t object_make_answer(void *pointer, struct pool *pool, mach_port_t *right,
    mach_msg_type_name_t *type)
{
	struct object *object = pointer;
	error_t error;

	lock(&table_lock);
	error = right_prepare(object, pool);
	if (!error) {
		*right = object->port;
		*type = MACH_MSG_TYPE_MAKE_SEND;
	}
	unlock(&table_lock);
	return error;
}

void *object_of_right(mach_port_t right, const struct object_class *class)
{
	struct object *object;

	lock(&table_lock);
	object = table_find_port(right);
	if (object && class && object->class != class)
		object = 0;
	if (object)
		object->references++;
	unlock(&table_lock);
	return object;
}

void object_close_port(void *pointer)
{
	struct object *object = pointer;
	mach_port_t port;
	int drop;

	lock(&table_lock);
	port = object->port;
	drop = object->senders.exist;
	if (port) {
		if (recover_closes(object))
			port = MACH_PORT_NULL;
		table_remove(object);
	}
	object->port = MACH_PORT_NULL;
	object->senders.exist = 0;
	unlock(&table_lock);
	port_end(port);
	wait_cancel_object(object);
	if (drop)
		object_release(object);
}

unsigned object_references(void *pointer)
{
	struct object *object = pointer;
	unsigned references;

	lock(&table_lock);
	references = object->references;
	unlock(&table_lock);
	return references;
}

/* Lock held: whether the port really has no senders and none is coming. */
static int really_no_senders(struct object *object)
{
	struct senders_port port;

	if (!object->port || !object->senders.exist ||
	    port_look(object, &port))
		return 0;
	if (senders_gone(&object->senders, &port))
		return 1;
	if (!port.asked)
		senders_ask(object);
	return 0;
}

int object_is_left(void *whose)
{
	struct object *object = whose;
	struct senders_port port;
	struct senders senders;
	int left;

	lock(&table_lock);
	senders = object->senders;
	left = (senders.made || object->restored) &&
	    (!object->port || !senders.exist ||
		(!port_look(object, &port) && senders_gone(&senders, &port)));
	unlock(&table_lock);
	return left;
}

void object_no_senders(struct object *object)
{
	int gone;

	lock(&table_lock);
	gone = really_no_senders(object);
	if (gone)
		object->senders.exist = 0;
	unlock(&table_lock);
	if (!gone)
		return;
	wait_drop_dead(object);
	if (object->class->no_senders)
		object->class->no_senders(object);
	object_release(object);
}

object_t object_of_payload(unsigned long payload)
{
	struct worker *worker = worker_self();

	return worker ? worker->current->object : (object_t)payload;
}

object_t object_of_port(mach_port_t port)
{
	struct worker *worker = worker_self();

	(void)port;
	return worker ? worker->current->object : 0;
}
