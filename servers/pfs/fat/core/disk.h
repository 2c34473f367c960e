/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a FAT volume has on the disk.
 *
 *	boot sector and other reserved sectors | tables, all alike |
 *	root directory (FAT12 and FAT16) | clusters, from number 2 on
 *
 * A table has one entry of 12, 16 or 32 (used: 28) bits for each cluster: 0
 * free, or the next cluster of the same file, or that it is the last one. How
 * many clusters there are decides how wide an entry is. A file is known by its
 * place in a directory alone: there is no inode.
 *
 * The boot sector's fields lie at odd places, so these are offsets for bytes.h.
 * Directory entries are used in place, as every field but the letters of long
 * names lies at a multiple of its size, and the machine is little-endian.
 */
#pragma once
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "used in place");

/* The boot sector. */
enum {
	BOOT_BYTES = 512,
	BOOT_SECTOR_SIZE = 11,     /* 16 bits */
	BOOT_CLUSTER_SECTORS = 13, /* 8 */
	BOOT_RESERVED = 14,        /* 16: sectors before the first table */
	BOOT_TABLES = 16,          /* 8: how many */
	BOOT_ROOT_ENTRIES = 17,    /* 16: 0 in FAT32 */
	BOOT_SECTORS_16 = 19,      /* 16: of the volume, or 0 */
	BOOT_MEDIA = 21,           /* 8: 0xf0, 0xf8 .. 0xff */
	BOOT_TABLE_SECTORS_16 = 22, /* 16: 0 in FAT32 */
	BOOT_SECTORS_32 = 32,      /* 32 */
	/* FAT12 and FAT16 */
	BOOT_STATE_16 = 37,        /* 8 */
	BOOT_SIGNATURE_16 = 38,    /* 8: 0x28 or 0x29 if SERIAL is there */
	BOOT_SERIAL_16 = 39,       /* 32 */
	/* FAT32 */
	BOOT_TABLE_SECTORS_32 = 36, /* 32 */
	BOOT_MIRROR = 40,          /* 16 */
	BOOT_VERSION = 42,         /* 16: 0 */
	BOOT_ROOT_CLUSTER = 44,    /* 32 */
	BOOT_INFO_SECTOR = 48,     /* 16: 0 or 0xffff: none */
	BOOT_STATE_32 = 65,        /* 8 */
	BOOT_SERIAL_32 = 67,       /* 32 */

	BOOT_STATE_DIRTY = 1,
	BOOT_MIRROR_OFF = 0x80,    /* only the table in MIRROR_ACTIVE is used */
	BOOT_MIRROR_ACTIVE = 0x0f,
};

/* FAT32's sector of hints. */
enum {
	INFO_MAGIC = 0,       /* 32 */
	INFO_MAGIC_2 = 484,   /* 32 */
	INFO_FREE = 488,      /* 32: clusters, or all ones */
	INFO_NEXT = 492,      /* 32: where to look for free ones */
	INFO_MAGIC_IS = 0x41615252,
	INFO_MAGIC_2_IS = 0x61417272,
};

/* The table. Entry 1 says in its two highest used bits that the volume was
 * left clean and that no error was seen (FAT16, FAT32). */
enum {
	CLUSTER_FREE = 0,
	CLUSTER_FIRST = 2,
	CLUSTERS_MAX_12 = 0xff4,
	CLUSTERS_MAX_16 = 0xfff4,
	CLUSTERS_MAX_32 = 0x0ffffff6,
	CLEAN_16 = 0x8000,
	CLEAN_32 = 0x08000000,
};

enum {
	ATTRIBUTE_READ_ONLY = 0x01,
	ATTRIBUTE_HIDDEN = 0x02,
	ATTRIBUTE_SYSTEM = 0x04,
	ATTRIBUTE_LABEL = 0x08,
	ATTRIBUTE_DIRECTORY = 0x10,
	ATTRIBUTE_ARCHIVE = 0x20,
	ATTRIBUTE_LONG = 0x0f, /* all four: part of a long name */
	ATTRIBUTE_LONG_MASK = 0x3f,

	NAME_END = 0,          /* in name[0]: no entries from here on */
	NAME_DELETED = 0xe5,
	NAME_E5 = 0x05,        /* stands for a real 0xe5 */
	SHORT_BYTES = 11,

	LOWER_BASE = 0x08,     /* in lower: shown in small letters */
	LOWER_EXTENSION = 0x10,

	LONG_LAST = 0x40,      /* in order: the name's end, the first slot */
	LONG_LETTERS = 13,     /* in a slot */
	LONG_SLOTS = 20,
	LONG_MAX = 255,        /* letters of a name */

	SLOT_BYTES = 32,
	SLOTS_MAX = 65536,     /* that a directory may grow to */
	SET_SLOTS = LONG_SLOTS + 1,
};

struct disk_entry {
	uint8_t name[SHORT_BYTES];
	uint8_t attributes;
	uint8_t lower;
	uint8_t created_10ms; /* 0 to 199, on top of created_time */
	uint16_t created_time, created_date;
	uint16_t used_date;
	uint16_t start_high;  /* FAT32 */
	uint16_t time, date;  /* of the last change */
	uint16_t start;       /* cluster; 0: none, and the root as ".." */
	uint32_t size;        /* bytes; 0 for directories */
};

/* One of up to 20 slots before the entry, the last part of the name first. */
struct disk_long {
	uint8_t order;        /* from 1 at the entry's side */
	uint8_t letters_1[10];
	uint8_t attributes;   /* ATTRIBUTE_LONG */
	uint8_t kind;         /* 0 */
	uint8_t sum;          /* of the entry's short name */
	uint8_t letters_2[12];
	uint16_t start;       /* 0 */
	uint8_t letters_3[4];
};

_Static_assert(sizeof(struct disk_entry) == SLOT_BYTES, "as on the disk");
_Static_assert(sizeof(struct disk_long) == SLOT_BYTES, "as on the disk");
