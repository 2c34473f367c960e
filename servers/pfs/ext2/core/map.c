/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map of a file: file block to disk block. 12 numbers are in the inode,
 * then come trees of one, two and three levels of blocks full of numbers. A 0
 * anywhere is a hole as large as what would hang there.
 *
 * A damaged map may point anywhere, also to its own blocks: numbers are checked
 * before use, and a tree that is cut is emptied on the way down, so that every
 * number is followed once.
 */
#include "ext2.h"

struct leaf {
	struct buffer *buffer; /* held; null: the numbers in the inode */
	uint32_t *slots;       /* from the block asked for on; null: a hole */
	uint32_t count;        /* slots, or blocks of the hole */
};

uint64_t map_limit(const struct volume *volume)
{
	uint64_t pointers = volume->pointers;

	return BLOCKS_DIRECT + pointers + pointers * pointers +
	    pointers * pointers * pointers;
}

static void leaf_put(struct leaf *leaf)
{
	if (leaf->buffer)
		buffer_put(leaf->buffer);
}

static void blocks_count(struct node *node, int64_t blocks)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	int64_t sectors = blocks * (node_volume(node)->block_size / 512);

	if (sectors < 0 && attributes->blocks < (uint64_t)-sectors)
		attributes->blocks = 0;
	else
		attributes->blocks += (uint64_t)sectors;
	if (sectors > 0)
		attributes->delayed -= attributes->delayed < (uint64_t)sectors ?
		    attributes->delayed : (uint64_t)sectors;
	fs_node_dirty(&node->fs);
}

/* Where a file's blocks should lie if nothing says better. */
static uint32_t goal_default(struct node *node)
{
	struct volume *volume = node_volume(node);

	return group_first(volume, ((uint32_t)node->fs.number - 1) /
	    volume->super.group_inodes);
}

/* A new block of numbers, all 0, in *slot of parent (null: of the inode). */
static error_t branch_new(struct node *node, struct buffer *parent,
    uint32_t *slot, struct buffer **buffer)
{
	struct volume *volume = node_volume(node);
	uint32_t goal = node->last_disk ? node->last_disk + 1 :
					  goal_default(node);
	uint32_t block, count;
	error_t error = blocks_take(volume, node, goal, 1, &block, &count);

	if (error)
		return error;
	error = buffer_get_zero(volume->cache, block, buffer);
	if (error) {
		blocks_free(volume, block, 1);
		return error;
	}
	(*buffer)->mark = 0;
	buffer_dirty(*buffer, ORDER_FIRST);
	*slot = block;
	node->last_disk = block;
	if (parent)
		buffer_dirty_part(parent, ORDER_FIRST,
		    (size_t)((uint8_t *)slot - parent->data), sizeof *slot);
	blocks_count(node, 1);
	return 0;
}

/* Which tree file block *index hangs in; makes *index relative to it. */
static error_t tree_find(struct volume *volume, uint64_t *index,
    unsigned *levels)
{
	uint64_t span = volume->pointers;
	unsigned level;

	*index -= BLOCKS_DIRECT;
	for (level = 1; level <= 3; level++) {
		if (*index < span) {
			*levels = level;
			return 0;
		}
		*index -= span;
		span <<= volume->pointer_shift;
	}
	return E_FBIG;
}

/* The numbers that file block first is among. make: fill in the branches. */
static error_t leaf_find(struct node *node, uint32_t first, int make,
    struct leaf *leaf)
{
	struct volume *volume = node_volume(node);
	uint64_t index = first;
	uint32_t *slot;
	unsigned level;
	error_t error;

	leaf->buffer = 0;
	if (first < BLOCKS_DIRECT) {
		leaf->slots = node->block + first;
		leaf->count = BLOCKS_DIRECT - first;
		return 0;
	}
	error = tree_find(volume, &index, &level);
	if (error)
		return error;
	slot = &node->block[BLOCKS_DIRECT + level - 1];
	for (; level; level--) {
		unsigned shift = volume->pointer_shift * (level - 1);
		struct buffer *next;

		if (!*slot && !make) {
			uint64_t span = (uint64_t)volume->pointers << shift;
			uint64_t hole = span - (index & (span - 1));

			leaf_put(leaf);
			leaf->buffer = 0;
			leaf->slots = 0;
			leaf->count = hole < INT32_MAX ? (uint32_t)hole :
							 INT32_MAX;
			return 0;
		}
		if (!*slot)
			error = branch_new(node, leaf->buffer, slot, &next);
		else if (!block_is_data(volume, *slot))
			error = volume_damaged(volume, "in the map of a file: "
			    "block", *slot);
		else
			error = block_get(volume, *slot, &next);
		leaf_put(leaf);
		if (error)
			return error;
		leaf->buffer = next;
		slot = (uint32_t *)(void *)next->data +
		    (index >> shift & (volume->pointers - 1));
	}
	leaf->slots = slot;
	leaf->count = volume->pointers -
	    (uint32_t)(index & (volume->pointers - 1));
	return 0;
}

error_t map_run(struct node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	struct leaf leaf;
	uint32_t count = 1, start;
	error_t error = leaf_find(node, first, 0, &leaf);

	if (error)
		return error;
	if (leaf.count > limit)
		leaf.count = limit;
	if (!leaf.slots) {
		*disk = 0;
		*length = leaf.count;
		return 0;
	}
	start = leaf.slots[0];
	while (count < leaf.count &&
	       leaf.slots[count] == (start ? start + count : 0))
		count++;
	leaf_put(&leaf);
	if (start && (!block_is_data(volume, start) ||
	    !block_is_data(volume, start + count - 1)))
		return volume_damaged(volume, "in the map of a file: block",
		    start);
	*disk = start;
	*length = count;
	return 0;
}

/* The best place for file block first. */
static uint32_t goal_find(struct node *node, uint32_t first,
    const struct leaf *leaf)
{
	struct volume *volume = node_volume(node);
	int has_left = leaf->buffer ?
	    (const uint8_t *)leaf->slots > leaf->buffer->data :
	    leaf->slots > node->block;

	if (node->last_disk && (first == node->last_file + 1 ||
	    (leaf->buffer && node->last_disk == leaf->buffer->block)))
		return node->last_disk + 1;
	if (has_left && leaf->slots[-1] &&
	    leaf->slots[-1] < volume->super.blocks)
		return leaf->slots[-1] + 1;
	if (leaf->buffer)
		return (uint32_t)leaf->buffer->block + 1;
	return goal_default(node);
}

error_t map_fill(struct node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	uint32_t free = 0, i;
	struct leaf leaf;
	error_t error = leaf_find(node, first, 1, &leaf);

	if (error)
		return error;
	while (free < leaf.count && free < want && !leaf.slots[free])
		free++;
	error = free ? blocks_take(volume, node, goal_find(node, first, &leaf),
	    free, disk, length) : volume_damaged(volume,
	    "a block behind the end of inode", node->fs.number);
	if (!error) {
		for (i = 0; i < *length; i++)
			leaf.slots[i] = *disk + i;
		node->last_file = first + *length - 1;
		node->last_disk = *disk + *length - 1;
		if (leaf.buffer)
			buffer_dirty_part(leaf.buffer, ORDER_FIRST,
			    (size_t)((uint8_t *)leaf.slots - leaf.buffer->data),
			    *length * sizeof *leaf.slots);
		blocks_count(node, *length);
	}
	leaf_put(&leaf);
	return error;
}

void map_undo(struct node *node, uint32_t first, uint32_t length)
{
	struct leaf leaf;
	uint32_t disk, i;

	if (leaf_find(node, first, 0, &leaf) || !leaf.slots) {
		volume_doubt(node_volume(node));
		return;
	}
	disk = leaf.slots[0];
	for (i = 0; i < length; i++)
		leaf.slots[i] = 0;
	if (leaf.buffer)
		buffer_dirty(leaf.buffer, ORDER_FIRST);
	leaf_put(&leaf);
	blocks_free(node_volume(node), disk, length);
	blocks_count(node, -(int64_t)length);
	node->last_disk = 0;
}

/* Blocks on their way to blocks_free, which likes them in runs. */
struct cut {
	struct node *node;
	uint32_t first, count;
	error_t error;
};

static void cut_flush(struct cut *cut)
{
	if (!cut->count)
		return;
	blocks_free(node_volume(cut->node), cut->first, cut->count);
	blocks_count(cut->node, -(int64_t)cut->count);
	cut->count = 0;
}

static void cut_block(struct cut *cut, uint32_t block)
{
	if (cut->count && cut->first + cut->count == block) {
		cut->count++;
		return;
	}
	cut_flush(cut);
	cut->first = block;
	cut->count = 1;
}

/* Frees what hangs at block from its file block `from` on; all of it and the
 * block itself if from is 0. Recursion: at most 4 deep. */
static void cut_tree(struct cut *cut, uint32_t block, unsigned level,
    uint64_t from)
{
	struct volume *volume = node_volume(cut->node);
	unsigned shift = volume->pointer_shift * (level ? level - 1 : 0);
	struct buffer *buffer;
	uint32_t *slots, i, child;
	int all = !from;
	error_t error;

	if (!level) {
		cut_block(cut, block);
		return;
	}
	if (!block_is_data(volume, block)) {
		cut->error = volume_damaged(volume,
		    "in the map of a file: block", block);
		return;
	}
	error = block_get(volume, block, &buffer);
	if (error) {
		cut->error = error;
		return;
	}
	slots = (uint32_t *)(void *)buffer->data;
	i = (uint32_t)(from >> shift);
	from -= (uint64_t)i << shift;
	for (; i < volume->pointers; i++, from = 0) {
		int whole = !from;

		child = slots[i];
		if (!child)
			continue;
		if (whole)
			slots[i] = 0;
		cut_tree(cut, child, level - 1, from);
	}
	if (!all)
		buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	if (all)
		cut_block(cut, block);
}

/* cut_tree for a number in the inode, which goes if all behind it goes. */
static void cut_root(struct cut *cut, uint32_t *slot, unsigned level,
    uint64_t from)
{
	uint32_t block = *slot;

	if (!block)
		return;
	if (!from)
		*slot = 0;
	cut_tree(cut, block, level, from);
}

static int map_is_empty(const struct node *node)
{
	uint32_t any = 0;
	unsigned i;

	for (i = 0; i < BLOCKS_INODE; i++)
		any |= node->block[i];
	return !any;
}

/* What map_cut does, if there is anything. */
static void cut_all(struct cut *cut, uint32_t first)
{
	struct node *node = cut->node;
	struct volume *volume = node_volume(node);
	uint64_t start = BLOCKS_DIRECT, span = volume->pointers;
	unsigned i;

	for (i = first; i < BLOCKS_DIRECT; i++)
		cut_root(cut, &node->block[i], 0, 0);
	for (i = 1; i <= 3; i++) {
		if (first < start + span)
			cut_root(cut, &node->block[BLOCKS_DIRECT + i - 1], i,
			    first > start ? first - start : 0);
		start += span;
		span <<= volume->pointer_shift;
	}
	cut_flush(cut);
}

error_t map_cut(struct node *node, uint32_t first)
{
	struct cut cut = { .node = node };

	if (!map_is_empty(node))
		cut_all(&cut, first);
	node->last_disk = 0;
	window_drop(node);
	fs_node_dirty(&node->fs);
	return cut.error;
}

error_t map_punch(struct node *node, uint32_t first, uint32_t count)
{
	struct volume *volume = node_volume(node);
	uint32_t disk, length, i;
	struct leaf leaf;
	error_t error = 0;

	for (; count; first += length, count -= length) {
		error = map_run(node, first, count, &disk, &length);
		if (error)
			break;
		if (!disk)
			continue;
		error = leaf_find(node, first, 0, &leaf);
		if (error)
			break;
		for (i = 0; i < length; i++)
			leaf.slots[i] = 0;
		if (leaf.buffer)
			buffer_dirty(leaf.buffer, ORDER_MIDDLE);
		leaf_put(&leaf);
		blocks_free(volume, disk, length);
		blocks_count(node, -(int64_t)length);
	}
	node->last_disk = 0;
	window_drop(node);
	fs_node_dirty(&node->fs);
	return error;
}
