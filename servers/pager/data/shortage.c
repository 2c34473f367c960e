/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Space runs short: a page went out, and the last part of the areas is being
 * filled, or there is none and pages pile up in memory (held.c). Who waits for
 * that (swap_wait_short) is told while there still is room to work in: when
 * there is none, memory is lost, whose ever it is.
 *
 * The pages thread, which must not wait and sends nothing, says it to a thread
 * that does.
 */
#include "datapager.h"
#include <base/mach.h>
#include <base/thread.h>
#include <server/server.h>
#include <server/wait.h>

enum {
	SHARE = 16,        /* of the areas' pages, */
	LAST_PAGES = 1024, /* but no more than these */
	LAST_HELD = 64,
	AGAIN = 50, /* milliseconds between two times */
	WAIT_MOST = 32, /* requests */
};

static struct wait_queue waiting;
static struct condition is_now; /* with space_lock */
static int told;

/* Lock held. */
static int is_short(void)
{
	uint32_t free = 0, total = 0, last;

	for (unsigned i = 0; i < area_count; i++) {
		free += areas[i].slots.free;
		total += areas[i].slots.free + areas[i].slots.used;
	}
	last = total / SHARE < LAST_PAGES ? total / SHARE : LAST_PAGES;
	return free < last || held.used > LAST_HELD;
}

void shortage_look(void)
{
	lock(&space_lock);
	if (!told && is_short()) {
		told = 1;
		condition_signal(&is_now);
	}
	unlock(&space_lock);
}

error_t shortage_wait(int *now)
{
	if (wait_cancelled())
		return E_INTR;
	if (wait_repeated()) {
		lock(&space_lock);
		*now = is_short();
		unlock(&space_lock);
		return 0;
	}
	if (waiting.count >= WAIT_MOST) /* anybody may ask: no more wait */
		wait_wake(&waiting);
	return wait_park(&waiting, 1);
}

static void shortage_run(void *argument)
{
	int still;

	(void)argument;
	thread_name("shortage");
	server_thread_wire();
	for (;;) {
		lock(&space_lock);
		while (!told)
			condition_wait(&is_now, &space_lock);
		told = 0;
		still = is_short();
		unlock(&space_lock);
		if (still)
			wait_wake(&waiting);
		thread_sleep(AGAIN);
	}
}

error_t shortage_start(void)
{
	wait_queue_init(&waiting);
	return thread_start(shortage_run, 0);
}
