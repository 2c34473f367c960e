/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of calls as text, a line a call:
 *
 *	MILLISECONDS  CALLER  MESSAGE  CALLEE  TEXT  RESULT  MICROSECONDS
 *
 * What a server sent to do its work stands below, further to the right.
 */
#include "trace.h"
#include <base/error.h>
#include <mach/mig_errors.h>
#include <stdio.h>
#include <string.h>

enum {
	CALLER_WIDTH = 24,
	MESSAGE_WIDTH = 31,
	CALLEE_WIDTH = 15,
	TEXT_WIDTH = 32,
};

struct view {
	struct calls *calls;
	uint64_t zero;
	unsigned rate;
	int self; /* a process that is not shown */
};

/* Whose request it is: the kernel's own protocols, else some program. */
static int is_of_kernel(int id)
{
	return id < 50000;
}

static void caller_name(const struct call *call, char *text, size_t size)
{
	if (call->caller != CALL_NOBODY)
		snprintf(text, size, "%s", servers[call->caller].name);
	else if (is_of_kernel(call->id))
		snprintf(text, size, "kernel");
	else if (call->owner)
		snprintf(text, size, "%s[%d]", process_name(call->owner),
		    call->owner);
	else
		snprintf(text, size, "-");
}

/* A message that went to nobody we watch: the kernel or another server. */
static const char *callee_name(const struct call *call)
{
	if (call->callee != CALL_NOBODY)
		return servers[call->callee].name;
	return is_of_kernel(call->id) ? "kernel" : message_interface(call->id);
}

static const char *result_name(const struct call *call)
{
	if (call->state == CALL_WAITS)
		return "waits";
	if (!call->has_result)
		return call->awaited ? "" : "sent";
	/* MIG's words for a request that has no reply, or not this way */
	if (call->result == MIG_NO_REPLY || call->result == MIG_DESTROY_REQUEST)
		return "-";
	return call->result ? error_name(call->result) : "ok";
}

/* Printable, and its end if it is long: the end of a path says more. */
static void text_plain(const char *from, char *to, size_t width)
{
	size_t length = strlen(from), skip = 0, i;

	if (length > width)
		skip = length - width;
	for (i = 0; from[skip + i]; i++)
		to[i] = from[skip + i] >= ' ' && from[skip + i] < 127 ?
		    from[skip + i] : '.';
	to[i] = 0;
	if (skip && width > 2)
		to[0] = to[1] = '.';
}

static void call_print(const struct view *view, const struct call *call,
    unsigned depth)
{
	uint64_t since = call->begin - view->zero;
	unsigned us = (unsigned)(since / view->rate);
	char caller[CALLER_WIDTH * 4], text[TEXT_WIDTH + 1];
	int indent = depth * 2;

	caller_name(call, caller, sizeof caller);
	text_plain(call->text, text, TEXT_WIDTH);
	printf("%5u.%03u %*s%-*s %-*s %-*s %-*s %s", us / 1000, us % 1000,
	    indent, "", indent < CALLER_WIDTH ? CALLER_WIDTH - indent : 0,
	    caller, MESSAGE_WIDTH, message_name(call->id), CALLEE_WIDTH,
	    callee_name(call), TEXT_WIDTH, text, result_name(call));
	if (call->end > call->begin)
		printf(" %u us", (unsigned)((call->end - call->begin) /
				     view->rate));
	putchar('\n');
}

static unsigned tree_print(const struct view *view, const struct call *call,
    unsigned depth)
{
	unsigned printed = 1;

	call_print(view, call, depth);
	for (int i = call->first; i != CALL_NO_CALL;
	     i = view->calls->list[i].next)
		printed += tree_print(view, &view->calls->list[i], depth + 1);
	return printed;
}

/* What this tool itself has caused. */
static int is_own(const struct call *call, int self)
{
	return (call->owner && call->owner == self) ||
	    strcmp(message_interface(call->id), "server") == 0;
}

static void lost_print(void)
{
	for (int i = 0; i < server_count_all; i++)
		if (servers[i].lost)
			printf("%s: %u records were lost before\n",
			    servers[i].name, servers[i].lost);
}

void calls_show(struct calls *calls, unsigned rate, int self)
{
	struct view view = { .calls = calls, .rate = rate, .self = self };
	unsigned shown = 0;

	calls_link(calls);
	for (unsigned i = 0; i < calls->count; i++) {
		const struct call *call = &calls->list[i];

		if (call->parent != CALL_NO_CALL || is_own(call, self))
			continue;
		if (!shown)
			view.zero = call->begin;
		if (call->owner && call->text[0] &&
		    strcmp(message_name(call->id), "process_exec") == 0)
			process_named(call->owner, call->text);
		shown += tree_print(&view, call, 0);
	}
	lost_print();
	printf("%u messages\n", shown);
	if (calls->failed)
		printf("no memory for more\n");
}

void counters_show(unsigned faults)
{
	unsigned sum = 0, requests;

	for (int i = 0; i < server_count_all; i++) {
		requests = servers[i].after.requests -
		    servers[i].before.requests;
		/* the two questions for the counters are not the command's */
		requests -= requests > 0;
		printf("%-16s %8u messages\n", servers[i].name, requests);
		sum += requests;
	}
	printf("%-16s %8u messages, %u page faults\n", "all", sum, faults);
}
