/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the cache share. */
#pragma once
#include <block/cache.h>

/* In a bank: which block its slot of that number holds. */
struct bank_slot {
	uint64_t block;
	uint32_t order; /* ORDER_CLEAN: none */
	uint32_t check; /* of both */
};

/* At the start of a bank; zeros if it was never used. */
struct bank_head {
	uint32_t block_size;
	uint32_t count; /* of slots that there is room for */
	uint32_t end;   /* slots from here on were never used */
	uint32_t unused;
};

/* A cache's part of a store: head, slots, and behind them the blocks. */
struct bank {
	struct store *store;
	struct bank_head *head;
	struct bank_slot *slots;
	uint8_t *data;
	uint32_t *free;    /* owned: slots that are free */
	uint32_t *leaving; /* owned: those that will be after the next commit */
	uint32_t free_count, leaving_count;
	uint32_t room;     /* for so many slots in each of these */
};

enum {
	CACHE_RECENT = 32, /* a power of two */
};

struct cache {
	/* Of all blocks with that number modulo CACHE_RECENT, the buffer that
	 * was asked for last, or null. */
	struct buffer *recent[CACHE_RECENT];
	struct block_device *device;
	struct cache_journal *journal;
	uint32_t block_size;
	size_t limit;
	unsigned clean_count, dirty_count, kept_count; /* kept: dirty, too */
	struct map map;
	struct list unused, dirty, logged;
	unsigned logged_count;
	uint8_t *bounce;
	struct list changed; /* since the last commit of the store */
	struct bank bank;    /* store: null if nothing is kept */
	int (*sane)(void *context, const struct buffer *buffer);
	void *context;       /* of sane, which may be null */
};

/* A new buffer for a block that is in none, held; its data is not set. */
error_t buffer_new(struct cache *cache, uint64_t block,
    struct buffer **buffer);

/* It has to be written somewhere yet. */
static inline int buffer_waits(const struct buffer *buffer)
{
	return buffer->order != ORDER_CLEAN || !list_empty(&buffer->logged);
}

/* ---- bank.c: nothing happens without a store ---- */

/* The bytes [low, high) are not what is kept. */
void bank_changed(struct buffer *buffer, unsigned low, unsigned high);
/* The disk has it: its slot is free at once. */
void bank_drop(struct buffer *buffer);
/* The block itself is free now: its slot is after the next commit. */
void bank_forget(struct buffer *buffer);
void bank_close(struct cache *cache);
