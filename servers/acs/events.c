/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to servers: their tasks die (dead-name notifications on the
 * task ports) or their threads fault (exceptions). A crash is reported
 * (crash.c); then the task ends, which the first kind of event tells us again.
 */
#include "keep.h"
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <kernel/mach_port.client.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <server/recover.h>

enum {
	EXCEPTION_RAISE = 2400,
	LOOK = 1, /* a message of our own */
	LOOK_PATIENCE = 1000, /* milliseconds */
};

/* exception_raise as the kernel sends it (exc.defs). */
struct exception_message {
	mach_msg_header_t header;
	mach_msg_type_t thread_type;
	mach_port_t thread; /* send right */
	mach_msg_type_t task_type;
	mach_port_t task; /* send right */
	mach_msg_type_t exception_type;
	int exception;
	mach_msg_type_t code_type;
	int code;
	mach_msg_type_t subcode_type;
	int subcode;
};

mach_port_t events_port;

static struct hand own_hand; /* the twin's */

static struct hand *events_hand(void)
{
	return keep_is_on() ? &area->hand : &own_hand;
}

error_t events_start(void)
{
	error_t error = 0;

	if (!events_port)
		error = port_new(&events_port);
	return error ? error : port_make_send(events_port);
}

static void events_thread(void *argument);
error_t events_serve(void)
{
	if (keep_is_on())
		recover_hand(&area->hand);
	return thread_start(events_thread, NULL);
}

void events_look(void)
{
	mach_msg_header_t message = { 0 };

	message.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0);
	message.msgh_size = sizeof message;
	message.msgh_remote_port = events_port;
	message.msgh_id = LOOK;
	mach_msg(&message, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof message,
	    0, MACH_PORT_NULL, LOOK_PATIENCE, MACH_PORT_NULL);
}

static const char *exception_name(int exception)
{
	static const char *const names[] = { "exception", "bad access",
		"bad instruction", "arithmetic", "emulation", "software",
		"breakpoint" };

	return exception > 0 && exception < 7 ? names[exception] : names[0];
}

static void crashed(const struct exception_message *message)
{
	struct child *child;
	char what[64];

	text_format(what, sizeof(what), "crashed: %s, code %x, address %x",
	    exception_name(message->exception), message->code,
	    message->subcode);
	lock(&acs_lock);
	child = child_of_task(message->task);
	if (child)
		child->crashed = 1;
	crash_report(child ? child->name : "a task without a name", what,
	    message->task, message->thread);
	if (!child || child_terminate(child))
		task_terminate(message->task);
	unlock(&acs_lock);
}

/* One that was asked for by an ACS that died has a name that means nothing
 * here, or another port. */
static void dead_name(mach_port_t name)
{
	struct child *child;

	if (!port_is_dead(name))
		return;
	lock(&acs_lock);
	child = child_of_task(name);
	if (child)
		child_died(child);
	unlock(&acs_lock);
	port_drop(name); /* the notification's own reference */
}

/* D has come home from a task that ends; its dead name follows. */
static void death_returned(mach_port_t port)
{
	struct child *child = NULL;

	while ((child = child_next(child)) && child->guard.death != port)
		;
	if (child)
		guard_returned(&child->guard);
	else
		port_end(port);
}

/* The message is in the hand until it has had its effect. */
static void event(mach_msg_header_t *in)
{
	switch (in->msgh_id) {
	case EXCEPTION_RAISE:
		crashed((struct exception_message *)in);
		message_destroy(in);
		break;
	case MACH_NOTIFY_DEAD_NAME:
		dead_name(((mach_dead_name_notification_t *)in)->not_port);
		break;
	case MACH_NOTIFY_PORT_DESTROYED:
		lock(&acs_lock);
		death_returned(
		    ((mach_port_destroyed_notification_t *)in)->not_port);
		unlock(&acs_lock);
		break;
	case LOOK:
		lock(&acs_lock);
		children_look();
		unlock(&acs_lock);
		break;
	default:
		message_destroy(in);
	}
}

static void events_thread(void *argument)
{
	struct hand *hand = events_hand();
	mach_msg_header_t *in = &hand->message.header;

	(void)argument;
	thread_name("events");
	thread_hurry(thread_self()->port);
	server_thread_wire();
	for (;;) {
		if (mach_msg(in, MACH_RCV_MSG, 0, HAND_MESSAGE, events_port, 0,
			MACH_PORT_NULL))
			continue;
		event(in);
		in->msgh_id = 0;
		__asm__ volatile("" : : : "memory");
		hand->rescued = 0;
	}
}

/* ---- the ACS itself has died: keep.c ----------------------------------- */

mach_port_t events_held(void)
{
	const mach_port_destroyed_notification_t *in =
	    (void *)&area->hand.message;

	return in->not_header.msgh_id == MACH_NOTIFY_PORT_DESTROYED ?
	    in->not_port : MACH_PORT_NULL;
}

/* The second right of an exception's message. */
static mach_port_t task_take(void)
{
	mach_msg_type_name_t got;
	mach_port_t right;

	if (mach_port_extract_right(GUARD_VAULT, HAND_RIGHTS + 1,
		MACH_MSG_TYPE_COPY_SEND, &right, &got))
		return MACH_PORT_NULL;
	return right;
}

/* It has crashed, and nobody answers: its next instance begins. */
static void crash_resume(mach_port_t task)
{
	struct child *child = child_of_task(task);

	if (!child) {
		task_terminate(task);
		return;
	}
	child->crashed = 1;
	if (!child->halted)
		child->halted = HALT_BEGUN; /* children_resume() goes on */
}

/* A D comes by the ACS's own D. */
void events_resume(void)
{
	mach_msg_header_t *in = &area->hand.message.header;
	mach_port_t right;

	if (in->msgh_id == EXCEPTION_RAISE) {
		right = task_take();
		if (right)
			crash_resume(right);
		port_drop(right);
	}
	in->msgh_id = 0;
	area->hand.rescued = 0;
	mach_port_destroy(GUARD_VAULT, HAND_RIGHTS);
	mach_port_destroy(GUARD_VAULT, HAND_RIGHTS + 1);
}
