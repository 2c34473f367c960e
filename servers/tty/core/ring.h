/* SPDX-License-Identifier: BSD-2-Clause */
/* A ring of bytes in memory that its owner gives; size: a power of two. */
#pragma once

struct ring {
	unsigned char *bytes;
	unsigned size;
	unsigned head, tail; /* count up without end; head - tail is inside */
};

static inline unsigned ring_count(const struct ring *ring)
{
	return ring->head - ring->tail;
}

static inline unsigned ring_room(const struct ring *ring)
{
	return ring->size - (ring->head - ring->tail);
}

/* There must be room. */
static inline void ring_put(struct ring *ring, unsigned char byte)
{
	ring->bytes[ring->head++ & (ring->size - 1)] = byte;
}

static inline void ring_clear(struct ring *ring)
{
	ring->tail = ring->head;
}

/* Copies at most size bytes; how many. */
unsigned ring_add(struct ring *ring, const void *bytes, unsigned size);
unsigned ring_take(struct ring *ring, void *bytes, unsigned size);
