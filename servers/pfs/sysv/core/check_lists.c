/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker's sixth point: the lists of free blocks and free inodes, and
 * the totals in the super block. */
#include "check.h"
#include <base/heap.h>
#include <string.h>

struct listed {
	struct tree *tree;
	uint8_t *bits; /* owned: blocks that the list had so far */
	uint32_t count;
};

static error_t block_listed(void *context, uint32_t block)
{
	struct listed *listed = context;
	struct tree *tree = listed->tree;
	uint8_t mask = (uint8_t)(1 << block % 8);

	if (listed->bits[block / 8] & mask) {
		check_say(tree->check, "list of free blocks: block %u twice",
		    (unsigned)block);
		return E_UCLEAN; /* it may be a ring */
	}
	listed->bits[block / 8] |= mask;
	listed->count++;
	if (tree->volume->used[block / 8] & mask)
		check_say(tree->check, "list of free blocks: block %u is in "
		    "use", (unsigned)block);
	return 0;
}

static void free_blocks_check(struct tree *tree, const uint8_t *super,
    struct listed *listed)
{
	struct volume *volume = tree->volume;
	disk32_t tfree;
	uint32_t said;

	if (list_each_block(volume, super, block_listed, listed))
		check_say(tree->check, "list of free blocks: broken after %u "
		    "blocks", (unsigned)listed->count);
	if (tree->clean && listed->count != volume->free_count)
		check_say(tree->check, "list of free blocks: has %u blocks, "
		    "but %u are free", (unsigned)listed->count,
		    (unsigned)volume->free_count);
	memcpy(&tfree, super + volume->variant->tfree, sizeof tfree);
	said = get32(volume->bytes, tfree);
	if (said != listed->count)
		check_say(tree->check, "free blocks: the total says %u, the "
		    "list has %u", (unsigned)said, (unsigned)listed->count);
}

static void free_inodes_check(struct tree *tree, const uint8_t *super)
{
	struct volume *volume = tree->volume;
	const struct variant *variant = volume->variant;
	disk16_t ninode, number, tinode;
	uint32_t count, i, at;

	memcpy(&ninode, super + variant->ninode, sizeof ninode);
	count = get16(volume->bytes, ninode);
	if (count > NICINOD) {
		check_say(tree->check, "list of free inodes: %u entries",
		    (unsigned)count);
		count = NICINOD;
	}
	for (i = 0; i < count; i++) {
		memcpy(&number, super + variant->inode + i * sizeof number,
		    sizeof number);
		at = get16(volume->bytes, number);
		if (at < INODE_FIRST || at > volume->inodes ||
		    (volume->inode_used[at / 8] >> at % 8 & 1))
			check_say(tree->check, "list of free inodes: inode %u "
			    "is not free", (unsigned)at);
	}
	memcpy(&tinode, super + variant->tinode, sizeof tinode);
	at = get16(volume->bytes, tinode);
	if (tree->clean && at != volume->free_inodes)
		check_say(tree->check, "free inodes: the total says %u, not "
		    "%u", (unsigned)at, (unsigned)volume->free_inodes);
}

error_t lists_check(struct tree *tree, const uint8_t *super)
{
	struct listed listed = { .tree = tree,
		.bits = heap_alloc_zero(tree->volume->blocks / 8 + 1) };

	if (!listed.bits)
		return E_NOMEM;
	free_blocks_check(tree, super, &listed);
	free_inodes_check(tree, super);
	heap_free(listed.bits);
	return 0;
}
