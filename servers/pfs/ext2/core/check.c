/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this a volume that we can work with? Every number of the super block is
 * suspected; features that we do not have are refused by name.
 */
#include "ext2.h"

struct feature {
	uint32_t bit;
	const char *name;
};

static const struct feature incompatible_features[] = {
	{ 0x1, "compression" },
	{ 0x4, "needs_recovery (a journal to replay, and none there)" },
	{ 0x8, "journal_dev" },
	{ 0x10, "meta_bg" },
	{ 0x40, "extents" },
	{ 0x80, "64bit" },
	{ 0x100, "mmp" },
	{ 0x200, "flex_bg" },
	{ 0x400, "ea_inode" },
	{ 0x1000, "dirdata" },
	{ 0x2000, "metadata_csum_seed" },
	{ 0x4000, "large_dir" },
	{ 0x8000, "inline_data" },
	{ 0x10000, "encrypt" },
	{ 0x20000, "casefold" },
	{ 0, 0 },
};

static const struct feature read_only_features[] = {
	{ 0x4, "btree_dir" },
	{ 0x8, "huge_file" },
	{ 0x10, "uninit_bg" },
	{ 0x20, "dir_nlink" },
	{ 0x80, "snapshot" },
	{ 0x100, "quota" },
	{ 0x200, "bigalloc" },
	{ 0x400, "metadata_csum" },
	{ 0x1000, "read-only" },
	{ 0x2000, "project" },
	{ 0x4000, "shared_blocks" },
	{ 0x8000, "verity" },
	{ 0x10000, "orphan_present" },
	{ 0, 0 },
};

static error_t feature_refuse(struct volume *volume, uint32_t unknown,
    const struct feature *features, const char *what)
{
	const struct feature *feature;

	for (feature = features; feature->name; feature++)
		if (unknown & feature->bit) {
			fs_complain(&volume->fs, "ext2: %s: feature %s",
			    what, feature->name);
			unknown &= ~feature->bit;
		}
	if (unknown)
		fs_complain(&volume->fs, "ext2: %s: unknown features 0x%x",
		    what, (unsigned)unknown);
	return E_INVAL;
}

static error_t features_check(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	uint32_t unknown;

	if (super->revision == SUPER_REVISION_OLD)
		super->compatible = super->incompatible =
		    super->read_only_compatible = 0;
	unknown = super->incompatible & ~(uint32_t)INCOMPAT_FILE_TYPE;
	if (super->compatible & COMPAT_JOURNAL)
		unknown &= ~(uint32_t)INCOMPAT_RECOVER;
	if (unknown)
		return feature_refuse(volume, unknown, incompatible_features,
		    "can't be mounted");
	unknown = super->read_only_compatible &
	    ~(uint32_t)(RO_SPARSE | RO_LARGE_FILE | RO_EXTRA_SIZE);
	if (unknown && !volume->fs.read_only) {
		feature_refuse(volume, unknown, read_only_features,
		    "can only be mounted read-only");
		return E_ROFS;
	}
	return 0;
}

static error_t refuse(struct volume *volume, const char *field)
{
	fs_complain(&volume->fs, "ext2: super block: impossible %s", field);
	return E_INVAL;
}

static error_t inodes_check(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	uint64_t total;

	if (super->revision == SUPER_REVISION_OLD) {
		volume->inode_size = INODE_SIZE_OLD;
		volume->first_inode = INODE_FIRST_OLD;
	} else {
		volume->inode_size = super->inode_size;
		volume->first_inode = super->first_inode;
	}
	if (volume->inode_size < INODE_SIZE_OLD ||
	    volume->inode_size > volume->block_size ||
	    (volume->inode_size & (volume->inode_size - 1)))
		return refuse(volume, "inode size");
	if (!super->group_inodes ||
	    super->group_inodes > volume->block_size * 8)
		return refuse(volume, "number of inodes in a group");
	total = (uint64_t)super->group_inodes * volume->group_count;
	if (super->inodes > total ||
	    super->inodes + super->group_inodes <= total ||
	    volume->first_inode < INODE_FIRST_OLD ||
	    volume->first_inode > super->inodes)
		return refuse(volume, "number of inodes");
	return 0;
}

static error_t blocks_check(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	uint64_t bytes = (uint64_t)super->blocks << volume->block_shift;
	uint32_t data;

	if (super->first_block != (volume->block_size == 1024))
		return refuse(volume, "first block");
	if (bytes > volume->fs.device->size || super->blocks < 8)
		return refuse(volume, "number of blocks");
	if (super->group_blocks < 8 ||
	    super->group_blocks > volume->block_size * 8 ||
	    super->group_blocks % 8)
		return refuse(volume, "number of blocks in a group");
	data = super->blocks - super->first_block;
	volume->group_count = (data + super->group_blocks - 1) /
	    super->group_blocks;
	volume->descriptor_blocks = (volume->group_count *
	    (uint32_t)sizeof(struct disk_group) + volume->block_size - 1) >>
	    volume->block_shift;
	if (volume->descriptor_blocks + 2 >= super->group_blocks)
		return refuse(volume, "number of groups");
	if (super->free_blocks > super->blocks ||
	    super->reserved_blocks > super->blocks)
		return refuse(volume, "number of free blocks");
	return 0;
}

error_t super_check(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	error_t error;

	if (super->magic != SUPER_MAGIC)
		return E_INVAL; /* not ext2 at all: nothing to complain of */
	if (super->revision > SUPER_REVISION_DYNAMIC)
		return refuse(volume, "revision");
	error = features_check(volume);
	if (error)
		return error;
	if (super->block_shift > 2)
		return refuse(volume, "block size");
	volume->block_shift = 10 + super->block_shift;
	volume->block_size = 1u << volume->block_shift;
	volume->pointers = volume->block_size / 4;
	volume->pointer_shift = volume->block_shift - 2;
	error = blocks_check(volume);
	return error ? error : inodes_check(volume);
}
