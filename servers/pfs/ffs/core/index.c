/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory's names in memory: hash of a name to the piece it is in, and how
 * much room each piece has. Made when a directory of more than a few pieces is
 * first searched, kept up to date while its node is loaded, forgotten when all
 * indexes together take too much memory: so a name costs the same in a
 * directory of 100000 names as in one of 100.
 */
#include "ffs.h"
#include <base/heap.h>
#include <string.h>

enum {
	SLOT_FREE = 0, /* slot.piece holds the piece + 2 */
	SLOT_REMOVED = 1,
	SLOT_BASE = 2,
	SLOTS_LEAST = 1024,
	INDEX_BYTES_MAX = 8 * 1024 * 1024, /* all of a volume */
};

struct slot {
	uint32_t hash, piece;
};

struct index {
	struct slot *slots; /* owned */
	uint32_t size;      /* a power of two */
	uint32_t used;      /* slots that are not SLOT_FREE */
	uint32_t names;     /* of these, not SLOT_REMOVED */
	uint16_t *room;     /* owned: bytes, for each piece */
	uint32_t pieces, room_size;
	uint32_t from; /* where room was found last */
};

static unsigned index_bytes(const struct index *index)
{
	return index->size * (unsigned)sizeof(struct slot) +
	    index->room_size * 2;
}

static void index_end(struct index *index)
{
	heap_free(index->slots);
	heap_free(index->room);
	heap_free(index);
}

void index_drop(struct node *directory)
{
	struct index *index = directory->index;

	if (!index)
		return;
	node_volume(directory)->indexes -= index_bytes(index);
	list_remove(&directory->index_link);
	directory->index = 0;
	index_end(index);
}

static void slot_put(struct index *index, uint32_t hash, uint32_t piece)
{
	uint32_t at = hash & (index->size - 1);

	while (index->slots[at].piece >= SLOT_BASE)
		at = (at + 1) & (index->size - 1);
	if (index->slots[at].piece == SLOT_FREE)
		index->used++;
	index->names++;
	index->slots[at].hash = hash;
	index->slots[at].piece = piece + SLOT_BASE;
}

static error_t index_resize(struct index *index, uint32_t size)
{
	struct slot *old = index->slots;
	uint32_t old_size = index->size, i;
	struct slot *slots = heap_alloc_zero((size_t)size * sizeof *slots);

	if (!slots)
		return E_NOMEM;
	index->slots = slots;
	index->size = size;
	index->used = index->names = 0;
	for (i = 0; i < old_size; i++)
		if (old[i].piece >= SLOT_BASE)
			slot_put(index, old[i].hash, old[i].piece - SLOT_BASE);
	heap_free(old);
	return 0;
}

static error_t room_put(struct index *index, uint32_t piece, unsigned room)
{
	if (piece >= index->room_size) {
		uint32_t size = (piece + 1) * 2;
		uint16_t *longer = heap_resize(index->room, size * 2);

		if (!longer)
			return E_NOMEM;
		memset(longer + index->room_size, 0,
		    (size - index->room_size) * 2);
		index->room = longer;
		index->room_size = size;
	}
	if (piece >= index->pieces)
		index->pieces = piece + 1;
	index->room[piece] = (uint16_t)room;
	return 0;
}

static error_t index_insert(struct index *index, const struct name *name,
    uint32_t piece)
{
	error_t error = 0;

	/* At most two thirds full; removed ones go by a resize. */
	if (index->used >= index->size / 3 * 2)
		error = index_resize(index, index->names > index->size / 3 ?
		    index->size * 2 : index->size);
	if (!error)
		slot_put(index, map_hash(name->text, name->length), piece);
	return error;
}

static error_t piece_index(struct node *directory, struct index *index,
    uint32_t piece)
{
	struct volume *volume = node_volume(directory);
	unsigned at, offset, run = 0, most = 0;
	struct buffer *buffer;
	error_t error = dir_piece(directory, piece, &buffer, &at);

	if (error)
		return error;
	for (offset = at; offset < at + PIECE && !error;
	     offset += entry_length(volume, buffer->data + offset)) {
		const uint8_t *entry = buffer->data + offset;
		struct name name = { (const char *)entry + ENTRY_NAME,
			entry_name_length(volume, entry) };

		if (get32(volume, entry + ENTRY_INODE)) {
			error = index_insert(index, &name, piece);
			run = 0;
		}
		run += entry_room(volume, entry);
		if (run > most)
			most = run;
	}
	buffer_put(buffer);
	return error ? error : room_put(index, piece, most);
}

/* Makes room for a further index, at the cost of those not used for long. */
static void indexes_limit(struct volume *volume, struct node *keep)
{
	while (volume->indexes > INDEX_BYTES_MAX) {
		struct node *oldest = list_item(list_first(&volume->indexed),
		    struct node, index_link);

		if (oldest == keep)
			return;
		index_drop(oldest);
	}
}

error_t index_need(struct node *directory)
{
	struct volume *volume = node_volume(directory);
	uint32_t count = (uint32_t)(directory->fs.attributes.size / PIECE);
	struct index *index = directory->index;
	uint32_t piece;
	error_t error;

	if (index) {
		list_remove(&directory->index_link);
		list_append(&volume->indexed, &directory->index_link);
		return 0;
	}
	index = heap_alloc_zero(sizeof *index);
	if (!index)
		return E_NOMEM;
	error = index_resize(index, SLOTS_LEAST);
	for (piece = 0; piece < count && !error; piece++)
		error = piece_index(directory, index, piece);
	if (error) {
		index_end(index);
		return error;
	}
	directory->index = index;
	list_append(&volume->indexed, &directory->index_link);
	volume->indexes += index_bytes(index);
	indexes_limit(volume, directory);
	return 0;
}

uint32_t index_next(struct node *directory, const struct name *name,
    uint32_t *cursor)
{
	struct index *index = directory->index;
	uint32_t hash = map_hash(name->text, name->length), at;

	for (;;) {
		at = (hash + *cursor) & (index->size - 1);
		if (*cursor >= index->size ||
		    index->slots[at].piece == SLOT_FREE)
			return UINT32_MAX;
		++*cursor;
		if (index->slots[at].piece >= SLOT_BASE &&
		    index->slots[at].hash == hash)
			return index->slots[at].piece - SLOT_BASE;
	}
}

void index_add(struct node *directory, const struct name *name, uint32_t piece,
    unsigned room)
{
	struct index *index = directory->index;
	struct volume *volume = node_volume(directory);

	if (!index)
		return;
	volume->indexes -= index_bytes(index);
	if (index_insert(index, name, piece) || room_put(index, piece, room)) {
		volume->indexes += index_bytes(index);
		index_drop(directory); /* no memory: do without */
		return;
	}
	index->from = piece;
	volume->indexes += index_bytes(index);
	indexes_limit(volume, directory);
}

void index_remove(struct node *directory, const struct name *name,
    uint32_t piece)
{
	struct index *index = directory->index;
	uint32_t hash = map_hash(name->text, name->length), at;

	if (!index)
		return;
	for (at = hash & (index->size - 1);
	     index->slots[at].piece != SLOT_FREE;
	     at = (at + 1) & (index->size - 1))
		if (index->slots[at].hash == hash &&
		    index->slots[at].piece == piece + SLOT_BASE) {
			index->slots[at].piece = SLOT_REMOVED;
			index->names--;
			return;
		}
}

uint32_t index_room(struct node *directory, unsigned need, uint32_t piece)
{
	struct index *index = directory->index;
	uint32_t from = piece;

	if (!index)
		return piece;
	/* A new search goes on where the last one found something. */
	if (!piece)
		from = index->from;
	for (piece = from; piece < index->pieces; piece++)
		if (index->room[piece] >= need)
			return piece;
	for (piece = 0; from == index->from && piece < from; piece++)
		if (index->room[piece] >= need)
			return piece;
	return UINT32_MAX;
}

void index_set_room(struct node *directory, uint32_t piece, unsigned room)
{
	if (directory->index && piece < directory->index->pieces)
		directory->index->room[piece] = (uint16_t)room;
}
