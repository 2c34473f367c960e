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
 *	make_sends > the kernel's make-send count: an answer that makes a
 *		right is on its way; as above.
 *	else: it is true. Under the table's lock nobody makes a right between
 *		the test and has_senders = 0.
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
	object->make_sends = 0;
	object->has_senders = 0;
	object->restored = object->unsure = 0;
	object->ended = 0;
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

	object->has_senders = 0;
	object->make_sends = 0;
	object->ended = 0;
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

/* Lock held. What the kernel says, which is asked to tell of the last one
 * (again, if that was lost with a message). */
static void senders_look(struct object *object)
{
	struct mach_port_status status;

	if (mach_port_get_receive_status(mach_task_self(), object->port,
		&status))
		return;
	object->unsure = 0;
	object->make_sends = status.mps_mscount;
	if (!object->has_senders && status.mps_srights) {
		object->has_senders = 1;
		object->references++;
	}
	if (object->has_senders &&
	    (!status.mps_srights || !status.mps_nsrequest))
		port_notify_no_senders(object->port, object->make_sends,
		    object->port);
}

void object_restored(struct object *object, int later)
{
	object->restored = 1;
	if (!later) {
		senders_look(object);
		return;
	}
	object->unsure = 1;
	object->has_senders = 1;
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
			if (more && object && object->unsure)
				senders_look(object);
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
	if (object->unsure)
		senders_look(object);
	if (!object->has_senders) {
		error = port_notify_no_senders(object->port,
		    object->make_sends + 1, object->port);
		if (error)
			return E_NOMEM;
		object->has_senders = 1;
		object->references++;
	}
	object->make_sends++;
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
			object->make_sends--;
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
	drop = object->has_senders;
	if (port) {
		if (recover_closes(object))
			port = MACH_PORT_NULL;
		table_remove(object);
	}
	object->port = MACH_PORT_NULL;
	object->has_senders = 0;
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
	struct mach_port_status status;

	if (!object->port || !object->has_senders)
		return 0;
	if (mach_port_get_receive_status(mach_task_self(), object->port,
		&status))
		return 0;
	if (!status.mps_srights && status.mps_mscount >= object->make_sends) {
		/* One on its way to a thread is counted in both: then nobody
		 * knows which number the next one has. */
		object->end = status.mps_seqno;
		object->ended = !status.mps_msgcount;
		/* A restored one has not counted those of the instance before:
		 * the port's next object goes on from here. */
		object->make_sends = status.mps_mscount;
		object->unsure = 0;
		return 1;
	}
	if (!status.mps_nsrequest)
		port_notify_no_senders(object->port, object->make_sends,
		    object->port);
	return 0;
}

int object_is_left(void *whose)
{
	struct object *object = whose;
	struct mach_port_status status;
	int left;

	lock(&table_lock);
	left = (object->make_sends || object->restored) &&
	    (!object->port || !object->has_senders ||
		(!mach_port_get_receive_status(
		     mach_task_self(), object->port, &status) &&
		    !status.mps_srights &&
		    status.mps_mscount >= object->make_sends));
	unlock(&table_lock);
	return left;
}

void object_no_senders(struct object *object)
{
	int gone;

	lock(&table_lock);
	gone = really_no_senders(object);
	if (gone)
		object->has_senders = 0;
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
