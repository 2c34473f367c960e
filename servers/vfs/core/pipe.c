/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring of a pipe: see pipe.h. */
#include "core/pipe.h"
#include <base/copy.h>
#include <string.h>

enum {
	PAGES = PIPE_ARENA / PIPE_PAGE,
	GROW_LIMIT = 2 * PIPE_TOTAL / PIPE_PAGE, /* pages in use */
	SHIFT_MIN = 13,
	SHIFT_MAX = 17,
};

_Static_assert(1 << SHIFT_MIN == 2 * PIPE_FIRST_SIZE, "twice the room");
_Static_assert(1 << SHIFT_MAX == 2 * PIPE_SIZE, "twice the room");

void (*pipe_rescue)(struct pipe *pipe);

static char *arena;
static uint8_t used[PAGES];
static unsigned used_count;
static unsigned first_free; /* no run of two pages is free below */

/* ---- places -------------------------------------------------------------- */

static unsigned place_size(uint32_t place)
{
	return place ? 1u << (place & 0xff) : 0;
}

static unsigned place_page(uint32_t place)
{
	return place >> 8;
}

static char *place_start(uint32_t place)
{
	return arena + (size_t)place_page(place) * PIPE_PAGE;
}

static void place_mark(uint32_t place, int in_use)
{
	unsigned count = place_size(place) / PIPE_PAGE;
	unsigned page = place_page(place);

	memset(used + page, in_use, count);
	if (in_use) {
		used_count += count;
	} else {
		used_count -= count;
		if (page < first_free)
			first_free = page;
	}
}

/* Runs are aligned to their size: then the smallest ones fill every gap. */
static uint32_t place_new(unsigned shift)
{
	unsigned count = (1u << shift) / PIPE_PAGE;
	unsigned page = (first_free + count - 1) & ~(count - 1);

	if (shift > SHIFT_MIN && used_count + count > GROW_LIMIT)
		return 0;
	for (; page + count <= PAGES; page += count) {
		uint32_t place = page << 8 | shift;

		if (memchr(used + page, 1, count))
			continue;
		place_mark(place, 1);
		if (shift == SHIFT_MIN)
			first_free = page + count;
		return place;
	}
	return 0;
}

void pipe_arena(void *memory)
{
	arena = memory;
	memset(used, 0, sizeof used);
	used[0] = used[1] = 1; /* so that no place is 0 */
	first_free = 2;
	used_count = 2;
}

static int place_is_good(uint32_t place)
{
	unsigned shift = place & 0xff;

	return shift >= SHIFT_MIN && shift <= SHIFT_MAX &&
	    place_page(place) < PAGES &&
	    place_page(place) + place_size(place) / PIPE_PAGE <= PAGES &&
	    !memchr(used + place_page(place), 1,
		place_size(place) / PIPE_PAGE);
}

int pipe_claim(struct pipe *pipe)
{
	if (!pipe->place && !pipe_count(pipe))
		return 1;
	if (place_is_good(pipe->place) &&
	    pipe_count(pipe) <= place_size(pipe->place)) {
		place_mark(pipe->place, 1);
		return 1;
	}
	pipe_init(pipe, (int)pipe->packets);
	return 0;
}

void pipe_init(struct pipe *pipe, int packets)
{
	memset(pipe, 0, sizeof *pipe);
	pipe->packets = (uint32_t)packets;
}

void pipe_end(struct pipe *pipe)
{
	if (pipe->place)
		place_mark(pipe->place, 0);
	pipe_init(pipe, 0);
}

/* ---- the ring ------------------------------------------------------------ */

/* place is not 0. */
static inline void ring_get(
    uint32_t place, uint32_t position, void *to, unsigned size)
{
	unsigned all = 1u << (place & 0xff);
	unsigned from = position & (all - 1);
	const char *start = place_start(place);

	if (size <= all - from) {
		bytes_copy(to, start + from, size);
		return;
	}
	memcpy(to, start + from, all - from);
	memcpy((char *)to + (all - from), start, size - (all - from));
}

static inline void ring_put(
    uint32_t place, uint32_t position, const void *from, unsigned size)
{
	unsigned all = 1u << (place & 0xff);
	unsigned to = position & (all - 1);
	char *start = place_start(place);

	if (size <= all - to) {
		bytes_copy(start + to, from, size);
		return;
	}
	memcpy(start + to, from, all - to);
	memcpy(start, (const char *)from + (all - to), size - (all - to));
}

static void rescue(struct pipe *pipe)
{
	if (pipe_rescue)
		pipe_rescue(pipe);
	pipe->guard = pipe->head;
}

static int ring_grow(struct pipe *pipe, unsigned shift)
{
	uint32_t old = pipe->place, place = place_new(shift);

	if (!place)
		return 0;
	/* In parts: the two rings wrap at different positions. */
	for (uint32_t at = pipe->head; at != pipe->tail;) {
		unsigned part = place_size(old) - (at & (place_size(old) - 1));

		if (part > pipe->tail - at)
			part = pipe->tail - at;
		ring_put(place, at,
		    place_start(old) + (at & (place_size(old) - 1)), part);
		at += part;
	}
	if (old && pipe->guard != pipe->head)
		rescue(pipe);
	*(volatile uint32_t *)&pipe->place = place;
	if (old)
		place_mark(old, 0);
	return 1;
}

static inline unsigned room_of(const struct pipe *pipe)
{
	unsigned half = place_size(pipe->place) / 2;

	return pipe_count(pipe) < half ? half - pipe_count(pipe) : 0;
}

/* Tries to have room for size bytes more; how many there is room for. */
static __attribute__((noinline)) unsigned ring_more(
    struct pipe *pipe, unsigned size)
{
	unsigned shift = pipe->place ? pipe->place & 0xff : SHIFT_MIN;

	while (shift < SHIFT_MAX &&
	    (1u << shift) / 2 < pipe_count(pipe) + size)
		shift += 2;
	if ((!pipe->place || shift != (pipe->place & 0xff)) &&
	    !ring_grow(pipe, shift) && !pipe->place)
		ring_grow(pipe, SHIFT_MIN);
	return room_of(pipe);
}

static inline unsigned ring_room(struct pipe *pipe, unsigned size)
{
	unsigned room = room_of(pipe);

	return size <= room ? room : ring_more(pipe, size);
}

/* Before size bytes are put behind the end. */
static inline void ring_guard(struct pipe *pipe, unsigned size)
{
	uint32_t lost = pipe->tail + size - place_size(pipe->place);

	if ((int32_t)(lost - pipe->guard) > 0)
		rescue(pipe);
}

/* ---- reading and writing ------------------------------------------------- */

static unsigned packet_look(
    const struct pipe *pipe, char *to, unsigned size, unsigned *moved)
{
	uint32_t length;

	ring_get(pipe->place, pipe->head, &length, sizeof length);
	if (size > length)
		size = length;
	ring_get(pipe->place, pipe->head + sizeof length, to, size);
	*moved = sizeof length + length;
	return size;
}

unsigned pipe_look(
    const struct pipe *pipe, char *to, unsigned size, unsigned *moved)
{
	*moved = 0;
	if (!pipe_readable(pipe))
		return 0;
	if (pipe->packets)
		return packet_look(pipe, to, size, moved);
	if (size > pipe_count(pipe))
		size = pipe_count(pipe);
	ring_get(pipe->place, pipe->head, to, size);
	*moved = size;
	return size;
}

void pipe_taken(const struct pipe *pipe, uint32_t position, char *to,
    unsigned size)
{
	if (pipe->packets)
		position += sizeof(uint32_t);
	ring_get(pipe->place, position, to, size);
}

unsigned pipe_read(struct pipe *pipe, char *to, unsigned size, int peek)
{
	unsigned moved;

	size = pipe_look(pipe, to, size, &moved);
	if (!peek)
		pipe_take(pipe, moved);
	return size;
}

void pipe_unread(struct pipe *pipe, const char *from, unsigned size)
{
	uint32_t length = size;
	unsigned whole = size + (pipe->packets ? sizeof length : 0);

	if (pipe_count(pipe) + whole > place_size(pipe->place))
		return;
	ring_put(pipe->place, pipe->head - size, from, size);
	if (pipe->packets)
		ring_put(pipe->place, pipe->head - whole, &length,
		    sizeof length);
	pipe_take(pipe, -whole);
	if ((int32_t)(pipe->guard - pipe->head) > 0)
		pipe->guard = pipe->head;
}

static error_t packet_put(struct pipe *pipe, const char *from, unsigned size,
    unsigned *taken, unsigned *moved)
{
	uint32_t length = size;

	if (size > PIPE_SIZE - sizeof length)
		return E_MSGSIZE;
	if (ring_room(pipe, size + sizeof length) < size + sizeof length)
		return pipe_count(pipe) ? E_AGAIN : E_NOMEM;
	*moved = sizeof length + size;
	ring_guard(pipe, *moved);
	ring_put(pipe->place, pipe->tail, &length, sizeof length);
	ring_put(pipe->place, pipe->tail + sizeof length, from, size);
	*taken = size;
	return 0;
}

error_t pipe_put(struct pipe *pipe, const char *from, unsigned size,
    unsigned *taken, unsigned *moved)
{
	unsigned room;

	if (pipe->packets)
		return packet_put(pipe, from, size, taken, moved);
	room = ring_room(pipe, size);
	if (room < size && (size <= PIPE_ATOMIC || !room))
		return pipe->place ? E_AGAIN : E_NOMEM;
	if (size > room)
		size = room;
	ring_guard(pipe, size);
	ring_put(pipe->place, pipe->tail, from, size);
	*taken = *moved = size;
	return 0;
}

error_t pipe_write(
    struct pipe *pipe, const char *from, unsigned size, unsigned *taken)
{
	unsigned moved;
	error_t error = pipe_put(pipe, from, size, taken, &moved);

	if (!error)
		pipe_add(pipe, moved);
	return error;
}

unsigned pipe_available(const struct pipe *pipe)
{
	uint32_t length;

	if (!pipe->packets || !pipe_readable(pipe))
		return pipe_count(pipe);
	ring_get(pipe->place, pipe->head, &length, sizeof length);
	return length;
}
