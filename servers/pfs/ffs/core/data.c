/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of files, between the device and the caller's memory, in whole
 * fragments.
 *
 * Blocks are taken when data is written, not when a file grows: what was never
 * written is a hole. A file that grows only gets a promise (ffs_reserve): a
 * number of whole blocks that others can't take any more. Only its tail, if it
 * has one, grows at once (tail.c).
 */
#include "ffs.h"
#include <string.h>

enum {
	RESERVE_AHEAD = 16, /* blocks, while there are many */
	RESERVE_MANY = 2048,
};

/* From the byte at `inside` of block disk on: whole fragments, or a part. */
static error_t part_read(struct volume *volume, uint64_t position,
    uint8_t *buffer, size_t count, size_t *done)
{
	uint32_t inside = (uint32_t)position & (volume->frag_size - 1);
	error_t error;

	if (!inside && count >= volume->frag_size) {
		*done = count & ~(size_t)(volume->frag_size - 1);
		return disk_read(volume->fs.device, position, buffer, *done);
	}
	error = disk_read(volume->fs.device, position - inside,
	    volume->data.bounce, volume->frag_size);
	if (error)
		return error;
	*done = volume->frag_size - inside;
	if (*done > count)
		*done = count;
	memcpy(buffer, volume->data.bounce + inside, *done);
	return 0;
}

static error_t part_write(struct volume *volume, uint64_t position,
    const uint8_t *buffer, size_t count, size_t *done)
{
	uint32_t inside = (uint32_t)position & (volume->frag_size - 1);
	error_t error;

	volume->data_written = 1;
	if (!inside && count >= volume->frag_size) {
		*done = count & ~(size_t)(volume->frag_size - 1);
		return disk_write(volume->fs.device, position, buffer, *done);
	}
	error = disk_read(volume->fs.device, position - inside,
	    volume->data.bounce, volume->frag_size);
	if (error)
		return error;
	*done = volume->frag_size - inside;
	if (*done > count)
		*done = count;
	memcpy(volume->data.bounce + inside, buffer, *done);
	return disk_write(volume->fs.device, position - inside,
	    volume->data.bounce, volume->frag_size);
}

error_t frags_clear(struct volume *volume, uint32_t first, uint32_t count)
{
	memset(volume->data.bounce, 0, (size_t)count << volume->frag_shift);
	volume->data_written = 1;
	return disk_write(volume->fs.device,
	    (uint64_t)first << volume->frag_shift, volume->data.bounce,
	    (size_t)count << volume->frag_shift);
}

/* The run that holds offset: where, and how many bytes from there on. */
static error_t run_find(struct node *node, uint64_t offset, size_t count,
    uint32_t *disk, size_t *bytes)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1), length;
	error_t error = map_run(node, (uint32_t)(offset >> volume->block_shift),
	    (uint32_t)((inside + (uint64_t)count + volume->block_size - 1) >>
	    volume->block_shift), disk, &length);
	uint64_t all = ((uint64_t)length << volume->block_shift) - inside;

	*bytes = error ? 0 : all < count ? (size_t)all : count;
	return error;
}

static uint64_t position_of(const struct volume *volume, uint32_t disk,
    uint64_t offset)
{
	return ((uint64_t)disk << volume->frag_shift) +
	    (offset & (volume->block_size - 1));
}

error_t ffs_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	struct volume *volume = volume_of(fs->volume);
	uint64_t size = fs->attributes.size;
	size_t left = *count, done;
	uint8_t *at = buffer;
	uint32_t disk;
	error_t error;

	left = fs_read_below(size, offset, buffer, left);
	for (; left; offset += done, at += done, left -= done) {
		error = run_find(node_of(fs), offset, left, &disk, &done);
		if (!error && disk)
			error = part_read(volume,
			    position_of(volume, disk, offset), at, done, &done);
		else if (!error)
			memset(at, 0, done);
		if (error)
			return error;
	}
	return 0;
}

/* Takes blocks for a hole; what this write will not cover becomes zeros. */
static error_t hole_fill(struct node *node, uint64_t offset, size_t *count,
    uint32_t *disk, uint32_t *blocks)
{
	struct volume *volume = node_volume(node);
	uint32_t first = (uint32_t)(offset >> volume->block_shift), last;
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1), length;
	uint64_t all, end;
	error_t error = map_fill(node, first,
	    (uint32_t)((inside + (uint64_t)*count + volume->block_size - 1) >>
	    volume->block_shift), disk, &length);

	if (error)
		return error;
	last = first + length - 1;
	all = ((uint64_t)length << volume->block_shift) - inside;
	if (all < *count)
		*count = (size_t)all;
	end = ((uint64_t)(length - 1) << volume->block_shift) +
	    ((uint64_t)tail_has(node, last) << volume->frag_shift);
	*blocks = length;
	if (inside)
		error = frags_clear(volume, *disk, tail_has(node, first));
	if (!error && inside + *count < end && (!inside || length > 1))
		error = frags_clear(volume,
		    *disk + (length - 1) * volume->frags,
		    tail_has(node, last));
	if (error)
		map_unfill(node, first, length);
	return error;
}

/* One run, from the start or into a hole. */
static error_t run_write(struct node *node, uint64_t offset, const uint8_t *at,
    size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint32_t disk, filled = 0;
	uint64_t position;
	size_t part, left;
	error_t error = run_find(node, offset, count, &disk, done);

	if (!error && !disk)
		error = hole_fill(node, offset, done, &disk, &filled);
	position = position_of(volume, disk, offset);
	for (left = *done; left && !error; left -= part) {
		part = 0;
		error = part_write(volume, position, at, left, &part);
		position += part;
		at += part;
	}
	if (error && filled) /* nobody shall see what the disk held there */
		map_unfill(node, (uint32_t)(offset >> volume->block_shift),
		    filled);
	return error;
}

error_t ffs_write(struct fs_node *fs, uint64_t offset, const void *buffer,
    size_t count)
{
	struct volume *volume = volume_of(fs->volume);
	uint64_t mask = volume->frag_size - 1;
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
	while (count && !error) {
		error = run_write(node_of(fs), offset, at, count, &done);
		if (error)
			break;
		offset += done;
		at += done;
		count -= done;
	}
	return error;
}

error_t ffs_extent(struct fs_node *fs, uint64_t offset,
    struct fs_extent *extent)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t first = offset >> volume->block_shift;
	uint32_t inside = (uint32_t)offset & (volume->block_size - 1), has;
	uint32_t disk, length;
	error_t error;

	if (first >= map_limit(volume))
		return E_FBIG;
	error = map_run(node, (uint32_t)first, INT32_MAX, &disk, &length);
	if (error)
		return error;
	extent->hole = !disk;
	extent->position = position_of(volume, disk, offset);
	extent->count = (uint64_t)length << volume->block_shift;
	if (disk) {
		has = tail_has(node, (uint32_t)first + length - 1);
		extent->count -= (uint64_t)(volume->frags - has) <<
		    volume->frag_shift;
	}
	if (inside < extent->count) {
		extent->count -= inside;
		return 0;
	}
	extent->hole = 1; /* behind the tail */
	extent->count = volume->block_size - inside;
	return 0;
}

static error_t data_run(struct fs_node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length)
{
	return map_run(node_of(node), first, limit, disk, length);
}

/* Of these only run is of use: the last block may be a tail. */
const struct fs_map_ops ffs_map = {
	.run = data_run,
	.direct = BLOCKS_DIRECT,
};

/* A volume that has only fragments left: the tail is taken at once. A hole
 * before the end is none. */
static error_t tail_take(struct node *node, uint32_t index, uint64_t size)
{
	struct volume *volume = node_volume(node);
	uint32_t count, first;
	error_t error;

	if (size < node->fs.attributes.size)
		size = node->fs.attributes.size;
	count = tail_need(node, index, size);
	if (index >= BLOCKS_DIRECT || !count || count == volume->frags ||
	    node->tail_frags)
		return E_NOSPC;
	error = frags_take(volume, node, goal_find(node, index, 0), count,
	    &first);
	if (error)
		return error;
	error = frags_clear(volume, first, count);
	if (error) {
		frags_free(volume, first, count);
		return error;
	}
	node->block[index] = first;
	node->tail_block = index;
	node->tail_frags = count;
	frags_count(node, count);
	return 0;
}

static void promise(struct node *node, uint32_t first, uint32_t end,
    uint64_t need)
{
	struct volume *volume = node_volume(node);

	node->fs.attributes.delayed += need * (volume->block_size / 512);
	fs_promise_add(&volume->data, &node->promise, first, end, need);
}

/* The blocks that were freed can be had. As the file is not longer yet the
 * sync has cut its tail to what it needs now. */
static error_t sync_and_grow(struct node *node, uint64_t size)
{
	error_t error = ffs_sync(&node_volume(node)->fs);

	if (!error && size > node->fs.attributes.size)
		error = tail_grow(node, size);
	return error;
}

error_t ffs_reserve(struct fs_node *fs, uint64_t offset, uint64_t count)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint32_t first = (uint32_t)(offset >> volume->block_shift);
	uint32_t end = (uint32_t)((offset + count + volume->block_size - 1) >>
	    volume->block_shift);
	uint64_t need;
	error_t error = volume_relieve(volume, (end - first) + 8);

	if (!error && offset + count > fs->attributes.size)
		error = tail_grow(node, offset + count);
	first = fs_promise_start(&node->promise, first);
	if (error || first >= end)
		return error;
	error = fs_promise_need(&volume->data, fs, &node->promise, first, end,
	    &need);
	if (!error && need > blocks_available(volume, node) && volume->freed)
		error = sync_and_grow(node, offset + count);
	if (error)
		return error;
	if (need > blocks_available(volume, node))
		return need == 1 && !fs->attributes.uid ?
		    tail_take(node, end - 1, offset + count) : E_NOSPC;
	promise(node, first, end, need);
	if (need && blocks_available(volume, node) > RESERVE_MANY &&
	    end < map_limit(volume) - RESERVE_AHEAD) {
		uint64_t delayed = fs->attributes.delayed;

		promise(node, end, end + RESERVE_AHEAD, RESERVE_AHEAD +
		    fs_maps_for(&volume->data, end + RESERVE_AHEAD) -
		    fs_maps_for(&volume->data, end));
		fs->attributes.delayed = delayed;
	}
	return 0;
}

void ffs_settle(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	fs_promise_drop(&node_volume(node)->data, &node->promise);
	fs->attributes.delayed = 0;
}

/* What lies behind size in its block becomes 0 on the disk. */
static error_t end_clear(struct node *node, uint64_t size)
{
	struct volume *volume = node_volume(node);
	uint32_t inside = (uint32_t)size & (volume->block_size - 1);
	uint32_t last = (uint32_t)(size >> volume->block_shift), disk, length;
	size_t bytes;
	uint64_t position;
	error_t error;

	if (!inside)
		return 0;
	error = map_run(node, last, 1, &disk, &length);
	bytes = (size_t)tail_has(node, last) << volume->frag_shift;
	if (error || !disk || inside >= bytes)
		return error;
	position = (uint64_t)disk << volume->frag_shift;
	error = disk_read(volume->fs.device, position, volume->data.bounce,
	    bytes);
	if (error)
		return error;
	memset(volume->data.bounce + inside, 0, bytes - inside);
	volume->data_written = 1;
	return disk_write(volume->fs.device, position, volume->data.bounce,
	    bytes);
}

/* The last block of a file that grows: BSD has no hole at the end. */
static error_t end_fill(struct node *node, uint64_t size)
{
	struct volume *volume = node_volume(node);
	uint32_t last = (uint32_t)((size - 1) >> volume->block_shift);
	uint32_t disk, length;
	error_t error = map_run(node, last, 1, &disk, &length);

	if (error || disk)
		return error;
	error = map_fill(node, last, 1, &disk, &length);
	return error ? error : frags_clear(volume, disk, tail_has(node, last));
}

error_t ffs_truncate(struct fs_node *fs, uint64_t size)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint64_t mask = volume->block_size - 1, old = fs->attributes.size;
	error_t error = volume_relieve(volume, 8);

	if (!error && size < old) {
		error = end_clear(node, size);
		if (!error)
			error = map_cut(node, (uint32_t)((size + mask) >>
			    volume->block_shift));
		if (error)
			return error;
		fs->attributes.size = size;
		tail_settle(node);
		fs_promise_cut(&volume->data, fs, &node->promise, size);
	} else if (!error && size > old) {
		error = tail_grow(node, size);
		if (error)
			return error;
		fs->attributes.size = size;
		error = end_fill(node, size);
		if (error) { /* the next save cuts the tail */
			fs->attributes.size = old;
			map_cut(node, (uint32_t)((old + mask) >>
			    volume->block_shift));
		}
	}
	if (!error)
		node_stamp(node, 1);
	return error;
}
