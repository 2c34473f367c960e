/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inotify without its objects: what masks mean, what an event looks like to the
 * program, and the queue of a watcher, which is the ring of a pipe. Numbers and
 * structures are Linux's.
 */
#pragma once
#include "core/pipe.h"
#include <base/file_types.h>

enum {
	EVENT_ACCESS = 0x1,
	EVENT_MODIFY = 0x2,
	EVENT_ATTRIBUTES = 0x4,
	EVENT_CLOSE_WRITE = 0x8,
	EVENT_CLOSE_READ = 0x10,
	EVENT_OPEN = 0x20,
	EVENT_MOVED_FROM = 0x40,
	EVENT_MOVED_TO = 0x80,
	EVENT_CREATE = 0x100,
	EVENT_DELETE = 0x200,
	EVENT_DELETE_SELF = 0x400,
	EVENT_MOVE_SELF = 0x800,
	EVENT_ALL = 0xfff,
	EVENT_UNMOUNT = 0x2000,
	EVENT_OVERFLOW = 0x4000,
	EVENT_IGNORED = 0x8000,
	EVENT_ONLY_DIRECTORY = 0x1000000,
	EVENT_DONT_FOLLOW = 0x2000000,
	EVENT_EXCLUDE_UNLINKED = 0x4000000,
	EVENT_MASK_CREATE = 0x10000000,
	EVENT_MASK_ADD = 0x20000000,
	EVENT_IS_DIRECTORY = 0x40000000,

	EVENT_HEAD = 16,
	EVENT_MAX = EVENT_HEAD + 256, /* with the longest name */
};

#define EVENT_ONE_SHOT 0x80000000u

/* The queue of a watcher; its ring is kept elsewhere. */
struct watch_queue {
	struct pipe *pipe;
	uint32_t last_tail; /* where the last event ended; */
	unsigned last_size; /* 0: nothing was put here yet */
	char last[EVENT_MAX];
};

/* Whether a program may give mask: E_INVAL. */
error_t watch_mask_check(uint32_t mask);

/* What a watch with mask has for its mask if the program gives another. */
uint32_t watch_mask_change(uint32_t mask, uint32_t given);

/* What a watch with mask reports of event (with EVENT_IS_DIRECTORY, if it
 * concerns a directory); 0: nothing. */
uint32_t watch_reports(uint32_t mask, uint32_t event);

/* What a file server is to tell (WATCH_* of file_types.h) for a watch with
 * mask; and what event it has told. */
unsigned watch_wants(uint32_t mask);
uint32_t watch_event(unsigned what);

/* The event that a change of attributes is (mask: ATTRIBUTE_*); 0: none. */
uint32_t watch_change(unsigned mask);

/*
 * Puts an event behind the others, unless it is the last one once more that
 * nobody has read yet. What finds no room is told by one EVENT_OVERFLOW. name
 * may be null. Returns 0 if nothing was put.
 */
int watch_put(struct watch_queue *queue, int number, uint32_t mask,
    uint32_t cookie, const char *name, unsigned length);

/* How many bytes of whole events there are within size. E_INVAL: the first is
 * larger; E_AGAIN: there is none. */
error_t watch_fit(const struct pipe *pipe, unsigned size, unsigned *fit);
