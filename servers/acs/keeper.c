/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks at the servers now and then. Who was told to stop and has not ended
 * when its deadline is over is ended. Every server is asked whether it lives
 * (server_ping, through its public port and pool, as clients come); one that
 * leaves HUNG_AFTER of them unanswered is reported, and if it recovers, killed.
 * (Not seconds are counted: a machine that was itself stopped for a while would
 * find that all hang.) While the data pager does not answer nobody else is
 * judged.
 */
#include "acs.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <server.client.h>
#include <string.h>

enum {
	KEEPER_STEP = 500, /* milliseconds */
	SHARES_TURN = 2,    /* steps */
	PING_PERIOD = 2,   /* seconds */
	HUNG_AFTER = 6,    /* pings without an answer */
	HUNG_ON_TRIAL = 2, /* the same of a version that is new */
	PAUSE_MOST = 60000, /* milliseconds that taking over may last */
	STILL_MOST = 8,    /* the twin's pings */
};

static volatile unsigned turn; /* of the keeper */

static void stopping_look(struct child *child, unsigned now)
{
	if (!child->deadline || now < child->deadline)
		return;
	log_loud("%s has not stopped in time: it is ended", child->name);
	child->deadline = 0;
	child_terminate(child);
}

static void child_ping(struct child *child, unsigned now)
{
	mach_port_t port = name_of_child(child);

	if (!port || now - child->pinged < PING_PERIOD)
		return;
	child->pinged = now;
	child->unanswered++;
	server_ping(port, (int)now); /* never waits: server.defs */
}

int pages_come(void)
{
	for (struct child *child = NULL; (child = child_next(child));) {
		if (strcmp(child->image, PAGER_IMAGE) == 0)
			return child->state == CHILD_SERVING &&
			    child->unanswered <= 1;
	}
	return 1;
}

static void serving_look(struct child *child, unsigned now)
{
	child_ping(child, now);
	/* It may only wait for its memory: the pager is looked at first. (And a
	 * report would wait with it, here, so that nobody starts the pager.) */
	if (!pages_come() && strcmp(child->image, PAGER_IMAGE) != 0 &&
	    child->unanswered > 0)
		child->unanswered = 1;
	if (child->unanswered <= (child->replacement == REPLACE_TRIAL ?
		HUNG_ON_TRIAL : HUNG_AFTER)) {
		child->hung_told = 0;
		return;
	}
	if (!child->hung_told) {
		child->hung_told = 1;
		crash_report(child->name, "hangs", child->task, MACH_PORT_NULL);
	}
	if (child->recovers)
		child_terminate(child);
}

/* It hangs before it serves. */
static void paused_look(struct child *child)
{
	unsigned now = uptime_milliseconds();

	if (child->replacement != REPLACE_NONE ||
	    now - child->paused < PAUSE_MOST)
		return;
	log_loud("%s does not take over", child->name);
	child->paused = now;
	child_terminate(child);
}

/* Lock held. */
static void child_look(struct child *child, unsigned now)
{
	replace_look(child);
	if (!child->task)
		return;
	if (child->state == CHILD_STOPPING)
		stopping_look(child, now);
	else if (child->state == CHILD_SERVING)
		serving_look(child, now);
	else if (child->state == CHILD_PAUSED)
		paused_look(child);
}

static void keeper_main(void *argument)
{
	(void)argument;
	thread_name("keeper");
	server_thread_wire();
	for (;;) {
		thread_sleep(KEEPER_STEP);
		lock(&acs_lock);
		for (struct child *child = NULL; (child = child_next(child));)
			child_look(child, uptime_seconds());
		if (turn++ % SHARES_TURN == 0)
			shares_look();
		unlock(&acs_lock);
		if (twin_is_over())
			task_end();
	}
}

/* Asked at each ping: who looks after all others is not there any more. */
static int keeper_stuck(void)
{
	static unsigned seen, pings;

	if (turn != seen)
		pings = 0;
	seen = turn;
	return pings++ >= STILL_MOST;
}

error_t keeper_start(void)
{
	server_stuck = keeper_stuck;
	return thread_start(keeper_main, NULL);
}
