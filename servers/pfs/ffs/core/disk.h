/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a UFS1 volume has on the disk: byte positions. The byte order is that
 * of the machine that made it, so numbers go through functions that know it
 * (ffs.h); the choice not taken, structures used in place, fits one order.
 *
 * The volume is counted in fragments (512 bytes to 8 KB); up to eight of them
 * in a row, from a multiple of that, are a block. A file has whole blocks, but
 * the last of a small one (no more than 12 blocks) has only as many fragments
 * as its size needs. Cylinder groups of equal size each have: room, a copy of
 * the super block, the group's own block (with the maps of fragments and of
 * inodes), its part of the inodes, data. How many fragments, blocks, inodes
 * are free and how many directories there are is summed up three times: in the
 * group's block, in a table of all groups, in the super block.
 */
#pragma once
#include <base/bytes.h>

enum {
	SUPER_POSITION = 8192,
	SUPER_POSITION_2 = 65536, /* of UFS2 */
	SUPER_BYTES = 2048,       /* what we read; it has 1376 */
	SUPER_MAGIC = 0x011954,
	SUPER_MAGIC_2 = 0x19540119,

	SUPER_AT = 8,    /* in a group: copy of the super block */
	GROUP_AT = 12,   /* the group's own block */
	INODES_AT = 16,
	DATA_AT = 20,
	GROUP_OFFSET = 24, /* groups are shifted by this … */
	GROUP_MASK = 28,   /* … times (group & ~mask) */
	OLD_TIME = 32,
	OLD_SIZE = 36,   /* fragments of the volume */
	OLD_DATA_SIZE = 40,
	GROUP_COUNT = 44,
	BLOCK_SIZE = 48,
	FRAGMENT_SIZE = 52,
	FRAGMENTS = 56,  /* of a block */
	MINIMUM_FREE = 60,
	BLOCK_MASK = 72,
	FRAGMENT_MASK = 76,
	BLOCK_SHIFT = 80,
	FRAGMENT_SHIFT = 84,
	CONTIGUOUS_MAX = 88,
	GROUP_BLOCKS_MAX = 92, /* that one file takes of a group in a row */
	FRAGMENTS_SHIFT = 96,
	FRAGMENT_SECTORS_SHIFT = 100,
	SUPER_SIZE = 104,
	POINTERS = 116,  /* block numbers in a block */
	INODES_BLOCK = 120,
	OLD_SECTORS_FRAGMENT = 124,
	OLD_SECTORS_TRACK_ALL = 132,
	OLD_INTERLEAVE = 136,
	OLD_TRACK_SKEW = 140,
	VOLUME_ID = 144, /* two numbers */
	OLD_SUMS_ADDRESS = 152,
	SUMS_SIZE = 156,
	GROUP_SIZE = 160, /* bytes of a group's own block */
	OLD_SECTORS_TRACK = 168,
	OLD_SECTORS_CYLINDER = 172,
	OLD_CYLINDERS = 176,
	OLD_GROUP_CYLINDERS = 180,
	GROUP_INODES = 184,
	GROUP_FRAGMENTS = 188,
	OLD_TOTAL = 192, /* struct sums */
	MODIFIED = 208,  /* a byte, as are the next three */
	CLEAN = 209,
	READ_ONLY = 210,
	OLD_FLAGS = 211,
	LAST_MOUNTED = 212,
	LAST_MOUNTED_SIZE = 468,
	BLOCK_SIZE_MAX = 860, /* from here on FLAG_UPDATED counts */
	SUPER_LOCATION = 1000,
	TOTAL = 1008,    /* four numbers of 64 bits */
	TIME = 1072,
	SIZE = 1080,
	DATA_SIZE = 1088,
	SUMS_ADDRESS = 1096,
	FILE_SIZE_AVERAGE = 1196,
	FILES_AVERAGE = 1200,
	FLAGS = 1312,
	CLUSTER_MAX = 1316, /* 0: no maps of clusters */
	LINK_MAX_SHORT = 1320, /* targets shorter than this are in inodes */
	INODE_FORMAT = 1324,
	FILE_SIZE_MAX = 1328,
	BLOCK_REST = 1336, /* 64 bits: sizes of block and fragment, less 1 */
	FRAGMENT_REST = 1344,
	TABLE_FORMAT = 1356,
	OLD_POSITIONS = 1360,
	MAGIC = 1372,
	SUPER_END = 1376,

	INODE_FORMAT_44 = 2,
	TABLE_FORMAT_NEW = 1,

	FLAG_UNCLEAN = 1,
	FLAG_SOFT_UPDATES = 2,
	FLAG_NEEDS_CHECK = 4,
	FLAG_JOURNAL = 8,
	FLAG_GJOURNAL = 0x40,
	FLAG_UPDATED = 0x80, /* of OLD_FLAGS: the fields from 860 on are used */
	FLAG_CHECK_HASH = 0x200,
};

/* A cylinder group's own block. */
enum {
	CG_MAGIC_NUMBER = 0x090255,
	CG_MAGIC = 4,
	CG_OLD_TIME = 8,
	CG_NUMBER = 12,
	CG_OLD_CYLINDERS = 16, /* 16 bits */
	CG_OLD_INODES = 18,    /* 16 bits */
	CG_FRAGMENTS = 20,
	CG_SUMS = 24,
	CG_ROTOR = 40,
	CG_FRAGMENT_ROTOR = 44,
	CG_INODE_ROTOR = 48,
	CG_RUNS = 52, /* eight numbers: runs of 0 … 7 free fragments */
	CG_OLD_TOTALS_AT = 84,
	CG_OLD_POSITIONS_AT = 88,
	CG_INODES_AT = 92, /* bit set: in use */
	CG_FREE_AT = 96,   /* bit set: free */
	CG_NEXT_AT = 100,
	CG_CLUSTER_SUMS_AT = 104,
	CG_CLUSTERS_AT = 108, /* bit set: the whole block is free */
	CG_CLUSTER_BLOCKS = 112,
	CG_INODES = 116,
	CG_TIME = 136,
	CG_END = 168,
};

enum {
	SUMS_BYTES = 16,
	ROOT = 2,

	INODE_BYTES = 128,
	INODE_MODE = 0,
	INODE_LINKS = 2,
	INODE_OLD_UID = 4,
	INODE_OLD_GID = 6,
	INODE_SIZE = 8,
	INODE_ATIME = 16, /* seconds, nanoseconds */
	INODE_MTIME = 24,
	INODE_CTIME = 32,
	INODE_BLOCKS = 40, /* 12 of data, 3 of numbers */
	INODE_FLAGS = 100,
	INODE_SECTORS = 104,
	INODE_GENERATION = 108,
	INODE_UID = 112,
	INODE_GID = 116,
	INODE_SUN_UID = 116,
	INODE_SUN_GID = 120,

	BLOCKS_DIRECT = 12,
	BLOCKS_INODE = 15,
	LINK_BYTES = BLOCKS_INODE * 4,
	LINKS_MAX = 32767,

	USER_NODUMP = 1,
	USER_IMMUTABLE = 2,
	USER_APPEND = 4,
	SYSTEM_IMMUTABLE = 0x20000,
	SYSTEM_APPEND = 0x40000,
	SYSTEM_SNAPSHOT = 0x200000,

	/* A directory is pieces of 512 bytes full of entries. */
	PIECE = 512,
	ENTRY_INODE = 0,
	ENTRY_LENGTH = 4, /* 16 bits */
	ENTRY_TYPE = 6,   /* old: 16 bits of the name's length */
	ENTRY_NAME_LENGTH = 7,
	ENTRY_NAME = 8,
};
