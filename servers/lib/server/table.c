/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handles: what a port's payload carries. 20 bits of index, 12 of generation:
 * a message that was received before its object died and is looked up after
 * finds nothing, or finds that the place belongs to another generation. A port
 * that is kept for another object gets a new handle, too.
 *
 * Entries stand in chunks that never move. Free entries are a list.
 */
#include "internal.h"
#include <base/heap.h>

enum {
	CHUNK_SIZE = 1024,
	CHUNKS_MAX = 1024,
	INDEX_BITS = 20, /* HANDLE_INDEX */
	GENERATIONS = 1 << 12,
};

struct entry {
	struct object *object; /* null: free */
	unsigned generation;   /* and while free: next free index << 12 | it */
};

/* guarded by table_lock */
struct lock table_lock;
static struct entry *chunks[CHUNKS_MAX];
static unsigned free_first; /* index; 0: none */
static unsigned index_end = 1;
static struct map ports;

static struct entry *entry_at(unsigned index)
{
	return &chunks[index / CHUNK_SIZE][index % CHUNK_SIZE];
}

/* The chunk with that index, made if need be. */
static error_t chunk_make(unsigned index)
{
	struct entry **chunk = &chunks[index / CHUNK_SIZE];

	if (!*chunk)
		*chunk = heap_alloc_zero(CHUNK_SIZE * sizeof **chunk);
	return *chunk ? 0 : E_NOMEM;
}

static error_t entry_new(unsigned *index)
{
	struct entry *entry;

	if (free_first) {
		*index = free_first;
		entry = entry_at(free_first);
		free_first = entry->generation >> 12;
		entry->generation &= GENERATIONS - 1;
		return 0;
	}
	if (index_end >= CHUNK_SIZE * CHUNKS_MAX)
		return E_NOMEM;
	if (chunk_make(index_end))
		return E_NOMEM;
	*index = index_end++;
	return 0;
}

error_t table_add(struct object *object)
{
	unsigned index;
	error_t error;

	if (map_add(&ports, &object->by_port, object->port))
		return E_NOMEM;
	error = entry_new(&index);
	if (error) {
		map_remove(&ports, &object->by_port);
		return error;
	}
	entry_at(index)->object = object;
	object->handle = index | entry_at(index)->generation << INDEX_BITS;
	return 0;
}

void table_remove(struct object *object)
{
	unsigned index = object->handle & ((1 << INDEX_BITS) - 1);
	struct entry *entry = entry_at(index);

	map_remove(&ports, &object->by_port);
	entry->object = 0;
	entry->generation = ((entry->generation + 1) & (GENERATIONS - 1)) |
	    free_first << 12;
	free_first = index;
	object->handle = 0;
}

void table_park(struct object *object)
{
	struct entry *entry =
	    entry_at(object->handle & ((1 << INDEX_BITS) - 1));

	map_remove(&ports, &object->by_port);
	entry->object = 0;
	entry->generation = (entry->generation + 1) & (GENERATIONS - 1);
	object->handle = 0;
}

error_t table_unpark(struct object *object, unsigned index, mach_port_t port)
{
	struct entry *entry = entry_at(index);

	if (map_add(&ports, &object->by_port, port))
		return E_NOMEM;
	entry->object = object;
	object->handle = index | entry->generation << INDEX_BITS;
	object->port = port;
	return 0;
}

error_t table_restore(struct object *object, unsigned handle, mach_port_t port)
{
	unsigned index = handle & HANDLE_INDEX;

	if (index == 0 || index >= CHUNK_SIZE * CHUNKS_MAX)
		return E_INVAL;
	for (unsigned i = index_end; i <= index; i += CHUNK_SIZE)
		if (chunk_make(i))
			return E_NOMEM;
	if (chunk_make(index) || map_add(&ports, &object->by_port, port))
		return E_NOMEM;
	entry_at(index)->object = object;
	entry_at(index)->generation = handle >> INDEX_BITS;
	object->handle = handle;
	object->port = port;
	if (index_end <= index)
		index_end = index + 1;
	return 0;
}

void table_restored(void)
{
	for (unsigned i = index_end; i-- > 1;) {
		if (entry_at(i)->object)
			continue;
		entry_at(i)->generation = free_first << 12;
		free_first = i;
	}
}

int table_at(unsigned index, struct object **object)
{
	if (index >= index_end)
		return 0;
	*object = entry_at(index)->object;
	return 1;
}

/* The lock is held. */
static struct object *table_find(unsigned handle)
{
	unsigned index = handle & ((1 << INDEX_BITS) - 1);
	struct object *object;

	if (index >= index_end || index == 0)
		return 0;
	object = entry_at(index)->object;
	return object && object->handle == handle ? object : 0;
}

struct object *object_of_handle(unsigned handle)
{
	struct object *object;

	lock(&table_lock);
	object = table_find(handle);
	if (object)
		object->references++;
	unlock(&table_lock);
	return object;
}

struct object *object_of_place(unsigned handle)
{
	unsigned index = handle & ((1 << INDEX_BITS) - 1);
	struct object *object = 0;

	lock(&table_lock);
	if (index && index < index_end)
		object = entry_at(index)->object;
	if (object)
		object->references++;
	unlock(&table_lock);
	return object;
}

struct object *table_find_port(mach_port_t port)
{
	struct map_entry *entry = map_find(&ports, port);

	return entry ? map_item(entry, struct object, by_port) : 0;
}

/*
 * For server_describe: counts the objects of the class that is met first at
 * or after *index and is none before it. Returns 0 when there is no further
 * class. The lock is held.
 */
unsigned table_count(const struct object_class **class, unsigned *index)
{
	unsigned count = 0;

	for (; *index < index_end; ++*index) {
		struct object *object = entry_at(*index)->object;
		unsigned before = 1;

		if (!object)
			continue;
		while (before < *index && !(entry_at(before)->object &&
			entry_at(before)->object->class == object->class))
			before++;
		if (before == *index)
			break;
	}
	if (*index >= index_end)
		return 0;
	*class = entry_at(*index)->object->class;
	for (unsigned i = *index; i < index_end; i++)
		if (entry_at(i)->object && entry_at(i)->object->class == *class)
			count++;
	++*index;
	return count;
}

unsigned table_size(void)
{
	unsigned size = 0;

	for (unsigned i = 1; i < index_end; i++)
		size += entry_at(i)->object != 0;
	return size;
}
