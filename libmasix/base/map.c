/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash maps with chains: see map.h. */
#include <base/heap.h>
#include <base/map.h>

enum {
	MAP_FIRST_SIZE = 16,
};

static unsigned map_slot(unsigned size, uint64_t key)
{
	uint32_t hash = (uint32_t)key ^ (uint32_t)(key >> 32) * 0x85ebca6b;

	hash *= 0x9e3779b1;
	return (hash ^ hash >> 15) & (size - 1);
}

void map_init(struct map *map)
{
	map->table = NULL;
	map->size = map->count = 0;
}

void map_free(struct map *map)
{
	heap_free(map->table);
	map_init(map);
}

static int map_grow(struct map *map)
{
	unsigned size = map->size ? map->size * 2 : MAP_FIRST_SIZE;
	struct map_entry **table = heap_alloc_zero(size * sizeof *table);

	if (!table)
		return -1;
	for (unsigned i = 0; i < map->size; i++) {
		struct map_entry *entry = map->table[i], *next;
		struct map_entry **tail;

		for (; entry; entry = next) {
			next = entry->next;
			entry->next = NULL;
			tail = &table[map_slot(size, entry->key)];
			while (*tail)
				tail = &(*tail)->next;
			*tail = entry;
		}
	}
	heap_free(map->table);
	map->table = table;
	map->size = size;
	return 0;
}

int map_add(struct map *map, struct map_entry *entry, uint64_t key)
{
	struct map_entry **head;

	if (map->count >= map->size && map_grow(map) && !map->size)
		return -1;
	head = &map->table[map_slot(map->size, key)];
	entry->key = key;
	entry->next = *head;
	*head = entry;
	map->count++;
	return 0;
}

void map_remove(struct map *map, struct map_entry *entry)
{
	struct map_entry **place;

	place = &map->table[map_slot(map->size, entry->key)];
	while (*place != entry)
		place = &(*place)->next;
	*place = entry->next;
	entry->next = NULL;
	map->count--;
}

static struct map_entry *map_match(struct map_entry *entry, uint64_t key)
{
	while (entry && entry->key != key)
		entry = entry->next;
	return entry;
}

struct map_entry *map_find(const struct map *map, uint64_t key)
{
	if (!map->size)
		return NULL;
	return map_match(map->table[map_slot(map->size, key)], key);
}

struct map_entry *map_find_next(const struct map_entry *entry)
{
	return map_match(entry->next, entry->key);
}

static struct map_entry *map_from(const struct map *map, unsigned slot)
{
	for (; slot < map->size; slot++)
		if (map->table[slot])
			return map->table[slot];
	return NULL;
}

struct map_entry *map_first(const struct map *map)
{
	return map_from(map, 0);
}

struct map_entry *map_next(const struct map *map, const struct map_entry *entry)
{
	if (entry->next)
		return entry->next;
	return map_from(map, map_slot(map->size, entry->key) + 1);
}

uint32_t map_hash(const void *bytes, size_t length)
{
	const uint8_t *byte = bytes;
	uint32_t hash = 0x811c9dc5;

	for (; length; length--)
		hash = (hash ^ *byte++) * 0x01000193;
	return hash;
}
