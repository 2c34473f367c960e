/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a volume of the System V family has on the disk.
 *
 *	block 0      1       2 ...          s_isize ...            s_fsize
 *	+--------+-------+--------------+------------------------+
 *	|  boot  | super | inodes, 64   | files, directories,    |
 *	|        | block | bytes each   | maps, free blocks      |
 *	+--------+-------+--------------+------------------------+
 *
 * This is the file system of the first Unix that left Bell Laboratories
 * (Version 7, 1979), and its children kept all of it: an inode has 10 block
 * numbers and 3 trees of numbers (1, 2, 3 levels), 3 bytes each in the inode
 * and 4 in the trees; a directory is a file of 16-byte entries, 2 for the
 * inode (0: free) and 14 for the name; inode 2 is the root, inode 1 collected
 * bad blocks. There are no bitmaps. An inode is free if mode and links are 0,
 * and the super block lists a few of those. Free blocks are a stack:
 *
 *	super block    [ n, n-1, ... 1, *0 ]   taken from the left
 *	                                 |
 *	  block *0     [ n, n-1, ... 1, *0 ]   loaded as *0 is taken
 *	                                 |
 *	      ...      [ 3, 2, 1,  0 ]         a 0 ends it
 *
 * (on Coherent, a block *0 that is all zeros ends it). That is fast and small
 * when one machine in one room never loses power. We read it only to check it:
 * see free.c for what we do instead while a volume is mounted.
 *
 * The children differ in how the super block is laid out and in byte order:
 *
 *	            super at  blocks       orders       told by
 *	V7          512       512          PDP, little  nothing: plausible root
 *	Coherent    512       512          PDP          "noname", "nopack"
 *	Xenix       1024      1K           both         magic
 *	System V R2 512       512, 1K, 2K  both         magic, no time at R4's
 *	System V R4 512       512, 1K, 2K  both         magic    place of it
 *
 * A PDP-11 stored a 32-bit number as two 16-bit words, the high one first,
 * each with its low byte first. Numbers here are types of bytes, so nobody can
 * read one without naming the order, no field is padded, and the structures
 * are used in place whatever machine this is compiled for. (The choice not
 * taken, conversion of whole structures at load, would need five of those.)
 */
#pragma once
#include <stdint.h>

enum bytes {
	BYTES_LITTLE,
	BYTES_BIG,
	BYTES_PDP,
};

typedef struct { uint8_t byte[2]; } disk16_t;
typedef struct { uint8_t byte[3]; } disk24_t;
typedef struct { uint8_t byte[4]; } disk32_t;

enum {
	SUPER_POSITION = 512, /* bytes from the start of the volume */
	SUPER_POSITION_XENIX = 1024,
	SUPER_MAGIC = (int)0xfd187e20,
	SUPER_MAGIC_XENIX = 0x2b5544,
	SUPER_TYPE_512 = 1, /* type: size of blocks */
	SUPER_TYPE_1K = 2,
	SUPER_TYPE_2K = 3,
	SUPER_TYPE_LONG = 0x10, /* times that: names may be long */
	SUPER_NFREE_BITMAP = 0xffff, /* SCO's EAFS: no free list */
	/* R4: state + time, R2: state; Xenix: clean */
	SUPER_STATE_CLEAN_R4 = 0x7c269d38,
	SUPER_STATE_CLEAN_R2 = (int)0xcb096f43,
	SUPER_STATE_ACTIVE = 0x5e72d81a,
	SUPER_CLEAN_XENIX = 0x46,
	YEAR_1980 = (10 * 365 + 2) * 86400,

	NICINOD = 100, /* free inodes in the super block */
	NICFREE = 50,  /* entries of one piece of the list of free blocks */
	NICFREE_XENIX = 100,
	NICFREE_COHERENT = 64,
	NICFREE_MAX = 100,

	INODE_BAD_BLOCKS = 1,
	INODE_ROOT = 2,
	INODE_FIRST = 3, /* that may be given to a file */
	INODE_SIZE = 64,
	INODES_MAX = 65535,
	INODE_BLOCK = 2, /* where the inodes begin */

	BLOCKS_DIRECT = 10,
	BLOCKS_INODE = 13,
	BLOCKS_MAX = 1 << 24, /* of a volume: numbers have 24 bits */

	ENTRY_SIZE = 16,
	NAME_MAX_SYSV = 14,
};

/*
 * A part of the super block that nobody else uses holds this while we have the
 * volume mounted for writing: where the journal is (journal.c).
 */
struct disk_note {
	disk32_t magic, start, count;
};

struct disk_super_v7 {
	disk16_t isize; /* first block behind the inodes */
	disk32_t fsize; /* blocks of the volume */
	disk16_t nfree;
	disk32_t free[NICFREE];
	disk16_t ninode;
	disk16_t inode[NICINOD];
	uint8_t flock, ilock;
	uint8_t fmod; /* not 0: mounted for writing, by us */
	uint8_t ronly;
	disk32_t time;
	disk32_t tfree;  /* free blocks */
	disk16_t tinode; /* free inodes */
	disk16_t interleave[2];
	uint8_t fname[6], fpack[6];
	struct disk_note note;
};

struct disk_super_coherent {
	disk16_t isize;
	disk32_t fsize;
	disk16_t nfree;
	disk32_t free[NICFREE_COHERENT];
	disk16_t ninode;
	disk16_t inode[NICINOD];
	uint8_t flock, ilock, fmod, ronly;
	disk32_t time;
	disk32_t tfree;
	disk16_t tinode;
	disk16_t interleave[2];
	uint8_t fname[6], fpack[6];
	disk32_t unique;
	struct disk_note note;
};

struct disk_super_xenix {
	disk16_t isize;
	disk32_t fsize;
	disk16_t nfree;
	disk32_t free[NICFREE_XENIX];
	disk16_t ninode;
	disk16_t inode[NICINOD];
	uint8_t flock, ilock, fmod, ronly;
	disk32_t time;
	disk32_t tfree;
	disk16_t tinode;
	disk16_t device[4];
	uint8_t fname[6], fpack[6];
	uint8_t clean;
	uint8_t fill_1[3];
	struct disk_note note;
	uint8_t fill_2[356];
	disk32_t magic, type;
};

struct disk_super_r2 {
	disk16_t isize;
	disk32_t fsize;
	disk16_t nfree;
	disk32_t free[NICFREE];
	disk16_t ninode;
	disk16_t inode[NICINOD];
	uint8_t flock, ilock, fmod, ronly;
	disk32_t time;
	disk16_t device[4];
	disk32_t tfree;
	disk16_t tinode;
	uint8_t fname[6], fpack[6];
	uint8_t fill_1[8];
	struct disk_note note;
	uint8_t fill_2[36];
	disk32_t state, magic, type;
};

/* The same for a compiler that aligns 32-bit numbers. */
struct disk_super_r4 {
	disk16_t isize, pad_0;
	disk32_t fsize;
	disk16_t nfree, pad_1;
	disk32_t free[NICFREE];
	disk16_t ninode, pad_2;
	disk16_t inode[NICINOD];
	uint8_t flock, ilock, fmod, ronly;
	disk32_t time;
	disk16_t device[4];
	disk32_t tfree;
	disk16_t tinode, pad_3;
	uint8_t fname[6], fpack[6];
	struct disk_note note;
	uint8_t fill[36];
	disk32_t state, magic, type;
};

/* A piece of the list of free blocks begins with its count, then come the
 * numbers: 2 bytes further, on R4 4. */
struct disk_inode {
	disk16_t mode, links, uid, gid;
	disk32_t size;
	disk24_t block[BLOCKS_INODE]; /* a device: its number in the first */
	uint8_t generation;
	disk32_t atime, mtime, ctime;
};

struct disk_entry {
	disk16_t inode;
	char name[NAME_MAX_SYSV]; /* zeros behind it, if it is shorter */
};

_Static_assert(sizeof(struct disk_super_v7) == 440 + 12, "");
_Static_assert(sizeof(struct disk_super_coherent) == 500 + 12, "");
_Static_assert(sizeof(struct disk_super_xenix) == 1024, "");
_Static_assert(sizeof(struct disk_super_r2) == 512, "");
_Static_assert(sizeof(struct disk_super_r4) == 512, "");
_Static_assert(sizeof(struct disk_inode) == INODE_SIZE, "");
_Static_assert(sizeof(struct disk_entry) == ENTRY_SIZE, "");

static inline uint16_t get16(enum bytes bytes, disk16_t from)
{
	return (uint16_t)(bytes == BYTES_BIG ?
	    from.byte[0] << 8 | from.byte[1] :
	    from.byte[0] | from.byte[1] << 8);
}

static inline disk16_t put16(enum bytes bytes, uint32_t value)
{
	uint8_t low = (uint8_t)value, high = (uint8_t)(value >> 8);

	return bytes == BYTES_BIG ? (disk16_t){ { high, low } } :
				    (disk16_t){ { low, high } };
}

static inline uint32_t get32(enum bytes bytes, disk32_t from)
{
	disk16_t one = { { from.byte[0], from.byte[1] } };
	disk16_t other = { { from.byte[2], from.byte[3] } };
	uint32_t first = get16(bytes, one), second = get16(bytes, other);

	return bytes == BYTES_LITTLE ? first | second << 16 :
				       first << 16 | second;
}

static inline disk32_t put32(enum bytes bytes, uint32_t value)
{
	disk16_t low = put16(bytes, value), high = put16(bytes, value >> 16);

	if (bytes == BYTES_LITTLE)
		return (disk32_t){ { low.byte[0], low.byte[1], high.byte[0],
		    high.byte[1] } };
	return (disk32_t){ { high.byte[0], high.byte[1], low.byte[0],
	    low.byte[1] } };
}

/* 24 bits are the 32 without the highest byte, which lies at: */
static inline int top_byte(enum bytes bytes)
{
	return bytes == BYTES_LITTLE ? 3 : bytes == BYTES_BIG ? 0 : 1;
}

static inline uint32_t get24(enum bytes bytes, disk24_t from)
{
	int top = top_byte(bytes), next = 0;
	disk32_t whole;

	for (int i = 0; i < 4; i++)
		whole.byte[i] = i == top ? 0 : from.byte[next++];
	return get32(bytes, whole);
}

static inline disk24_t put24(enum bytes bytes, uint32_t value)
{
	disk32_t whole = put32(bytes, value);
	int top = top_byte(bytes), next = 0;
	disk24_t part;

	for (int i = 0; i < 4; i++)
		if (i != top)
			part.byte[next++] = whole.byte[i];
	return part;
}
