/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structures in which Linux i386 programs see a file's attributes and a
 * file system's numbers. Pure. Programs' memory may lie anywhere, so all of
 * them are filled as a local and copied out.
 */
#pragma once
#include <base/file_types.h>
#include <stdint.h>

/* stat(2), number 106. */
struct linux_stat {
	uint32_t device, node;
	uint16_t mode, links, uid, gid;
	uint32_t special, size, block_size, blocks;
	uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
	uint32_t unused[2];
};
_Static_assert(sizeof(struct linux_stat) == 64, "as Linux");

/* stat(2), number 18. */
struct linux_old_stat {
	uint16_t device, node, mode, links, uid, gid, special, pad;
	uint32_t size, atime, mtime, ctime;
};
_Static_assert(sizeof(struct linux_old_stat) == 32, "as Linux");

struct linux_stat64 {
	uint64_t device;
	uint32_t pad1, short_node, mode, links, uid, gid;
	uint64_t special;
	uint32_t pad2;
	uint64_t size;
	uint32_t block_size;
	uint64_t blocks;
	uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
	uint64_t node;
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct linux_stat64) == 96, "as Linux");

struct linux_statx_time {
	int64_t seconds;
	uint32_t nanoseconds;
	int32_t reserved;
};

struct linux_statx {
	uint32_t mask, block_size;
	uint64_t flags;
	uint32_t links, uid, gid;
	uint16_t mode, pad1;
	uint64_t node, size, blocks, flags_mask;
	struct linux_statx_time atime, btime, ctime, mtime;
	uint32_t special_major, special_minor, device_major, device_minor;
	uint64_t mount;
	uint64_t spare[13];
};
_Static_assert(sizeof(struct linux_statx) == 256, "as Linux");

struct linux_statfs {
	uint32_t magic, block_size, blocks, free, available, nodes, nodes_free;
	uint32_t id[2], name_max, fragment_size, flags, spare[4];
};
_Static_assert(sizeof(struct linux_statfs) == 64, "as Linux");

struct linux_statfs64 {
	uint32_t magic, block_size;
	uint64_t blocks, free, available, nodes, nodes_free;
	uint32_t id[2], name_max, fragment_size, flags, spare[4];
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct linux_statfs64) == 84, "as Linux");

/* Those that return int: 1 if a number does not fit (EOVERFLOW). */
int stat_convert(const struct file_attributes *from, struct linux_stat *to);
int stat_convert_old(
    const struct file_attributes *from, struct linux_old_stat *to);
void stat_convert_64(
    const struct file_attributes *from, struct linux_stat64 *to);
void stat_convert_x(const struct file_attributes *from, struct linux_statx *to);
int statfs_convert(
    const struct file_system_status *from, struct linux_statfs *to);
void statfs_convert_64(
    const struct file_system_status *from, struct linux_statfs64 *to);
