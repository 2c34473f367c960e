/* SPDX-License-Identifier: BSD-2-Clause */
/* Rings of bytes: copies in at most two pieces. */
#include "core/ring.h"
#include <string.h>

unsigned ring_add(struct ring *ring, const void *bytes, unsigned size)
{
	unsigned at = ring->head & (ring->size - 1);
	unsigned piece;

	if (size > ring_room(ring))
		size = ring_room(ring);
	piece = size < ring->size - at ? size : ring->size - at;
	memcpy(ring->bytes + at, bytes, piece);
	memcpy(ring->bytes, (const char *)bytes + piece, size - piece);
	ring->head += size;
	return size;
}

unsigned ring_take(struct ring *ring, void *bytes, unsigned size)
{
	unsigned at = ring->tail & (ring->size - 1);
	unsigned piece;

	if (size > ring_count(ring))
		size = ring_count(ring);
	piece = size < ring->size - at ? size : ring->size - at;
	memcpy(bytes, ring->bytes + at, piece);
	memcpy((char *)bytes + piece, ring->bytes, size - piece);
	ring->tail += size;
	return size;
}
