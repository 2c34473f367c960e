/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a loss of power. What can be wrong then (order.c) is put right here,
 * before the volume is written again: clusters that nobody owns are freed,
 * chains that go on behind the end of their file are cut, of two names of one
 * file one goes, and ".." says what is true. It reads all directories and the
 * table.
 *
 * Whatever else is wrong was done by somebody else, and is for fsck: then
 * nothing is touched, for what looks lost may be what fsck could still save.
 */
#include "fat.h"
#include <base/heap.h>
#include <string.h>

struct waiting {
	uint32_t start, above;
};

struct sweep {
	struct volume *volume;
	uint8_t *owned;    /* owned: a bit for each cluster */
	uint8_t *begins;   /* the same: a file begins there */
	struct waiting *waiting; /* owned: directories to be read */
	unsigned count, room;
	int change;        /* second round: nothing was wrong in the first */
};

static int bit_set(uint8_t *bits, uint32_t cluster)
{
	uint8_t bit = (uint8_t)(1 << (cluster & 7));
	int was = bits[cluster / 8] & bit;

	bits[cluster / 8] |= bit;
	return was != 0;
}

static int bit_get(const uint8_t *bits, uint32_t cluster)
{
	return bits[cluster / 8] >> (cluster & 7) & 1;
}

/* Follows a chain for at most limit clusters and marks them. last: of these;
 * next: what its entry says. */
static error_t chain_mark(struct sweep *sweep, uint32_t start, uint32_t limit,
    uint32_t *last, uint32_t *next)
{
	uint32_t count;
	error_t error;

	*next = start;
	for (count = 0; count < limit && *next != CLUSTER_END; count++) {
		if (!cluster_exists(sweep->volume, *next) ||
		    bit_set(sweep->owned, *next))
			return E_UCLEAN;
		*last = *next;
		error = table_get(sweep->volume, *last, next);
		if (error)
			return error;
	}
	return count < limit && limit != UINT32_MAX ? E_UCLEAN : 0;
}

static error_t directory_wait(struct sweep *sweep, uint32_t start,
    uint32_t above)
{
	unsigned room = sweep->room * 2 + 64;
	struct waiting *waiting = sweep->waiting;

	if (sweep->count == sweep->room) {
		waiting = heap_resize(waiting, room * sizeof *waiting);
		if (!waiting)
			return E_NOMEM;
		sweep->waiting = waiting;
		sweep->room = room;
	}
	waiting[sweep->count].start = start;
	waiting[sweep->count++].above = above;
	return 0;
}

/* What the chain has behind the end of its file. */
static error_t surplus_cut(struct sweep *sweep, uint32_t last, uint32_t next)
{
	struct volume *volume = sweep->volume;
	uint32_t count = 0, at = next;
	error_t error = 0;

	if (!sweep->change)
		return 0;
	for (; cluster_exists(volume, at) && !error &&
	     count <= volume->clusters; count++)
		error = table_get(volume, at, &at);
	if (!error)
		error = table_patch(volume, last, CLUSTER_END, PATCH_CUT);
	if (!error)
		table_free(volume, next, count);
	return error;
}

/* The entry at slot is a further name of a file that has one. */
static error_t twin_delete(struct sweep *sweep, struct cursor *cursor,
    uint32_t slot)
{
	struct disk_entry *entry;
	struct found found;
	error_t error;

	if (!sweep->change)
		return 0;
	error = found_read(cursor, slot, &found);
	for (unsigned i = 0; !error && i < found.slots; i++) {
		error = cursor_get(cursor, slot - i, &entry);
		if (error)
			break;
		entry->name[0] = NAME_DELETED;
		cursor_dirty(cursor);
	}
	return error;
}

static error_t entry_sweep(struct sweep *sweep, struct cursor *cursor,
    uint32_t slot, const struct disk_entry *entry)
{
	struct volume *volume = sweep->volume;
	uint32_t clusters = clusters_for(volume, entry->size);
	uint32_t start = entry->start, last = 0, next;
	error_t error;

	if (volume->bits == 32)
		start |= (uint32_t)entry->start_high << 16;
	if (entry->attributes & ATTRIBUTE_DIRECTORY)
		clusters = UINT32_MAX;
	else if (!start)
		return clusters ? E_UCLEAN : 0;
	if (!cluster_exists(volume, start))
		return E_UCLEAN;
	if (bit_get(sweep->begins, start))
		return twin_delete(sweep, cursor, slot);
	bit_set(sweep->begins, start);
	/* an empty file may have been given its first clusters */
	error = chain_mark(sweep, start, clusters ? clusters : 1, &last,
	    &next);
	if (!error && (entry->attributes & ATTRIBUTE_DIRECTORY))
		return directory_wait(sweep, start,
		    node_parent_start(cursor->directory));
	if (!error && next != CLUSTER_END)
		error = surplus_cut(sweep, last, next);
	return error;
}

static error_t directory_sweep(struct sweep *sweep, struct node *directory)
{
	struct disk_entry *entry;
	struct cursor cursor;
	error_t error = 0;

	cursor_start(&cursor, directory);
	for (uint32_t slot = 0; !error; slot++) {
		error = cursor_get(&cursor, slot, &entry);
		if (error || entry->name[0] == NAME_END)
			break;
		if (entry_is_name(sweep->volume, entry, 0))
			error = entry_sweep(sweep, &cursor, slot, entry);
	}
	cursor_end(&cursor);
	return error == E_NOENT ? 0 : error;
}

/* ".." of a directory that has moved. */
static error_t above_sweep(struct sweep *sweep, struct node *directory,
    uint32_t above)
{
	struct volume *volume = sweep->volume;
	struct disk_entry *entry;
	struct cursor cursor;
	error_t error;

	cursor_start(&cursor, directory);
	error = cursor_get(&cursor, 1, &entry);
	if (!error && memcmp(entry->name, "..         ", SHORT_BYTES))
		error = E_UCLEAN;
	if (!error && sweep->change && (entry->start != (uint16_t)above ||
	    (volume->bits == 32 && entry->start_high != above >> 16))) {
		entry->start = (uint16_t)above;
		if (volume->bits == 32)
			entry->start_high = (uint16_t)(above >> 16);
		cursor_dirty(&cursor);
	}
	cursor_end(&cursor);
	return error;
}

/* A directory just to read its slots. */
static error_t start_sweep(struct sweep *sweep, uint32_t start,
    uint32_t above)
{
	struct volume *volume = sweep->volume;
	struct node *scan = heap_alloc_zero(sizeof *scan);
	int is_root = !start || start == volume->root_cluster;
	uint32_t length;
	error_t error = 0;

	if (!scan)
		return E_NOMEM;
	fs_node_init(&scan->fs, &volume->fs, is_root ? NODE_ROOT : 0);
	scan->start = start;
	scan->fs.attributes.size = (uint64_t)volume->root_slots * SLOT_BYTES;
	if (start) {
		error = chain_length(scan, &length);
		scan->fs.attributes.size = (uint64_t)length <<
		    volume->cluster_shift;
	}
	if (!error && !is_root)
		error = above_sweep(sweep, scan, above);
	if (!error)
		error = directory_sweep(sweep, scan);
	chain_forget(scan);
	heap_free(scan);
	return error;
}

static error_t tree_sweep(struct sweep *sweep)
{
	struct volume *volume = sweep->volume;
	size_t bytes = (volume->clusters + CLUSTER_FIRST) / 8 + 1;
	uint32_t last, next;
	error_t error = 0;

	memset(sweep->owned, 0, bytes);
	memset(sweep->begins, 0, bytes);
	if (volume->bits == 32)
		error = chain_mark(sweep, volume->root_cluster, UINT32_MAX,
		    &last, &next);
	if (!error)
		error = directory_wait(sweep, volume->bits == 32 ?
		    volume->root_cluster : 0, 0);
	while (!error && sweep->count) {
		sweep->count--;
		error = start_sweep(sweep, sweep->waiting[sweep->count].start,
		    sweep->waiting[sweep->count].above);
	}
	sweep->count = 0;
	return error;
}

/* Clusters that are neither free nor anybody's. */
static error_t lost_free(struct sweep *sweep)
{
	struct volume *volume = sweep->volume;
	uint32_t value, end = CLUSTER_FIRST + volume->clusters, lost = 0;
	error_t error = 0;

	for (uint32_t i = CLUSTER_FIRST; i < end && !error; i++) {
		if (bit_get(sweep->owned, i))
			continue;
		error = table_get(volume, i, &value);
		if (error || value == CLUSTER_FREE || value == CLUSTER_BAD)
			continue;
		error = table_set(volume, i, CLUSTER_FREE);
		volume->free++;
		lost++;
	}
	if (lost)
		fs_complain(&volume->fs, "fat: %u clusters were lost: free "
		    "again", lost);
	return error;
}

error_t volume_sweep(struct volume *volume)
{
	size_t bytes = (volume->clusters + CLUSTER_FIRST) / 8 + 1;
	struct sweep sweep = { .volume = volume };
	error_t error = E_NOMEM;

	sweep.owned = heap_alloc(bytes);
	sweep.begins = heap_alloc(bytes);
	if (sweep.owned && sweep.begins)
		error = tree_sweep(&sweep);
	if (!error) {
		sweep.change = 1;
		error = tree_sweep(&sweep);
		if (!error)
			error = volume_write(volume);
		if (!error)
			error = lost_free(&sweep);
		if (!error)
			error = volume_write(volume);
		if (!error)
			volume->was_clean = 1;
	} else {
		fs_complain(&volume->fs, "fat: damaged: run fsck.fat");
		volume->was_clean = 0;
		error = 0;
	}
	heap_free(sweep.owned);
	heap_free(sweep.begins);
	heap_free(sweep.waiting);
	return error;
}
