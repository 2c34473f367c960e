/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of files, between the device and the caller's memory.
 *
 * Blocks are taken when data is written, not when a file grows: what was never
 * written is a hole, and nobody can read what a block held before. A file that
 * grows only gets a promise (reserve): a number of blocks that others can't
 * take any more.
 */
#include "sysv.h"
#include <string.h>

static uint32_t block_of(const struct volume *volume, uint64_t offset)
{
	return (uint32_t)(offset >> volume->block_shift);
}

/* Whole blocks: count bytes from file block first on, at most one run. */
static error_t run_read(struct node *node, uint32_t first, uint8_t *buffer,
    size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t disk, length;
	error_t error = map_run(node, first, block_of(volume, count), &disk,
	    &length);

	if (error)
		return error;
	*done = (size_t)length << volume->block_shift;
	if (disk)
		return disk_read(volume->fs.device,
		    block_position(volume, disk), buffer, *done);
	memset(buffer, 0, *done);
	return 0;
}

/* Part of one block. */
static error_t part_read(struct node *node, uint64_t offset, uint8_t *buffer,
    size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1);
	size_t whole;
	error_t error = run_read(node, block_of(volume, offset),
	    volume->bounce, volume->block_size, &whole);

	if (error)
		return error;
	*done = volume->block_size - inside;
	if (*done > count)
		*done = count;
	memcpy(buffer, volume->bounce + inside, *done);
	return 0;
}

error_t sysv_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	struct volume *volume = volume_of(fs->volume);
	uint64_t size = fs->attributes.size;
	size_t left = *count, done;
	uint8_t *at = buffer;
	error_t error;

	if (offset >= size || left > size - offset) {
		size_t inside = offset < size ? (size_t)(size - offset) : 0;

		memset(at + inside, 0, left - inside);
		left = inside;
	}
	for (; left; offset += done, at += done, left -= done) {
		if ((offset & (volume->block_size - 1)) ||
		    left < volume->block_size)
			error = part_read(node_of(fs), offset, at, left, &done);
		else
			error = run_read(node_of(fs), block_of(volume, offset),
			    at, left, &done);
		if (error)
			return error;
	}
	return 0;
}

/* Whole blocks, at most one run; holes are filled. */
static error_t run_write(struct node *node, uint32_t first,
    const uint8_t *buffer, size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t disk, length;
	int fill;
	error_t error = map_run(node, first, block_of(volume, count), &disk,
	    &length);

	fill = !error && !disk;
	if (fill)
		error = map_fill(node, first, length, &disk, &length);
	if (error)
		return error;
	*done = (size_t)length << volume->block_shift;
	volume->data_written = 1;
	error = disk_write(volume->fs.device, block_position(volume, disk),
	    buffer, *done);
	if (error && fill)
		map_unfill(node, first, length);
	return error;
}

/* Part of one block: the rest of it stays, or is 0 if it was a hole. */
static error_t part_write(struct node *node, uint64_t offset,
    const uint8_t *buffer, size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1);
	uint32_t first = block_of(volume, offset);
	size_t whole;
	error_t error = run_read(node, first, volume->bounce,
	    volume->block_size, &whole);

	if (error)
		return error;
	*done = volume->block_size - inside;
	if (*done > count)
		*done = count;
	memcpy(volume->bounce + inside, buffer, *done);
	return run_write(node, first, volume->bounce, volume->block_size,
	    &whole);
}

error_t sysv_write(struct fs_node *fs, uint64_t offset, const void *buffer,
    size_t count)
{
	struct volume *volume = volume_of(fs->volume);
	uint64_t mask = volume->block_size - 1;
	uint64_t end = (fs->attributes.size + mask) & ~mask;
	const uint8_t *at = buffer;
	size_t done;
	error_t error;

	if (offset >= end)
		return 0;
	if (count > end - offset)
		count = (size_t)(end - offset);
	for (; count; offset += done, at += done, count -= done) {
		/* between two runs the metadata is whole */
		error = volume_relieve(volume, block_of(volume, count) + 4);
		if (!error && ((offset & mask) || count < volume->block_size))
			error = part_write(node_of(fs), offset, at, count,
			    &done);
		else if (!error)
			error = run_write(node_of(fs),
			    block_of(volume, offset), at, count, &done);
		if (error)
			return error;
	}
	return 0;
}

error_t sysv_extent(struct fs_node *fs, uint64_t offset,
    struct fs_extent *extent)
{
	struct volume *volume = volume_of(fs->volume);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1);
	uint32_t disk, length;
	error_t error;

	if (offset >> volume->block_shift >= map_limit(volume))
		return E_FBIG;
	error = map_run(node_of(fs), block_of(volume, offset), INT32_MAX,
	    &disk, &length);
	if (error)
		return error;
	extent->hole = !disk;
	extent->position = disk ? block_position(volume, disk) + inside : 0;
	extent->count = ((uint64_t)length << volume->block_shift) - inside;
	return 0;
}

error_t sysv_punch(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint32_t first = block_of(volume, offset + volume->block_size - 1);
	uint32_t end = block_of(volume, offset + count);
	uint32_t disk, length = 0;
	error_t error = 0;

	for (; first < end && !error; first += length) {
		error = volume_relieve(volume, 4);
		if (!error)
			error = map_run(node, first, end - first, &disk,
			    &length);
		if (!error && disk)
			map_unfill(node, first, length);
	}
	return error;
}

/* Holes among the file blocks [first, end). */
static error_t holes_count(struct node *node, uint32_t first, uint32_t end,
    uint64_t *holes)
{
	uint32_t disk, length;
	error_t error;

	*holes = 0;
	while (first < end) {
		error = map_run(node, first, end - first, &disk, &length);
		if (error)
			return error;
		if (!disk)
			*holes += length;
		first += length;
	}
	return 0;
}

/* Blocks of numbers that a file of that many blocks has, without holes. */
static uint64_t maps_for(const struct volume *volume, uint64_t blocks)
{
	uint64_t maps = 0, span, part;
	unsigned level;

	blocks = blocks > BLOCKS_DIRECT ? blocks - BLOCKS_DIRECT : 0;
	for (level = 1; level <= 3 && blocks; level++) {
		span = (uint64_t)1 << (volume->pointer_shift * level);
		part = blocks < span ? blocks : span;
		blocks -= part;
		for (unsigned i = 0; i < level; i++) {
			part = (part + volume->pointers - 1) >>
			    volume->pointer_shift;
			maps += part;
		}
	}
	return maps;
}

error_t sysv_reserve(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint32_t first = block_of(volume, offset);
	uint32_t end = block_of(volume, offset + count +
	    volume->block_size - 1);
	uint64_t need;
	error_t error;

	if (first >= node->promised_first && first < node->promised_end)
		first = node->promised_end;
	if (first >= end)
		return 0;
	error = holes_count(node, first, end, &need);
	if (!error)
		error = volume_relieve(volume, (uint32_t)need + 4);
	if (error)
		return error;
	if (need)
		need += maps_for(volume, end) - maps_for(volume, first);
	/* Beyond a hole a whole branch may be missing. */
	if (need && first != node->promised_end && end > BLOCKS_DIRECT)
		need += 3;
	if (need + volume->reserved > volume->free_count)
		return E_NOSPC;
	node->reserved += need;
	volume->reserved += need;
	fs->attributes.delayed = node->reserved * (volume->block_size / 512);
	if (first != node->promised_end)
		node->promised_first = first;
	node->promised_end = end;
	return 0;
}

void sysv_settle(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	node_volume(node)->reserved -= node->reserved;
	node->reserved = 0;
	node->promised_first = node->promised_end = 0;
	fs->attributes.delayed = 0;
}

/* What lies behind size in its block becomes 0 on the disk. */
static error_t tail_clear(struct node *node, uint64_t size)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)size & (volume->block_size - 1);
	uint32_t disk, length;
	uint64_t position;
	error_t error;

	if (!inside)
		return 0;
	error = map_run(node, block_of(volume, size), 1, &disk, &length);
	if (error || !disk)
		return error;
	position = block_position(volume, disk);
	error = disk_read(volume->fs.device, position, volume->bounce,
	    volume->block_size);
	if (error)
		return error;
	memset(volume->bounce + inside, 0, volume->block_size - inside);
	volume->data_written = 1;
	return disk_write(volume->fs.device, position, volume->bounce,
	    volume->block_size);
}

/* A promise for what is left of the file stays. */
static void promise_cut(struct node *node, uint64_t size)
{
	uint64_t first = (uint64_t)node->promised_first <<
	    node_volume(node)->block_shift;
	int had = node->reserved != 0;

	sysv_settle(&node->fs);
	if (had && first < size)
		sysv_reserve(&node->fs, first, size - first);
}

error_t sysv_truncate(struct fs_node *fs, uint64_t size)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t mask = volume->block_size - 1, was = fs->attributes.size;
	error_t error = volume_relieve(volume, 4);

	if (!error && size < was)
		error = tail_clear(node, size);
	if (error)
		return error;
	fs->attributes.size = size;
	node_stamp(node, 1);
	if (size < was) {
		error = map_cut(node, block_of(volume, size + mask));
		promise_cut(node, size);
	} else {
		node_store(node);
	}
	return error;
}
