/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash maps from 64-bit keys to structures that embed a map_entry. Several
 * entries may have one key: names are kept by map_hash() of their bytes, and
 * the caller compares the rest. The table doubles as it fills; if there is no
 * memory for that it only gets slower. No locking.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct map_entry {
	struct map_entry *next;
	uint64_t key;
};

struct map {
	struct map_entry **table; /* owned; null while empty */
	unsigned size;            /* a power of two, or 0 */
	unsigned count;
};

#define MAP_EMPTY { 0, 0, 0 }

/* The structure of that type whose member is entry. */
#define map_item(entry, type, member)                                          \
	((type *)((char *)(entry) - offsetof(type, member)))

void map_init(struct map *map);

/* Frees the table. The entries are the caller's. */
void map_free(struct map *map);

/* Adds entry under key (its own if there are others). Returns 0, or -1 if
 * the very first table could not be had. */
int map_add(struct map *map, struct map_entry *entry, uint64_t key);

/* Removes entry, which must be in the map. */
void map_remove(struct map *map, struct map_entry *entry);

/* The entry with key that was added last, or null; then the next one. */
struct map_entry *map_find(const struct map *map, uint64_t key);
struct map_entry *map_find_next(const struct map_entry *entry);

/* All entries, in no order: map_first(), then map_next() until null. The
 * map must not change in between, but for removing the entry itself after
 * map_next() was asked. */
struct map_entry *map_first(const struct map *map);
struct map_entry *map_next(const struct map *map,
    const struct map_entry *entry);

/* A key for bytes (FNV-1a, 32 bits). */
uint32_t map_hash(const void *bytes, size_t length);
