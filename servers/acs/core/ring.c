/* SPDX-License-Identifier: BSD-2-Clause */
#include "ring.h"

void ring_write(struct ring *ring, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		ring->bytes[ring->written++ % RING_SIZE] = text[i];
}

/* Where the first whole line begins. */
static size_t ring_start(const struct ring *ring)
{
	size_t start;

	if (ring->written <= RING_SIZE)
		return 0;
	start = ring->written - RING_SIZE;
	while (start < ring->written && ring->bytes[start % RING_SIZE] != '\n')
		start++;
	return start < ring->written ? start + 1 : start;
}

size_t ring_used(const struct ring *ring)
{
	return ring->written - ring_start(ring);
}

void ring_read(const struct ring *ring, char *to)
{
	for (size_t at = ring_start(ring); at < ring->written; at++)
		*to++ = ring->bytes[at % RING_SIZE];
}
