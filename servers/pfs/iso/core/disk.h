/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an ISO 9660 volume has on the disk: byte positions, since nothing there
 * is aligned. Numbers of the standard are stored twice, little-endian and then
 * big-endian ("both"); a pair that disagrees is damage.
 *
 * Sectors are 2048 bytes. From sector 16 on come volume descriptors: the
 * primary one, with names of capital letters, and perhaps supplementary ones;
 * that of Joliet has a tree of its own, with names in UCS-2, to the same files.
 * A directory is a file of records, none across the end of a sector. What a
 * record has behind its name is for extensions: the system use protocol
 * (SUSP), in which Rock Ridge says what Unix wants to know.
 */
#pragma once
#include <base/bytes.h>
#include <base/error.h>

enum {
	SECTOR_SIZE = 2048,
	SECTOR_SHIFT = 11,
	DESCRIPTOR_FIRST = 16,
	DESCRIPTOR_LIMIT = 100,

	/* a volume descriptor: types and bytes */
	DESCRIPTOR_PRIMARY = 1,
	DESCRIPTOR_SUPPLEMENTARY = 2,
	DESCRIPTOR_END = 255,
	DESCRIPTOR_TYPE = 0,
	DESCRIPTOR_ID = 1, /* "CD001" */
	DESCRIPTOR_VERSION = 6,
	DESCRIPTOR_SPACE = 80, /* both: blocks */
	DESCRIPTOR_ESCAPE = 88,
	DESCRIPTOR_BLOCK_SIZE = 128, /* both, 16 bits */
	DESCRIPTOR_ROOT = 156, /* the root's directory record */
	HIGH_SIERRA_ID = 9, /* "CDROM": the standard's forerunner */

	/* a directory record */
	RECORD_LENGTH = 0,
	RECORD_ATTRIBUTES = 1, /* blocks of attributes before the data */
	RECORD_EXTENT = 2,     /* both */
	RECORD_SIZE = 10,      /* both */
	RECORD_DATE = 18,
	RECORD_FLAGS = 25,
	RECORD_UNIT = 26,      /* not 0: interleaved */
	RECORD_GAP = 27,
	RECORD_NAME_LENGTH = 32,
	RECORD_NAME = 33,

	FLAG_HIDDEN = 1,
	FLAG_DIRECTORY = 2,
	FLAG_ASSOCIATED = 4,
	FLAG_MORE = 0x80, /* the next record goes on with this file */

	/* an entry of the system use protocol */
	ENTRY_HEAD = 4, /* signature (2), length, version */

	NAME_CONTINUES = 1,
	NAME_SPECIAL = 2 | 4 | 0x20, /* ".", "..", the host's name */
	LINK_CONTINUES = 1,
	PART_CONTINUES = 1,
	PART_CURRENT = 2,
	PART_PARENT = 4,
	PART_ROOT = 8,
	TIME_CREATION = 1,
	TIME_MODIFIED = 2,
	TIME_ACCESS = 4,
	TIME_ATTRIBUTES = 8,
	TIME_LONG = 0x80,
	TIME_SHORT_SIZE = 7,
	TIME_LONG_SIZE = 17,
};

/* A number in both byte orders. */
static inline error_t both_get16(const uint8_t *at, uint16_t *value)
{
	*value = bytes_get16(at);
	return *value == bytes_get16_big(at + 2) ? 0 : E_UCLEAN;
}

static inline error_t both_get32(const uint8_t *at, uint32_t *value)
{
	*value = bytes_get32(at);
	return *value == bytes_get32_big(at + 4) ? 0 : E_UCLEAN;
}
