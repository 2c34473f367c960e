/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partitions of a disk: the PC's table with its four primary partitions
 * and the chain of logical ones behind an extended partition (numbers from 5
 * on), or a GUID partition table. What a table says is believed only as far
 * as it lies on the disk; a chain that runs in a circle ends.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	PARTITION_SECTOR = 512,
	PARTITION_PRIMARY = 4,
	PARTITION_MAX = 15, /* numbers: 1 to this */
};

struct partition {
	uint64_t start, count; /* sectors of 512 bytes; count 0: none */
};

struct partition_disk {
	uint64_t sectors;
	error_t (*read)(struct partition_disk *disk, uint64_t sector,
	    uint8_t bytes[PARTITION_SECTOR]);
};

/* Fills all of partitions; partitions[n - 1] is number n. No table at all is
 * no error. E_IO: the table can't be read, nothing is changed. */
error_t partitions_read(struct partition_disk *disk,
    struct partition partitions[PARTITION_MAX]);
