/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a volume. What is written here is a volume that was not left cleanly:
 * inodes, a root, a super block whose lists are empty. Then it is mounted and
 * left: that writes the lists.
 */
#include "make.h"
#include <base/heap.h>
#include <string.h>

enum {
	BYTES_INODE = 4096, /* of the volume: for one inode */
	BLOCKS_LEAST = 16,
	CLEAR_BYTES = 32 * 1024,
};

static int has_order(const struct make *make)
{
	switch (make->variant) {
	case VARIANT_COHERENT:
		return make->bytes == BYTES_PDP;
	case VARIANT_V7:
		return make->bytes != BYTES_BIG;
	default:
		return make->bytes != BYTES_PDP;
	}
}

static int has_size(const struct make *make)
{
	switch (make->variant) {
	case VARIANT_COHERENT:
	case VARIANT_V7:
		return make->block_size == 512;
	case VARIANT_XENIX:
		return make->block_size == 1024;
	default:
		return make->block_size == 512 || make->block_size == 1024 ||
		    make->block_size == 2048;
	}
}

static int has_base(const struct make *make)
{
	if (!make->base)
		return 1;
	return (make->variant == VARIANT_R2 || make->variant == VARIANT_R4) &&
	    (make->base == 18 || ((make->base == 9 || make->base == 15) &&
	    make->block_size < 2048));
}

static uint32_t inode_blocks(const struct make *make)
{
	uint32_t in_block = make->block_size / INODE_SIZE;

	return (make->inodes + in_block - 1) / in_block;
}

error_t make_check(struct make *make, const struct block_device *device,
    const char **reason)
{
	uint64_t room = device->size > make->base * 1024 ?
	    device->size - make->base * 1024 : 0;
	uint32_t shift = make->block_size == 512 ? 9 :
	    make->block_size == 1024 ? 10 : 11;

	*reason = "this variant has no such block size";
	if (!has_size(make))
		return E_INVAL;
	*reason = "this variant has no such byte order";
	if (!has_order(make))
		return E_INVAL;
	*reason = "only System V with these block sizes has such a track";
	if (!has_base(make))
		return E_INVAL;
	room >>= shift;
	if (!make->blocks)
		make->blocks = room < BLOCKS_MAX ? (uint32_t)room : BLOCKS_MAX;
	*reason = "the device is smaller than that";
	if (make->blocks > room)
		return E_INVAL;
	*reason = "a volume has at most 16777216 blocks";
	if (make->blocks > BLOCKS_MAX)
		return E_INVAL;
	if (!make->inodes)
		make->inodes = (uint32_t)(((uint64_t)make->blocks << shift) /
		    BYTES_INODE);
	if (make->inodes < INODE_FIRST)
		make->inodes = INODE_FIRST;
	*reason = "a volume has at most 65535 inodes";
	if (make->inodes > INODES_MAX)
		make->inodes = INODES_MAX;
	*reason = "too small: no room for data behind the inodes";
	return make->blocks < INODE_BLOCK + inode_blocks(make) + BLOCKS_LEAST ?
	    E_INVAL : 0;
}

/* All up to the first data block, but for the boot block's first sector. */
static error_t head_clear(struct block_device *device, const struct make *make,
    uint8_t *zeros)
{
	uint64_t at = make->base * 1024 + 512;
	uint64_t end = make->base * 1024 + (uint64_t)make->block_size *
	    (INODE_BLOCK + inode_blocks(make) + 1);
	error_t error = 0;

	memset(zeros, 0, CLEAR_BYTES);
	while (at < end && !error) {
		size_t part = end - at < CLEAR_BYTES ? (size_t)(end - at) :
						       CLEAR_BYTES;

		error = disk_write(device, at, zeros, part);
		at += part;
	}
	return error;
}

static void inode_make(const struct make *make, struct disk_inode *inode,
    uint32_t mode, uint32_t links, uint32_t size, uint32_t block)
{
	struct fs_time now;

	make->now(&now);
	memset(inode, 0, sizeof *inode);
	inode->mode = put16(make->bytes, mode);
	inode->links = put16(make->bytes, links);
	inode->size = put32(make->bytes, size);
	inode->block[0] = put24(make->bytes, block);
	inode->atime = put32(make->bytes, (uint32_t)now.seconds);
	inode->mtime = inode->ctime = inode->atime;
}

/* The first block of inodes, then the root's first block. */
static error_t root_write(struct block_device *device,
    const struct make *make, uint8_t *block)
{
	uint32_t first = INODE_BLOCK + inode_blocks(make);
	struct disk_inode *inodes = (struct disk_inode *)block;
	struct disk_entry *entries = (struct disk_entry *)block;
	uint64_t base = make->base * 1024;
	error_t error;

	memset(block, 0, make->block_size);
	inode_make(make, &inodes[INODE_BAD_BLOCKS - 1], FS_REGULAR, 0, 0, 0);
	inode_make(make, &inodes[INODE_ROOT - 1], FS_DIRECTORY | 0755, 2,
	    2 * ENTRY_SIZE, first);
	error = disk_write(device, base + INODE_BLOCK * make->block_size,
	    block, make->block_size);
	if (error)
		return error;
	memset(block, 0, make->block_size);
	entries[0].inode = entries[1].inode = put16(make->bytes, INODE_ROOT);
	memcpy(entries[0].name, ".", 1);
	memcpy(entries[1].name, "..", 2);
	return disk_write(device, base + (uint64_t)first * make->block_size,
	    block, make->block_size);
}

static error_t super_write(struct block_device *device,
    const struct make *make, uint8_t *super)
{
	const struct variant *variant = &variants[make->variant];
	uint32_t type = make->block_size == 512 ? SUPER_TYPE_512 :
	    make->block_size == 1024 ? SUPER_TYPE_1K : SUPER_TYPE_2K;
	disk16_t isize = put16(make->bytes, INODE_BLOCK + inode_blocks(make));
	disk32_t word = put32(make->bytes, make->blocks);
	struct fs_time now;

	memset(super, 0, 1024);
	memcpy(super + variant->isize, &isize, sizeof isize);
	memcpy(super + variant->fsize, &word, sizeof word);
	make->now(&now);
	if (now.seconds < YEAR_1980)
		now.seconds = YEAR_1980;
	word = put32(make->bytes, (uint32_t)now.seconds);
	memcpy(super + variant->time, &word, sizeof word);
	super[variant->fmod] = 1;
	if (variant->type) {
		super[variant->fmod] = 0;
		word = put32(make->bytes, type);
		memcpy(super + variant->type, &word, sizeof word);
		word = put32(make->bytes, make->variant == VARIANT_XENIX ?
		    SUPER_MAGIC_XENIX : (uint32_t)SUPER_MAGIC);
		memcpy(super + variant->type - sizeof word, &word,
		    sizeof word);
	}
	if (make->variant == VARIANT_COHERENT) {
		memcpy(super + variant->fname, "noname", 6);
		memcpy(super + variant->fpack, "nopack", 6);
	}
	return disk_write(device, make->base * 1024 + variant->position,
	    super, make->variant == VARIANT_XENIX ? 1024 : 512);
}

error_t make_volume(struct block_device *device, const struct make *make)
{
	struct fs_options options = { .now = make->now };
	struct fs_volume *volume;
	uint8_t *room = heap_alloc(CLEAR_BYTES);
	error_t error;

	if (!room)
		return E_NOMEM;
	error = head_clear(device, make, room);
	if (!error)
		error = root_write(device, make, room);
	if (!error)
		error = super_write(device, make, room);
	heap_free(room);
	if (!error)
		error = disk_flush(device);
	if (!error)
		error = sysv_mount(device, &options, &volume);
	if (error)
		return error;
	fs_nodes_trim(volume, 0);
	return sysv_unmount(volume);
}
