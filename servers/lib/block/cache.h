/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers: blocks of metadata in memory. Pure; the caller's lock guards it.
 *
 * Nothing is written to the disk before cache_sync: between two syncs the disk
 * holds one state of the metadata, whole, and cache_sync brings the next one:
 * to the journal as one transaction if the volume has one, else in place by
 * rising order, with a flush between orders. Data of files never comes here:
 * its only cache is the kernel's.
 *
 * With a journal a buffer goes round like this:
 *
 *	clean --buffer_dirty--> dirty --cache_sync--> logged (in the journal,
 *	not in place) --cache_checkpoint--> clean
 *
 * and a logged one that is changed again is logged and dirty, till the next
 * sync has logged it anew.
 *
 *	error = buffer_get(cache, block, &buffer);    it is held now
 *	... buffer->data ...; buffer_dirty(buffer, order);
 *	buffer_put(buffer);
 */
#pragma once
#include <base/list.h>
#include <base/map.h>
#include <block/device.h>
#include <block/store.h>

/* When a buffer is written: the disk must make sense after each order. */
enum buffer_order {
	ORDER_CLEAN,  /* not to be written */
	ORDER_FIRST,  /* what others point to: new blocks, maps */
	ORDER_MIDDLE, /* inodes, directories */
	ORDER_LAST,   /* what says that it is free or clean */
	ORDER_KEPT,   /* not yet: it only outlives us (cache_survive) */
	ORDER_END,
};

struct cache;

enum {
	BUFFER_PARTS = 2,
};

struct buffer {
	uint64_t block;
	uint8_t *data; /* block_size bytes */
	/* The owner's, 0 after the block was read: "this was checked". */
	unsigned char mark;
	/* private */
	struct cache *cache;
	unsigned holds;
	unsigned char order;
	unsigned char forgotten;
	struct map_entry entry;
	struct list use;    /* in cache->unused: clean, not logged, not held */
	struct list dirty;  /* in cache->dirty while order != ORDER_CLEAN */
	struct list logged; /* in cache->logged, or empty */
	struct list changed; /* in cache->changed, or empty */
	/* which bytes, then: these runs; an inode block often has two */
	struct { unsigned low, high; } part[BUFFER_PARTS];
	unsigned parts;
	int slot;            /* in the bank, or -1 */
};

/* Where the dirty buffers go, as one, before they are written in place. */
struct cache_journal {
	/* All of them are safe, as one, when it returns 0, and all data that
	 * was written before. full: a checkpoint should follow. */
	error_t (*commit)(struct cache_journal *journal,
	    struct buffer *const *buffers, unsigned count, int *full);
	/* What the journal holds of this block is not to be used after the
	 * next commit: the block becomes free by it. */
	void (*revoke)(struct cache_journal *journal, uint64_t block);
	/* All that was committed is in place and flushed. */
	error_t (*done)(struct cache_journal *journal);
};

/* limit: bytes of clean buffers that are kept. */
error_t cache_new(struct block_device *device, uint32_t block_size,
    size_t limit, struct cache **cache);

/* Another limit: what is too much goes at once, least recently used first. */
void cache_set_limit(struct cache *cache, size_t limit);

/*
 * What one cache may keep on a machine with so many bytes of memory, of which
 * so many are free or hold what can be had again: enough for the inodes of
 * 100,000 files where there is room, a bounded share where there is little.
 */
size_t cache_share(uint64_t memory, uint64_t available);

/*
 * What is dirty survives in the store, in the bank of that number, of `of`
 * (at most 2). Before anything else is asked of the cache. If the store is an
 * earlier instance's (recovered), what that had kept is here now, dirty;
 * E_UCLEAN: it makes no sense. What an operation changes counts from the next
 * store_commit on.
 */
error_t cache_survive(struct cache *cache, struct store *store,
    unsigned number, unsigned of);
/* For store_commit: before and after it. */
void cache_keep(struct cache *cache);
void cache_kept(struct cache *cache);

/* sane: whether a buffer with a mark, dirty, is what it should be. If one is
 * not, memory of ours was hurt: the store is told before it is written. */
void cache_set_check(struct cache *cache,
    int (*sane)(void *context, const struct buffer *buffer), void *context);
/* The same of one that the owner found to be none: told if it is dirty. */
void cache_insane(const struct buffer *buffer);

/* Frees all; what is dirty is lost (but for what survives). Nothing may be
 * held. */
void cache_free(struct cache *cache);

/* journal: BORROWED, or null. Nothing is dirty or logged now. */
void cache_set_journal(struct cache *cache, struct cache_journal *journal);

/* buffer: held. E_IO, E_NOMEM. */
error_t buffer_get(struct cache *cache, uint64_t block, struct buffer **buffer);
/* The same without reading: zeros. For blocks that are new. */
error_t buffer_get_zero(struct cache *cache, uint64_t block,
    struct buffer **buffer);
/* A further hold; returns buffer. */
struct buffer *buffer_hold(struct buffer *buffer);
void buffer_put(struct buffer *buffer);

/* To be written, at this order or an earlier one that was named before. */
void buffer_dirty(struct buffer *buffer, enum buffer_order order);
/* The same, if only these bytes have changed: they cost less to be kept. */
void buffer_dirty_part(struct buffer *buffer, enum buffer_order order,
    size_t start, size_t count);

/* Calls found for each buffer of that order, till an error. It may be held, and
 * dirtied; no other may change. */
error_t cache_each(struct cache *cache, enum buffer_order order,
    error_t (*found)(void *context, struct buffer *buffer), void *context);

/* The block is free now: it won't be written. */
void cache_forget(struct cache *cache, uint64_t block);

/* Bytes waiting for cache_sync. */
size_t cache_dirty_bytes(const struct cache *cache);

/* All dirty buffers but those of ORDER_KEPT reach the disk, or the journal;
 * what was written to the device before (data) does so first. On an error all
 * stay dirty. */
error_t cache_sync(struct cache *cache);

/* What is logged reaches its place, and the journal is empty. After a
 * cache_sync only: nothing is dirty. */
error_t cache_checkpoint(struct cache *cache);
