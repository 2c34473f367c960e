/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end: every server gets the order to save and stop, the youngest first,
 * so that each finds those it needs still serving; then the machine reboots
 * or halts. Paper section 2.1. A server that does not end in time is ended.
 */
#include "keep.h"
#include "core/conf.h"
#include <base/log.h>
#include <base/port.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <server.client.h>
#include <string.h>

enum {
	HALT = 8,             /* host_reboot: don't start again */
};

static int shutdown_how = -1; /* and area->shutdown */

/* Waits until child is dead; lock held. 0: the time is over. */
static int child_await_death(struct child *child)
{
	while (child->state != CHILD_DEAD) {
		if (!condition_wait_timed(&child_changed, &acs_lock,
			STOP_DEADLINE))
			return child->state == CHILD_DEAD;
	}
	return 1;
}

/* Lock held; released around the message. */
static void child_order_stop(struct child *child)
{
	mach_port_t port = name_of_child(child);

	if (child->state == CHILD_DEAD || !port ||
	    strcmp(child->image, PAGER_IMAGE) == 0 || twin_is(child->name))
		return; /* memory is needed to the last */
	port_copy_send(port);
	child->state = CHILD_STOPPING;
	unlock(&acs_lock);
	server_stop(port, STOP_DEADLINE);
	port_drop(port);
	lock(&acs_lock);
	if (!child_await_death(child)) {
		log_loud("%s does not stop; its data may be lost", child->name);
		task_terminate(child->task);
	}
}

void children_stop(const char *environment)
{
	struct child *child;

	for (child = child_last(); child; child = child_before(child))
		if (!environment ||
		    strcmp(child->environment, environment) == 0)
			child_order_stop(child);
}

static void shutdown_thread(void *argument)
{
	(void)argument;
	lock(&acs_lock);
	children_stop(NULL);
	unlock(&acs_lock);
	log_loud(shutdown_how == 1 ? "restarting" : "the system is halted");
	host_reboot(acs_host, shutdown_how == 1 ? 0 : HALT);
	log_loud("the kernel refuses to end");
}

void shutdown_begin(int how)
{
	if (shutdown_how >= 0)
		return;
	shutdown_how = how;
	if (keep_is_on())
		area->shutdown = how;
	log_loud("the system is going down");
	if (thread_start(shutdown_thread, NULL))
		host_reboot(acs_host, how == 1 ? 0 : HALT);
}
