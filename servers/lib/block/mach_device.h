/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's disks as block devices. */
#pragma once
#include <block/device.h>
#include <mach/mach_types.h>

/* Opens hd0, hd0s1, rd0, ... for the life of the server. If it can't be
 * written, it is read_only. master: the device master port, BORROWED. */
error_t mach_device_open(
    mach_port_t master, const char *name, struct block_device **device);
void mach_device_close(struct block_device *device);
