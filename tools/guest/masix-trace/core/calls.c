/* SPDX-License-Identifier: BSD-2-Clause */
/* Trace records to calls; see calls.h. */
#include "calls.h"
#include <stdlib.h>
#include <string.h>

enum {
	OWN_FIRST = 50000,   /* mig/ids */
	OWN_EACH = 200,
	REPLY_DISTANCE = 100,
	LATEST = 4096, /* calls that are looked through for the other end */
};

int call_is_reply(int id)
{
	if (id >= OWN_FIRST)
		return id % OWN_EACH >= REPLY_DISTANCE;
	return id == 2500; /* of an exception: the one server reply besides */
}

static int traced_compare(const void *left, const void *right)
{
	const struct traced *one = left, *other = right;

	if (one->record.time != other->record.time)
		return one->record.time < other->record.time ? -1 : 1;
	if (one->server != other->server)
		return one->server < other->server ? -1 : 1;
	return one->record.serial < other->record.serial ? -1 : 1;
}

void traced_sort(struct traced *records, unsigned count)
{
	qsort(records, count, sizeof *records, traced_compare);
}

int calls_init(struct calls *calls, int servers)
{
	size_t size = (size_t)servers * sizeof *calls->running;

	memset(calls, 0, sizeof *calls);
	calls->servers = servers;
	calls->running = malloc(size);
	calls->asked = malloc(size);
	if (!calls->running || !calls->asked)
		return 0;
	memset(calls->running, 0xff, size); /* CALL_NO_CALL */
	memset(calls->asked, 0xff, size);
	return 1;
}

void calls_free(struct calls *calls)
{
	free(calls->list);
	free(calls->running);
	free(calls->asked);
}

static int *running_of(struct calls *calls, const struct traced *traced)
{
	return &calls->running[traced->server]
			      [traced->record.thread % CALL_THREADS];
}

static int *asked_of(struct calls *calls, const struct traced *traced)
{
	return &calls->asked[traced->server]
			    [traced->record.thread % CALL_THREADS];
}

static struct call *call_at(struct calls *calls, int index)
{
	return index == CALL_NO_CALL ? NULL : &calls->list[index];
}

static struct call *call_new(struct calls *calls, const struct traced *traced)
{
	unsigned room = calls->room ? calls->room * 2 : 256;
	struct call *call, *list;

	if (calls->count == calls->room) {
		list = realloc(calls->list, room * sizeof *list);
		if (!list) {
			calls->failed = 1;
			return NULL;
		}
		calls->list = list;
		calls->room = room;
	}
	call = &calls->list[calls->count++];
	memset(call, 0, sizeof *call);
	call->begin = traced->record.time;
	call->id = traced->record.id;
	call->object = traced->record.object;
	call->caller = call->callee = CALL_NOBODY;
	call->parent = CALL_NO_CALL;
	return call;
}

/* The oldest of the latest calls that fits, or null. */
static struct call *call_find(struct calls *calls,
    const struct traced *traced,
    int (*fits)(const struct call *, const struct traced *))
{
	unsigned first = calls->count > LATEST ? calls->count - LATEST : 0;

	for (unsigned i = first; i < calls->count; i++)
		if (calls->list[i].id == traced->record.id &&
		    fits(&calls->list[i], traced))
			return &calls->list[i];
	return NULL;
}

static int fits_begin(const struct call *call, const struct traced *traced)
{
	return call->state == CALL_SENT && call->callee == CALL_NOBODY &&
	    call->caller != traced->server && !call->end;
}

/* A request may run again before the thread that parked it has said so. */
static int fits_again(const struct call *call, const struct traced *traced)
{
	return (call->state == CALL_WAITS || call->state == CALL_RUNS) &&
	    call->callee == traced->server &&
	    call->object == traced->record.object;
}

static void sent_add(struct calls *calls, const struct traced *traced)
{
	struct call *call;

	if (call_is_reply(traced->record.id))
		return;
	call = call_new(calls, traced);
	if (!call)
		return;
	call->caller = traced->server;
	if (traced->record.request)
		call->parent = *running_of(calls, traced);
	*asked_of(calls, traced) = call - calls->list;
}

/* The reply to what the thread asked, or the next request: not for us. */
static void received_add(struct calls *calls, const struct traced *traced)
{
	struct call *call = call_at(calls, *asked_of(calls, traced));

	if (!call || traced->record.id != call->id + REPLY_DISTANCE)
		return;
	call->awaited = 1;
	call->end = traced->record.time;
	call->state = CALL_DONE;
	*asked_of(calls, traced) = CALL_NO_CALL;
}

static void error_add(struct calls *calls, const struct traced *traced)
{
	struct call *call = call_at(calls, *asked_of(calls, traced));

	if (!call || traced->record.id != call->id)
		return;
	call->end = traced->record.time;
	call->state = CALL_DONE;
	call->result = traced->record.result;
	call->has_result = 1;
	*asked_of(calls, traced) = CALL_NO_CALL;
}

static void begin_add(struct calls *calls, const struct traced *traced,
    struct call *call)
{
	if (!call)
		call = call_new(calls, traced);
	if (!call)
		return;
	call->callee = traced->server;
	call->object = traced->record.object;
	call->owner = traced->record.result;
	call->state = CALL_RUNS;
	*running_of(calls, traced) = call - calls->list;
}

static void end_add(struct calls *calls, const struct traced *traced)
{
	struct call *call = call_at(calls, *running_of(calls, traced));

	*running_of(calls, traced) = CALL_NO_CALL;
	if (!call || call->id != traced->record.id)
		return;
	if (traced->record.kind == TRACE_PARK) {
		if (call->state == CALL_RUNS)
			call->state = CALL_WAITS;
		return;
	}
	call->state = CALL_DONE;
	call->end = traced->record.time;
	call->result = traced->record.result;
	call->has_result = 1;
}

static void text_add(struct calls *calls, const struct traced *traced)
{
	struct call *call = call_at(calls, *running_of(calls, traced));
	size_t length, piece;

	if (!call)
		return;
	length = strlen(call->text);
	piece = strnlen(traced->record.text, sizeof traced->record.text);
	if (piece > TRACE_TEXT_MAX - length)
		piece = TRACE_TEXT_MAX - length;
	memcpy(call->text + length, traced->record.text, piece);
}

void calls_add(struct calls *calls, const struct traced *traced)
{
	switch (traced->record.kind) {
	case TRACE_SEND:
		sent_add(calls, traced);
		break;
	case TRACE_RECEIVE:
		received_add(calls, traced);
		break;
	case TRACE_ERROR:
		error_add(calls, traced);
		break;
	case TRACE_BEGIN:
		begin_add(calls, traced,
		    call_find(calls, traced, fits_begin));
		break;
	case TRACE_AGAIN:
		begin_add(calls, traced,
		    call_find(calls, traced, fits_again));
		break;
	case TRACE_PARK:
	case TRACE_END:
		end_add(calls, traced);
		break;
	case TRACE_TEXT:
		text_add(calls, traced);
		break;
	default:
		break;
	}
}

void calls_link(struct calls *calls)
{
	struct call *call, *parent;

	for (unsigned i = 0; i < calls->count; i++)
		calls->list[i].first = calls->list[i].next = CALL_NO_CALL;
	for (unsigned i = calls->count; i-- > 0;) {
		call = &calls->list[i];
		if (call->parent == CALL_NO_CALL)
			continue;
		parent = &calls->list[call->parent];
		call->next = parent->first;
		parent->first = i;
	}
}
