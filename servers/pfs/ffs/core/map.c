/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The map of a file: file block to the first fragment of a block of the disk.
 * 12 numbers are in the inode, then come trees of one, two and three levels of
 * blocks full of numbers. A 0 anywhere is a hole as large as what would hang
 * there.
 *
 * A damaged map may point anywhere, also to its own blocks: numbers are checked
 * before use, and a tree that is cut is emptied on the way down, so that every
 * number is followed once.
 */
#include "ffs.h"
#include <string.h>

/* One number of a map: in the inode, or in a buffer. */
struct slot {
	struct buffer *buffer; /* held; null: in the inode */
	uint32_t *inode;
	uint8_t *bytes;
};

struct leaf {
	uint32_t block;  /* the map's address; 0: in the inode, or a hole */
	uint32_t index;  /* of the number in it */
	uint32_t count;  /* numbers from there on, or blocks of the hole */
	int hole;
};

uint64_t map_limit(const struct volume *volume)
{
	uint64_t pointers = volume->pointers;

	return BLOCKS_DIRECT + pointers + pointers * pointers +
	    pointers * pointers * pointers;
}

void frags_count(struct node *node, int64_t frags)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	int64_t sectors = frags * (node_volume(node)->frag_size / 512);

	if (sectors < 0 && attributes->blocks < (uint64_t)-sectors)
		attributes->blocks = 0;
	else
		attributes->blocks += (uint64_t)sectors;
	if (sectors > 0)
		attributes->delayed -= attributes->delayed < (uint64_t)sectors ?
		    attributes->delayed : (uint64_t)sectors;
	fs_node_dirty(&node->fs);
}

/* The number at index of the map at block (0: in the inode). */
static error_t slot_get(struct node *node, uint32_t block, uint32_t index,
    struct slot *slot)
{
	struct volume *volume = node_volume(node);
	uint32_t offset = index * 4;
	error_t error;

	slot->buffer = 0;
	if (!block) {
		slot->inode = node->block + index;
		return 0;
	}
	slot->inode = 0;
	if (!frags_are_data(volume, block, volume->frags))
		return volume_damaged(volume, "in the map of a file: fragment",
		    block);
	error = buffer_get(volume->cache, block + (offset >>
	    volume->frag_shift), &slot->buffer);
	if (!error)
		slot->bytes = slot->buffer->data +
		    (offset & (volume->frag_size - 1));
	return error;
}

static uint32_t slot_read(struct node *node, const struct slot *slot)
{
	return slot->buffer ? get32(node_volume(node), slot->bytes) :
			      *slot->inode;
}

static void slot_write(struct node *node, struct slot *slot, uint32_t block)
{
	if (slot->buffer) {
		put32(node_volume(node), slot->bytes, block);
		buffer_dirty(slot->buffer, ORDER_FIRST);
	} else {
		*slot->inode = block;
	}
	fs_node_dirty(&node->fs);
}

static void slot_put(struct slot *slot)
{
	if (slot->buffer)
		buffer_put(slot->buffer);
}

/* A new block of numbers, all 0, in the slot. */
static error_t branch_new(struct node *node, struct slot *slot, uint32_t index)
{
	struct volume *volume = node_volume(node);
	uint32_t block, i;
	error_t error = frags_take(volume, node, goal_find(node, index, 0),
	    volume->frags, &block);

	if (error)
		return error;
	for (i = 0; i < volume->frags && !error; i++) {
		struct buffer *buffer;

		error = buffer_get_zero(volume->cache, block + i, &buffer);
		if (error)
			break;
		buffer->mark = 0;
		buffer_dirty(buffer, ORDER_FIRST);
		buffer_put(buffer);
	}
	if (error) {
		frags_free(volume, block, volume->frags);
		return error;
	}
	slot_write(node, slot, block);
	frags_count(node, volume->frags);
	return 0;
}

/* Which tree a file block hangs in; makes *index relative to it. */
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
	uint64_t index = first, span, hole;
	unsigned level = 0;
	error_t error;

	memset(leaf, 0, sizeof *leaf);
	leaf->index = first;
	leaf->count = BLOCKS_DIRECT - first;
	if (first < BLOCKS_DIRECT)
		return 0;
	error = tree_find(volume, &index, &level);
	if (error)
		return error;
	leaf->index = BLOCKS_DIRECT + level - 1;
	for (; !error && level; level--) {
		unsigned shift = volume->pointer_shift * (level - 1);
		struct slot slot;

		error = slot_get(node, leaf->block, leaf->index, &slot);
		if (error)
			break;
		if (!slot_read(node, &slot) && make)
			error = branch_new(node, &slot, first);
		leaf->block = slot_read(node, &slot);
		slot_put(&slot);
		span = (uint64_t)volume->pointers << shift;
		if (!error && !leaf->block) {
			hole = span - (index & (span - 1));
			leaf->count = hole < INT32_MAX ? (uint32_t)hole :
							 INT32_MAX;
			leaf->hole = 1;
			return 0;
		}
		leaf->index = (uint32_t)(index >> shift) &
		    (volume->pointers - 1);
	}
	leaf->count = volume->pointers - leaf->index;
	return error;
}

/* How many from index on go on with start, at most limit. */
static error_t run_length(struct node *node, const struct leaf *leaf,
    uint32_t limit, uint32_t *start, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	uint32_t per_frag = volume->frag_size / 4, count = 0, number;
	struct slot slot;
	error_t error = slot_get(node, leaf->block, leaf->index, &slot);

	if (error)
		return error;
	*start = slot_read(node, &slot);
	for (;;) {
		count++;
		if (count == limit)
			break;
		if (!slot.buffer) {
			slot.inode++;
		} else if ((leaf->index + count) % per_frag) {
			slot.bytes += 4;
		} else {
			slot_put(&slot);
			error = slot_get(node, leaf->block,
			    leaf->index + count, &slot);
			if (error)
				return error;
		}
		number = slot_read(node, &slot);
		if (number != (*start ? *start + count * volume->frags : 0))
			break;
	}
	slot_put(&slot);
	*length = count;
	return 0;
}

error_t map_run(struct node *node, uint32_t first, uint32_t limit,
    uint32_t *disk, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	struct leaf leaf;
	uint32_t start, count, at;
	error_t error = leaf_find(node, first, 0, &leaf);

	if (error)
		return error;
	if (leaf.count > limit)
		leaf.count = limit;
	start = 0;
	count = leaf.count;
	if (!leaf.hole)
		error = run_length(node, &leaf, leaf.count, &start, &count);
	if (error)
		return error;
	for (at = 0; start && at < count; at++)
		if (!frags_are_data(volume, start + at * volume->frags,
		    tail_has(node, first + at)))
			return volume_damaged(volume,
			    "in the map of a file: fragment", start);
	*disk = start;
	*length = count;
	return 0;
}

/* The block before file block first, if it is in the same map. */
static uint32_t block_before(struct node *node, const struct leaf *leaf)
{
	struct slot slot;
	uint32_t block;

	if (!leaf->index)
		return leaf->block;
	if (slot_get(node, leaf->block, leaf->index - 1, &slot))
		return 0;
	block = slot_read(node, &slot);
	slot_put(&slot);
	return block;
}

/* One block, or the tail if the file ends there. */
static error_t block_fill(struct node *node, const struct leaf *leaf,
    uint32_t file_block, uint32_t goal, uint32_t *disk)
{
	struct volume *volume = node_volume(node);
	uint32_t count = tail_need(node, file_block, node->fs.attributes.size);
	struct slot slot;
	error_t error = slot_get(node, leaf->block, leaf->index, &slot);

	if (error)
		return error;
	if (!count)
		count = volume->frags;
	error = frags_take(volume, node, goal, count, disk);
	if (!error) {
		slot_write(node, &slot, *disk);
		frags_count(node, count);
		if (count < volume->frags) {
			node->tail_block = file_block;
			node->tail_frags = count;
		}
	}
	slot_put(&slot);
	return error;
}

/* Frees file block `index`, or (index UINT32_MAX) a block of numbers. */
static void cut_block(struct node *node, uint32_t block, uint32_t index)
{
	struct volume *volume = node_volume(node);
	uint32_t count = index == UINT32_MAX ? volume->frags :
					       tail_has(node, index);

	frags_free(volume, block, count);
	frags_count(node, -(int64_t)count);
	if (node->tail_frags && node->tail_block == index)
		node->tail_frags = 0;
}

void map_unfill(struct node *node, uint32_t first, uint32_t count)
{
	struct leaf leaf;
	struct slot slot;

	for (; count; first++, count--) {
		if (leaf_find(node, first, 0, &leaf) || leaf.hole ||
		    slot_get(node, leaf.block, leaf.index, &slot))
			continue;
		if (slot_read(node, &slot)) {
			cut_block(node, slot_read(node, &slot), first);
			slot_write(node, &slot, 0);
		}
		slot_put(&slot);
	}
}

error_t map_fill(struct node *node, uint32_t first, uint32_t want,
    uint32_t *disk, uint32_t *length)
{
	struct volume *volume = node_volume(node);
	struct leaf leaf;
	uint32_t next, goal, count = 0;
	error_t error = leaf_find(node, first, 1, &leaf);

	if (error)
		return error;
	if (want > leaf.count)
		want = leaf.count;
	goal = goal_find(node, first, block_before(node, &leaf));
	while (count < want) {
		error = block_fill(node, &leaf, first + count, goal, &next);
		if (error)
			break;
		if (!count) {
			*disk = next;
		} else if (next != *disk + count * volume->frags) {
			/* It is the file's already: the next call finds it. */
			*length = count;
			error = frags_clear(volume, next,
			    tail_has(node, first + count));
			if (error)
				map_unfill(node, first, count + 1);
			return error;
		}
		count++;
		leaf.index++;
		goal = goal_find(node, first + count, next);
	}
	if (!count)
		return error;
	*length = count;
	return 0;
}

/* Frees what hangs at block from its file block `from` on; all of it and the
 * block itself if from is 0. Recursion: at most 4 deep. */
static error_t cut_tree(struct node *node, uint32_t block, unsigned level,
    uint64_t from)
{
	struct volume *volume = node_volume(node);
	unsigned shift = volume->pointer_shift * (level ? level - 1 : 0);
	uint32_t i = (uint32_t)(from >> shift);
	int all = !from;
	error_t error, first = 0;

	if (!level) {
		cut_block(node, block, UINT32_MAX);
		return 0;
	}
	from -= (uint64_t)i << shift;
	for (; i < volume->pointers; i++, from = 0) {
		struct slot slot;
		uint32_t child;

		error = slot_get(node, block, i, &slot);
		if (error)
			return error;
		child = slot_read(node, &slot);
		if (child && !from) {
			put32(volume, slot.bytes, 0);
			if (!all)
				buffer_dirty(slot.buffer, ORDER_MIDDLE);
		}
		slot_put(&slot);
		if (!child)
			continue;
		error = cut_tree(node, child, level - 1, from);
		if (error && !first)
			first = error;
	}
	if (all)
		cut_block(node, block, UINT32_MAX);
	return first;
}

error_t map_cut(struct node *node, uint32_t first)
{
	struct volume *volume = node_volume(node);
	uint64_t start = BLOCKS_DIRECT, span = volume->pointers, from;
	error_t error, bad = 0;
	unsigned i;

	for (i = first; i < BLOCKS_DIRECT; i++) {
		if (node->block[i])
			cut_block(node, node->block[i], i);
		node->block[i] = 0;
	}
	for (i = 1; i <= 3; i++) {
		uint32_t *slot = &node->block[BLOCKS_DIRECT + i - 1];
		uint32_t block = *slot;

		from = first > start ? first - start : 0;
		if (block && from < span) {
			if (!from)
				*slot = 0;
			error = cut_tree(node, block, i, from);
			if (error)
				bad = error;
		}
		start += span;
		span <<= volume->pointer_shift;
	}
	fs_node_dirty(&node->fs);
	return bad;
}
