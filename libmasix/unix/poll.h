/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for several open files at once: what poll, select and epoll have in
 * common. All of it is libmasix's own memory; nothing here touches the
 * program's.
 */
#pragma once
#include <unix/descriptor.h>

struct polled {
	int fd;
	uint32_t events;        /* POLL* wanted; POLLERR, POLLHUP always */
	uint32_t ready;         /* result */
	struct open_file *file; /* poll.c's, while it works */
	int registered;         /* the server has our notify right */
};

enum {
	POLL_STACK = 32, /* so many need no memory of the heap */
	POLL_MOST = 65536,
};

#define POLL_FOREVER UINT64_MAX

/* Waits until something is ready or clock_monotonic() reaches deadline (0: it
 * only looks). How many are ready, 0, -EINTR forms, -ENOMEM. */
long poll_wait(struct polled *polled, unsigned count, uint64_t deadline);

/* Memory for count; room is used if it is enough. Null: no memory. */
struct polled *poll_room(struct polled *room, unsigned count);
void poll_room_end(struct polled *room, struct polled *polled);

/* Times as programs give them: a deadline. -EINVAL. */
long deadline_after(int64_t seconds, int64_t nanoseconds, uint64_t *deadline);
uint64_t deadline_milliseconds(int milliseconds);

/* epoll.c: what an epoll that is polled itself has ready now. */
uint32_t epoll_ready(struct epoll *epoll);
