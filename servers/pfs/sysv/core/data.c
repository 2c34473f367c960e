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

static uint32_t block_of(const struct volume *volume, uint64_t offset)
{
	return (uint32_t)(offset >> volume->block_shift);
}

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
	map_unfill(node_of(node), first, length);
}

static uint64_t data_position(const struct fs_volume *volume, uint32_t disk)
{
	return block_position((const struct volume *)volume, disk);
}

const struct fs_map_ops sysv_map = {
	.run = data_run,
	.fill = data_fill,
	.unfill = data_unfill,
	.position = data_position,
	.direct = BLOCKS_DIRECT,
};

error_t sysv_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	return fs_blocks_read(&volume_of(fs->volume)->data, fs, offset, buffer,
	    count);
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
		volume->data_written = 1;
		if (!error)
			error = fs_blocks_write(&volume->data, fs, offset, at,
			    count, &done);
		if (error)
			return error;
	}
	return 0;
}

error_t sysv_extent(struct fs_node *fs, uint64_t offset,
    struct fs_extent *extent)
{
	struct volume *volume = volume_of(fs->volume);

	if (offset >> volume->block_shift >= map_limit(volume))
		return E_FBIG;
	return fs_blocks_extent(&volume->data, fs, offset, extent);
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

static void delayed_show(struct node *node)
{
	node->fs.attributes.delayed = node->promise.blocks *
	    (node_volume(node)->block_size / 512);
}

error_t sysv_reserve(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint32_t first = fs_promise_start(&node->promise,
	    block_of(volume, offset));
	uint32_t end = block_of(volume, offset + count +
	    volume->block_size - 1);
	uint64_t need;
	error_t error;

	if (first >= end)
		return 0;
	error = fs_promise_need(&volume->data, fs, &node->promise, first, end,
	    &need);
	if (!error)
		error = volume_relieve(volume, (uint32_t)need + 4);
	if (error)
		return error;
	if (need + volume->data.promised > volume->free_count)
		return E_NOSPC;
	fs_promise_add(&volume->data, &node->promise, first, end, need);
	delayed_show(node);
	return 0;
}

void promise_use(struct node *node, uint32_t count)
{
	fs_promise_use(&node_volume(node)->data, &node->promise, count);
	delayed_show(node);
}

void sysv_settle(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	fs_promise_drop(&node_volume(node)->data, &node->promise);
	delayed_show(node);
}

error_t sysv_truncate(struct fs_node *fs, uint64_t size)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t mask = volume->block_size - 1, was = fs->attributes.size;
	error_t error = volume_relieve(volume, 4);

	if (!error && size < was)
		error = fs_blocks_clear_end(&volume->data, fs, size);
	volume->data_written = 1;
	if (error)
		return error;
	fs->attributes.size = size;
	node_stamp(node, 1);
	if (size < was) {
		error = map_cut(node, block_of(volume, size + mask));
		fs_promise_cut(&volume->data, fs, &node->promise, size);
	} else {
		node_store(node);
	}
	return error;
}
