/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that is kept until newer text needs its place: the system log. */
#pragma once
#include <stddef.h>

enum {
	RING_SIZE = 64 * 1024,
};

struct ring {
	char bytes[RING_SIZE];
	size_t written; /* bytes ever written */
};

void ring_write(struct ring *ring, const char *text, size_t length);

/* How many bytes ring_read() gives: whole lines, the oldest first. */
size_t ring_used(const struct ring *ring);
void ring_read(const struct ring *ring, char *to);
