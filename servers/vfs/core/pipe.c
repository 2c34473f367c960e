/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring of a pipe: see pipe.h. */
#include "core/pipe.h"
#include <base/heap.h>
#include <string.h>

static unsigned pipes_total;

void pipe_init(struct pipe *pipe, int packets)
{
	memset(pipe, 0, sizeof *pipe);
	pipe->packets = packets;
}

void pipe_end(struct pipe *pipe)
{
	heap_free(pipe->ring);
	pipes_total -= pipe->size;
	pipe_init(pipe, 0);
}

/* Copies out from at bytes behind the start. */
static void ring_get(
    const struct pipe *pipe, unsigned at, void *to, unsigned size)
{
	unsigned from = (pipe->start + at) & (pipe->size - 1);
	unsigned first = pipe->size - from;

	if (first > size)
		first = size;
	memcpy(to, pipe->ring + from, first);
	if (size > first)
		memcpy((char *)to + first, pipe->ring, size - first);
}

static void ring_put(struct pipe *pipe, const void *from, unsigned size)
{
	unsigned to = (pipe->start + pipe->count) & (pipe->size - 1);
	unsigned first = pipe->size - to;

	if (first > size)
		first = size;
	memcpy(pipe->ring + to, from, first);
	if (size > first)
		memcpy(pipe->ring, (const char *)from + first, size - first);
	pipe->count += size;
}

static void ring_drop(struct pipe *pipe, unsigned size)
{
	pipe->count -= size;
	pipe->start = pipe->count ? (pipe->start + size) & (pipe->size - 1) : 0;
}

static int ring_grow(struct pipe *pipe, unsigned size)
{
	char *ring;

	if (size > PIPE_FIRST_SIZE && pipes_total + size > PIPE_TOTAL)
		return 0;
	ring = heap_alloc(size);
	if (!ring)
		return 0;
	if (pipe->count)
		ring_get(pipe, 0, ring, pipe->count);
	heap_free(pipe->ring);
	pipes_total += size - pipe->size;
	pipe->ring = ring;
	pipe->size = size;
	pipe->start = 0;
	return 1;
}

/* Tries to have room for size bytes more; how many there is room for. */
static unsigned ring_room(struct pipe *pipe, unsigned size)
{
	unsigned want = pipe->size ? pipe->size : PIPE_FIRST_SIZE;

	if (size <= pipe->size - pipe->count)
		return pipe->size - pipe->count;
	while (want < PIPE_SIZE && want - pipe->count < size)
		want *= 4;
	if (want != pipe->size && !ring_grow(pipe, want) && !pipe->ring)
		ring_grow(pipe, PIPE_FIRST_SIZE);
	return pipe->size - pipe->count;
}

static unsigned packet_read(
    struct pipe *pipe, char *to, unsigned size, int peek)
{
	uint32_t length;

	ring_get(pipe, 0, &length, sizeof length);
	if (size > length)
		size = length;
	ring_get(pipe, sizeof length, to, size);
	if (!peek)
		ring_drop(pipe, sizeof length + length);
	return size;
}

unsigned pipe_read(struct pipe *pipe, char *to, unsigned size, int peek)
{
	if (!pipe->count)
		return 0;
	if (pipe->packets)
		return packet_read(pipe, to, size, peek);
	if (size > pipe->count)
		size = pipe->count;
	ring_get(pipe, 0, to, size);
	if (!peek)
		ring_drop(pipe, size);
	return size;
}

static void ring_put_back(struct pipe *pipe, const void *from, unsigned size)
{
	unsigned count = pipe->count;

	pipe->start = (pipe->start - size) & (pipe->size - 1);
	pipe->count = 0;
	ring_put(pipe, from, size);
	pipe->count = count + size;
}

void pipe_unread(struct pipe *pipe, const char *from, unsigned size)
{
	uint32_t length = size;
	unsigned whole = size + (pipe->packets ? sizeof length : 0);

	if (pipe->size - pipe->count < whole)
		return;
	ring_put_back(pipe, from, size);
	if (pipe->packets)
		ring_put_back(pipe, &length, sizeof length);
}

static error_t packet_write(
    struct pipe *pipe, const char *from, unsigned size, unsigned *taken)
{
	uint32_t length = size;

	if (size > PIPE_SIZE - sizeof length)
		return E_MSGSIZE;
	if (ring_room(pipe, size + sizeof length) < size + sizeof length)
		return pipe->count ? E_AGAIN : E_NOMEM;
	ring_put(pipe, &length, sizeof length);
	ring_put(pipe, from, size);
	*taken = size;
	return 0;
}

error_t pipe_write(
    struct pipe *pipe, const char *from, unsigned size, unsigned *taken)
{
	unsigned room;

	if (pipe->packets)
		return packet_write(pipe, from, size, taken);
	room = ring_room(pipe, size);
	if (room < size && (size <= PIPE_ATOMIC || !room))
		return pipe->ring ? E_AGAIN : E_NOMEM;
	if (size > room)
		size = room;
	ring_put(pipe, from, size);
	*taken = size;
	return 0;
}

unsigned pipe_available(const struct pipe *pipe)
{
	uint32_t length;

	if (!pipe->packets || !pipe->count)
		return pipe->count;
	ring_get(pipe, 0, &length, sizeof length);
	return length;
}
