/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening FIFOs: see channel.h. */
#include "channel.h"
#include "core/numbers.h"
#include <base/heap.h>

static error_t fifo_channel(
    struct node *node, struct view *view, struct channel **channel)
{
	if (node->channel) {
		*channel = node->channel;
		return 0;
	}
	return channel_new(view, MODE_FIFO, 0, node, channel);
}

/* The end for that access; channel->ends holds the one reference of it. */
static error_t fifo_end(
    struct channel *channel, unsigned access, struct end **end)
{
	error_t error;

	*end = channel->ends[access - 1];
	if (*end)
		return 0;
	error = end_new(channel, access & OPEN_READ ? 0 : STREAM_NONE,
	    access & OPEN_WRITE ? 0 : STREAM_NONE, end);
	if (error)
		return error;
	(*end)->index = (int)access - 1;
	channel->ends[access - 1] = *end;
	return 0;
}

/* An opener counts as what it will be; sign says whether it comes or goes. */
static void opener_count(const struct opener *opener, unsigned sign)
{
	struct stream *stream = &opener->channel->streams[0];

	if (opener->access == OPEN_READ)
		stream->readers += sign;
	else
		stream->writers += sign;
}

static void opener_end(struct opener *opener)
{
	opener_count(opener, ~0u);
	list_remove(&opener->of_channel);
	list_remove(&opener->of_view);
	heap_free(opener);
}

static struct opener *opener_find(
    struct channel *channel, struct view *view, int ticket)
{
	list_each(link, &channel->openers)
	{
		struct opener *opener =
		    list_item(link, struct opener, of_channel);

		if (opener->view == view && opener->ticket == ticket)
			return opener;
	}
	return NULL;
}

void channel_forget_view(struct view *view)
{
	while (!list_empty(&view->openers)) {
		struct opener *opener =
		    list_item(view->openers.next, struct opener, of_view);
		struct channel *channel = opener->channel;

		opener_end(opener);
		channel_settle(channel);
	}
}

/* Somebody has come: those who wait for him go on. */
static void openers_wake(struct channel *channel)
{
	list_each(link, &channel->openers) wait_wake(
	    &list_item(link, struct opener, of_channel)->view->waiting);
}

static unsigned *other_opened(struct channel *channel, unsigned access)
{
	return &channel->opened[access == OPEN_READ];
}

static error_t opener_make(
    struct channel *channel, struct view *view, unsigned access, int ticket)
{
	struct opener *opener = heap_alloc(sizeof *opener);

	if (!opener)
		return E_NOMEM;
	opener->view = view;
	opener->channel = channel;
	opener->ticket = ticket;
	opener->access = access;
	opener->seen = *other_opened(channel, access);
	list_append(&channel->openers, &opener->of_channel);
	list_append(&view->openers, &opener->of_view);
	opener_count(opener, 1);
	return 0;
}

/* 0: the other side is, or has been, there; E_PARKED; E_INTR. */
static error_t fifo_meet(
    struct channel *channel, struct view *view, unsigned access, int ticket)
{
	struct opener *opener = opener_find(channel, view, ticket);
	error_t error;

	if (!wait_repeated()) {
		if (opener) /* of a request that was given up */
			opener_end(opener);
		channel->opened[access == OPEN_WRITE]++;
		openers_wake(channel);
		if (access == OPEN_READ ? stream_is_written(channel, 0)
					: stream_is_read(channel, 0))
			return 0;
		error = opener_make(channel, view, access, ticket);
		if (error)
			return error;
	} else if (!opener || opener->seen != *other_opened(channel, access)) {
		if (opener)
			opener_end(opener);
		return 0;
	}
	error = wait_cancelled() ? E_INTR : wait_park(&view->waiting, ticket);
	if (error != E_PARKED)
		opener_end(opener_find(channel, view, ticket));
	return error;
}

static error_t fifo_wait(struct channel *channel, struct view *view,
    unsigned access, int non_block, int ticket)
{
	if (access == (OPEN_READ | OPEN_WRITE)) {
		channel->opened[0]++;
		channel->opened[1]++;
		openers_wake(channel);
		return 0;
	}
	if (!non_block)
		return fifo_meet(channel, view, access, ticket);
	if (access == OPEN_WRITE && !stream_is_read(channel, 0))
		return E_NXIO;
	channel->opened[access == OPEN_WRITE]++;
	openers_wake(channel);
	return 0;
}

error_t channel_open(struct node *node, struct view *view, unsigned access,
    int non_block, int ticket, mach_port_t *right, mach_msg_type_name_t *type)
{
	struct channel *channel;
	struct end *end;
	error_t error;

	error = fifo_channel(node, view, &channel);
	if (error)
		return error;
	error = fifo_wait(channel, view, access, non_block, ticket);
	if (!error)
		error = fifo_end(channel, access, &end);
	if (!error)
		error = end_answer(end, right, type);
	if (error)
		channel_settle(channel);
	return error;
}
