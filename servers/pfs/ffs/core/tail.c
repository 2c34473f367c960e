/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tail of a file: the last block of a small file has only the fragments
 * that its size needs, and which file this is true of follows from the size.
 * So before a file becomes longer its tail must grow: in place if the
 * fragments behind it are free, else the whole of it moves to where there are
 * as many as are needed now. What it gains is zeros. A tail that became too
 * long is cut at the next save of the node.
 *
 *	tail_frags == 0         all blocks of the file are whole
 *	tail_frags in 1..7      block tail_block has only that many
 */
#include "ffs.h"
#include <string.h>

uint32_t tail_need(const struct node *node, uint32_t index, uint64_t size)
{
	const struct volume *volume = node_volume(node);
	uint64_t start = (uint64_t)index << volume->block_shift;

	if (index >= BLOCKS_DIRECT)
		return volume->frags;
	if (size <= start)
		return 0;
	if (size - start >= volume->block_size)
		return volume->frags;
	return (uint32_t)((size - start + volume->frag_size - 1) >>
	    volume->frag_shift);
}

uint32_t tail_has(const struct node *node, uint32_t index)
{
	return node->tail_frags && node->tail_block == index ?
	    node->tail_frags : node_volume(node)->frags;
}

static void tail_set(struct node *node, uint32_t index, uint32_t count)
{
	frags_count(node, (int64_t)count - tail_has(node, index));
	node->tail_block = index;
	node->tail_frags = count < node_volume(node)->frags ? count : 0;
}

/* Fragments of a directory, which the cache knows: a copy, or (from 0) new. */
static error_t piece_copy(struct volume *volume, uint32_t from, uint32_t to)
{
	struct buffer *old = 0, *new;
	error_t error = from ? buffer_get(volume->cache, from, &old) : 0;

	if (error)
		return error;
	error = buffer_get_zero(volume->cache, to, &new);
	if (!error) {
		new->mark = 0;
		buffer_dirty(new, ORDER_FIRST);
		if (old) {
			memcpy(new->data, old->data, volume->frag_size);
			late_moved(volume, old, new);
			error = late_directory(volume, new);
		}
		buffer_put(new);
	}
	if (old)
		buffer_put(old);
	return error;
}

/* Fills count fragments at to: had of them from `from`, the rest zeros. */
static error_t frags_fill(struct node *node, uint32_t from, uint32_t had,
    uint32_t to, uint32_t count)
{
	struct volume *volume = node_volume(node);
	uint32_t i;
	error_t error = 0;

	if (is_directory(node)) {
		for (i = 0; i < count && !error; i++)
			error = piece_copy(volume, i < had ? from + i : 0,
			    to + i);
		return error;
	}
	if (!had)
		return frags_clear(volume, to, count);
	error = disk_read(volume->fs.device,
	    (uint64_t)from << volume->frag_shift, volume->data.bounce,
	    (size_t)had << volume->frag_shift);
	if (error)
		return error;
	memset(volume->data.bounce + (had << volume->frag_shift), 0,
	    (count - had) << volume->frag_shift);
	volume->data_written = 1;
	return disk_write(volume->fs.device,
	    (uint64_t)to << volume->frag_shift, volume->data.bounce,
	    (size_t)count << volume->frag_shift);
}

static error_t tail_move(struct node *node, uint32_t count)
{
	struct volume *volume = node_volume(node);
	uint32_t index = node->tail_block, had = node->tail_frags;
	uint32_t old = node->block[index], new;
	uint64_t kept = node->promise.blocks;
	uint32_t before = index ? node->block[index - 1] : 0;
	error_t error;

	node->promise.blocks = 0; /* these were promised for other blocks */
	error = frags_take(volume, node, goal_find(node, index, before), count,
	    &new);
	node->promise.blocks = kept;
	if (error)
		return error;
	error = frags_fill(node, old, had, new, count);
	if (error) {
		frags_free(volume, new, count);
		return error;
	}
	node->block[index] = new;
	tail_set(node, index, count);
	frags_free(volume, old, had);
	return 0;
}

error_t tail_grow(struct node *node, uint64_t size)
{
	struct volume *volume = node_volume(node);
	uint32_t had = node->tail_frags, index = node->tail_block, count, first;
	error_t error;

	if (!had)
		return 0;
	count = tail_need(node, index, size);
	if (count <= had)
		return 0;
	first = node->block[index];
	if (frags_extend(volume, first, had, count))
		return tail_move(node, count);
	error = frags_fill(node, 0, 0, first + had, count - had);
	if (error) {
		frags_free(volume, first + had, count - had);
		return error;
	}
	tail_set(node, index, count);
	return 0;
}

void tail_settle(struct node *node)
{
	uint64_t size = node->fs.attributes.size;
	uint32_t last, has, need;

	if (!size || !node_has_blocks(node))
		return;
	last = (uint32_t)((size - 1) >> node_volume(node)->block_shift);
	if (last >= BLOCKS_DIRECT || !node->block[last])
		return;
	has = tail_has(node, last);
	need = tail_need(node, last, size);
	if (has <= need)
		return;
	frags_free(node_volume(node), node->block[last] + need, has - need);
	tail_set(node, last, need);
}
