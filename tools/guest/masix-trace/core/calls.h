/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From trace records to a tree of calls. Pure: compiled into masix-trace and
 * into its unit test.
 *
 * A call begins where it is first seen: sent by a server that is watched
 * (TRACE_SEND), or received by one from somebody who is not (TRACE_BEGIN). The
 * two ends of one call are joined by their number: whoever receives a
 * message takes the oldest of that number that is under way. Nothing in a
 * message says more; with one processor and a reply awaited the oldest is
 * the right one but for servers that ask for the same thing at once.
 */
#pragma once
#include <base/trace.h>

enum {
	CALL_NOBODY = -1, /* a task that is not watched */
	CALL_NO_CALL = -1,
	CALL_THREADS = 512, /* told apart in a server */
};

enum call_state {
	CALL_SENT,   /* under way */
	CALL_RUNS,
	CALL_WAITS,  /* parked in the server */
	CALL_DONE,
};

struct call {
	uint64_t begin, end; /* cycles; end 0: not seen */
	int id;
	int caller, callee;  /* servers by number, or CALL_NOBODY */
	int owner;           /* process that asks, 0: not known */
	uint32_t object;     /* handle in the callee, or the caller's name */
	int result, has_result;
	enum call_state state;
	int awaited;         /* the caller waits for a reply */
	int hidden;          /* and all that is below it */
	int parent;          /* call for which it was made, or CALL_NO_CALL */
	int first, next;     /* its first call, its parent's next one */
	char text[TRACE_TEXT_MAX + 1];
};

/* A record and the server whose ring had it. */
struct traced {
	int server;
	struct trace_record record;
};

struct calls {
	struct call *list;
	unsigned count, room;
	/* what each thread of each server works at, and waits for: calls */
	int (*running)[CALL_THREADS], (*asked)[CALL_THREADS];
	int servers;
	int failed; /* no memory: what follows is missing */
};

/* Whether a message of that number is answered by one of number + 100. */
int call_is_reply(int id);

/* Sorts by time; of one server and the same time, by serial. */
void traced_sort(struct traced *records, unsigned count);

/* Tables for that many servers; 0: no memory. calls_add() in order of time. */
int calls_init(struct calls *calls, int servers);
void calls_add(struct calls *calls, const struct traced *traced);
void calls_free(struct calls *calls);

/* Sets first and next of all, once the last record was added. */
void calls_link(struct calls *calls);
