/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the servers now and then: who was told to stop and has not ended
 * when its deadline is over is ended. */
#include "acs.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/mach.client.h>

enum {
	KEEPER_STEP = 500, /* milliseconds */
};

/* Lock held. */
static void child_look(struct child *child, unsigned now)
{
	if (!child->task || child->state != CHILD_STOPPING ||
	    !child->deadline || now < child->deadline)
		return;
	log_loud("%s has not stopped in time: it is ended", child->name);
	child->deadline = 0;
	task_terminate(child->task);
}

static void keeper_main(void *argument)
{
	(void)argument;
	thread_name("keeper");
	for (;;) {
		thread_sleep(KEEPER_STEP);
		lock(&acs_lock);
		for (struct child *child = NULL; (child = child_next(child));)
			child_look(child, uptime_seconds());
		unlock(&acs_lock);
	}
}

error_t keeper_start(void)
{
	return thread_start(keeper_main, NULL);
}
