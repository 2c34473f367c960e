/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What messages about files carry: numbers and structures without any Mach
 * type, so that the pure cores of servers may use them (base/types.h has the
 * rest).
 */
#pragma once
#include <stdint.h>

enum {
	IO_INLINE_MAX = 4096, /* bytes in file_read and file_write */
	NAME_LENGTH_MAX = 255,
	PATH_LENGTH_MAX = 4095,
	ROUTINES_EACH = 200, /* message numbers of one interface */
	FILE_POLL_NOTICE = 51390, /* message number: file_poll's notice */
};

/* flags of file_read and file_write */
enum {
	FILE_NONBLOCK = 1,
	FILE_APPEND = 2,
	FILE_PEEK = 4,
	FILE_GROUP_SHIFT = 8, /* terminals: flags >> 8 is the caller's process
	                       * group (0: don't care); see tty */
};

/* access of pfs_open; flags of vfs_open beyond Linux's O_* */
enum {
	OPEN_READ = 1,
	OPEN_WRITE = 2,
	OPEN_EXEC = 0x40000000,
};

/* what of pfs_watch, pfs_happened; the first two also of file_touch */
enum {
	WATCH_READ = 1,
	WATCH_WRITTEN = 2,
	WATCH_CLOSED_READ = 4,    /* the last right to read only is gone */
	WATCH_CLOSED_WRITTEN = 8, /* the last one to write, or to do both */
	WATCH_CLOSED = WATCH_CLOSED_READ | WATCH_CLOSED_WRITTEN,
	WATCH_GONE = 16, /* with it: it has neither a name nor a right */
};

/* mask of set_attributes */
enum {
	ATTRIBUTE_MODE = 1,
	ATTRIBUTE_UID = 2,
	ATTRIBUTE_GID = 4,
	ATTRIBUTE_SIZE = 8,
	ATTRIBUTE_ATIME = 16,
	ATTRIBUTE_MTIME = 32,
	ATTRIBUTE_ATIME_NOW = 64,
	ATTRIBUTE_MTIME_NOW = 128,
	ATTRIBUTE_FLAGS = 256, /* alone; those that are settable */
};

/* flags of struct file_attributes beyond Linux's FS_*_FL */
enum {
	FILE_VOLATILE = 0x01000000, /* of a root: see pfs_attach */
	FILE_SELF = 0x02000000, /* of a symbolic link: leads to the number of
	                         * the process that looks (/proc/self) */
	FILE_MOUNTS = 0x04000000, /* of a regular file: VFS's mount table */
	FILE_MOUNT_INFO = 0x08000000, /* the same as /proc/PID/mountinfo */
	FILE_PARTITIONS = 0x10000000, /* the disks and their partitions */
	FILE_ALIKE = 0x20000000, /* of a root: see pfs_attach */
	FILE_CURRENT = 0x40000000, /* of a symbolic link: leads to where the
	                            * process with the number `generation` is */
	FILE_ROOT = (int)0x80000000u, /* the same, to its root */
	FILE_PLACE = FILE_CURRENT | FILE_ROOT,
	FILE_TEXT_OF_VFS = FILE_MOUNTS | FILE_MOUNT_INFO | FILE_PARTITIONS,
	FILE_FOR_VFS = FILE_SELF | FILE_PLACE | FILE_TEXT_OF_VFS,
};

/* struct stat in Masix: 128 bytes. mode has S_IF*; device: of the file system
 * (Linux numbering); times in seconds and nanoseconds since 1970, UTC. */
struct file_attributes {
	uint32_t mode;
	uint32_t links;
	uint32_t uid;
	uint32_t gid;
	uint64_t node;
	uint64_t size;
	uint64_t blocks; /* of 512 bytes */
	uint32_t block_size;
	uint32_t device;
	uint32_t special; /* rdev of device nodes */
	uint32_t slot;    /* index in the PFS's attribute area, -1 none */
	int64_t atime, mtime, ctime;
	uint32_t atime_nsec, mtime_nsec, ctime_nsec;
	uint32_t generation;
	uint32_t flags; /* FS_IMMUTABLE_FL, FS_APPEND_FL, ... */
	uint32_t told;  /* the answer's number, for pfs_forget */
	uint32_t settable; /* flags that the file system can keep; 0: none */
	uint32_t spare[5];
};
_Static_assert(sizeof(struct file_attributes) == 128, "a message's size");

/*
 * What a PFS publishes for every node that has a file right outside, in an
 * area that clients map read-only: 128 bytes, 32 to a page. version is odd
 * while the server writes. A reader copies and compares. Nobody's decision
 * about rights may rest on it (MACH-NOTES §1: read-only sharing is no
 * protection): it serves read, lseek and fstat.
 */
struct attribute_slot {
	volatile uint32_t version;
	uint32_t mode;
	uint32_t links;
	uint32_t uid;
	uint32_t gid;
	uint32_t block_size;
	volatile uint64_t size;
	uint64_t node;
	uint64_t blocks;
	int64_t atime, mtime, ctime;
	uint32_t atime_nsec, mtime_nsec, ctime_nsec;
	uint32_t device;
	uint32_t special;
	volatile uint32_t watched; /* WATCH_READ, WATCH_WRITTEN: somebody wants
	                            * to hear of each, by file_report */
	volatile uint64_t end; /* size, and what is being written behind it:
	                        * nobody is to read that yet */
	uint32_t spare[6];
};
_Static_assert(sizeof(struct attribute_slot) == 128, "fits a page 32 times");

enum {
	/* Slots of a PFS's area: its object is that long, touched or not. */
	ATTRIBUTE_AREA_SLOTS = 4096,
};

/* One record of file_read_directory; length covers it all, a multiple of 8. */
struct directory_record {
	uint64_t node;
	int64_t next;    /* position after this record */
	uint16_t length; /* of this record */
	uint8_t type;    /* DT_* */
	uint8_t name_length;
	char name[]; /* ends in 0 */
};

struct file_system_status {
	uint32_t magic;
	uint32_t block_size;
	uint64_t blocks, blocks_free, blocks_available;
	uint64_t nodes, nodes_free;
	uint32_t id[2];
	uint32_t name_max;
	uint32_t flags;
};
_Static_assert(sizeof(struct file_system_status) == 64, "16 words");
