/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of executables: which text stands for which version of which
 * file. A version is named by what changes when a file's content does; a file
 * that was written to gets a new text, and the old one is retired: it serves
 * those who still run it and is never found again.
 *
 *	new --cache_add--> found --cache_retire--> retired --end of use--> gone
 *
 * The table is bounded. What was not asked for longest is retired first.
 */
#pragma once
#include <base/list.h>
#include <base/map.h>
#include <stdint.h>

struct text_key {
	uint32_t device;
	uint32_t generation;
	uint64_t node;
	uint64_t size;
	int64_t mtime, ctime;
	uint32_t mtime_nsec, ctime_nsec;
};

/* One text's place in the table. */
struct cached {
	struct map_entry entry;
	struct list age; /* in cache.ages while it can be found */
	struct text_key key;
	uint32_t maps; /* how often it was asked for */
};

struct cache {
	struct map map;
	struct list ages; /* asked for longest ago first */
	unsigned count, limit;
	/* counters for people */
	uint32_t asked, found, retired;
};

void cache_init(struct cache *cache, unsigned limit);

/*
 * The text of exactly this version, now the youngest; or null. stale: set to
 * the text of another version of the same file, if there is one: retire it.
 */
struct cached *cache_find(struct cache *cache, const struct text_key *key,
    struct cached **stale);

/* Enters text under its key. Returns 0, or -1: no memory. */
int cache_add(struct cache *cache, struct cached *text);

/* The one to retire when the table is too full, else null. */
struct cached *cache_surplus(const struct cache *cache);

/* It can be found no more. Harmless for one that is not in the table. */
void cache_retire(struct cache *cache, struct cached *text);
