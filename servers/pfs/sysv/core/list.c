/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of free blocks and the list of free inodes, as they are on the
 * disk (drawn in disk.h). Written when a volume is left, read by the checker.
 */
#include "sysv.h"
#include <string.h>

/* A piece of the list: in the super block, or in a block of its own. */
struct piece {
	uint32_t count;
	uint32_t block[NICFREE_MAX]; /* taken from the last one down */
};

static void piece_put(const struct volume *volume, const struct piece *piece,
    uint8_t *count, uint8_t *numbers)
{
	disk16_t length = put16(volume->bytes, piece->count);
	disk32_t number;

	memcpy(count, &length, sizeof length);
	for (uint32_t i = 0; i < volume->variant->nicfree; i++) {
		number = put32(volume->bytes, i < piece->count ?
		    piece->block[i] : 0);
		memcpy(numbers + i * sizeof number, &number, sizeof number);
	}
}

static error_t piece_get(const struct volume *volume, struct piece *piece,
    const uint8_t *count, const uint8_t *numbers)
{
	disk16_t length;
	disk32_t number;

	memcpy(&length, count, sizeof length);
	piece->count = get16(volume->bytes, length);
	if (piece->count > volume->variant->nicfree)
		return E_UCLEAN;
	for (uint32_t i = 0; i < piece->count; i++) {
		memcpy(&number, numbers + i * sizeof number, sizeof number);
		piece->block[i] = get32(volume->bytes, number);
	}
	return 0;
}

/* The next piece of the list: free blocks from *at on. The last but one block
 * of the list comes first, as those are taken first. */
static void piece_make(const struct volume *volume, struct piece *piece,
    uint32_t *at)
{
	uint32_t limit = volume->variant->nicfree, i;
	uint32_t block[NICFREE_MAX];

	piece->count = 0;
	for (; *at < volume->blocks && piece->count < limit; ++*at)
		if (!(volume->used[*at / 8] >> *at % 8 & 1))
			block[piece->count++] = *at;
	/* The first number leads to the next piece, or ends the list. */
	if (piece->count < limit && !volume->variant->ends_empty)
		block[piece->count++] = 0;
	for (i = 0; i < piece->count; i++)
		piece->block[i] = block[piece->count - 1 - i];
}

static error_t piece_write(struct volume *volume, uint32_t block,
    const struct piece *piece)
{
	memset(volume->data.bounce, 0, volume->block_size);
	piece_put(volume, piece, volume->data.bounce,
	    volume->data.bounce + volume->variant->chunk);
	return disk_write(volume->fs.device, block_position(volume, block),
	    volume->data.bounce, volume->block_size);
}

static void inodes_put(const struct volume *volume, uint8_t *super,
    uint32_t limit)
{
	uint32_t count = 0, at;
	disk16_t number;

	memset(super + volume->variant->inode, 0, NICINOD * sizeof number);
	/* the lowest come last: they are taken first */
	for (at = INODE_FIRST; at <= volume->inodes && count < limit; at++)
		count += !(volume->inode_used[at / 8] >> at % 8 & 1);
	limit = count;
	for (at = INODE_FIRST; count; at++)
		if (!(volume->inode_used[at / 8] >> at % 8 & 1)) {
			number = put16(volume->bytes, at);
			memcpy(super + volume->variant->inode +
			    --count * sizeof number, &number, sizeof number);
		}
	number = put16(volume->bytes, limit);
	memcpy(super + volume->variant->ninode, &number, sizeof number);
}

static void totals_put(const struct volume *volume, uint8_t *super,
    uint32_t blocks)
{
	disk32_t tfree = put32(volume->bytes, blocks);
	disk16_t tinode = put16(volume->bytes, volume->free_inodes);

	memcpy(super + volume->variant->tfree, &tfree, sizeof tfree);
	memcpy(super + volume->variant->tinode, &tinode, sizeof tinode);
}

error_t lists_write(struct volume *volume, uint8_t *super)
{
	const struct variant *variant = volume->variant;
	uint32_t at = volume->first_data, next;
	struct piece piece;
	error_t error = 0;

	piece_make(volume, &piece, &at);
	piece_put(volume, &piece, super + variant->nfree,
	    super + variant->free);
	while (!error && piece.count && piece.block[0]) {
		next = piece.block[0];
		piece_make(volume, &piece, &at);
		error = piece_write(volume, next, &piece);
	}
	inodes_put(volume, super, NICINOD);
	totals_put(volume, super, volume->free_count);
	return error ? error : disk_flush(volume->fs.device);
}

void lists_empty(struct volume *volume, uint8_t *super)
{
	struct piece piece = { .count = !volume->variant->ends_empty };

	piece_put(volume, &piece, super + volume->variant->nfree,
	    super + volume->variant->free);
	inodes_put(volume, super, 0);
	totals_put(volume, super, 0);
}

error_t list_each_block(struct volume *volume, const uint8_t *super,
    error_t (*found)(void *context, uint32_t block), void *context)
{
	const struct variant *variant = volume->variant;
	struct piece piece;
	error_t error = piece_get(volume, &piece, super + variant->nfree,
	    super + variant->free);

	while (!error && piece.count) {
		uint32_t block = piece.block[--piece.count];

		if (!block && !variant->ends_empty)
			break;
		if (!block_is_data(volume, block))
			return E_UCLEAN;
		error = found(context, block);
		if (error || piece.count)
			continue;
		error = disk_read(volume->fs.device,
		    block_position(volume, block), volume->data.bounce,
		    volume->block_size);
		if (!error)
			error = piece_get(volume, &piece, volume->data.bounce,
			    volume->data.bounce + variant->chunk);
	}
	return error;
}
