/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock of VTIME: one thread that counts ticks while a read waits with a
 * time, and sleeps without a tick while none does.
 */
#include "tty.h"
#include <base/heap.h>
#include <base/thread.h>

enum {
	TIMER_STALE = 250, /* ticks after which a caller must be gone */
};

struct timer {
	struct list link;
	struct terminal *terminal; /* not referenced: see forget_all */
	int ticket;
	unsigned deadline;
};

static struct list timers = LIST_EMPTY(timers);
static struct condition timer_needed;
static unsigned now;

unsigned timer_now(void)
{
	return now;
}

static struct timer *timer_find(int ticket)
{
	list_each(link, &timers)
	{
		struct timer *timer = list_item(link, struct timer, link);

		if (timer->ticket == ticket)
			return timer;
	}
	return NULL;
}

int timer_deadline(int ticket, unsigned *deadline)
{
	struct timer *timer = timer_find(ticket);

	if (timer)
		*deadline = timer->deadline;
	return timer != NULL;
}

error_t timer_set(struct terminal *terminal, int ticket, unsigned deadline)
{
	struct timer *timer = timer_find(ticket);

	if (!timer) {
		timer = heap_alloc(sizeof *timer);
		if (!timer)
			return E_NOMEM;
		timer->ticket = ticket;
		list_append(&timers, &timer->link);
		condition_signal(&timer_needed);
	}
	timer->terminal = terminal;
	timer->deadline = deadline;
	return 0;
}

static void timer_free(struct timer *timer)
{
	list_remove(&timer->link);
	heap_free(timer);
}

void timer_forget(int ticket)
{
	struct timer *timer = timer_find(ticket);

	if (timer)
		timer_free(timer);
}

void timer_forget_all(const struct terminal *terminal)
{
	list_each_safe(link, &timers)
	{
		struct timer *timer = list_item(link, struct timer, link);

		if (timer->terminal == terminal)
			timer_free(timer);
	}
}

/* A timer whose read has not come back long after its end belonged to a
 * process that is gone: its request was dropped, not run again. */
static void timer_tick(void)
{
	now++;
	list_each_safe(link, &timers)
	{
		struct timer *timer = list_item(link, struct timer, link);
		int late = (int)(now - timer->deadline);

		if (late == 0)
			wait_wake(&timer->terminal->readers);
		else if (late > TIMER_STALE)
			timer_free(timer);
	}
}

static void timer_run(void *argument)
{
	(void)argument;
	thread_name("timer");
	tty_lock();
	for (;;) {
		while (list_empty(&timers))
			tty_wait(&timer_needed);
		tty_unlock();
		thread_sleep(TIMER_TICK);
		tty_lock();
		timer_tick();
	}
}

error_t timer_start(void)
{
	return thread_start(timer_run, NULL);
}
