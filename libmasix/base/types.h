/* SPDX-License-Identifier: BSD-2-Clause */
/* The C types of everything that travels in Masix messages. */
#pragma once
#include <base/file_types.h>
#include <mach/mach_types.h>
#include <mach/std_types.h>
#include <stdint.h>

typedef mach_port_t server_t, acs_t, process_t, process_info_t,
    process_control_t, signal_notice_t, vfs_t, vfs_control_t, file_t, pfs_t,
    device_server_t, text_t, tty_control_t, swap_t, acs_notice_t;
typedef mach_port_t port_given_t, port_copied_t, port_made_t, port_answer_t;
typedef mach_port_t *port_array_t;
typedef char name_t[256];
typedef char path_t[4096];
typedef char text_line_t[1024];
typedef char small_data_t[4096];
typedef char control_data_t[512];
typedef char *large_data_t;
typedef int *int_array_t;
typedef const int *const_int_array_t; /* of arrays inside a message */
typedef const mach_port_t *const_port_array_t;
typedef int64_t offset_t;
typedef int64_t node_list_t[256];

/* part of pfs_renew */
enum {
	RENEW_FIRST = 1,
	RENEW_LAST = 2,
	RENEW_MOST = 256, /* nodes of one message */
};

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

/* flags of acs_register */
enum {
	ACS_ESSENTIAL = 1, /* its death ends the system */
	ACS_RECOVERS = 2,  /* its ports and memory outlive it: start it again */
};

/* acs_replace: milliseconds in which the new one's death rolls back */
#define ACS_TRIAL 5000

/* kinds of acs_fault: one bit of what the server has there (zero pages are
 * passed over), or the number-th operation from now fails */
enum acs_fault {
	ACS_FAULT_TEXT,
	ACS_FAULT_DATA, /* of its image */
	ACS_FAULT_REGISTERS,
	ACS_FAULT_ALLOCATION,
	ACS_FAULT_DEVICE,
	ACS_FAULT_MESSAGE,
	ACS_FAULT_LOSS, /* a request is taken and never answered */
};

/* what acs_notice tells */
enum {
	ACS_BORN = 1,
	ACS_DIED,
	ACS_PAUSED,   /* its server died and is being started again */
	ACS_RESUMED,  /* and serves again: the same ports */
	ACS_PRESENT,  /* it was there when the watch began */
	ACS_ALL_TOLD, /* no further ACS_PRESENT comes */
	ACS_MISSED,   /* the watcher's queue was full: ask anew */
};

/* file_control on a block device, for VFS; answers with a struct disk_place. */
enum {
	CONTROL_DISK_PLACE = 0x4d01,
};

/* Where a disk or partition lies: words for a file server's arguments. */
struct disk_place {
	char disk[16];    /* the kernel's name of the whole disk */
	uint64_t start;   /* in 512 bytes */
	uint64_t sectors; /* 0: all of the disk */
};

/* flags of process_fork */
enum {
	FORK_VFORK = 1,
};

/* rlimit64; in process_fork two GDT descriptors of two words (0 0: none). */
struct limit_pair {
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
struct identity_words {
	int32_t words[4];
};

/* What a server has and has done; ports: names in its port space. */
struct server_counters {
	uint32_t requests; /* messages that its pools received, since start */
	uint32_t waiting;  /* requests that are parked */
	uint32_t objects;  /* that have a port */
	uint32_t threads;  /* of its pools */
	uint32_t ports, ports_received, ports_dead;
	uint32_t heap_used, heap_taken; /* KB */
	uint32_t spare[7];
};
_Static_assert(sizeof(struct server_counters) == 64, "as types.defs says");

/* What the data pager has of an object of anonymous memory. */
struct swap_use {
	uint32_t object; /* vri_object, voi_object of mach_debug */
	uint32_t pages;
};

/* MIG wants names of one word. */
typedef struct file_attributes file_attributes_t;
typedef struct file_system_status file_system_status_t;
typedef struct process_usage process_usage_t;
typedef struct process_record process_record_t;
typedef struct server_counters server_counters_t;
typedef struct signal_info signal_info_t;
typedef struct limit_pair limit_t;
typedef struct timer_value timer_value_t;
typedef struct identity_words identity_t;
