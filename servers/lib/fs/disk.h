/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk of a file server, by its arguments. */
#pragma once
#include <block/mach_device.h>

/*
 * device=NAME, a kernel's disk, all of it or `sectors=` of 512 bytes from
 * `start=` on; or file=NAME, a file of another file system, whose right the
 * ACS has under that name, all of it or `bytes=` from byte `start=` on. It
 * lives as long as the server.
 */
error_t fs_disk_open(int argc, char *const *argv, int read_only,
    struct gather *survives, struct block_device **device);

/* call_file.c: the file that the ACS has a right to under name, as a disk. */
error_t file_device_open(
    const char *name, int read_only, struct block_device **device);
