/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes a change of the souls one step against the death of the server:
 * a record of what stood where the change has written. A successor puts it
 * back, unless the change was committed.
 *
 *	begin ──> writes: each first saves what it will overwrite ──> commit
 *	             │ death                                            │
 *	             '──> roll_back: newest first <── death, nothing ───'
 *
 * No function says that it writes: gcc does. All sources of the server but
 * this one's are compiled with -fsanitize=kernel-address, told to do nothing
 * but call a function of step.c before every store (server.mk); memcpy and
 * its like, which are made elsewhere, are replaced by the macros below. So no
 * write can be forgotten. A store that is not into the watched memory costs
 * six instructions, one that is twenty.
 *
 * Not chosen: notes by hand (a forgotten one shows once in a thousand deaths);
 * two copies of every soul, of which a word says which counts (a change of
 * the tree changes several).
 *
 * 1. An entry is whole before `used` counts it, and counted before the store.
 * 2. Only the thread that began is recorded: what others write meanwhile is
 *    not the tree's, or it is of a soul that is not in the tree yet.
 * 3. Rolling back twice is rolling back once.
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	STEP_BYTES = 8 << 20, /* only what is used is ever touched */
};

struct step_record {
	volatile uint32_t used; /* bytes of log */
	volatile uint32_t full; /* the change in progress is not all there */
	uint8_t log[STEP_BYTES - 8];
};

/* record lies outside of what is watched. */
void step_watch(struct step_record *own, void *start, size_t size);

void step_begin(void);
void step_commit(void); /* what is written from now on is the next change */
void step_end(void);    /* commits, and writes are not recorded any more */

/* Zeroes memory whose old contents mean nothing to anybody, as those of a row
 * that is free; what this step writes there is not recorded. The last one of a
 * step counts. */
void step_fresh(void *start, size_t size);

/* Puts back what a change that was not committed has overwritten. E_UCLEAN:
 * the record is damaged or was too small. */
error_t step_roll_back(void);

void *step_copy(void *to, const void *from, size_t size);
void *step_move(void *to, const void *from, size_t size);
void *step_set(void *to, int byte, size_t size);

#ifndef STEP_ITSELF
#undef memcpy
#define memcpy step_copy
#define memmove step_move
#define memset step_set
#endif
