/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to servers: their tasks die (dead-name notifications on the
 * task ports) or their threads fault (exceptions). A crash is reported
 * (crash.c); then the task ends, which the first kind of event tells us again.
 */
#include "acs.h"
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <kernel/mach.client.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>

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

static int events_demux(mach_msg_header_t *in, mach_msg_header_t *out);
static struct pool pool_events = {
	.name = "events",
	.threads_max = 1,
	.privileged = 1,
	.demux = events_demux,
};

error_t events_start(void)
{
	error_t error = 0;

	if (!events_port)
		error = port_new(&events_port);
	return error ? error : port_make_send(events_port);
}

error_t events_serve(void)
{
	error_t error = pool_start(&pool_events);

	return error ? error : pool_add_port(&pool_events, events_port);
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

static void dead_name(mach_port_t name)
{
	struct child *child;

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

	lock(&acs_lock);
	while ((child = child_next(child)) && child->guard.death != port)
		;
	if (child)
		guard_returned(&child->guard);
	unlock(&acs_lock);
	if (!child)
		port_end(port);
}

static int events_demux(mach_msg_header_t *in, mach_msg_header_t *out)
{
	if (in->msgh_id == EXCEPTION_RAISE) {
		crashed((struct exception_message *)in);
		message_destroy(in);
		in->msgh_remote_port = MACH_PORT_NULL;
	} else if (in->msgh_id == MACH_NOTIFY_DEAD_NAME) {
		dead_name(((mach_dead_name_notification_t *)in)->not_port);
	} else if (in->msgh_id == MACH_NOTIFY_PORT_DESTROYED) {
		death_returned(
		    ((mach_port_destroyed_notification_t *)in)->not_port);
	} else if (in->msgh_id == LOOK) {
		lock(&acs_lock);
		children_look();
		unlock(&acs_lock);
	} else {
		return 0;
	}
	((mig_reply_header_t *)out)->RetCode = MIG_NO_REPLY;
	return 1;
}
