/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a loop device is: a range of the bytes of a file, as Linux's struct
 * loop_info64 says it. Pure.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	LOOP_SECTOR = 512,
	LOOP_INFO_BYTES = 232,   /* struct loop_info64 */
	LOOP_CONFIG_BYTES = 304, /* loop_config: file, block size, info */
	LOOP_CONFIG_BLOCK = 4,
	LOOP_CONFIG_INFO = 8,
	LOOP_NAME = 64,
};

/* flags */
enum {
	LOOP_READ_ONLY = 1,
	LOOP_AUTOCLEAR = 4, /* unbound with the last close */
	LOOP_DIRECT = 16,
};

struct loop_settings {
	uint64_t offset, limit; /* bytes; limit 0: to the end of the file */
	uint64_t device, node;  /* the file's */
	uint32_t flags;
	uint32_t block; /* bytes that programs are told to write at once */
	char name[LOOP_NAME];
};

/* How large the device is, over a file of that size: whole sectors. */
uint64_t loop_bytes(const struct loop_settings *settings, uint64_t file);

/* Takes offset, limit, name, and those flags of info that are among settable.
 * E_INVAL (encryption), E_OVERFLOW. */
error_t loop_info_read(
    struct loop_settings *settings, const char *info, uint32_t settable);
void loop_info_write(
    const struct loop_settings *settings, unsigned number, char *info);

/* bytes may be a block's: a power of two, from a sector to a page. */
int loop_block_is_good(uint32_t bytes);
