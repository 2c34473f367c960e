/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory's names in memory: see name_index.h. The table is a hash with
 * linear probing.
 *
 * The choice not taken, ext3's tree on the disk, would help only the first
 * look, and every write would have to balance it.
 */
#include <base/heap.h>
#include <base/map.h>
#include <fs/name_index.h>
#include <fs/node.h>
#include <string.h>

enum {
	SLOT_FREE = 0, /* slot.piece holds the piece + 2 */
	SLOT_REMOVED = 1,
	SLOT_BASE = 2,
	SLOTS_LEAST = 1024,
	BYTES_MAX = 8 * 1024 * 1024, /* all of a volume */
	ROOM_STEP = 4, /* bytes: what names need is a multiple of it */
	NEED_MAX = 8 + FS_NAME_MAX + 1, /* head, name and a 0, at the most */
	ROOM_CLASSES = NEED_MAX / ROOM_STEP + 1,
};

struct slot {
	uint32_t hash, piece;
};

struct name_table {
	struct slot *slots; /* owned */
	uint32_t size;      /* a power of two */
	uint32_t used;      /* slots that are not SLOT_FREE */
	uint32_t names;     /* of these, not SLOT_REMOVED */
	uint16_t *room;     /* owned: bytes, for each piece */
	uint32_t pieces, room_size;
	/* no piece below has as much room as the class says: a name that is
	 * added to a large directory does not look at all pieces */
	uint32_t first[ROOM_CLASSES];
};

void name_indexes_init(struct name_indexes *all)
{
	list_init(&all->used);
	all->bytes = 0;
}

void name_index_init(struct name_index *index, struct name_indexes *all)
{
	index->all = all;
	list_init(&index->link);
	index->table = 0;
	index->last = 0;
}

/* All needs of a class are the same, but for the last, which none exceeds. */
static unsigned room_class(unsigned bytes)
{
	unsigned class = bytes / ROOM_STEP;

	return class < ROOM_CLASSES ? class : ROOM_CLASSES - 1;
}

static unsigned table_bytes(const struct name_table *table)
{
	return table->size * (unsigned)sizeof(struct slot) +
	    table->room_size * 2;
}

static void table_free(struct name_table *table)
{
	heap_free(table->slots);
	heap_free(table->room);
	heap_free(table);
}

void name_index_drop(struct name_index *index)
{
	if (!index->table)
		return;
	index->all->bytes -= table_bytes(index->table);
	list_remove(&index->link);
	table_free(index->table);
	index->table = 0;
	index->last = 0;
}

static void slot_put(struct name_table *table, uint32_t hash, uint32_t piece)
{
	uint32_t at = hash & (table->size - 1);

	while (table->slots[at].piece >= SLOT_BASE)
		at = (at + 1) & (table->size - 1);
	if (table->slots[at].piece == SLOT_FREE)
		table->used++;
	table->names++;
	table->slots[at].hash = hash;
	table->slots[at].piece = piece + SLOT_BASE;
}

static error_t table_resize(struct name_table *table, uint32_t size)
{
	struct slot *old = table->slots;
	uint32_t old_size = table->size, i;
	struct slot *slots = heap_alloc_zero((size_t)size * sizeof *slots);

	if (!slots)
		return E_NOMEM;
	table->slots = slots;
	table->size = size;
	table->used = table->names = 0;
	for (i = 0; i < old_size; i++)
		if (old[i].piece >= SLOT_BASE)
			slot_put(table, old[i].hash, old[i].piece - SLOT_BASE);
	heap_free(old);
	return 0;
}

static void room_set(struct name_table *table, uint32_t piece, unsigned room)
{
	unsigned class = room_class(room);

	table->room[piece] = (uint16_t)room;
	for (;; class--) {
		if (piece < table->first[class])
			table->first[class] = piece;
		if (!class)
			return;
	}
}

static error_t room_put(struct name_table *table, uint32_t piece,
    unsigned room)
{
	if (piece >= table->room_size) {
		uint32_t size = (piece + 1) * 2;
		uint16_t *longer = heap_resize(table->room, size * 2);

		if (!longer)
			return E_NOMEM;
		memset(longer + table->room_size, 0,
		    (size - table->room_size) * 2);
		table->room = longer;
		table->room_size = size;
	}
	if (piece >= table->pieces)
		table->pieces = piece + 1;
	room_set(table, piece, room);
	return 0;
}

error_t name_table_put(struct name_table *table, const char *name,
    unsigned length, uint32_t piece)
{
	error_t error = 0;

	/* At most two thirds full; removed ones go by a resize. */
	if (table->used >= table->size / 3 * 2)
		error = table_resize(table, table->names > table->size / 3 ?
		    table->size * 2 : table->size);
	if (!error)
		slot_put(table, map_hash(name, length), piece);
	return error;
}

/* Makes room for a further table, at the cost of those not used for long. */
static void indexes_limit(struct name_indexes *all, struct name_index *keep)
{
	while (all->bytes > BYTES_MAX) {
		struct name_index *oldest = list_item(list_first(&all->used),
		    struct name_index, link);

		if (oldest == keep)
			return;
		name_index_drop(oldest);
	}
}

error_t name_index_need(struct name_index *index, uint32_t count,
    name_table_read_t read, void *directory)
{
	struct name_table *table = index->table;
	unsigned room;
	uint32_t piece;
	error_t error;

	if (table) {
		list_remove(&index->link);
		list_append(&index->all->used, &index->link);
		return 0;
	}
	table = heap_alloc_zero(sizeof *table);
	if (!table)
		return E_NOMEM;
	error = table_resize(table, SLOTS_LEAST);
	for (piece = 0; piece < count && !error; piece++) {
		error = read(table, directory, piece, &room);
		if (!error)
			error = room_put(table, piece, room);
	}
	if (error) {
		table_free(table);
		return error;
	}
	index->table = table;
	list_append(&index->all->used, &index->link);
	index->all->bytes += table_bytes(table);
	indexes_limit(index->all, index);
	return 0;
}

uint32_t name_index_next(const struct name_index *index, const char *name,
    unsigned length, uint32_t *cursor)
{
	const struct name_table *table = index->table;
	uint32_t hash = map_hash(name, length), at;

	for (;;) {
		at = (hash + *cursor) & (table->size - 1);
		if (*cursor >= table->size ||
		    table->slots[at].piece == SLOT_FREE)
			return UINT32_MAX;
		++*cursor;
		if (table->slots[at].piece >= SLOT_BASE &&
		    table->slots[at].hash == hash)
			return table->slots[at].piece - SLOT_BASE;
	}
}

void name_index_add(struct name_index *index, const char *name,
    unsigned length, uint32_t piece, unsigned room)
{
	struct name_table *table = index->table;
	struct name_indexes *all = index->all;
	error_t error;

	if (!table)
		return;
	all->bytes -= table_bytes(table);
	error = name_table_put(table, name, length, piece);
	if (!error)
		error = room_put(table, piece, room);
	all->bytes += table_bytes(table);
	if (error) {
		name_index_drop(index); /* no memory: do without */
		return;
	}
	index->last = piece;
	indexes_limit(all, index);
}

void name_index_remove(struct name_index *index, const char *name,
    unsigned length, uint32_t piece)
{
	struct name_table *table = index->table;
	uint32_t hash = map_hash(name, length), at;

	if (!table)
		return;
	for (at = hash & (table->size - 1);
	     table->slots[at].piece != SLOT_FREE;
	     at = (at + 1) & (table->size - 1))
		if (table->slots[at].hash == hash &&
		    table->slots[at].piece == piece + SLOT_BASE) {
			table->slots[at].piece = SLOT_REMOVED;
			table->names--;
			return;
		}
}

uint32_t name_index_room(struct name_index *index, unsigned need,
    uint32_t piece)
{
	struct name_table *table = index->table;
	unsigned class;
	int from_first;

	if (!table)
		return piece;
	class = room_class(need);
	if (piece < table->first[class])
		piece = table->first[class];
	from_first = piece == table->first[class];
	while (piece < table->pieces && table->room[piece] < need)
		piece++;
	if (from_first)
		table->first[class] = piece;
	return piece;
}

void name_index_set_room(struct name_index *index, uint32_t piece,
    unsigned room)
{
	if (index->table && piece < index->table->pieces)
		room_set(index->table, piece, room);
}
