/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests that must not be done twice: see README.md, "Done once".
 *
 *	error_t serve_x_take(object_t x, int request, int *what)
 *	{
 *		if (once_known(request, what, sizeof *what))
 *			return 0;
 *		lock(...);
 *		... the change, in memory that survives ...
 *		once_note(request, what, sizeof *what);
 *		unlock(...);
 *
 * If the server dies before once_note() the request counts as not done: so the
 * change must be of no effect until then (its last word is written after
 * once_note(), or it is undone: core/undo.h, once_start()).
 */
#pragma once
#include "core/once.h"
#include "core/undo.h"

/*
 * From prepare() or the first restore(): memory lies in server_memory, zeroed
 * when that was. undo: once_note() counts only after undo_commit(); null: at
 * once. The log has been rolled back.
 */
void once_start(struct once_memory *memory, struct undo_log *undo);

/* The current request was done by an instance that died before it could
 * answer: its answer, at most size bytes, to be given again. */
static inline int once_known(int number, void *answer, unsigned size);

/* The current request is done. number 0: nobody will ask again. */
void once_note(int number, const void *answer, unsigned size);

/*
 * once_note() in two steps, for answers that are written in place: the slot's
 * answer and size, then once_end().
 */
struct once_slot *once_begin(void);
static inline void once_end(struct once_slot *slot, int number)
{
	__asm__ volatile("" : : : "memory");
	slot->request.number = (uint32_t)number;
	__asm__ volatile("" : : : "memory");
}

/* How many slots are in use, and the number of the calling thread's own. */
unsigned once_threads(void);
unsigned once_thread(void);

/* The object of the current request, as slots name it. */
uint32_t once_object(void);

/* What this instance did is looked for, too, when a request is repeated: who
 * asks has died. The lock is held under which all once_note() are. */
void once_gather(void);

/* ---- inside ------------------------------------------------------------- */

extern unsigned once_left;
int once_look(int number, void *answer, unsigned size);

static inline int once_known(int number, void *answer, unsigned size)
{
	return once_left && number && once_look(number, answer, size);
}
