/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's disks as block devices. */
#pragma once
#include <block/device.h>
#include <mach/mach_types.h>

enum {
	GATHER_MAX = 256 * 1024,
};

/* Data on its way: count bytes that belong at position of the disk. */
struct gather {
	uint64_t position;
	uint32_t count, unused;
	uint8_t data[GATHER_MAX];
};

/* Opens hd0, hd0s1, rd0, ... for the life of the server. If it can't be
 * written, it is read_only. master: the device master port, BORROWED.
 * survives: memory that outlives the server, for what was taken as written and
 * is not yet, zeroed or left by an instance before; or null. */
error_t mach_device_open(mach_port_t master, const char *name,
    struct gather *survives, struct block_device **device);
void mach_device_close(struct block_device *device);
