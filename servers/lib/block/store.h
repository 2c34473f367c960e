/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that outlives the server, changed as a whole or not at all. Pure.
 *
 * An operation's changes are gathered in a log, which lies in that memory,
 * too, and has no meaning until one word says how much of it counts:
 *
 *	store_set ... store_set    the log grows
 *	store_commit               counts := length; applied; counts := 0
 *
 * Whoever takes over calls store_open: it applies a log that counts, which may
 * have been applied in part already. So he finds what was there after the last
 * operation that had ended, or after the one before.
 *
 * A log that is full is applied early, under the word "torn": who finds that
 * knows that nothing is to be believed. The choice not taken, the old contents
 * in the log and the changes in place, would make each place that changes a
 * block of metadata say so before, not after.
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>

struct cache;

struct store_head {
	uint32_t magic;
	uint32_t counts; /* bytes of the log that are to be applied */
	uint32_t torn;   /* a change was too large for the log */
	uint32_t lost;   /* some of what changed had no room here */
};

struct store {
	struct store_head *head;
	uint8_t *base; /* places are offsets from here, below size */
	size_t size;
	uint8_t *log;
	uint32_t log_size, used;
	/* where caches keep what the disk does not have yet (cache.h) */
	uint8_t *banks;
	size_t bank_size; /* of all of them */
	struct cache *caches[2];
	/* where what else only memory knows is kept (notes.h) */
	uint8_t *notes;
	size_t notes_size, notes_used;
	unsigned notes_lack; /* tables in which one had no room: what is there
	                      * is not to be believed */
	uint32_t *words; /* STORE_WORDS, the file system type's */
	int recovered; /* what is there is an earlier instance's */
	/* Optional: before what is dirty is written; some of it is not what it
	 * should be (cache_set_check). Both may end the task. */
	void (*look)(void);
	void (*hurt)(struct store *store);
};

enum {
	STORE_LOG = 512 * 1024, /* bytes of a log that is large enough */
	STORE_WORDS = 16,
};

/* The fields base, size, head, log, log_size are set, and what lies there is
 * zero or was left by another instance. E_NOENT: the former; E_UCLEAN: it is of
 * no use. Then store_clear(). */
error_t store_open(struct store *store);
void store_clear(struct store *store);

/* To be done by the next commit: count bytes of from at to, which lies in the
 * store. */
void store_set(struct store *store, void *to, const void *from, size_t count);
void store_set_word(struct store *store, uint32_t *to, uint32_t word);

/* All that was set, and all that has changed in the caches. */
void store_commit(struct store *store);
