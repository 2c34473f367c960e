/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map of a file: file block to block of the volume. 10 numbers are in the
 * inode, then come trees of one, two and three levels of blocks full of
 * numbers. A 0 anywhere is a hole as large as what would hang there.
 */
#include "sysv.h"

/* Where the numbers of some neighbours are: in a block, or in the inode. */
struct leaf {
	struct buffer *buffer; /* held, or null */
	disk32_t *slots;       /* in buffer: from the block asked for on */
	uint32_t *own;         /* in the inode: the same */
	uint32_t count;        /* slots, or blocks of the hole */
};

uint64_t map_limit(const struct volume *volume)
{
	uint64_t pointers = volume->pointers;

	return BLOCKS_DIRECT + pointers + pointers * pointers +
	    pointers * pointers * pointers;
}

/* The slots on the way to file block first: path[0] in the inode, then level
 * more. */
static unsigned path_find(const struct volume *volume, uint64_t first,
    uint32_t path[4])
{
	unsigned shift = volume->pointer_shift, level = 1;

	path[0] = (uint32_t)first;
	if (first < BLOCKS_DIRECT)
		return 0;
	for (first -= BLOCKS_DIRECT; first >> (shift * level); level++)
		first -= (uint64_t)1 << (shift * level);
	path[0] = BLOCKS_DIRECT + level - 1;
	for (unsigned i = 1; i <= level; i++)
		path[i] = (uint32_t)(first >> (shift * (level - i))) &
		    (volume->pointers - 1);
	return level;
}

static uint32_t leaf_get(const struct node *node, const struct leaf *leaf,
    uint32_t i)
{
	return leaf->own ? leaf->own[i] :
			   get32(node_volume(node)->bytes, leaf->slots[i]);
}

static void leaf_put(struct leaf *leaf)
{
	if (leaf->buffer)
		buffer_put(leaf->buffer);
}

/* Near the block taken last, else where the volume took its last. */
static uint32_t goal_find(const struct node *node)
{
	return node->last_disk ? node->last_disk + 1 : 0;
}

/* A new block of numbers, all 0. */
static error_t branch_new(struct node *node, uint32_t *block)
{
	struct volume *volume = node_volume(node);
	struct buffer *buffer;
	uint32_t count;
	error_t error = blocks_take(volume, node, goal_find(node), 1, block,
	    &count);

	if (error)
		return error;
	error = block_get_zero(volume, *block, &buffer);
	if (error) {
		volume->inode_blocks[node->fs.number]--;
		block_release(volume, *block);
		return error;
	}
	node->last_disk = *block;
	buffer_dirty(buffer, ORDER_FIRST);
	buffer_put(buffer);
	return 0;
}

/* One step down: from a block number to the buffer behind it. */
static error_t branch_get(struct node *node, uint32_t block,
    struct buffer **buffer)
{
	struct volume *volume = node_volume(node);

	if (!block_is_data(volume, block))
		return volume_damaged(volume, "in the map of a file: block",
		    block);
	return block_get(volume, block, buffer);
}

/* The blocks that hang at one number, level levels above the data. */
static uint64_t span_of(const struct volume *volume, unsigned level)
{
	return (uint64_t)1 << (volume->pointer_shift * level);
}

/* Blocks that a missing branch leaves out, from file block first on: the
 * branch would be level levels above the data, under a tree of depth levels. */
static uint32_t hole_rest(const struct volume *volume, uint64_t first,
    unsigned depth, unsigned level)
{
	uint64_t span = span_of(volume, level);

	first -= BLOCKS_DIRECT;
	for (unsigned i = 1; i < depth; i++)
		first -= span_of(volume, i);
	return (uint32_t)(span - (first & (span - 1)));
}

/* Makes the branch that is missing at leaf's first slot. */
static error_t branch_add(struct node *node, struct leaf *leaf,
    uint32_t *block)
{
	error_t error = branch_new(node, block);

	if (error)
		return error;
	if (leaf->own) {
		*leaf->own = *block;
		return 0;
	}
	*leaf->slots = put32(node_volume(node)->bytes, *block);
	buffer_dirty(leaf->buffer, ORDER_FIRST);
	return 0;
}

/* make: branches that are missing are made. Else leaf is the hole that they
 * would fill, if there are any missing: no slots. */
static error_t leaf_find(struct node *node, uint64_t first, int make,
    struct leaf *leaf)
{
	struct volume *volume = node_volume(node);
	uint32_t path[4], block;
	unsigned level;
	struct leaf above;
	error_t error = 0;

	*leaf = (struct leaf){ 0 };
	if (first >= map_limit(volume))
		return E_FBIG;
	level = path_find(volume, first, path);
	leaf->own = &node->block[path[0]];
	leaf->count = level ? 1 : BLOCKS_DIRECT - path[0];
	for (unsigned i = 1; i <= level; i++) {
		above = *leaf;
		*leaf = (struct leaf){ 0 };
		block = leaf_get(node, &above, 0);
		if (!block && make)
			error = branch_add(node, &above, &block);
		else if (!block)
			leaf->count = hole_rest(volume, first, level,
			    level - i + 1);
		if (block && !error)
			error = branch_get(node, block, &leaf->buffer);
		leaf_put(&above);
		if (error || !block)
			return error;
		leaf->slots = (disk32_t *)leaf->buffer->data + path[i];
		leaf->count = volume->pointers - path[i];
	}
	return 0;
}

error_t map_run(struct node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	uint32_t start = 0, count = 1;
	struct leaf leaf;
	error_t error = leaf_find(node, first, 0, &leaf);

	if (error)
		return error;
	if (leaf.count > limit)
		leaf.count = limit;
	if (!leaf.own && !leaf.slots)
		count = leaf.count;
	else
		start = leaf_get(node, &leaf, 0);
	while (count < leaf.count &&
	       leaf_get(node, &leaf, count) == (start ? start + count : 0))
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

error_t map_fill(struct node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	uint32_t holes = 0;
	struct leaf leaf;
	error_t error = leaf_find(node, first, 1, &leaf);

	while (!error && holes < leaf.count && holes < want &&
	       !leaf_get(node, &leaf, holes))
		holes++;
	if (!error)
		error = blocks_take(volume, node, goal_find(node), holes, disk,
		    length);
	for (uint32_t i = 0; !error && i < *length; i++) {
		if (leaf.own)
			leaf.own[i] = *disk + i;
		else
			leaf.slots[i] = put32(volume->bytes, *disk + i);
	}
	if (!error) {
		node->last_disk = *disk + *length - 1;
		if (leaf.buffer)
			buffer_dirty(leaf.buffer, ORDER_FIRST);
	}
	leaf_put(&leaf);
	node_store(node); /* also of what was taken before an error */
	return error;
}

static void block_drop(struct node *node, uint32_t block)
{
	struct volume *volume = node_volume(node);

	if (volume->inode_blocks[node->fs.number])
		volume->inode_blocks[node->fs.number]--;
	block_release(volume, block);
}

void map_unfill(struct node *node, uint32_t first, uint32_t length)
{
	struct volume *volume = node_volume(node);
	struct leaf leaf;

	if (leaf_find(node, first, 0, &leaf))
		return;
	for (uint32_t i = 0; i < length && i < leaf.count; i++) {
		block_drop(node, leaf_get(node, &leaf, i));
		if (leaf.own)
			leaf.own[i] = 0;
		else
			leaf.slots[i] = put32(volume->bytes, 0);
	}
	if (leaf.buffer)
		buffer_dirty(leaf.buffer, ORDER_FIRST);
	leaf_put(&leaf);
	node_store(node);
}

static error_t cut_tree(struct node *node, uint32_t block, unsigned level,
    uint64_t from);

/* The same for what hangs in a block of numbers. */
static error_t cut_slots(struct node *node, disk32_t *slots, unsigned level,
    uint64_t from)
{
	struct volume *volume = node_volume(node);
	unsigned shift = volume->pointer_shift * (level - 1);
	uint32_t i = (uint32_t)(from >> shift), below;
	error_t error, first = 0;

	for (from -= (uint64_t)i << shift; i < volume->pointers;
	     i++, from = 0) {
		below = get32(volume->bytes, slots[i]);
		if (!below)
			continue;
		if (!from)
			slots[i] = put32(volume->bytes, 0);
		error = cut_tree(node, below, level - 1, from);
		first = first ? first : error;
	}
	return first;
}

/* Frees what hangs at block from its file block `from` on; all of it and the
 * block itself if from is 0. Recursion: at most 4 deep. */
static error_t cut_tree(struct node *node, uint32_t block, unsigned level,
    uint64_t from)
{
	struct buffer *buffer;
	error_t error = 0;

	if (level)
		error = branch_get(node, block, &buffer);
	if (level && !error) {
		error = cut_slots(node, (disk32_t *)buffer->data, level, from);
		if (from)
			buffer_dirty(buffer, ORDER_MIDDLE);
		buffer_put(buffer);
	}
	if (!from)
		block_drop(node, block);
	return error;
}

error_t map_cut(struct node *node, uint32_t first)
{
	uint64_t start = 0, span = 1;
	error_t wrong = 0, error;

	for (unsigned i = 0; i < BLOCKS_INODE; i++) {
		unsigned level = i < BLOCKS_DIRECT ? 0 : i - BLOCKS_DIRECT + 1;
		uint32_t block = node->block[i];
		uint64_t from = first > start ? first - start : 0;

		span = span_of(node_volume(node), level);
		start += span;
		if (!block || from >= span)
			continue;
		if (!from)
			node->block[i] = 0;
		error = cut_tree(node, block, level, from);
		wrong = wrong ? wrong : error;
	}
	node->last_disk = 0;
	node_store(node);
	return wrong;
}
