/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests that hang: at each ping all workers are looked at. One that is at
 * the same request as at the ping before, and has called nobody meanwhile, does
 * not get on. Then it
 *
 *	runs     and has for seconds: an endless loop
 *	sleeps   until a thread of ours wakes it, and none does: its lock is
 *	         held by who will not let go. If another one waits outside as
 *	         long, that is what it waits for.
 *	waits outside: for the kernel, a disk, a page, another server. These
 *	         answer for themselves.
 *
 * In the first two cases the ACS is told, in the ping's answer, to end the
 * task; the next instance gets the request. Pings are counted, not seconds: see
 * servers/acs/keeper.c.
 */
#include "internal.h"
#include <base/log.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <mach/thread_info.h>

enum {
	RUNS_MOST = 4,   /* pings */
	SLEEPS_MOST = 8,
	RUNS_LEAST = 4,  /* seconds of the processor in RUNS_MOST pings */
	GSYNC_WAIT = 4204, /* what a thread calls to sleep */
};

int (*server_stuck)(void);
static struct worker *workers; /* that of the last one that began */
static struct lock workers_lock;

void stuck_add(struct worker *worker)
{
	worker->thread = thread_self();
	lock(&workers_lock);
	worker->next = workers;
	workers = worker;
	unlock(&workers_lock);
}

/* Seconds that it has run. Workers never end. */
static unsigned ran(const struct worker *worker)
{
	struct thread_basic_info info;
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;

	if (thread_info(worker->thread->port, THREAD_BASIC_INFO,
		(thread_info_t)&info, &count))
		__builtin_trap();
	return (unsigned)(info.user_time.seconds + info.system_time.seconds);
}

/* How many pings long it has not got on. */
static unsigned still(struct worker *worker)
{
	unsigned turn = worker->turn, calls = worker->thread->calls;

	if (worker->listens || turn != worker->seen_turn ||
	    calls != worker->seen_calls) {
		worker->seen_turn = turn;
		worker->seen_calls = calls;
		worker->still = 0;
		return 0;
	}
	if (!worker->still++)
		worker->seen_ran = ran(worker);
	return worker->still;
}

static int is_of(const struct request *request, mach_port_t reply)
{
	return request && request->header.msgh_remote_port == reply;
}

int stuck_knows(mach_port_t reply)
{
	for (struct worker *worker = workers; worker; worker = worker->next) {
		/* One that listens has its answer before it, or a request
		 * behind it: at the next look it has got on. */
		if ((is_of(worker->current, reply) ||
			is_of(worker->answer, reply)) &&
		    (!worker->listens || worker->turn != worker->looked_turn))
			return 1;
		/* those that wait for their turn can't be looked at */
		if (!list_empty(&worker->woken) ||
		    !list_empty(&worker->pool->woken))
			return 1;
	}
	return 0;
}

void stuck_looked(void)
{
	for (struct worker *worker = workers; worker; worker = worker->next)
		worker->looked_turn = worker->turn;
}

int stuck_look(void)
{
	int sleeps = 0, outside = 0, runs = 0;

	for (struct worker *worker = workers; worker; worker = worker->next) {
		unsigned pings = still(worker);

		if (pings < RUNS_MOST)
			continue;
		if (ran(worker) - worker->seen_ran >= RUNS_LEAST)
			runs = 1;
		else if (worker->thread->sent.id != GSYNC_WAIT)
			outside = 1;
		else if (pings >= SLEEPS_MOST)
			sleeps = 1;
	}
	if (!runs && (!sleeps || outside) && !(server_stuck && server_stuck()))
		return 0;
	log_line("a request hangs: it %s", runs ? "runs on" : "waits on");
	return 1;
}
