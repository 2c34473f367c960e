/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory as an array of slots of 32 bytes: the fixed root of FAT12 and
 * FAT16 is a range of the disk, every other directory a chain of clusters. A
 * new cluster is written (zeros, or "." and "..") before any buffer or patch
 * can make it part of a directory on the disk.
 */
#include "fat.h"
#include <string.h>

enum {
	DOT_SLOTS = 2,
};

uint32_t directory_slots(const struct node *directory)
{
	return (uint32_t)(directory->fs.attributes.size / SLOT_BYTES);
}

static int is_fixed_root(const struct node *directory)
{
	return directory->fs.number == NODE_ROOT &&
	    node_volume(directory)->bits != 32;
}

void cursor_start(struct cursor *cursor, struct node *directory)
{
	cursor->directory = directory;
	cursor->buffer = 0;
	cursor->first = cursor->count = cursor->at = 0;
}

void cursor_end(struct cursor *cursor)
{
	if (cursor->buffer)
		buffer_put(cursor->buffer);
	cursor->buffer = 0;
	cursor->count = 0;
}

static error_t slot_position(struct node *directory, uint32_t slot,
    uint64_t *position)
{
	struct volume *volume = node_volume(directory);
	uint64_t offset = (uint64_t)slot * SLOT_BYTES;
	uint32_t disk, count;
	error_t error;

	if (is_fixed_root(directory)) {
		*position = volume->root_start + offset;
		return 0;
	}
	error = chain_find(directory, (uint32_t)(offset >>
	    volume->cluster_shift), &disk, &count);
	if (!error && !count)
		error = E_NOENT;
	if (!error)
		*position = cluster_position(volume, disk) +
		    (offset & (volume->cluster_size - 1));
	return error;
}

error_t cursor_get(struct cursor *cursor, uint32_t slot,
    struct disk_entry **entry)
{
	struct volume *volume = node_volume(cursor->directory);
	uint32_t inside;
	uint64_t position;
	error_t error;

	if (slot < cursor->first || slot - cursor->first >= cursor->count) {
		if (slot >= directory_slots(cursor->directory))
			return E_NOENT;
		cursor_end(cursor);
		error = slot_position(cursor->directory, slot, &position);
		if (!error)
			error = buffer_get(volume->names,
			    position / volume->names_block, &cursor->buffer);
		if (error)
			return error;
		inside = (uint32_t)(position % volume->names_block) /
		    SLOT_BYTES;
		cursor->first = slot - inside;
		cursor->count = volume->names_block / SLOT_BYTES;
	}
	cursor->at = slot;
	*entry = (struct disk_entry *)(void *)cursor->buffer->data +
	    (slot - cursor->first);
	return 0;
}

void cursor_dirty(struct cursor *cursor)
{
	buffer_dirty_part(cursor->buffer, ORDER_MIDDLE,
	    (size_t)(cursor->at - cursor->first) * SLOT_BYTES, SLOT_BYTES);
}

uint64_t cursor_place(const struct cursor *cursor, uint32_t slot)
{
	uint32_t block = node_volume(cursor->directory)->names_block;

	return cursor->buffer->block * (block / SLOT_BYTES) +
	    (slot - cursor->first);
}

error_t place_get(struct volume *volume, uint64_t place,
    struct buffer **buffer, struct disk_entry **entry)
{
	uint32_t each = volume->names_block / SLOT_BYTES;
	uint64_t position = place * SLOT_BYTES;
	uint64_t end = volume->data_start +
	    ((uint64_t)volume->clusters << volume->cluster_shift);
	error_t error;

	if (place > UINT64_MAX / SLOT_BYTES ||
	    position < volume->root_start || position >= end)
		return E_STALE;
	error = buffer_get(volume->names, place / each, buffer);
	if (!error)
		*entry = (struct disk_entry *)(void *)(*buffer)->data +
		    place % each;
	return error;
}

/* Buffers of a cluster that was something else before. */
static void buffers_forget(struct volume *volume, uint32_t cluster)
{
	uint64_t block = cluster_position(volume, cluster) /
	    volume->names_block;
	uint32_t count = volume->cluster_size / volume->names_block;

	while (count--)
		cache_forget(volume->names, block++);
}

void directory_forget(struct node *directory)
{
	const struct chain *chain = &directory->chain;

	for (unsigned i = 0; i < chain->count; i++)
		for (uint32_t j = 0; j < chain->runs[i].count; j++)
			buffers_forget(node_volume(directory),
			    chain->runs[i].disk + j);
}

error_t directory_grow(struct node *directory)
{
	struct volume *volume = node_volume(directory);
	uint32_t had = directory->chain.known, cluster, count;
	error_t error;

	if (is_fixed_root(directory) ||
	    directory_slots(directory) >= SLOTS_MAX)
		return E_NOSPC;
	error = chain_grow(directory, 1, &cluster, &count);
	if (error)
		return error;
	buffers_forget(volume, cluster);
	error = zeros_write(volume, cluster_position(volume, cluster),
	    volume->cluster_size);
	if (error) {
		chain_cut(directory, had);
		return error;
	}
	directory->fs.attributes.size += volume->cluster_size;
	return 0;
}

static void dot_write(struct disk_entry *entry, const char *name,
    const struct disk_entry *like, uint32_t start)
{
	*entry = *like;
	memcpy(entry->name, name, SHORT_BYTES);
	entry->attributes = ATTRIBUTE_DIRECTORY;
	entry->start = (uint16_t)start;
	entry->start_high = (uint16_t)(start >> 16);
	entry->size = 0;
}

error_t directory_begin(struct node *directory, struct node *parent,
    const struct disk_entry *like)
{
	struct volume *volume = node_volume(directory);
	struct disk_entry dots[DOT_SLOTS];
	uint32_t sector = volume->fs.device->sector_size, cluster, count;
	uint64_t position;
	error_t error = chain_grow(directory, 1, &cluster, &count);

	if (error)
		return error;
	buffers_forget(volume, cluster);
	dot_write(&dots[0], ".          ", like, cluster);
	dot_write(&dots[1], "..         ", like, node_parent_start(parent));
	memset(volume->bounce, 0, sector);
	memcpy(volume->bounce, dots, sizeof dots);
	position = cluster_position(volume, cluster);
	error = disk_write(volume->fs.device, position, volume->bounce,
	    sector);
	if (!error)
		error = zeros_write(volume, position + sector,
		    volume->cluster_size - sector);
	volume->data_written = 1;
	directory->fs.attributes.size = volume->cluster_size;
	return error;
}
