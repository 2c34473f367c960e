/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Free blocks and free inodes, while a volume is mounted: bitmaps, which the
 * scan of the inodes fills in (scan.c). The lists that are on the disk are
 * neither read nor kept: while we have the volume they are empty there, and
 * written when we leave it (list.c).
 *
 * Why not the lists themselves? A block that joins the list is overwritten
 * with numbers, so after a loss of power the list and the files could both
 * claim it, and nothing but a scan could tell. We scan anyway. And a stack
 * can't give neighbours to a file; a bitmap can.
 *
 *	            take                    sync
 *	  free  ----------->  used  ............
 *	    ^                   | release      :
 *	    |                   v              :
 *	    +---------------- freed <..........:
 *
 * A block that was released is taken by nobody before the next sync: until
 * then the disk says that it belongs to its old file.
 */
#include "sysv.h"
#include <base/heap.h>

static int bit(const uint8_t *bits, uint32_t n)
{
	return bits[n / 8] >> n % 8 & 1;
}

error_t space_alloc(struct volume *volume)
{
	size_t inodes = (size_t)volume->inodes + 1;

	volume->used = heap_alloc_zero(volume->blocks / 8 + 1);
	volume->freed = heap_alloc_zero(volume->blocks / 8 + 1);
	volume->inode_used = heap_alloc_zero(inodes / 8 + 1);
	volume->inode_blocks = heap_alloc_zero(inodes * sizeof(uint32_t));
	return volume->used && volume->freed && volume->inode_used &&
	    volume->inode_blocks ? 0 : E_NOMEM;
}

void space_free(struct volume *volume)
{
	heap_free(volume->used);
	heap_free(volume->freed);
	heap_free(volume->inode_used);
	heap_free(volume->inode_blocks);
}

uint64_t blocks_available(const struct volume *volume,
    const struct node *node)
{
	uint64_t kept = volume->data.promised - node->promise.blocks;

	return volume->free_count > kept ? volume->free_count - kept : 0;
}

/* The first free block in [from, end), or end. */
static uint32_t free_find(const struct volume *volume, uint32_t from,
    uint32_t end)
{
	while (from < end && bit(volume->used, from)) {
		if (from % 8 == 0 && volume->used[from / 8] == 0xff)
			from += 8;
		else
			from++;
	}
	return from < end ? from : end;
}

error_t blocks_take(struct volume *volume, struct node *node, uint32_t goal,
    uint32_t want, uint32_t *first, uint32_t *count)
{
	uint64_t available = blocks_available(volume, node);
	uint32_t block, taken = 0;

	if (!available)
		return E_NOSPC;
	if (want > available)
		want = (uint32_t)available;
	if (!block_is_data(volume, goal))
		goal = volume->block_hint;
	block = free_find(volume, goal, volume->blocks);
	if (block == volume->blocks)
		block = free_find(volume, volume->first_data, goal);
	if (bit(volume->used, block))
		return E_NOSPC;
	*first = block;
	while (taken < want && block < volume->blocks &&
	       !bit(volume->used, block)) {
		volume->used[block / 8] |= (uint8_t)(1 << block % 8);
		block++;
		taken++;
	}
	*count = taken;
	volume->free_count -= taken;
	volume->block_hint = block < volume->blocks ? block :
						      volume->first_data;
	volume->inode_blocks[node->fs.number] += taken;
	promise_use(node, taken);
	return 0;
}

void block_release(struct volume *volume, uint32_t block)
{
	if (!block_is_data(volume, block) || !bit(volume->used, block) ||
	    bit(volume->freed, block)) {
		volume_damaged(volume, "freed twice: block", block);
		return;
	}
	volume->freed[block / 8] |= (uint8_t)(1 << block % 8);
	volume->freed_count++;
	block_forget(volume, block);
}

void blocks_synced(struct volume *volume)
{
	if (!volume->freed_count)
		return;
	for (uint32_t i = 0; i <= volume->blocks / 8; i++) {
		volume->used[i] &= (uint8_t)~volume->freed[i];
		volume->freed[i] = 0;
	}
	volume->free_count += volume->freed_count;
	volume->freed_count = 0;
}

uint32_t blocks_run(const struct volume *volume, uint32_t count)
{
	uint32_t block = volume->first_data, length = 0;

	for (; block < volume->blocks && length < count; block++)
		length = bit(volume->used, block) ? 0 : length + 1;
	return length == count ? block - count : 0;
}

error_t inode_take(struct volume *volume, uint32_t *number)
{
	uint32_t at = volume->inode_hint;

	if (!volume->free_inodes)
		return E_NOSPC;
	while (bit(volume->inode_used, at))
		at = at < volume->inodes ? at + 1 : INODE_FIRST;
	volume->inode_used[at / 8] |= (uint8_t)(1 << at % 8);
	volume->inode_hint = at;
	volume->free_inodes--;
	volume->inode_blocks[at] = 0;
	*number = at;
	return 0;
}

void inode_release(struct volume *volume, uint32_t number)
{
	volume->inode_used[number / 8] &= (uint8_t)~(1 << number % 8);
	volume->free_inodes++;
	if (number < volume->inode_hint)
		volume->inode_hint = number;
}
