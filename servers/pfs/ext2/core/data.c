/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of files, between the device and the caller's memory.
 *
 * Blocks are taken when data is written, not when a file grows: what was never
 * written is a hole, and nobody can read what a block held before. A file that
 * grows only gets a promise (ext2_reserve): a number of blocks that others
 * can't take any more.
 */
#include "ext2.h"
#include <string.h>

enum {
	RESERVE_AHEAD = 16, /* blocks, while there are many */
	RESERVE_MANY = 4096,
};

static uint64_t position_of(const struct volume *volume, uint32_t block)
{
	return (uint64_t)block << volume->block_shift;
}

/* Whole blocks: count bytes from file block first on, at most one run. */
static error_t run_read(struct node *node, uint32_t first, uint8_t *buffer,
    size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t disk, length;
	error_t error = map_run(node, first,
	    (uint32_t)(count >> volume->block_shift), &disk, &length);

	if (error)
		return error;
	*done = (size_t)length << volume->block_shift;
	if (disk)
		return disk_read(volume->fs.device,
		    position_of(volume, disk), buffer, *done);
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
	error_t error;

	error = run_read(node, (uint32_t)(offset >> volume->block_shift),
	    volume->bounce, volume->block_size, &whole);
	if (error)
		return error;
	*done = volume->block_size - inside;
	if (*done > count)
		*done = count;
	memcpy(buffer, volume->bounce + inside, *done);
	return 0;
}

error_t ext2_read(struct fs_node *fs, uint64_t offset, void *buffer,
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
			error = run_read(node_of(fs),
			    (uint32_t)(offset >> volume->block_shift), at, left,
			    &done);
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
	uint32_t want = (uint32_t)(count >> volume->block_shift);
	uint32_t disk, length;
	int filled = 0;
	error_t error = map_run(node, first, want, &disk, &length);

	if (!error && !disk) {
		error = map_fill(node, first, length, &disk, &length);
		filled = !error;
	}
	if (error)
		return error;
	*done = (size_t)length << volume->block_shift;
	error = disk_write(volume->fs.device, position_of(volume, disk),
	    buffer, *done);
	/* Nobody may see what these blocks held before. */
	if (error && filled)
		map_undo(node, first, length);
	return error;
}

/* Part of one block: the rest of it stays, or is 0 if it was a hole. */
static error_t part_write(struct node *node, uint64_t offset,
    const uint8_t *buffer, size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t first = (uint32_t)(offset >> volume->block_shift);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1);
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

error_t ext2_write(struct fs_node *fs, uint64_t offset, const void *buffer,
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
	error = volume_relieve(volume,
	    (uint32_t)(count >> volume->block_shift) + 4);
	if (error)
		return error;
	for (; count; offset += done, at += done, count -= done) {
		if ((offset & mask) || count < volume->block_size)
			error = part_write(node_of(fs), offset, at, count,
			    &done);
		else
			error = run_write(node_of(fs),
			    (uint32_t)(offset >> volume->block_shift), at,
			    count, &done);
		if (error)
			return error;
	}
	return 0;
}

error_t ext2_take(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct volume *volume = volume_of(fs->volume);
	uint32_t first = (uint32_t)(offset >> volume->block_shift);
	uint32_t blocks = (uint32_t)(count >> volume->block_shift);
	uint32_t disk, length;
	error_t error = volume_relieve(volume, blocks + 4);

	if (!error)
		error = map_run(node_of(fs), first, blocks, &disk, &length);
	if (!error && !disk)
		error = map_fill(node_of(fs), first, length, &disk, &length);
	return error;
}

error_t ext2_punch(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct volume *volume = volume_of(fs->volume);
	error_t error = volume_relieve(volume, 4);

	return error ? error : map_punch(node_of(fs),
	    (uint32_t)(offset >> volume->block_shift),
	    (uint32_t)(count >> volume->block_shift));
}

error_t ext2_extent(struct fs_node *fs, uint64_t offset,
    struct fs_extent *extent)
{
	struct volume *volume = volume_of(fs->volume);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1);
	uint64_t first = offset >> volume->block_shift;
	uint32_t disk, length;
	error_t error;

	if (first >= map_limit(volume))
		return E_FBIG;
	error = map_run(node_of(fs), (uint32_t)first, INT32_MAX, &disk,
	    &length);
	if (error)
		return error;
	extent->hole = !disk;
	extent->position = position_of(volume, disk) + inside;
	extent->count = ((uint64_t)length << volume->block_shift) - inside;
	return 0;
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

/* Blocks of numbers that a file of that many blocks has. */
static uint64_t maps_for(const struct volume *volume, uint64_t blocks)
{
	uint64_t pointers = volume->pointers, maps = 0, part;
	unsigned level;

	if (blocks <= BLOCKS_DIRECT)
		return 0;
	blocks -= BLOCKS_DIRECT;
	for (level = 1; level <= 3 && blocks; level++) {
		uint64_t span = pointers;

		part = blocks;
		for (unsigned i = 1; i < level; i++)
			span *= pointers;
		if (part > span)
			part = span;
		blocks -= part;
		for (unsigned i = 0; i < level; i++) {
			part = (part + pointers - 1) / pointers;
			maps += part;
		}
	}
	return maps;
}

/* What the promise will make of the file's number of blocks. */
static error_t delayed_count(struct node *node, uint32_t first, uint32_t end)
{
	struct volume *volume = node_volume(node);
	uint64_t holes;
	error_t error;

	if (first >= node->delayed_first && first < node->delayed_end)
		first = node->delayed_end;
	if (first >= end)
		return 0;
	error = holes_count(node, first, end, &holes);
	if (error)
		return error;
	if (holes)
		holes += maps_for(volume, end) - maps_for(volume, first);
	node->fs.attributes.delayed += holes * (volume->block_size / 512);
	if (first != node->delayed_end)
		node->delayed_first = first;
	node->delayed_end = end;
	return 0;
}

error_t ext2_reserve(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint32_t first = (uint32_t)(offset >> volume->block_shift);
	uint32_t end = (uint32_t)((offset + count + volume->block_size - 1) >>
	    volume->block_shift);
	uint32_t start = first;
	uint64_t need, available;
	error_t error;

	if (first >= node->reserved_first && first < node->reserved_end)
		first = node->reserved_end;
	if (first >= end)
		return delayed_count(node, start, end);
	error = holes_count(node, first, end, &need);
	if (error)
		return error;
	/* and for the blocks of numbers: exactly, if the file just grows */
	if (need)
		need += maps_for(volume, end) - maps_for(volume, first);
	if (need && end > BLOCKS_DIRECT && first != node->reserved_end)
		need += 3;
	available = blocks_available(volume, node);
	if (need > available)
		return E_NOSPC;
	error = delayed_count(node, start, end);
	if (error)
		return error;
	if (available > RESERVE_MANY + need &&
	    end < map_limit(volume) - RESERVE_AHEAD) {
		need += RESERVE_AHEAD +
		    maps_for(volume, end + RESERVE_AHEAD) -
		    maps_for(volume, end);
		end += RESERVE_AHEAD;
	}
	node->reserved += need;
	volume->reserved += need;
	if (first != node->reserved_end)
		node->reserved_first = first;
	node->reserved_end = end;
	return 0;
}

void ext2_settle(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	node_volume(node)->reserved -= node->reserved;
	node->reserved = 0;
	node->reserved_first = node->reserved_end = 0;
	node->delayed_first = node->delayed_end = 0;
	fs->attributes.delayed = 0;
	window_drop(node);
}

/* What lies behind size in its block becomes 0 on the disk. */
static error_t tail_clear(struct node *node, uint64_t size)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)size & (volume->block_size - 1);
	uint32_t disk, length;
	error_t error;

	if (!inside)
		return 0;
	error = map_run(node, (uint32_t)(size >> volume->block_shift), 1, &disk,
	    &length);
	if (error || !disk)
		return error;
	error = disk_read(volume->fs.device, position_of(volume, disk),
	    volume->bounce, volume->block_size);
	if (error)
		return error;
	memset(volume->bounce + inside, 0, volume->block_size - inside);
	return disk_write(volume->fs.device, position_of(volume, disk),
	    volume->bounce, volume->block_size);
}

/* A promise for what is left of the file stays. */
static void promise_cut(struct node *node, uint64_t size)
{
	uint64_t first = (uint64_t)node->reserved_first <<
	    node_volume(node)->block_shift;
	int had = node->reserved != 0;

	ext2_settle(&node->fs);
	if (had && first < size)
		ext2_reserve(&node->fs, first, size - first);
}

error_t ext2_truncate(struct fs_node *fs, uint64_t size)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t mask = volume->block_size - 1;
	error_t error = volume_relieve(volume, 4);

	if (!error && size < fs->attributes.size) {
		error = tail_clear(node, size);
		if (!error)
			error = map_cut(node, (uint32_t)((size + mask) >>
			    volume->block_shift));
		promise_cut(node, size);
	}
	if (error)
		return error;
	fs->attributes.size = size;
	node_stamp(node, 1);
	return 0;
}
