/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a volume, and checking one: for mkfs.sysv, fsck.sysv and tests. */
#pragma once
#include "sysv.h"

struct make {
	enum variant_index variant;
	enum bytes bytes;
	uint32_t block_size;
	uint32_t base;   /* KB before the volume: 0, 9, 15 or 18 */
	uint32_t blocks; /* 0: what the device has */
	uint32_t inodes; /* 0: one for 4 KB */
	void (*now)(struct fs_time *time);
};

/* Fills in what is 0. E_INVAL: reason says why not. */
error_t make_check(struct make *make, const struct block_device *device,
    const char **reason);
/* Writes the volume that make_check agreed to. */
error_t make_volume(struct block_device *device, const struct make *make);

struct check {
	/* What was found, a line without an end. */
	void (*say)(struct check *check, const char *text);
	void (*now)(struct fs_time *time);
	int repair;
	/* results */
	unsigned problems, left; /* found first; found last */
	unsigned files, directories; /* in use */
	uint32_t blocks, blocks_free;
};

/* An error: the volume could not be examined (or not repaired). */
error_t check_volume(struct block_device *device, struct check *check);
