/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory's names in memory: hash of a name to the block it is in, and how
 * much room each block has. Made when a directory of more than a few blocks is
 * first searched, kept up to date while its node is loaded, forgotten when all
 * indexes together take too much memory. So to look up, to find missing and to
 * add a name costs the same in a directory of 100000 names as in one of 100.
 *
 * The choice not taken, ext3's tree on the disk, would help only the first
 * look, and every write would have to balance it.
 */
#include "ext2.h"
#include <base/heap.h>
#include <string.h>

enum {
	SLOT_FREE = 0, /* slot.block holds the block + 2 */
	SLOT_REMOVED = 1,
	SLOT_BASE = 2,
	SLOTS_LEAST = 1024,
	ROOM_STEP = 4, /* bytes: what names need is a multiple of it */
	ROOM_CLASSES = (ENTRY_HEAD + FS_NAME_MAX + 3) / 4 + 1,
	INDEX_BYTES_MAX = 8 * 1024 * 1024, /* all of a volume */
};

struct slot {
	uint32_t hash, block;
};

struct index {
	struct slot *slots; /* owned */
	uint32_t size;      /* a power of two */
	uint32_t used;      /* slots that are not SLOT_FREE */
	uint32_t names;     /* of these, not SLOT_REMOVED */
	uint16_t *room;     /* owned: bytes, for each block */
	uint32_t blocks, room_size;
	/* no block below has as much room as the class says: a name that is
	 * added to a large directory does not look at all blocks */
	uint32_t first[ROOM_CLASSES];
};

/* All needs of a class are the same, but for the last, which none exceeds. */
static unsigned room_class(unsigned bytes)
{
	unsigned class = bytes / ROOM_STEP;

	return class < ROOM_CLASSES ? class : ROOM_CLASSES - 1;
}

static unsigned index_bytes(const struct index *index)
{
	return index->size * (unsigned)sizeof(struct slot) +
	    index->room_size * 2;
}

void index_drop(struct node *directory)
{
	struct index *index = directory->index;

	if (!index)
		return;
	node_volume(directory)->indexes -= index_bytes(index);
	list_remove(&directory->index_link);
	directory->index = 0;
	heap_free(index->slots);
	heap_free(index->room);
	heap_free(index);
}

static void slot_put(struct index *index, uint32_t hash, uint32_t block)
{
	uint32_t at = hash & (index->size - 1);

	while (index->slots[at].block >= SLOT_BASE)
		at = (at + 1) & (index->size - 1);
	if (index->slots[at].block == SLOT_FREE)
		index->used++;
	index->names++;
	index->slots[at].hash = hash;
	index->slots[at].block = block + SLOT_BASE;
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
		if (old[i].block >= SLOT_BASE)
			slot_put(index, old[i].hash, old[i].block - SLOT_BASE);
	heap_free(old);
	return 0;
}

static void room_set(struct index *index, uint32_t block, unsigned room)
{
	unsigned class = room_class(room);

	index->room[block] = (uint16_t)room;
	for (;; class--) {
		if (block < index->first[class])
			index->first[class] = block;
		if (!class)
			return;
	}
}

static error_t room_put(struct index *index, uint32_t block, unsigned room)
{
	if (block >= index->room_size) {
		uint32_t size = (block + 1) * 2;
		uint16_t *longer = heap_resize(index->room, size * 2);

		if (!longer)
			return E_NOMEM;
		memset(longer + index->room_size, 0,
		    (size - index->room_size) * 2);
		index->room = longer;
		index->room_size = size;
	}
	if (block >= index->blocks)
		index->blocks = block + 1;
	room_set(index, block, room);
	return 0;
}

static error_t index_insert(struct index *index, const char *name,
    unsigned length, uint32_t block)
{
	error_t error = 0;

	/* At most two thirds full; removed ones go by a resize. */
	if (index->used >= index->size / 3 * 2)
		error = index_resize(index, index->names > index->size / 3 ?
		    index->size * 2 : index->size);
	if (!error)
		slot_put(index, map_hash(name, length), block);
	return error;
}

static error_t block_index(struct node *directory, struct index *index,
    uint32_t block)
{
	struct volume *volume = node_volume(directory);
	unsigned offset, most = 0;
	const struct disk_entry *entry;
	struct buffer *buffer;
	error_t error = dir_block(directory, block, &buffer);

	if (error)
		return error;
	for (offset = 0; !error && (entry = entry_read(volume, buffer, offset));
	     offset += entry->length) {
		unsigned room = entry->length;

		if (entry->inode) {
			room -= (ENTRY_HEAD + entry->name_length + 3u) & ~3u;
			error = index_insert(index, entry->name,
			    entry->name_length, block);
		}
		if (room > most)
			most = room;
	}
	buffer_put(buffer);
	return error ? error : room_put(index, block, most);
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
	uint32_t count = (uint32_t)(directory->fs.attributes.size >>
	    volume->block_shift), block;
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
	error = index_resize(index, SLOTS_LEAST);
	for (block = 0; block < count && !error; block++)
		error = block_index(directory, index, block);
	if (error) {
		heap_free(index->slots);
		heap_free(index->room);
		heap_free(index);
		return error;
	}
	directory->index = index;
	list_append(&volume->indexed, &directory->index_link);
	volume->indexes += index_bytes(index);
	indexes_limit(volume, directory);
	return 0;
}

uint32_t index_next(struct node *directory, const char *name, unsigned length,
    uint32_t *cursor)
{
	struct index *index = directory->index;
	uint32_t hash = map_hash(name, length), at;

	for (;;) {
		at = (hash + *cursor) & (index->size - 1);
		if (*cursor >= index->size ||
		    index->slots[at].block == SLOT_FREE)
			return UINT32_MAX;
		++*cursor;
		if (index->slots[at].block >= SLOT_BASE &&
		    index->slots[at].hash == hash)
			return index->slots[at].block - SLOT_BASE;
	}
}

void index_add(struct node *directory, const char *name, unsigned length,
    uint32_t block, unsigned room)
{
	struct index *index = directory->index;
	struct volume *volume = node_volume(directory);

	if (!index)
		return;
	volume->indexes -= index_bytes(index);
	if (index_insert(index, name, length, block) ||
	    room_put(index, block, room)) {
		volume->indexes += index_bytes(index);
		index_drop(directory); /* no memory: do without */
		return;
	}
	volume->indexes += index_bytes(index);
	indexes_limit(volume, directory);
}

void index_remove(struct node *directory, const char *name, unsigned length,
    uint32_t block)
{
	struct index *index = directory->index;
	uint32_t hash = map_hash(name, length), at;

	if (!index)
		return;
	for (at = hash & (index->size - 1);
	     index->slots[at].block != SLOT_FREE;
	     at = (at + 1) & (index->size - 1))
		if (index->slots[at].hash == hash &&
		    index->slots[at].block == block + SLOT_BASE) {
			index->slots[at].block = SLOT_REMOVED;
			index->names--;
			return;
		}
}

uint32_t index_room(struct node *directory, unsigned need, uint32_t block)
{
	struct index *index = directory->index;
	unsigned class;
	int from_first;

	if (!index)
		return block;
	class = room_class(need);
	if (block < index->first[class])
		block = index->first[class];
	from_first = block == index->first[class];
	while (block < index->blocks && index->room[block] < need)
		block++;
	if (from_first)
		index->first[class] = block;
	return block;
}

void index_set_room(struct node *directory, uint32_t block, unsigned room)
{
	if (directory->index && block < directory->index->blocks)
		room_set(directory->index, block, room);
}
