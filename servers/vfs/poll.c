/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is told when something happens to a channel: requests that are parked,
 * and pollers, to whom a notice is sent, once. Notices never block: a poller
 * that does not take its message loses it.
 */
#include "channel.h"
#include "core/numbers.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/port.h>

struct poll_notice {
	mach_msg_header_t header;
	mach_msg_type_t type;
	int cookie;
};

unsigned end_events(const struct end *end)
{
	const struct channel *channel = end->channel;
	const struct stream *stream;
	unsigned events = 0;

	if (end->in != STREAM_NONE) {
		stream = &channel->streams[end->in];
		if (pipe_readable(stream->pipe))
			events |= POLL_IN | POLL_READ_NORMAL;
		if (!stream->writers)
			events |= end->out == STREAM_NONE ? POLL_HANG_UP
							  : POLL_HANG_UP |
				POLL_READ_HANG_UP | POLL_IN | POLL_READ_NORMAL;
	}
	if (end->out != STREAM_NONE) {
		stream = &channel->streams[end->out];
		if (pipe_writable(stream->pipe))
			events |= POLL_OUT | POLL_WRITE_NORMAL;
		if (!stream->readers && end->in == STREAM_NONE)
			events |= POLL_ERROR;
	}
	return events;
}

/* Moves those to fired who wait for what now is. */
static void pollers_look(struct channel *channel, struct list *fired)
{
	list_each_safe(link, &channel->pollers)
	{
		struct poller *poller = list_item(link, struct poller, link);

		if (!(end_events(poller->end) & poller->events))
			continue;
		list_remove(link);
		poller_unkeep(poller);
		channel->poller_count--;
		list_append(fired, link);
	}
}

void stream_filled(
    struct channel *channel, struct stream *stream, struct list *fired)
{
	if (stream->reading.count)
		wait_wake(&stream->reading);
	if (channel->poller_count)
		pollers_look(channel, fired);
}

void stream_drained(
    struct channel *channel, struct stream *stream, struct list *fired)
{
	if (stream->writing.count && pipe_writable(stream->pipe))
		wait_wake(&stream->writing);
	if (channel->poller_count)
		pollers_look(channel, fired);
}

void stream_hung_up(
    struct channel *channel, struct stream *stream, struct list *fired)
{
	wait_wake(&stream->reading);
	wait_wake(&stream->writing);
	pollers_look(channel, fired);
}

void poll_notice_send(mach_port_t notify, int cookie)
{
	struct poll_notice notice = {
		.header.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND, 0),
		.header.msgh_size = sizeof notice,
		.header.msgh_remote_port = notify,
		.header.msgh_id = FILE_POLL_NOTICE,
		.type = { .msgt_name = MACH_MSG_TYPE_INTEGER_32,
		    .msgt_size = 32,
		    .msgt_number = 1,
		    .msgt_inline = 1 },
		.cookie = cookie,
	};

	if (mach_msg(&notice.header, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
		sizeof notice, 0, MACH_PORT_NULL, 0, MACH_PORT_NULL))
		port_drop(notify);
}

void pollers_tell(struct list *fired)
{
	struct list *link;

	while ((link = list_take(fired))) {
		struct poller *poller = list_item(link, struct poller, link);

		poll_notice_send(poller->notify, poller->cookie);
		heap_free(poller);
	}
}

/* ticket 0: all of end. */
void pollers_forget(struct channel *channel, const struct end *end, int ticket)
{
	list_each_safe(link, &channel->pollers)
	{
		struct poller *poller = list_item(link, struct poller, link);

		if (poller->end != end || (ticket && poller->ticket != ticket))
			continue;
		list_remove(link);
		poller_unkeep(poller);
		channel->poller_count--;
		port_drop(poller->notify);
		heap_free(poller);
	}
}

/* Pollers that died without a word are found when there are many. */
static void pollers_sweep(struct channel *channel)
{
	list_each_safe(link, &channel->pollers)
	{
		struct poller *poller = list_item(link, struct poller, link);

		if (!port_is_dead(poller->notify))
			continue;
		list_remove(link);
		poller_unkeep(poller);
		channel->poller_count--;
		port_drop(poller->notify);
		heap_free(poller);
	}
}

error_t poller_add(struct end *end, unsigned events, int cookie, int ticket,
    mach_port_t notify)
{
	struct channel *channel = end->channel;
	struct poller *poller;

	if (channel->poller_count && channel->poller_count % 64 == 0)
		pollers_sweep(channel);
	if (channel->poller_count >= POLLERS_MAX)
		return E_NOMEM;
	poller = heap_alloc(sizeof *poller);
	if (!poller)
		return E_NOMEM;
	poller->end = end;
	poller->notify = notify;
	poller->events = events | POLL_ERROR | POLL_HANG_UP;
	poller->cookie = cookie;
	poller->ticket = ticket;
	poller_keep(poller);
	list_append(&channel->pollers, &poller->link);
	channel->poller_count++;
	return 0;
}
