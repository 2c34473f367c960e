/* SPDX-License-Identifier: BSD-2-Clause */
/* The C types of everything that travels in Masix messages. */
#pragma once
#include <mach/mach_types.h>
#include <mach/std_types.h>
#include <stdint.h>

typedef mach_port_t server_t, acs_t, process_t, process_info_t,
    signal_notice_t, vfs_t, vfs_control_t, file_t, pfs_t, device_server_t,
    text_t, tty_control_t, swap_t;
typedef mach_port_t port_given_t, port_copied_t, port_made_t;
typedef mach_port_t *port_array_t;
typedef char name_t[256];
typedef char path_t[4096];
typedef char text_line_t[1024];
typedef char small_data_t[4096];
typedef char control_data_t[512];
typedef char *large_data_t;
typedef int *int_array_t;
typedef int64_t offset_t;

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
	uint32_t spare[7];
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
	uint32_t spare[9];
};
_Static_assert(sizeof(struct attribute_slot) == 128, "fits a page 32 times");

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

/* struct rusage of i386: seconds and microseconds, then counters. */
struct process_usage {
	int32_t user_seconds, user_microseconds;
	int32_t system_seconds, system_microseconds;
	int32_t max_resident, unused[3];
	int32_t minor_faults, major_faults, swaps, in_blocks, out_blocks;
	int32_t messages_sent, messages_received, signals;
};
_Static_assert(sizeof(struct process_usage) == 64, "16 words");

/* What pfs-proc shows of a process: 640 bytes. */
struct process_record {
	int32_t pid, parent, group, session;
	int32_t terminal; /* Linux device number, 0 none */
	int32_t foreground;
	uint32_t uid, euid, suid, gid, egid, sgid;
	int32_t state; /* 'R' 'S' 'T' 'Z' */
	int32_t exit_status;
	int32_t threads;
	int32_t nice;
	uint32_t umask;
	uint32_t group_count;
	uint32_t groups[32];
	uint64_t start;  /* in 1/100 s since boot */
	uint64_t user;   /* in 1/100 s */
	uint64_t system; /* in 1/100 s */
	uint64_t child_user, child_system;
	uint64_t virtual_size; /* bytes */
	uint64_t resident;     /* bytes */
	uint64_t pending, blocked, ignored, caught;
	uint32_t start_code, end_code, start_stack, start_brk;
	uint32_t minor_faults, major_faults;
	char name[16]; /* comm */
	uint32_t spare[78];
};
_Static_assert(sizeof(struct process_record) == 640, "160 words");

/* siginfo_t of i386, 128 bytes. */
struct signal_info {
	int32_t signal, error, code;
	union {
		int32_t words[29];
		struct {
			int32_t pid;
			uint32_t uid;
			int32_t value;
			int32_t user_time, system_time;
		} sender; /* of kill, sigqueue, SIGCHLD: value is status */
		struct {
			uint32_t address;
		} fault;
	};
};
_Static_assert(sizeof(struct signal_info) == 128, "as Linux");

/* flags of process_fork */
enum {
	FORK_VFORK = 1,
};

/* rlimit64; in process_fork the four words of a struct user_desc. */
struct limit {
	union {
		struct {
			uint64_t current, maximum;
		};
		uint32_t words[4];
	};
};
struct timer_value {
	int32_t interval_seconds, interval_microseconds;
	int32_t seconds, microseconds;
};
struct identity {
	int32_t words[4];
};

/* MIG wants names of one word. */
typedef struct file_attributes file_attributes_t;
typedef struct file_system_status file_system_status_t;
typedef struct process_usage process_usage_t;
typedef struct process_record process_record_t;
typedef struct signal_info signal_info_t;
typedef struct limit limit_t;
typedef struct timer_value timer_value_t;
typedef struct identity identity_t;
