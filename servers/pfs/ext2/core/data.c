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

enum {
	RESERVE_AHEAD = 16, /* blocks, while there are many */
	RESERVE_MANY = 4096,
};

static error_t data_run(struct fs_node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length)
{
	return map_run(node_of(node), first, limit, disk, length);
}

static error_t data_fill(struct fs_node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length)
{
	return map_fill(node_of(node), first, want, disk, length);
}

static void data_unfill(struct fs_node *node, uint32_t first, uint32_t length)
{
	map_undo(node_of(node), first, length);
}

static uint64_t data_position(const struct fs_volume *volume, uint32_t disk)
{
	return (uint64_t)disk << ((const struct volume *)volume)->block_shift;
}

const struct fs_map_ops ext2_map = {
	.run = data_run,
	.fill = data_fill,
	.unfill = data_unfill,
	.position = data_position,
	.direct = BLOCKS_DIRECT,
};

error_t ext2_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	return fs_blocks_read(&volume_of(fs->volume)->data, fs, offset, buffer,
	    count);
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
	for (; !error && count; offset += done, at += done, count -= done) {
		error = fs_blocks_write(&volume->data, fs, offset, at, count,
		    &done);
		if (error)
			break;
	}
	return error;
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

	if (offset >> volume->block_shift >= map_limit(volume))
		return E_FBIG;
	return fs_blocks_extent(&volume->data, fs, offset, extent);
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
	error = fs_holes_count(&volume->data, &node->fs, first, end, &holes);
	if (error)
		return error;
	if (holes)
		holes += fs_maps_for(&volume->data, end) -
		    fs_maps_for(&volume->data, first);
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

	first = fs_promise_start(&node->promise, first);
	if (first >= end)
		return delayed_count(node, start, end);
	error = fs_promise_need(&volume->data, fs, &node->promise, first, end,
	    &need);
	if (error)
		return error;
	available = blocks_available(volume, node);
	if (need > available)
		return E_NOSPC;
	error = delayed_count(node, start, end);
	if (error)
		return error;
	if (available > RESERVE_MANY + need &&
	    end < map_limit(volume) - RESERVE_AHEAD) {
		need += RESERVE_AHEAD +
		    fs_maps_for(&volume->data, end + RESERVE_AHEAD) -
		    fs_maps_for(&volume->data, end);
		end += RESERVE_AHEAD;
	}
	fs_promise_add(&volume->data, &node->promise, first, end, need);
	return 0;
}

void ext2_settle(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	fs_promise_drop(&node_volume(node)->data, &node->promise);
	node->delayed_first = node->delayed_end = 0;
	fs->attributes.delayed = 0;
	window_drop(node);
}

error_t ext2_truncate(struct fs_node *fs, uint64_t size)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t mask = volume->block_size - 1;
	error_t error = volume_relieve(volume, 4);

	if (!error && size < fs->attributes.size) {
		error = fs_blocks_clear_end(&volume->data, fs, size);
		if (!error)
			error = map_cut(node, (uint32_t)((size + mask) >>
			    volume->block_shift));
		fs_promise_cut(&volume->data, fs, &node->promise, size);
	}
	if (error)
		return error;
	fs->attributes.size = size;
	node_stamp(node, 1);
	return 0;
}
