/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table: one entry for each cluster. Buffers hold what the next sync writes
 * first; patches lie over them, and are what holds (see order.c).
 *
 * Free clusters are looked for where the last one was taken, as everybody does:
 * the choice not taken, a bitmap in memory, would have to be made from all of
 * the table at each mount of a large disk.
 */
#include "fat.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <string.h>

enum {
	TABLE_BLOCK = 4096,    /* bytes in a buffer */
	SCAN_BYTES = 48 * 1024, /* whole entries of any width */
};

int cluster_exists(const struct volume *volume, uint32_t cluster)
{
	return cluster >= CLUSTER_FIRST &&
	    cluster - CLUSTER_FIRST < volume->clusters;
}

void table_drop(struct volume *volume)
{
	if (volume->held)
		buffer_put(volume->held);
	volume->held = 0;
}

/* The byte of the table at that offset; the buffer stays held. */
static error_t table_byte(struct volume *volume, uint64_t offset,
    uint8_t **byte)
{
	uint64_t block = offset / TABLE_BLOCK;
	struct buffer *buffer;
	error_t error;

	if (!volume->held || volume->held->block != block) {
		error = buffer_get(volume->table, block, &buffer);
		if (error)
			return error;
		table_drop(volume);
		volume->held = buffer;
	}
	*byte = volume->held->data + offset % TABLE_BLOCK;
	return 0;
}

static uint64_t entry_offset(const struct volume *volume, uint32_t cluster)
{
	return (uint64_t)cluster * volume->bits / 8;
}

/* FAT12: an entry of which one half lies in another sector. What is written
 * in between, a loss of power can leave half done. */
static int entry_is_split(const struct volume *volume, uint32_t cluster)
{
	return volume->bits == 12 &&
	    entry_offset(volume, cluster) % BOOT_BYTES == BOOT_BYTES - 1;
}

static error_t narrow_get(struct volume *volume, uint32_t cluster,
    uint32_t *raw)
{
	uint64_t offset = entry_offset(volume, cluster);
	uint32_t low, both;
	uint8_t *byte;
	error_t error = table_byte(volume, offset, &byte);

	if (error)
		return error;
	low = *byte;
	error = table_byte(volume, offset + 1, &byte);
	if (error)
		return error;
	both = low | (uint32_t)*byte << 8;
	*raw = cluster & 1 ? both >> 4 : both & 0xfff;
	return 0;
}

/* The entry as it is in the buffers. */
static error_t raw_get(struct volume *volume, uint32_t cluster, uint32_t *raw)
{
	uint8_t *byte;
	error_t error;

	if (volume->bits == 12)
		return narrow_get(volume, cluster, raw);
	error = table_byte(volume, entry_offset(volume, cluster), &byte);
	if (error)
		return error;
	*raw = volume->bits == 16 ? bytes_get16(byte) :
	    bytes_get32(byte) & 0x0fffffff;
	return 0;
}

/* They were changed, in the buffer that is held. */
static void bytes_dirty(struct volume *volume, const uint8_t *byte,
    size_t count)
{
	buffer_dirty_part(volume->held, ORDER_FIRST,
	    (size_t)(byte - volume->held->data), count);
}

static error_t narrow_set(struct volume *volume, uint32_t cluster,
    uint32_t raw)
{
	uint64_t offset = entry_offset(volume, cluster);
	uint32_t odd = cluster & 1;
	uint8_t *byte;
	error_t error = table_byte(volume, offset, &byte);

	if (error)
		return error;
	*byte = (uint8_t)(odd ? (*byte & 0x0f) | raw << 4 : raw);
	bytes_dirty(volume, byte, 1);
	error = table_byte(volume, offset + 1, &byte);
	if (error)
		return error;
	*byte = (uint8_t)(odd ? raw >> 4 : (*byte & 0xf0) | raw >> 8);
	bytes_dirty(volume, byte, 1);
	return 0;
}

static error_t raw_set(struct volume *volume, uint32_t cluster, uint32_t raw)
{
	uint8_t *byte;
	error_t error;

	if (volume->bits == 12)
		return narrow_set(volume, cluster, raw & 0xfff);
	error = table_byte(volume, entry_offset(volume, cluster), &byte);
	if (error)
		return error;
	if (volume->bits == 16)
		bytes_put16(byte, (uint16_t)raw);
	else /* the highest four bits are not ours */
		bytes_put32(byte, (bytes_get32(byte) & 0xf0000000) | raw);
	bytes_dirty(volume, byte, volume->bits / 8);
	return 0;
}

static uint32_t value_of(const struct volume *volume, uint32_t raw)
{
	uint32_t end = CLUSTER_END >> (volume->bits == 32 ? 0 :
	    28 - volume->bits);

	if (raw == CLUSTER_FREE || cluster_exists(volume, raw))
		return raw;
	return raw >= end - 7 ? CLUSTER_END : CLUSTER_BAD;
}

error_t table_get(struct volume *volume, uint32_t cluster, uint32_t *value)
{
	struct map_entry *entry = volume->patches.count ?
	    map_find(&volume->patches, cluster) : 0;
	uint32_t raw;
	error_t error;

	if (entry) {
		*value = map_item(entry, struct patch, entry)->value;
		return 0;
	}
	error = raw_get(volume, cluster, &raw);
	if (!error)
		*value = value_of(volume, raw);
	return error;
}

error_t table_set(struct volume *volume, uint32_t cluster, uint32_t value)
{
	return raw_set(volume, cluster, value);
}

error_t table_patch(struct volume *volume, uint32_t cluster, uint32_t value,
    enum patch_time time)
{
	struct map_entry *entry = map_find(&volume->patches, cluster);
	struct patch *patch;

	if (entry) {
		patch = map_item(entry, struct patch, entry);
	} else {
		patch = heap_alloc_zero(sizeof *patch);
		if (!patch)
			return E_NOMEM;
		if (map_add(&volume->patches, &patch->entry, cluster)) {
			heap_free(patch);
			return E_NOMEM;
		}
	}
	patch->value = value;
	patch->time = time;
	keep_patch(volume, patch);
	return 0;
}

error_t patches_apply(struct volume *volume, enum patch_time time)
{
	struct map_entry *entry, *next;
	error_t error;

	for (entry = map_first(&volume->patches); entry; entry = next) {
		struct patch *patch = map_item(entry, struct patch, entry);

		next = map_next(&volume->patches, entry);
		if (patch->time != time)
			continue;
		error = raw_set(volume, (uint32_t)entry->key, patch->value);
		if (error)
			return error;
		map_remove(&volume->patches, entry);
		note_drop(&volume->kept_patches, &patch->note);
		heap_free(patch);
	}
	return 0;
}

struct chain_free *chain_free_add(struct volume *volume)
{
	unsigned room = volume->free_room * 2 + 64;
	struct chain_free *chain;

	if (volume->free_count == volume->free_room) {
		chain = heap_resize(volume->frees, room * sizeof *chain);
		if (!chain)
			return 0;
		volume->frees = chain;
		volume->free_room = room;
	}
	chain = &volume->frees[volume->free_count++];
	memset(chain, 0, sizeof *chain);
	return chain;
}

void table_free(struct volume *volume, uint32_t start, uint32_t count)
{
	struct chain_free *chain;

	if (!count)
		return;
	chain = chain_free_add(volume);
	if (!chain) {
		fs_complain(&volume->fs, "fat: %u clusters are lost", count);
		return;
	}
	chain->start = start;
	chain->count = count;
	volume->freed += count;
	keep_free(volume, chain);
}

/* Frees a chain entry by entry; done: how many. */
static error_t chain_zero(struct volume *volume, struct chain_free *chain,
    uint32_t *done)
{
	uint32_t next;
	error_t error;

	for (*done = 0; *done < chain->count; ++*done) {
		error = raw_get(volume, chain->start, &next);
		if (!error && next != CLUSTER_FREE)
			error = raw_set(volume, chain->start, CLUSTER_FREE);
		if (error)
			return error;
		if (next == CLUSTER_FREE) /* crossed another, freed before */
			return 0;
		chain->start = value_of(volume, next);
		if (!cluster_exists(volume, chain->start)) {
			++*done;
			return 0;
		}
	}
	return 0;
}

error_t frees_apply(struct volume *volume)
{
	error_t error = 0;

	while (volume->free_count) {
		struct chain_free *chain =
		    &volume->frees[volume->free_count - 1];
		uint32_t done;

		error = chain_zero(volume, chain, &done);
		volume->free += done;
		if (error) {
			volume->freed -= done;
			chain->count -= done;
			keep_free(volume, chain);
			break;
		}
		volume->freed -= chain->count;
		note_drop(&volume->kept_frees, &chain->note);
		volume->free_count--;
	}
	return error;
}

/* The first free cluster in [from, end) and how many follow it, at most want;
 * *count 0: none. */
static error_t range_find(struct volume *volume, uint32_t from, uint32_t end,
    uint32_t want, int split, uint32_t *first, uint32_t *count)
{
	uint32_t raw, found = 0;
	error_t error = 0;

	for (; from < end && found < want; from++) {
		error = raw_get(volume, from, &raw);
		if (error)
			return error;
		if (raw == CLUSTER_FREE && (split ||
		    !entry_is_split(volume, from))) {
			if (!found++)
				*first = from;
		} else if (found) {
			break;
		}
	}
	*count = found;
	return 0;
}

error_t table_find(struct volume *volume, uint32_t goal, uint32_t want,
    uint32_t *first, uint32_t *count)
{
	uint32_t end = CLUSTER_FIRST + volume->clusters;
	error_t error;

	if (!volume->free)
		return E_NOSPC;
	if (!cluster_exists(volume, goal))
		goal = CLUSTER_FIRST;
	/* Split entries only if there is nothing else. */
	for (int split = 0; split < 2; split++) {
		error = range_find(volume, goal, end, want, split, first,
		    count);
		if (!error && !*count)
			error = range_find(volume, CLUSTER_FIRST, goal, want,
			    split, first, count);
		if (error || *count)
			return error;
		if (volume->bits != 12)
			break;
	}
	fs_complain(&volume->fs, "fat: there are no free clusters, though %u "
	    "were counted", volume->free);
	volume->free = 0;
	return E_NOSPC;
}

/* Free ones of the count entries of a piece, which begin with first. */
static uint32_t piece_free(const struct volume *volume, const uint8_t *piece,
    uint32_t first, uint32_t count)
{
	uint32_t end = CLUSTER_FIRST + volume->clusters - first, free = 0;
	uint32_t i = first < CLUSTER_FIRST ? CLUSTER_FIRST - first : 0;

	if (end > count)
		end = count;
	if (volume->bits == 32) {
		for (; i < end; i++)
			free += !(bytes_get32(piece + 4ul * i) & 0x0fffffff);
	} else if (volume->bits == 16) {
		for (; i < end; i++)
			free += !bytes_get16(piece + 2ul * i);
	} else {
		for (; i < end; i++)
			free += !(bytes_get16(piece + i * 3ul / 2) &
			    (i & 1 ? 0xfff0 : 0x0fff));
	}
	return free;
}

error_t table_scan(struct volume *volume, int equalize)
{
	struct block_device *device = &volume->copies.device;
	uint32_t each = SCAN_BYTES * 8 / volume->bits, free = 0;
	uint8_t *piece = heap_alloc(2 * SCAN_BYTES);
	error_t error = piece ? 0 : E_NOMEM;

	for (uint32_t first = 0; !error &&
	     first < CLUSTER_FIRST + volume->clusters; first += each) {
		uint64_t offset = (uint64_t)first / each * SCAN_BYTES;
		size_t count = device->size - offset < SCAN_BYTES ?
		    (size_t)(device->size - offset) : SCAN_BYTES;

		error = disk_read(device, offset, piece, count);
		if (!error && equalize)
			error = copies_equalize(&volume->copies, offset, piece,
			    piece + SCAN_BYTES, count);
		if (!error)
			free += piece_free(volume, piece, first,
			    (uint32_t)(count * 8 / volume->bits));
	}
	heap_free(piece);
	if (!error)
		volume->free = free;
	return error;
}

error_t table_state(struct volume *volume, int *clean)
{
	uint32_t raw, bit = volume->bits == 32 ? CLEAN_32 : CLEAN_16;
	error_t error;

	if (volume->bits == 12)
		return 0;
	error = raw_get(volume, 1, &raw);
	if (!error && !(raw & bit))
		*clean = 0;
	return error;
}

error_t table_set_state(struct volume *volume, int clean)
{
	uint32_t raw, bit = volume->bits == 32 ? CLEAN_32 : CLEAN_16;
	error_t error;

	if (volume->bits == 12)
		return 0;
	error = raw_get(volume, 1, &raw);
	if (error)
		return error;
	return raw_set(volume, 1, clean ? raw | bit : raw & ~bit);
}
