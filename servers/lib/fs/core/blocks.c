/* SPDX-License-Identifier: BSD-2-Clause */
#include <fs/blocks.h>
#include <string.h>

static uint32_t block_bytes(const struct fs_blocks *blocks)
{
	return 1u << blocks->shift;
}

static uint32_t inside_of(const struct fs_blocks *blocks, uint64_t offset)
{
	return (uint32_t)offset & (block_bytes(blocks) - 1);
}

/* Whole blocks: count bytes from file block first on, at most one run. */
static error_t run_read(const struct fs_blocks *blocks, struct fs_node *node,
    uint32_t first, uint8_t *buffer, size_t count, size_t *done)
{
	uint32_t disk, length;
	error_t error = blocks->map->run(node, first,
	    (uint32_t)(count >> blocks->shift), &disk, &length);

	if (error)
		return error;
	*done = (size_t)length << blocks->shift;
	if (disk)
		return disk_read(node->volume->device,
		    blocks->map->position(node->volume, disk), buffer, *done);
	memset(buffer, 0, *done);
	return 0;
}

/* The block of offset is in the bounce buffer; *done: what of it is asked
 * for. */
static error_t part_bounce(const struct fs_blocks *blocks,
    struct fs_node *node, uint64_t offset, size_t count, size_t *done)
{
	size_t whole;

	*done = block_bytes(blocks) - inside_of(blocks, offset);
	if (*done > count)
		*done = count;
	return run_read(blocks, node, (uint32_t)(offset >> blocks->shift),
	    blocks->bounce, block_bytes(blocks), &whole);
}

static int is_part(const struct fs_blocks *blocks, uint64_t offset,
    size_t count)
{
	return inside_of(blocks, offset) || count < block_bytes(blocks);
}

error_t fs_blocks_read(const struct fs_blocks *blocks, struct fs_node *node,
    uint64_t offset, void *buffer, size_t *count)
{
	uint64_t size = node->attributes.size;
	size_t left = *count, done;
	uint8_t *at = buffer;
	error_t error;

	left = fs_read_below(size, offset, buffer, left);
	for (; left; offset += done, at += done, left -= done) {
		if (is_part(blocks, offset, left)) {
			error = part_bounce(blocks, node, offset, left, &done);
			if (!error)
				memcpy(at, blocks->bounce +
				    inside_of(blocks, offset), done);
		} else {
			error = run_read(blocks, node,
			    (uint32_t)(offset >> blocks->shift), at, left,
			    &done);
		}
		if (error)
			return error;
	}
	return 0;
}

/* Whole blocks, at most one run; holes are filled. */
static error_t run_write(const struct fs_blocks *blocks, struct fs_node *node,
    uint32_t first, const uint8_t *buffer, size_t count, size_t *done)
{
	const struct fs_map_ops *map = blocks->map;
	uint32_t disk, length;
	int filled = 0;
	error_t error = map->run(node, first,
	    (uint32_t)(count >> blocks->shift), &disk, &length);

	if (!error && !disk) {
		error = map->fill(node, first, length, &disk, &length);
		filled = !error;
	}
	if (error)
		return error;
	*done = (size_t)length << blocks->shift;
	error = disk_write(node->volume->device,
	    map->position(node->volume, disk), buffer, *done);
	/* Nobody may see what these blocks held before. */
	if (error && filled)
		map->unfill(node, first, length);
	return error;
}

/* Of a part of a block the rest stays, or is 0 if it was a hole. */
error_t fs_blocks_write(const struct fs_blocks *blocks, struct fs_node *node,
    uint64_t offset, const void *buffer, size_t count, size_t *done)
{
	uint32_t first = (uint32_t)(offset >> blocks->shift);
	size_t whole;
	error_t error;

	if (!is_part(blocks, offset, count))
		return run_write(blocks, node, first, buffer, count, done);
	error = part_bounce(blocks, node, offset, count, done);
	if (error)
		return error;
	memcpy(blocks->bounce + inside_of(blocks, offset), buffer, *done);
	return run_write(blocks, node, first, blocks->bounce,
	    block_bytes(blocks), &whole);
}

error_t fs_blocks_extent(const struct fs_blocks *blocks, struct fs_node *node,
    uint64_t offset, struct fs_extent *extent)
{
	uint32_t inside = inside_of(blocks, offset), disk, length;
	error_t error = blocks->map->run(node,
	    (uint32_t)(offset >> blocks->shift), INT32_MAX, &disk, &length);

	if (error)
		return error;
	extent->hole = !disk;
	extent->position = disk ?
	    blocks->map->position(node->volume, disk) + inside : 0;
	extent->count = ((uint64_t)length << blocks->shift) - inside;
	return 0;
}

error_t fs_blocks_clear_end(const struct fs_blocks *blocks,
    struct fs_node *node, uint64_t size)
{
	uint32_t inside = inside_of(blocks, size), disk, length;
	uint64_t position;
	error_t error;

	if (!inside)
		return 0;
	error = blocks->map->run(node, (uint32_t)(size >> blocks->shift), 1,
	    &disk, &length);
	if (error || !disk)
		return error;
	position = blocks->map->position(node->volume, disk);
	error = disk_read(node->volume->device, position, blocks->bounce,
	    block_bytes(blocks));
	if (error)
		return error;
	memset(blocks->bounce + inside, 0, block_bytes(blocks) - inside);
	return disk_write(node->volume->device, position, blocks->bounce,
	    block_bytes(blocks));
}

error_t fs_holes_count(const struct fs_blocks *blocks, struct fs_node *node,
    uint32_t first, uint32_t end, uint64_t *holes)
{
	uint32_t disk, length;
	error_t error;

	*holes = 0;
	while (first < end) {
		error = blocks->map->run(node, first, end - first, &disk,
		    &length);
		if (error)
			return error;
		if (!disk)
			*holes += length;
		first += length;
	}
	return 0;
}

uint64_t fs_maps_for(const struct fs_blocks *blocks, uint64_t count)
{
	unsigned shift = blocks->pointer_shift, level;
	uint64_t maps = 0, span, part;

	count = count > blocks->map->direct ? count - blocks->map->direct : 0;
	for (level = 1; level <= 3 && count; level++) {
		span = (uint64_t)1 << (shift * level);
		part = count < span ? count : span;
		count -= part;
		for (unsigned i = 0; i < level; i++) {
			part = (part + (1u << shift) - 1) >> shift;
			maps += part;
		}
	}
	return maps;
}

uint32_t fs_promise_start(const struct fs_promise *promise, uint32_t first)
{
	return first >= promise->first && first < promise->end ?
	    promise->end : first;
}

error_t fs_promise_need(const struct fs_blocks *blocks, struct fs_node *node,
    const struct fs_promise *promise, uint32_t first, uint32_t end,
    uint64_t *need)
{
	error_t error = fs_holes_count(blocks, node, first, end, need);

	if (error || !*need)
		return error;
	/* exactly, if the file just grows */
	*need += fs_maps_for(blocks, end) - fs_maps_for(blocks, first);
	/* beyond a hole a whole branch may be missing */
	if (end > blocks->map->direct && first != promise->end)
		*need += 3;
	return 0;
}

void fs_promise_add(struct fs_blocks *blocks, struct fs_promise *promise,
    uint32_t first, uint32_t end, uint64_t need)
{
	promise->blocks += need;
	blocks->promised += need;
	if (first != promise->end)
		promise->first = first;
	promise->end = end;
}

void fs_promise_use(struct fs_blocks *blocks, struct fs_promise *promise,
    uint64_t count)
{
	if (count > promise->blocks)
		count = promise->blocks;
	promise->blocks -= count;
	blocks->promised -= count;
}

void fs_promise_drop(struct fs_blocks *blocks, struct fs_promise *promise)
{
	blocks->promised -= promise->blocks;
	memset(promise, 0, sizeof *promise);
}

void fs_promise_cut(const struct fs_blocks *blocks, struct fs_node *node,
    const struct fs_promise *promise, uint64_t size)
{
	const struct fs_ops *ops = node->volume->type->ops;
	uint64_t first = (uint64_t)promise->first << blocks->shift;
	int had = promise->blocks != 0;

	ops->settle(node);
	if (had && first < size)
		ops->reserve(node, first, size - first);
}
