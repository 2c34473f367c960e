/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an ext2 volume has on the disk, field by field.
 *
 * The volume is cut into blocks of 1, 2 or 4 KB, and these into groups of equal
 * size. A group has a bitmap of its blocks, a bitmap of its inodes and its part
 * of the inode table; some groups also have a copy of the super block and of
 * the table of group descriptors. Numbers are little-endian, as are all
 * machines that this code runs on, and every field lies at a multiple of its
 * size: so the structures are used in place. The choice not taken, a load
 * function for each field, would only hide the names.
 */
#pragma once
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "used in place");

enum {
	SUPER_POSITION = 1024, /* bytes from the start of the volume */
	SUPER_MAGIC = 0xef53,
	SUPER_REVISION_OLD = 0,
	SUPER_REVISION_DYNAMIC = 1,
	SUPER_STATE_CLEAN = 1,
	SUPER_STATE_ERRORS = 2,
	SUPER_ERRORS_CONTINUE = 1,
	SUPER_ERRORS_READ_ONLY = 2,
	SUPER_ERRORS_PANIC = 3,

	INODE_ROOT = 2,
	INODE_JOURNAL = 8,
	INODE_FIRST_OLD = 11,
	INODE_SIZE_OLD = 128,

	BLOCKS_DIRECT = 12,
	BLOCK_SINGLE = 12,
	BLOCK_DOUBLE = 13,
	BLOCK_TRIPLE = 14,
	BLOCKS_INODE = 15,

	LINKS_MAX = 32000,

	CREATOR_LINUX = 0,
	CREATOR_HURD = 1,
	CREATOR_MASIX = 2,
};

/* Features. compatible: may be ignored; read-only compatible: a volume with an
 * unknown one may be read; incompatible: not even that. */
enum {
	COMPAT_PREALLOCATE = 0x1,
	COMPAT_IMAGIC = 0x2,
	COMPAT_JOURNAL = 0x4,
	COMPAT_ATTRIBUTES = 0x8,
	COMPAT_RESIZE = 0x10,
	COMPAT_INDEX = 0x20,
	COMPAT_SPARSE2 = 0x200,

	RO_SPARSE = 0x1,
	RO_LARGE_FILE = 0x2,
	RO_EXTRA_SIZE = 0x40,

	INCOMPAT_FILE_TYPE = 0x2,
	INCOMPAT_RECOVER = 0x4,
};

struct disk_super {
	uint32_t inodes, blocks, reserved_blocks;
	uint32_t free_blocks, free_inodes;
	uint32_t first_block;
	uint32_t block_shift;    /* block size is 1024 << this */
	uint32_t fragment_shift; /* the same */
	uint32_t group_blocks, group_fragments, group_inodes;
	uint32_t mount_time, write_time;
	uint16_t mounts;
	int16_t mounts_max;
	uint16_t magic, state, errors, minor_revision;
	uint32_t check_time, check_interval;
	uint32_t creator, revision;
	uint16_t reserved_uid, reserved_gid;
	/* from revision 1 on */
	uint32_t first_inode;
	uint16_t inode_size, this_group;
	uint32_t compatible, incompatible, read_only_compatible;
	uint8_t id[16];
	char volume_name[16];
	char last_mounted[64];
	uint32_t compression;
	uint8_t preallocate, preallocate_directory;
	uint16_t reserved_descriptors;
	uint8_t journal_id[16];
	uint32_t journal_inode, journal_device;
	uint32_t last_orphan;
	uint32_t hash_seed[4];
	uint8_t hash_version, journal_backup_type;
	uint16_t descriptor_size;
	uint32_t mount_options, first_meta_group;
	uint32_t made_time;
	uint32_t journal_blocks[17];
	uint32_t blocks_high, reserved_high, free_high;
	uint16_t extra_size_least, extra_size_wanted;
	uint32_t flags;
	uint32_t rest[167];
};
_Static_assert(sizeof(struct disk_super) == 1024, "the super block");

struct disk_group {
	uint32_t block_bitmap, inode_bitmap, inode_table;
	uint16_t free_blocks, free_inodes, directories, flags;
	uint32_t reserved[3];
};
_Static_assert(sizeof(struct disk_group) == 32, "a group descriptor");

struct disk_inode {
	uint16_t mode, uid;
	uint32_t size;
	uint32_t atime, ctime, mtime, dtime;
	uint16_t gid, links;
	uint32_t sectors; /* of 512 bytes */
	uint32_t flags;
	uint32_t version;
	uint32_t block[BLOCKS_INODE]; /* or the target of a short link */
	uint32_t generation;
	uint32_t attribute_block;
	uint32_t size_high; /* of regular files */
	uint32_t fragment;
	uint16_t fragment_number, mode_high;
	uint16_t uid_high, gid_high;
	uint32_t reserved;
	/* in inodes that are larger than 128 bytes: */
	uint16_t extra_size, checksum_high;
	uint32_t ctime_extra, mtime_extra, atime_extra;
	uint32_t made_time, made_extra;
	uint32_t version_high, project;
};
_Static_assert(sizeof(struct disk_inode) == 160, "an inode with extras");

enum {
	INODE_EXTRA_SIZE = 32,
	INODE_FLAG_INDEX = 0x1000,
	INODE_FLAG_EXTENTS = 0x80000,
	INODE_FLAG_HUGE = 0x40000,
	INODE_FLAG_INLINE = 0x10000000,
	/* a new inode takes these from its directory */
	INODE_FLAGS_SETTABLE = 0x380ff, /* as Linux: FS_FL_USER_MODIFIABLE */
	INODE_FLAGS_INHERITED = 0x1 | 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x10000,
};

/* A directory is a file of these; none crosses a block's end. */
struct disk_entry {
	uint32_t inode; /* 0: not in use */
	uint16_t length;
	uint8_t name_length;
	uint8_t type; /* with INCOMPAT_FILE_TYPE; else the length's high half */
	char name[];
};

/* Extended attributes of a file are in a block, which others with equal ones
 * may share. */
struct disk_attributes {
	uint32_t magic, users, blocks, hash;
	uint32_t reserved[4];
};

/* One of them. Values count from the start of the block, or (in an inode) from
 * the first entry; what an entry and a value take is a multiple of 4. */
struct disk_attribute {
	uint8_t length, kind; /* kind: what stands before the name */
	uint16_t offset;      /* of the value */
	uint32_t block, size, hash;
	char name[];
};

enum {
	ATTRIBUTES_MAGIC = 0xea020000,
};

enum {
	ENTRY_HEAD = 8,
	/* types; not the numbers that Linux's readdir has */
	ENTRY_UNKNOWN = 0,
	ENTRY_REGULAR = 1,
	ENTRY_DIRECTORY = 2,
	ENTRY_CHARACTER = 3,
	ENTRY_BLOCK = 4,
	ENTRY_FIFO = 5,
	ENTRY_SOCKET = 6,
	ENTRY_LINK = 7,
};
