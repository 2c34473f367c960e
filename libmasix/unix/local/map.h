/* SPDX-License-Identifier: BSD-2-Clause */
/* Between window.c and map.c: maps of file rights and their windows. */
#pragma once
#include <unix/local/window.h>

struct window {
	struct file_map *map; /* null: free */
	struct window *next;  /* of the same map */
	char *start;          /* where it lies */
	uint32_t chunk;       /* offset in the file >> WINDOW_SHIFT */
	uint32_t used;        /* when, for eviction */
	unsigned pins;        /* copies in progress */
};

struct slot_window;

struct file_map {
	uint32_t generation;               /* of which process it is: map.c */
	mach_port_t object;                /* send right, owned */
	const struct attribute_slot *slot; /* null: ask file_stat */
	struct slot_window *slots;         /* where slot lies */
	struct window *current;            /* used last */
	struct window *windows;
	uint64_t touched; /* when the server was last told of writes */
	int read_touched; /* told that it was read */
};

/* The window of that part of right's file, pinned; made if need be. right has
 * a map. -ENOMEM, -EFBIG. */
long window_take(
    struct file_right *right, uint64_t chunk, struct window **window);
void window_give(struct window *window);
