/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way up. A directory's ".." has the first cluster of the directory above
 * (0 for the root), but a node's number is the place of its entry, which is in
 * the directory above that: it is looked for there if it is not loaded.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

enum {
	DEPTH_MAX = 4096, /* of directories: deeper ones must be rings */
};

error_t start_above(struct volume *volume, uint32_t start, uint32_t *above)
{
	struct disk_entry *entry;
	struct buffer *buffer;
	error_t error;

	error = place_get(volume, cluster_position(volume, start) /
	    SLOT_BYTES + 1, &buffer, &entry);
	if (error)
		return error;
	if (memcmp(entry->name, "..         ", SHORT_BYTES) ||
	    !(entry->attributes & ATTRIBUTE_DIRECTORY)) {
		error = volume_damaged(volume, "no .. in cluster", start);
	} else {
		*above = entry->start;
		if (volume->bits == 32)
			*above |= (uint32_t)entry->start_high << 16;
		if (*above && !cluster_exists(volume, *above))
			error = volume_damaged(volume, ".. in cluster", start);
	}
	buffer_put(buffer);
	return error;
}

static int is_root_start(const struct volume *volume, uint32_t start)
{
	return !start || (volume->bits == 32 && start == volume->root_cluster);
}

error_t below_check(struct node *directory, const struct node *node)
{
	struct volume *volume = node_volume(directory);
	uint32_t start = directory->start;
	error_t error;

	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		if (is_root_start(volume, start))
			return 0;
		if (start == node->start)
			return E_INVAL;
		error = start_above(volume, start, &start);
		if (error)
			return error;
	}
	return volume_damaged(volume, "a ring above directory",
	    directory->fs.number);
}

/* The place of the entry, in the directory that scan is, of the directory that
 * begins at start. */
static error_t entry_search(struct node *scan, uint32_t start,
    uint64_t *place)
{
	struct volume *volume = node_volume(scan);
	struct disk_entry *entry;
	struct cursor cursor;
	error_t error = 0;

	cursor_start(&cursor, scan);
	for (uint32_t slot = 0; !error; slot++) {
		error = cursor_get(&cursor, slot, &entry);
		if (error || entry->name[0] == NAME_END)
			break;
		*place = cursor_place(&cursor, slot);
		if ((entry->attributes & ATTRIBUTE_DIRECTORY) &&
		    entry->start == (uint16_t)start &&
		    (volume->bits != 32 ||
		    entry->start_high == start >> 16) &&
		    entry_is_name(volume, entry, *place)) {
			cursor_end(&cursor);
			return 0;
		}
	}
	cursor_end(&cursor);
	return error && error != E_NOENT ? error :
	    volume_damaged(volume, "no name of the directory in cluster",
	    start);
}

/* The number of a directory that is not loaded. */
static error_t start_number(struct volume *volume, uint32_t start,
    uint64_t *number)
{
	struct node *scan;
	uint32_t above, length;
	uint64_t place = 0;
	error_t error = start_above(volume, start, &above);

	if (error)
		return error;
	scan = heap_alloc_zero(sizeof *scan);
	if (!scan)
		return E_NOMEM;
	fs_node_init(&scan->fs, &volume->fs, NODE_ROOT);
	scan->start = above;
	scan->fs.attributes.size = (uint64_t)volume->root_slots * SLOT_BYTES;
	if (is_root_start(volume, above))
		scan->start = volume->root_cluster;
	else
		scan->fs.number = 0;
	if (scan->start) {
		error = chain_length(scan, &length);
		scan->fs.attributes.size = (uint64_t)length <<
		    volume->cluster_shift;
	}
	if (!error)
		error = entry_search(scan, start, &place);
	if (!error)
		*number = place_number(volume, place);
	chain_forget(scan);
	heap_free(scan);
	return error;
}

error_t directory_above(struct node *directory, uint64_t *number)
{
	struct volume *volume = node_volume(directory);
	struct node *parent;
	uint32_t start;
	error_t error;

	*number = NODE_ROOT;
	if (directory->fs.number == NODE_ROOT)
		return 0;
	error = start_above(volume, directory->start, &start);
	if (error || is_root_start(volume, start))
		return error;
	parent = directory_loaded(volume, start);
	if (!parent)
		return start_number(volume, start, number);
	*number = parent->fs.number;
	fs_node_put(&parent->fs);
	return 0;
}
