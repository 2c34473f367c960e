/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes in memory that survives which are made whole or not at all, under
 * one lock of the server:
 *
 *	undo_keep(log, &table->x, sizeof table->x);  before each write
 *	table->x = ...;
 *	undo_commit(log);                            all of it holds now
 *
 * A successor calls undo_roll_back() before it looks at the memory. The log
 * lies there, too.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
	UNDO_WORDS = 1024, /* of one change; more is a mistake: a trap */
};

struct undo_word {
	uint32_t offset; /* from the log's own address, modulo 2^32 */
	uint32_t value;
};

struct undo_log {
	uint32_t count;
	struct undo_word words[UNDO_WORDS];
};

/* address and size: multiples of 4. */
void undo_keep(struct undo_log *log, const void *address, size_t size);

static inline void undo_commit(struct undo_log *log)
{
	__asm__ volatile("" : : : "memory");
	*(volatile uint32_t *)&log->count = 0;
	__asm__ volatile("" : : : "memory");
}

/* memory, size: where the words may lie. How many there were. */
unsigned undo_roll_back(struct undo_log *log, void *memory, size_t size);
