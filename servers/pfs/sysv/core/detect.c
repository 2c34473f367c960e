/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which variant, which byte order, which size of blocks: in the order in which
 * Linux asks, so that both take a disk for the same. Xenix and System V have
 * magic numbers; Coherent has the names that its mkfs writes; a V7 volume has
 * nothing, so its root must look like a directory.
 *
 * On floppies, System V R2 kept the first track for itself: the volume begins
 * 9, 15 or 18 KB behind the start of the disk. (Linux finds these super blocks
 * but counts blocks from the start of the disk. So both are tried: the root
 * inode tells.)
 */
#include "sysv.h"
#include <stddef.h>
#include <string.h>

/* Fields that all variants have. */
#define FIELDS(type)                                                           \
	.isize = offsetof(struct type, isize),                                 \
	.fsize = offsetof(struct type, fsize),                                 \
	.nfree = offsetof(struct type, nfree),                                 \
	.free = offsetof(struct type, free),                                   \
	.ninode = offsetof(struct type, ninode),                               \
	.inode = offsetof(struct type, inode),                                 \
	.fmod = offsetof(struct type, fmod),                                   \
	.time = offsetof(struct type, time),                                   \
	.tfree = offsetof(struct type, tfree),                                 \
	.tinode = offsetof(struct type, tinode),                               \
	.fname = offsetof(struct type, fname),                                 \
	.fpack = offsetof(struct type, fpack),                                 \
	.note = offsetof(struct type, note)

const struct variant variants[VARIANT_COUNT] = {
	[VARIANT_R4] = { "sysv4", 0x012ff7b5, SUPER_POSITION,
	    FIELDS(disk_super_r4),
	    .state = offsetof(struct disk_super_r4, state),
	    .type = offsetof(struct disk_super_r4, type),
	    .nicfree = NICFREE, .chunk = 4, .links_max = 1000 },
	[VARIANT_R2] = { "sysv2", 0x012ff7b6, SUPER_POSITION,
	    FIELDS(disk_super_r2),
	    .state = offsetof(struct disk_super_r2, state),
	    .type = offsetof(struct disk_super_r2, type),
	    .nicfree = NICFREE, .chunk = 2, .links_max = 1000 },
	[VARIANT_XENIX] = { "xenix", 0x012ff7b4, SUPER_POSITION_XENIX,
	    FIELDS(disk_super_xenix),
	    .clean = offsetof(struct disk_super_xenix, clean),
	    .type = offsetof(struct disk_super_xenix, type),
	    .nicfree = NICFREE_XENIX, .chunk = 2, .links_max = 1000 },
	[VARIANT_COHERENT] = { "coherent", 0x012ff7b7, SUPER_POSITION,
	    FIELDS(disk_super_coherent),
	    .nicfree = NICFREE_COHERENT, .chunk = 2, .links_max = 10000,
	    .ends_empty = 1 },
	[VARIANT_V7] = { "v7", 0x012ff7b8, SUPER_POSITION,
	    FIELDS(disk_super_v7),
	    .nicfree = NICFREE, .chunk = 2, .links_max = 1000 },
};

enum {
	HEAD_SIZE = 2048, /* what is looked at from a possible start */
	V7_MODE = FS_DIRECTORY | 0777,
};

static disk32_t word_at(const uint8_t *head, unsigned offset)
{
	disk32_t word;

	memcpy(&word, head + offset, sizeof word);
	return word;
}

/* The order in which the number at offset is value, or -1. */
static int order_of(const uint8_t *head, unsigned offset, uint32_t value)
{
	if (get32(BYTES_LITTLE, word_at(head, offset)) == value)
		return BYTES_LITTLE;
	if (get32(BYTES_BIG, word_at(head, offset)) == value)
		return BYTES_BIG;
	return -1;
}

static int only_read(struct shape *shape, const char *reason)
{
	shape->only_read = 1;
	shape->reason = reason;
	return 1;
}

static int xenix_detect(const uint8_t *head, struct shape *shape)
{
	const unsigned at = SUPER_POSITION_XENIX;
	int order = order_of(head, at + offsetof(struct disk_super_xenix,
	    magic), SUPER_MAGIC_XENIX);

	if (order < 0)
		return 0;
	shape->variant = &variants[VARIANT_XENIX];
	shape->bytes = (enum bytes)order;
	shape->block_size = 1024;
	/* With blocks of 512 bytes this super block would lie over the first
	 * inodes; nobody has described how such a volume looks. */
	return get32(shape->bytes, word_at(head, at + variants[VARIANT_XENIX]
	    .type)) == SUPER_TYPE_1K;
}

static int sysv_detect(const uint8_t *head, struct shape *shape)
{
	const uint8_t *super = head + SUPER_POSITION;
	int order = order_of(super, offsetof(struct disk_super_r4, magic),
	    (uint32_t)SUPER_MAGIC);
	uint32_t type, time;
	disk16_t nfree;

	if (order < 0)
		return 0;
	shape->bytes = (enum bytes)order;
	type = get32(shape->bytes, word_at(super, variants[VARIANT_R4].type));
	time = get32(shape->bytes, word_at(super, variants[VARIANT_R4].time));
	memcpy(&nfree, super + variants[VARIANT_R4].nfree, sizeof nfree);
	shape->variant = &variants[VARIANT_R4];
	if (get16(shape->bytes, nfree) == SUPER_NFREE_BITMAP)
		only_read(shape, "SCO's EAFS has a bitmap of free blocks");
	else if (time < YEAR_1980)
		shape->variant = &variants[VARIANT_R2];
	else if (type >= SUPER_TYPE_LONG && only_read(shape, "long names"))
		type /= SUPER_TYPE_LONG;
	shape->block_size = 256u << (type & 3);
	return type >= SUPER_TYPE_512 && type <= SUPER_TYPE_2K;
}

static int coherent_detect(const uint8_t *head, struct shape *shape)
{
	const struct variant *variant = &variants[VARIANT_COHERENT];
	const uint8_t *fname = head + SUPER_POSITION + variant->fname;
	const uint8_t *fpack = head + SUPER_POSITION + variant->fpack;

	if ((memcmp(fname, "noname", 6) && memcmp(fname, "xxxxx ", 6)) ||
	    (memcmp(fpack, "nopack", 6) && memcmp(fpack, "xxxxx\n", 6)))
		return 0;
	shape->variant = variant;
	shape->bytes = BYTES_PDP;
	shape->block_size = 512;
	return 1;
}

static int v7_detect(const uint8_t *head, struct shape *shape)
{
	const struct disk_super_v7 *super = (const struct disk_super_v7 *)
	    (head + SUPER_POSITION);
	static const enum bytes orders[] = { BYTES_PDP, BYTES_LITTLE };
	struct disk_inode root;

	memcpy(&root, head + INODE_BLOCK * 512 + INODE_SIZE, sizeof root);
	shape->variant = &variants[VARIANT_V7];
	shape->block_size = 512;
	for (int i = 0; i < 2; i++) {
		enum bytes bytes = shape->bytes = orders[i];
		uint32_t size = get32(bytes, root.size);

		if (get16(bytes, super->nfree) <= NICFREE &&
		    get16(bytes, super->ninode) <= NICINOD &&
		    get16(bytes, super->isize) > INODE_BLOCK &&
		    get16(bytes, super->isize) < get32(bytes, super->fsize) &&
		    get32(bytes, super->fsize) < BLOCKS_MAX &&
		    (get16(bytes, root.mode) | 0777) == V7_MODE &&
		    size && size % ENTRY_SIZE == 0 &&
		    size <= INODES_MAX * ENTRY_SIZE)
			return 1;
	}
	return 0;
}

/* A volume whose super block was found behind a reserved track. */
static error_t track_detect(struct block_device *device, const uint8_t *track,
    uint32_t base, uint8_t *head, struct shape *shape)
{
	error_t error;

	if (!sysv_detect(track, shape) || base % shape->block_size)
		return E_INVAL;
	shape->base = base;
	error = disk_read(device, base + INODE_BLOCK * shape->block_size, head,
	    HEAD_SIZE);
	if (error)
		return error;
	/* head now begins with the first inodes */
	if ((get16(shape->bytes, ((struct disk_inode *)head)[INODE_ROOT - 1]
	    .mode) & FS_KIND) != FS_DIRECTORY)
		shape->base = 0;
	return 0;
}

error_t shape_detect(struct block_device *device, struct shape *shape)
{
	static const uint32_t tracks[] = { 9 * 1024, 15 * 1024, 18 * 1024 };
	_Alignas(8) uint8_t head[HEAD_SIZE], inodes[HEAD_SIZE];
	error_t error;

	memset(shape, 0, sizeof *shape);
	if (device->size < HEAD_SIZE)
		return E_INVAL;
	error = disk_read(device, 0, head, sizeof head);
	if (error)
		return error;
	if (xenix_detect(head, shape) || sysv_detect(head, shape) ||
	    coherent_detect(head, shape) || v7_detect(head, shape))
		return 0;
	for (unsigned i = 0; i < sizeof tracks / sizeof *tracks; i++)
		if (tracks[i] + 4 * HEAD_SIZE <= device->size &&
		    !disk_read(device, tracks[i], inodes, sizeof inodes) &&
		    !track_detect(device, inodes, tracks[i], inodes, shape))
			return 0;
	return E_INVAL;
}
