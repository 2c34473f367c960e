/* SPDX-License-Identifier: BSD-2-Clause */
/* inotify's masks, events and queues: see watches.h. */
#include "core/watches.h"
#include "core/numbers.h"
#include <string.h>

/* struct inotify_event. */
struct event {
	int32_t number;
	uint32_t mask, cookie;
	uint32_t length; /* of the name, filled with 0 */
	char name[EVENT_MAX - EVENT_HEAD];
};

_Static_assert(sizeof(struct event) == EVENT_MAX, "no gaps");

error_t watch_mask_check(uint32_t mask)
{
	if (!(mask & EVENT_ALL))
		return E_INVAL;
	if ((mask & EVENT_MASK_ADD) && (mask & EVENT_MASK_CREATE))
		return E_INVAL;
	return 0;
}

uint32_t watch_mask_change(uint32_t mask, uint32_t given)
{
	uint32_t kept = EVENT_ALL | EVENT_ONE_SHOT | EVENT_EXCLUDE_UNLINKED;

	return (given & kept) | (given & EVENT_MASK_ADD ? mask : 0);
}

uint32_t watch_reports(uint32_t mask, uint32_t event)
{
	/* These come unasked. */
	mask |= EVENT_UNMOUNT | EVENT_IGNORED | EVENT_OVERFLOW;
	if (!(event & mask & ~(uint32_t)EVENT_IS_DIRECTORY))
		return 0;
	if (event & (EVENT_DELETE_SELF | EVENT_MOVE_SELF))
		event &= ~(uint32_t)EVENT_IS_DIRECTORY;
	return event;
}

static const struct {
	uint32_t event;
	unsigned what;
} told[] = {
	{ EVENT_ACCESS, WATCH_READ },
	{ EVENT_MODIFY, WATCH_WRITTEN },
	{ EVENT_CLOSE_READ, WATCH_CLOSED_READ },
	{ EVENT_CLOSE_WRITE, WATCH_CLOSED_WRITTEN },
};

unsigned watch_wants(uint32_t mask)
{
	unsigned wants = 0;

	for (unsigned i = 0; i < sizeof told / sizeof *told; i++)
		wants |= mask & told[i].event ? told[i].what : 0;
	return wants;
}

uint32_t watch_event(unsigned what)
{
	for (unsigned i = 0; i < sizeof told / sizeof *told; i++)
		if (what == told[i].what)
			return told[i].event;
	return 0;
}

/* As Linux: both times are set by who wants to say so, one of them by who
 * restores what a read or a write has done. */
uint32_t watch_change(unsigned mask)
{
	int accessed = mask & (ATTRIBUTE_ATIME | ATTRIBUTE_ATIME_NOW);
	int modified = mask & (ATTRIBUTE_MTIME | ATTRIBUTE_MTIME_NOW);
	uint32_t event = 0;

	if (mask & (ATTRIBUTE_MODE | ATTRIBUTE_UID | ATTRIBUTE_GID))
		event |= EVENT_ATTRIBUTES;
	if (mask & ATTRIBUTE_SIZE)
		event |= EVENT_MODIFY;
	if (accessed && modified)
		return event | EVENT_ATTRIBUTES;
	if (accessed)
		event |= EVENT_ACCESS;
	return modified ? event | EVENT_MODIFY : event;
}

/* Returns the size of the whole. */
static unsigned event_write(struct event *event, int number, uint32_t mask,
    uint32_t cookie, const char *name, unsigned length)
{
	unsigned room = name ? (length + EVENT_HEAD) &
		~(EVENT_HEAD - 1u) : 0;

	event->number = number;
	event->mask = mask;
	event->cookie = cookie;
	event->length = room;
	memset(event->name, 0, room);
	if (name)
		memcpy(event->name, name, length);
	return EVENT_HEAD + room;
}

/* Unread at the end of the queue, and the same but for its cookie. */
static int is_last(const struct watch_queue *queue, const struct event *event,
    unsigned size)
{
	const struct event *last = (const void *)queue->last;

	return queue->last_size == size && pipe_readable(queue->pipe) &&
	    queue->pipe->tail == queue->last_tail &&
	    last->mask == event->mask && last->number == event->number &&
	    !(event->mask & EVENT_IGNORED) &&
	    !memcmp(last->name, event->name, size - EVENT_HEAD);
}

static int put(struct watch_queue *queue, const struct event *event,
    unsigned size)
{
	unsigned taken;

	if (pipe_write(queue->pipe, (const char *)event, size, &taken))
		return 0;
	memcpy(queue->last, event, size);
	queue->last_size = size;
	queue->last_tail = queue->pipe->tail;
	return 1;
}

int watch_put(struct watch_queue *queue, int number, uint32_t mask,
    uint32_t cookie, const char *name, unsigned length)
{
	struct event event;
	unsigned size =
	    event_write(&event, number, mask, cookie, name, length);

	if (is_last(queue, &event, size))
		return 0;
	/* There is always room to say that there is no more. */
	if (pipe_count(queue->pipe) + size + EVENT_HEAD <= PIPE_SIZE)
		return put(queue, &event, size);
	size = event_write(&event, -1, EVENT_OVERFLOW, 0, NULL, 0);
	if (is_last(queue, &event, size))
		return 0;
	return put(queue, &event, size);
}

error_t watch_fit(const struct pipe *pipe, unsigned size, unsigned *fit)
{
	unsigned count = pipe_count(pipe), whole = 0;
	struct event head;

	if (!count)
		return E_AGAIN;
	while (whole + EVENT_HEAD <= count) {
		pipe_taken(pipe, pipe->head + whole, (char *)&head,
		    EVENT_HEAD);
		if (head.length > EVENT_MAX - EVENT_HEAD ||
		    whole + EVENT_HEAD + head.length > size)
			break;
		whole += EVENT_HEAD + head.length;
	}
	*fit = whole;
	return whole ? 0 : E_INVAL;
}
