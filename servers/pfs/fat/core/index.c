/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory's names in memory: the hash of each name (a file has two: the
 * one that is shown and the short one) and the slot it is at, and which slots
 * are in use. Made when the directory is first searched, kept up to date while
 * its node is loaded, forgotten when all indexes together take too much memory.
 * So looking up, not finding and adding cost the same in a directory of 10,000
 * names as in one of ten; without it each of them would read it all.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

enum {
	CELL_FREE = 0, /* cell.slot holds the slot + 2 */
	CELL_REMOVED = 1,
	CELL_BASE = 2,
	CELLS_LEAST = 64,
	INDEX_BYTES_MAX = 8 * 1024 * 1024, /* all of a volume */
};

struct cell {
	uint32_t hash, slot;
};

struct index {
	struct cell *cells; /* owned */
	uint32_t size;      /* a power of two */
	uint32_t used;      /* cells that are not CELL_FREE */
	uint32_t live;      /* of these, not CELL_REMOVED */
	uint32_t names, directories;
	uint8_t *taken;     /* owned: a bit for each slot */
	uint32_t slots;     /* bits that there are */
	uint32_t end;       /* slots from here on were never used */
	/* So many free slots in a row are nowhere before this one. */
	uint32_t room[SET_SLOTS + 1];
};

static size_t index_bytes(const struct index *index)
{
	return index->size * sizeof(struct cell) + index->slots / 8;
}

void index_drop(struct node *directory)
{
	struct index *index = directory->index;

	if (!index)
		return;
	node_volume(directory)->index_bytes -= index_bytes(index);
	list_remove(&directory->index_link);
	directory->index = 0;
	heap_free(index->cells);
	heap_free(index->taken);
	heap_free(index);
}

static void cell_put(struct index *index, uint32_t hash, uint32_t slot)
{
	uint32_t at = hash & (index->size - 1);

	while (index->cells[at].slot >= CELL_BASE)
		at = (at + 1) & (index->size - 1);
	if (index->cells[at].slot == CELL_FREE)
		index->used++;
	index->live++;
	index->cells[at].hash = hash;
	index->cells[at].slot = slot + CELL_BASE;
}

static error_t cells_resize(struct index *index, uint32_t size)
{
	struct cell *old = index->cells;
	uint32_t old_size = index->size;
	struct cell *cells = heap_alloc_zero((size_t)size * sizeof *cells);

	if (!cells)
		return E_NOMEM;
	index->cells = cells;
	index->size = size;
	index->used = index->live = 0;
	for (uint32_t i = 0; i < old_size; i++)
		if (old[i].slot >= CELL_BASE)
			cell_put(index, old[i].hash, old[i].slot - CELL_BASE);
	heap_free(old);
	return 0;
}

/* Room for the two hashes of one more name. */
static error_t cells_room(struct index *index)
{
	if (index->used + 2 < index->size / 3 * 2)
		return 0;
	return cells_resize(index, index->live > index->size / 3 ?
	    index->size * 2 : index->size);
}

static error_t taken_room(struct index *index, uint32_t slots)
{
	uint8_t *taken;

	slots = (slots + 7) & ~7u;
	if (slots <= index->slots)
		return 0;
	taken = heap_resize(index->taken, slots / 8);
	if (!taken)
		return E_NOMEM;
	memset(taken + index->slots / 8, 0, (slots - index->slots) / 8);
	index->taken = taken;
	index->slots = slots;
	return 0;
}

static int is_taken(const struct index *index, uint32_t slot)
{
	return index->taken[slot / 8] >> (slot & 7) & 1;
}

static void name_enter(struct index *index, const struct found *found)
{
	uint32_t hash = name_hash(found->name, found->length);
	uint32_t other = name_hash(found->short_name, found->short_length);

	cell_put(index, hash, found->slot);
	if (other != hash)
		cell_put(index, other, found->slot);
	index->names++;
	if (found->entry.attributes & ATTRIBUTE_DIRECTORY)
		index->directories++;
}

/* One slot of a directory that is read for its index. */
static error_t slot_enter(struct index *index, struct cursor *cursor,
    uint32_t slot, const struct disk_entry *entry)
{
	struct found found;
	error_t error;

	if (entry->name[0] == NAME_DELETED)
		return 0;
	index->taken[slot / 8] |= (uint8_t)(1 << (slot & 7));
	if (!entry_is_name(node_volume(cursor->directory), entry,
	    cursor_place(cursor, slot)))
		return 0;
	error = cells_room(index);
	if (!error)
		error = found_read(cursor, slot, &found);
	if (!error)
		name_enter(index, &found);
	return error == E_NOENT ? 0 : error;
}

static error_t index_fill(struct node *directory, struct index *index)
{
	uint32_t slots = directory_slots(directory), slot;
	struct disk_entry *entry;
	struct cursor cursor;
	error_t error = cells_resize(index, CELLS_LEAST);

	if (!error)
		error = taken_room(index, slots);
	cursor_start(&cursor, directory);
	for (slot = 0; slot < slots && !error; slot++) {
		error = cursor_get(&cursor, slot, &entry);
		if (error || entry->name[0] == NAME_END)
			break;
		error = slot_enter(index, &cursor, slot, entry);
	}
	cursor_end(&cursor);
	index->end = slot;
	return error;
}

error_t index_need(struct node *directory)
{
	struct volume *volume = node_volume(directory);
	struct index *index = directory->index;
	error_t error;

	if (index) {
		list_remove(&directory->index_link);
		list_append(&volume->indexed, &directory->index_link);
		return 0;
	}
	index = heap_alloc_zero(sizeof *index);
	if (!index)
		return E_NOMEM;
	error = index_fill(directory, index);
	if (error) {
		heap_free(index->cells);
		heap_free(index->taken);
		heap_free(index);
		return error;
	}
	while (volume->index_bytes > INDEX_BYTES_MAX)
		index_drop(list_item(list_first(&volume->indexed), struct node,
		    index_link));
	directory->index = index;
	list_append(&volume->indexed, &directory->index_link);
	volume->index_bytes += index_bytes(index);
	return 0;
}

void index_add(struct node *directory, const struct found *found)
{
	struct index *index = directory->index;
	size_t before = index ? index_bytes(index) : 0;

	if (!index)
		return;
	if (cells_room(index)) {
		index_drop(directory);
		return;
	}
	node_volume(directory)->index_bytes += index_bytes(index) - before;
	name_enter(index, found);
}

static void cell_remove(struct index *index, uint32_t hash, uint32_t slot)
{
	uint32_t at = hash & (index->size - 1);

	for (; index->cells[at].slot != CELL_FREE;
	     at = (at + 1) & (index->size - 1))
		if (index->cells[at].hash == hash &&
		    index->cells[at].slot == slot + CELL_BASE) {
			index->cells[at].slot = CELL_REMOVED;
			index->live--;
			return;
		}
}

void index_remove(struct node *directory, const struct found *found)
{
	struct index *index = directory->index;
	uint32_t hash = name_hash(found->name, found->length);
	uint32_t other = name_hash(found->short_name, found->short_length);

	if (!index)
		return;
	cell_remove(index, hash, found->slot);
	if (other != hash)
		cell_remove(index, other, found->slot);
	index->names--;
	if (found->entry.attributes & ATTRIBUTE_DIRECTORY)
		index->directories--;
}

void index_take(struct node *directory, uint32_t slot, unsigned count)
{
	struct index *index = directory->index;
	size_t before = index ? index_bytes(index) : 0;

	if (!index)
		return;
	if (taken_room(index, slot + count)) {
		index_drop(directory);
		return;
	}
	node_volume(directory)->index_bytes += index_bytes(index) - before;
	if (slot + count > index->end)
		index->end = slot + count;
	if (count <= SET_SLOTS && index->room[count] == slot)
		index->room[count] = slot + count;
	for (; count; slot++, count--)
		index->taken[slot / 8] |= (uint8_t)(1 << (slot & 7));
}

void index_release(struct node *directory, uint32_t slot, unsigned count)
{
	struct index *index = directory->index;
	uint32_t from = slot > SET_SLOTS ? slot - SET_SLOTS : 0;

	if (!index || slot + count > index->slots)
		return;
	for (unsigned i = 0; i <= SET_SLOTS; i++)
		if (index->room[i] > from)
			index->room[i] = from;
	for (; count; slot++, count--)
		index->taken[slot / 8] &= (uint8_t)~(1 << (slot & 7));
}

uint32_t index_next(struct node *directory, uint32_t hash, uint32_t *cursor)
{
	const struct index *index = directory->index;
	uint32_t at;

	for (; *cursor < index->size; ++*cursor) {
		at = (hash + *cursor) & (index->size - 1);
		if (index->cells[at].slot == CELL_FREE)
			break;
		if (index->cells[at].hash == hash &&
		    index->cells[at].slot >= CELL_BASE) {
			++*cursor;
			return index->cells[at].slot - CELL_BASE;
		}
	}
	return UINT32_MAX;
}

uint32_t index_room(struct node *directory, unsigned count, uint32_t slot)
{
	struct index *index = directory->index;
	uint32_t slots = directory_slots(directory), row = 0;
	int from_start = slot <= index->room[count];

	if (from_start)
		slot = index->room[count];
	for (; slot < slots; slot++) {
		row = slot < index->slots && is_taken(index, slot) ? 0 :
		    row + 1;
		if (row == count)
			break;
	}
	if (from_start)
		index->room[count] = slot < slots ? slot + 1 - count :
		    slots - row;
	return slot < slots ? slot + 1 - count : UINT32_MAX;
}

uint32_t index_names(const struct node *directory)
{
	return directory->index->names;
}

uint32_t index_directories(const struct node *directory)
{
	return directory->index->directories;
}

uint32_t index_end(const struct node *directory)
{
	return directory->index->end;
}
