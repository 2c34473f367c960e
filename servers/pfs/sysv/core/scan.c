/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scan: every inode, and every block number that hangs at one. It tells
 * what is free, and finds the two ways in which maps can be damaged: a number
 * outside the data blocks, and a block that two maps (or one twice) name. A
 * volume with such damage is mounted read-only, as no removal of a file is
 * safe there.
 *
 * As a block is followed only the first time it is seen, a scan ends whatever
 * is on the disk: rings of maps are doubled numbers.
 */
#include "sysv.h"

enum {
	COMPLAINTS_MAX = 8,
};

int mode_has_map(uint32_t mode)
{
	mode &= FS_KIND;
	return mode == FS_REGULAR || mode == FS_DIRECTORY || mode == FS_LINK;
}

/* Below a block of numbers. Recursion: at most 3 deep. */
static void tree_walk(struct walk *walk, uint32_t block, unsigned level)
{
	struct volume *volume = walk->volume;
	struct buffer *buffer;
	disk32_t *slots;

	if (block_get(volume, block, &buffer)) {
		volume->damage++;
		volume_damaged(volume, "can't be read: block", block);
		return;
	}
	slots = (disk32_t *)buffer->data;
	for (uint32_t i = 0; i < volume->pointers; i++) {
		uint32_t below = get32(volume->bytes, slots[i]);
		int what;

		if (!below)
			continue;
		what = walk->found(walk, &below, level - 1);
		if (what == WALK_CHANGED) {
			slots[i] = put32(volume->bytes, below);
			buffer_dirty(buffer, ORDER_FIRST);
		} else if (what == WALK_INTO && level > 1) {
			tree_walk(walk, below, level - 1);
		}
	}
	buffer_put(buffer);
}

int map_walk(struct walk *walk, uint32_t *block)
{
	int changed = 0;

	for (unsigned i = 0; i < BLOCKS_INODE; i++) {
		unsigned level = i < BLOCKS_DIRECT ? 0 : i - BLOCKS_DIRECT + 1;
		int what;

		if (!block[i])
			continue;
		what = walk->found(walk, &block[i], level);
		changed |= what == WALK_CHANGED;
		if (what == WALK_INTO && level)
			tree_walk(walk, block[i], level);
	}
	return changed;
}

struct scan {
	struct walk walk;
	uint32_t number; /* of the inode */
};

static int block_found(struct walk *walk, uint32_t *block, unsigned level)
{
	struct scan *scan = (struct scan *)walk;
	struct volume *volume = walk->volume;
	uint8_t mask = (uint8_t)(1 << *block % 8);

	(void)level;
	if (!block_is_data(volume, *block) ||
	    (volume->used[*block / 8] & mask)) {
		if (volume->damage++ < COMPLAINTS_MAX)
			fs_complain(&volume->fs, "sysv: inode %u: block %u %s",
			    (unsigned)scan->number, (unsigned)*block,
			    block_is_data(volume, *block) ?
			    "has two owners" : "is no data block");
		return WALK_SKIP;
	}
	volume->used[*block / 8] |= mask;
	volume->free_count--;
	volume->inode_blocks[scan->number]++;
	return WALK_INTO;
}

static void inode_scan(struct volume *volume, uint32_t number,
    const struct disk_inode *disk)
{
	struct scan scan = { { volume, block_found }, number };
	uint32_t mode = get16(volume->bytes, disk->mode);
	uint32_t links = get16(volume->bytes, disk->links);
	uint32_t block[BLOCKS_INODE];

	if (!mode && !links && number >= INODE_FIRST)
		return;
	volume->inode_used[number / 8] |= (uint8_t)(1 << number % 8);
	volume->free_inodes -= number >= INODE_FIRST;
	volume->orphans += !links && number >= INODE_FIRST;
	for (unsigned i = 0; i < BLOCKS_INODE; i++)
		block[i] = get24(volume->bytes, disk->block[i]);
	if (mode_has_map(mode))
		map_walk(&scan.walk, block);
}

error_t volume_scan(struct volume *volume)
{
	uint32_t number, in_block = volume->block_size / INODE_SIZE;
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error;

	for (uint32_t block = 0; block < volume->first_data; block++)
		volume->used[block / 8] |= (uint8_t)(1 << block % 8);
	volume->free_count = volume->blocks - volume->first_data;
	volume->free_inodes = volume->inodes - (INODE_FIRST - 1);
	volume->block_hint = volume->first_data;
	volume->inode_hint = INODE_FIRST;
	for (number = 1; number <= volume->inodes; number += in_block) {
		error = inode_get(volume, number, &buffer, &disk);
		if (error)
			return error;
		for (uint32_t i = 0; i < in_block; i++)
			if (number + i <= volume->inodes)
				inode_scan(volume, number + i, &disk[i]);
		buffer_put(buffer);
	}
	return 0;
}
