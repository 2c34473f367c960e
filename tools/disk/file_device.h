/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file or block device as a struct block_device: for programs that work on
 * volumes with the core of a file system server (mkfs.sysv, fsck.sysv), in the
 * guest and on the host.
 */
#pragma once
#include <block/device.h>

struct file_device {
	struct block_device device;
	int file;
	int is_regular;
};

/* 0, or -1 and errno. The size is what the file has, in whole sectors. */
int file_device_open(struct file_device *made, const char *path, int write);
int file_device_close(struct file_device *made);
/* A regular file grows to size; -1 and errno. */
int file_device_grow(struct file_device *made, uint64_t size);

/* Where path is mounted, by /proc/mounts; null: it isn't. */
const char *file_device_mounted(const char *path);
