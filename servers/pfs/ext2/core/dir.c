/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories: entries in blocks. Every block is checked once, when it comes
 * from the disk, so that all loops over entries end and stay inside. In a
 * directory of more than a few blocks the index says which block to look at.
 *
 * Indexed directories of ext3 (hash trees) are read as what they also are:
 * plain blocks, the tree's own looking empty. The first name that is added
 * writes over the tree, so the directory's index flag is cleared then.
 */
#include "ext2.h"
#include <string.h>

enum {
	BUFFER_CHECKED = 1, /* buffer->mark */
	BLOCKS_LINEAR = 2,  /* directories that need no index */
	BAD_MOST = 64, /* damaged blocks that a reader passes */
};

static struct disk_entry *entry_at(const struct buffer *buffer,
    unsigned offset)
{
	return (struct disk_entry *)(void *)(buffer->data + offset);
}

static unsigned name_space(unsigned length)
{
	return (ENTRY_HEAD + length + 3) & ~3u;
}

struct disk_entry *entry_read(const struct volume *volume,
    const struct buffer *buffer, unsigned offset)
{
	struct disk_entry *entry = entry_at(buffer, offset);
	unsigned left = volume->block_size - offset;

	if (left < ENTRY_HEAD + 4 || left > volume->block_size ||
	    entry->length < ENTRY_HEAD + 4 || entry->length > left ||
	    entry->length % 4 ||
	    (entry->inode && (!entry->name_length ||
	    name_space(entry->name_length) > entry->length)))
		return 0;
	return entry;
}

struct disk_entry *place_entry(const struct place *place)
{
	return entry_at(place->buffer, place->offset);
}

void place_put(struct place *place)
{
	buffer_put(place->buffer);
}

void place_again(struct volume *volume, struct place *place)
{
	unsigned offset = 0, previous = 0;

	while (offset < place->offset) {
		const struct disk_entry *entry =
		    entry_read(volume, place->buffer, offset);

		previous = offset;
		offset = entry ? offset + entry->length : place->offset;
	}
	place->previous = previous;
}

/* Bytes of an entry that a further name could use. */
static unsigned entry_room(const struct disk_entry *entry)
{
	return entry->inode ? entry->length - name_space(entry->name_length) :
			      entry->length;
}

static unsigned block_room(const struct volume *volume,
    const struct buffer *buffer)
{
	unsigned offset, most = 0;
	const struct disk_entry *entry;

	for (offset = 0; (entry = entry_read(volume, buffer, offset));
	     offset += entry->length)
		if (entry_room(entry) > most)
			most = entry_room(entry);
	return most;
}

static int block_is_sane(const struct volume *volume,
    const struct buffer *buffer)
{
	unsigned offset = 0, size = volume->block_size;

	while (offset < size) {
		const struct disk_entry *entry =
		    entry_read(volume, buffer, offset);

		if (!entry || entry->inode > volume->super.inodes)
			return 0;
		offset += entry->length;
	}
	return 1;
}

int dir_buffer_is_sane(void *volume, const struct buffer *buffer)
{
	return buffer->mark != BUFFER_CHECKED || block_is_sane(volume, buffer);
}

/* One directory block, held, with every entry checked. */
static error_t dir_block(struct node *directory, uint32_t block,
    struct buffer **buffer)
{
	struct volume *volume = node_volume(directory);
	uint32_t disk, length;
	error_t error = map_run(directory, block, 1, &disk, &length);

	if (error)
		return error;
	if (!disk)
		return volume_damaged(volume, "a hole in directory",
		    directory->fs.number);
	error = block_get(volume, disk, buffer);
	if (error || (*buffer)->mark == BUFFER_CHECKED)
		return error;
	if (!block_is_sane(volume, *buffer)) {
		cache_insane(*buffer);
		buffer_put(*buffer);
		return volume_damaged(volume, "names of directory",
		    directory->fs.number);
	}
	(*buffer)->mark = BUFFER_CHECKED;
	return 0;
}

static uint32_t dir_blocks(const struct node *directory)
{
	struct volume *volume = (struct volume *)directory->fs.volume;

	return (uint32_t)(directory->fs.attributes.size >> volume->block_shift);
}

/* Looks for a name in one block. place->buffer is held if it is there. */
static error_t block_find(struct node *directory, uint32_t block,
    const char *name, unsigned length, struct place *place)
{
	struct volume *volume = node_volume(directory);
	unsigned offset, previous = 0;
	struct disk_entry *entry;
	struct buffer *buffer;
	error_t error = dir_block(directory, block, &buffer);

	if (error)
		return error;
	for (offset = 0; (entry = entry_read(volume, buffer, offset));
	     offset += entry->length) {
		if (entry->inode && entry->name_length == length &&
		    !memcmp(entry->name, name, length)) {
			place->buffer = buffer;
			place->offset = offset;
			place->previous = previous;
			place->block = block;
			return 0;
		}
		previous = offset;
	}
	buffer_put(buffer);
	return E_NOENT;
}

/* The names of a block, for the index. */
static error_t block_index(struct name_table *table, void *directory,
    uint32_t block, unsigned *room)
{
	struct volume *volume = node_volume(directory);
	const struct disk_entry *entry;
	struct buffer *buffer;
	unsigned offset;
	error_t error = dir_block(directory, block, &buffer);

	if (error)
		return error;
	for (offset = 0; !error && (entry = entry_read(volume, buffer, offset));
	     offset += entry->length)
		if (entry->inode)
			error = name_table_put(table, entry->name,
			    entry->name_length, block);
	*room = block_room(volume, buffer);
	buffer_put(buffer);
	return error;
}

static error_t index_need(struct node *directory)
{
	return name_index_need(&directory->index, dir_blocks(directory),
	    block_index, directory);
}

error_t dir_find(struct node *directory, const char *name, unsigned length,
    struct place *place)
{
	uint32_t count = dir_blocks(directory), block, cursor = 0;
	error_t error;

	if (count > BLOCKS_LINEAR && !index_need(directory)) {
		do {
			block = name_index_next(&directory->index, name,
			    length, &cursor);
			if (block == UINT32_MAX)
				return E_NOENT;
			error = block_find(directory, block, name, length,
			    place);
		} while (error == E_NOENT);
		return error;
	}
	for (block = 0; block < count; block++) {
		error = block_find(directory, block, name, length, place);
		if (error != E_NOENT)
			return error;
	}
	return E_NOENT;
}

static uint8_t entry_type(const struct volume *volume, uint32_t mode)
{
	if (!(volume->super.incompatible & INCOMPAT_FILE_TYPE))
		return 0;
	switch (mode & FS_KIND) {
	case FS_REGULAR:
		return ENTRY_REGULAR;
	case FS_DIRECTORY:
		return ENTRY_DIRECTORY;
	case FS_CHARACTER:
		return ENTRY_CHARACTER;
	case FS_BLOCK:
		return ENTRY_BLOCK;
	case FS_FIFO:
		return ENTRY_FIFO;
	case FS_SOCKET:
		return ENTRY_SOCKET;
	case FS_LINK:
		return ENTRY_LINK;
	}
	return ENTRY_UNKNOWN;
}

static void entry_fill(const struct volume *volume, struct disk_entry *entry,
    const char *name, unsigned length, uint32_t inode, uint32_t mode)
{
	entry->inode = inode;
	entry->name_length = (uint8_t)length;
	entry->type = entry_type(volume, mode);
	memcpy(entry->name, name, length);
}

/* The first entry of a block with room for need bytes, or null. What is in
 * use there is cut off: the result is free. What changes begins at *start. */
static struct disk_entry *block_make_room(const struct volume *volume,
    struct buffer *buffer, unsigned need, unsigned *start)
{
	unsigned offset, used;
	struct disk_entry *entry, *rest;

	for (offset = 0; (entry = entry_read(volume, buffer, offset));
	     offset += entry->length) {
		if (entry_room(entry) < need)
			continue;
		*start = offset;
		if (!entry->inode)
			return entry;
		used = name_space(entry->name_length);
		rest = entry_at(buffer, offset + used);
		rest->inode = 0;
		rest->length = (uint16_t)(entry->length - used);
		entry->length = (uint16_t)used;
		return rest;
	}
	return 0;
}

/* A new block at the end, one free entry. */
static error_t dir_grow(struct node *directory, struct buffer **buffer)
{
	struct volume *volume = node_volume(directory);
	uint32_t block = dir_blocks(directory), disk, length;
	error_t error;

	if (directory->fs.attributes.size >= INT32_MAX - volume->block_size)
		return E_FBIG;
	error = map_fill(directory, block, 1, &disk, &length);
	if (error)
		return error;
	error = buffer_get_zero(volume->cache, disk, buffer);
	if (error) {
		map_cut(directory, block);
		return error;
	}
	entry_at(*buffer, 0)->length = (uint16_t)volume->block_size;
	(*buffer)->mark = BUFFER_CHECKED;
	buffer_dirty(*buffer, ORDER_FIRST);
	directory->fs.attributes.size += volume->block_size;
	fs_node_dirty(&directory->fs);
	return 0;
}

/* A block with room for need bytes, held. */
static error_t dir_find_room(struct node *directory, unsigned need,
    uint32_t *block, struct buffer **buffer)
{
	struct volume *volume = node_volume(directory);
	struct name_index *index = &directory->index;
	uint32_t count = dir_blocks(directory);
	error_t error;

	for (*block = name_index_room(index, need, 0); *block < count;
	     *block = name_index_room(index, need, *block + 1)) {
		error = dir_block(directory, *block, buffer);
		if (error)
			return error;
		if (block_room(volume, *buffer) >= need)
			return 0;
		buffer_put(*buffer);
	}
	*block = count;
	return dir_grow(directory, buffer);
}

error_t dir_add(struct node *directory, const char *name, unsigned length,
    uint32_t inode, uint32_t mode)
{
	struct volume *volume = node_volume(directory);
	unsigned need = name_space(length);
	struct disk_entry *entry;
	struct buffer *buffer;
	uint32_t block;
	unsigned start;
	error_t error;

	if (dir_blocks(directory) > BLOCKS_LINEAR)
		index_need(directory); /* without it, it is only slower */
	error = dir_find_room(directory, need, &block, &buffer);
	if (error)
		return error;
	entry = block_make_room(volume, buffer, need, &start);
	if (!entry) {
		buffer_put(buffer);
		return volume_damaged(volume, "names of directory",
		    directory->fs.number);
	}
	entry_fill(volume, entry, name, length, inode, mode);
	buffer_dirty_part(buffer, ORDER_MIDDLE, start,
	    (size_t)((uint8_t *)entry - buffer->data) - start + need);
	name_index_add(&directory->index, name, length, block,
	    block_room(volume, buffer));
	buffer_put(buffer);
	directory->flags &= ~(uint32_t)INODE_FLAG_INDEX;
	node_stamp(directory, 1);
	return 0;
}

void dir_remove(struct node *directory, struct place *place)
{
	struct volume *volume = node_volume(directory);
	struct disk_entry *entry = entry_read(volume, place->buffer,
	    place->offset);
	unsigned changed = place->offset;

	if (!entry) { /* the block is a file's, too, which has written there */
		volume_damaged(volume, "names of directory",
		    directory->fs.number);
		place_put(place);
		return;
	}
	name_index_remove(&directory->index, entry->name, entry->name_length,
	    place->block);
	if (place->previous != place->offset && place->offset) {
		struct disk_entry *before =
		    entry_at(place->buffer, place->previous);

		before->length = (uint16_t)(before->length + entry->length);
		changed = place->previous;
	} else {
		entry->inode = 0;
	}
	name_index_set_room(&directory->index, place->block,
	    block_room(volume, place->buffer));
	buffer_dirty_part(place->buffer, ORDER_MIDDLE, changed,
	    offsetof(struct disk_entry, name));
	place_put(place);
	node_stamp(directory, 1);
}

void dir_change(struct node *directory, struct place *place, uint32_t inode,
    uint32_t mode)
{
	struct disk_entry *entry = place_entry(place);

	entry->inode = inode;
	entry->type = entry_type(node_volume(directory), mode);
	buffer_dirty_part(place->buffer, ORDER_MIDDLE, place->offset,
	    offsetof(struct disk_entry, name));
	node_stamp(directory, 1);
}

static int entry_is_dots(const struct disk_entry *entry)
{
	return entry->name[0] == '.' && (entry->name_length == 1 ||
	    (entry->name_length == 2 && entry->name[1] == '.'));
}

error_t dir_is_empty(struct node *directory, int *empty)
{
	struct volume *volume = node_volume(directory);
	unsigned offset;
	uint32_t block;

	*empty = 0;
	for (block = 0; block < dir_blocks(directory); block++) {
		const struct disk_entry *entry;
		struct buffer *buffer;
		error_t error = dir_block(directory, block, &buffer);

		if (error)
			return error;
		for (offset = 0; (entry = entry_read(volume, buffer, offset));
		     offset += entry->length)
			if (entry->inode && !entry_is_dots(entry))
				break;
		buffer_put(buffer);
		if (offset < volume->block_size)
			return 0;
	}
	*empty = 1;
	return 0;
}

error_t dir_start(struct node *directory, uint32_t parent)
{
	struct volume *volume = node_volume(directory);
	struct disk_entry *entry;
	struct buffer *buffer;
	error_t error = dir_grow(directory, &buffer);

	if (error)
		return error;
	entry = entry_at(buffer, 0);
	entry->length = (uint16_t)name_space(1);
	entry_fill(volume, entry, ".", 1, (uint32_t)directory->fs.number,
	    FS_DIRECTORY);
	entry = entry_at(buffer, name_space(1));
	entry->length = (uint16_t)(volume->block_size - name_space(1));
	entry_fill(volume, entry, "..", 2, parent, FS_DIRECTORY);
	buffer_put(buffer);
	return 0;
}

static uint8_t emitted_type(const struct disk_entry *entry)
{
	static const uint8_t types[] = { 0, 8, 4, 2, 6, 1, 12, 10 };

	return entry->type < sizeof types ? types[entry->type] : 0;
}

/* Emits the entries of a block from offset from on; *full: no more room. */
static void block_emit(struct node *directory, struct buffer *buffer,
    uint64_t base, unsigned from, fs_emit_t emit, void *context, int *full)
{
	struct volume *volume = node_volume(directory);
	const struct disk_entry *entry;
	unsigned offset;

	for (offset = 0; !*full && (entry = entry_read(volume, buffer, offset));
	     offset += entry->length) {
		struct fs_entry out;

		if (!entry->inode || offset < from)
			continue;
		out.name = entry->name;
		out.length = entry->name_length;
		out.node = entry->inode;
		out.type = emitted_type(entry);
		out.next = base + offset + entry->length;
		*full = emit(context, &out);
	}
}

error_t ext2_read_directory(struct fs_node *fs, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct node *directory = node_of(fs);
	struct volume *volume = node_volume(directory);
	uint64_t block = position >> volume->block_shift;
	unsigned from = (unsigned)position & (volume->block_size - 1);
	unsigned bad = 0;
	int full = 0;

	for (; block < dir_blocks(directory) && !full; block++, from = 0) {
		struct buffer *buffer;
		error_t error = dir_block(directory, (uint32_t)block, &buffer);

		/* A damaged size may say that there are millions more. */
		if (error == E_UCLEAN && bad++ < BAD_MOST)
			continue;
		if (error == E_UCLEAN)
			return 0;
		if (error)
			return error;
		block_emit(directory, buffer, block << volume->block_shift,
		    from, emit, context, &full);
		buffer_put(buffer);
	}
	return 0;
}
