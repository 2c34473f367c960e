/* SPDX-License-Identifier: BSD-2-Clause */
/* Between serve_process_ipc.c and shared_memory.c. All locked, but for
 * memory_make. */
#pragma once
#include "core/ipc.h"
#include "process.h"

struct ipc_caller ipc_caller(struct body *body, int request);

/* A file without a name: rights to read and write it, and to read it. */
struct memory_room {
	mach_port_t whole, reading; /* send rights, owned; or null */
};

/* E_NOSPC. */
error_t memory_make(unsigned size, struct memory_room *room);
/* It is there for memory_take(); memory_settle() gives it up if nobody took
 * it. */
void memory_offer(const struct memory_room *room);
void memory_settle(void);
error_t memory_take(struct segment *segment);
void memory_free_later(struct segment *segment);
/* body has nothing attached any more. */
void memory_leave(struct body *body);
