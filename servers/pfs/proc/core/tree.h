/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of /proc. A node's number is made of a process number (0: of the
 * system), of a place in the tables below, and of a descriptor, so nothing is
 * kept anywhere.
 */
#pragma once
#include <stdint.h>

enum tree_kind {
	TREE_NONE,
	TREE_ROOT,    /* / */
	TREE_SYS,     /* /sys */
	TREE_KERNEL,  /* /sys/kernel */
	TREE_PROCESS, /* /PID */
	/* files of the system */
	TREE_CPUINFO,
	TREE_FILESYSTEMS,
	TREE_LOADAVG,
	TREE_MEMINFO,
	TREE_MOUNTS,
	TREE_PARTITIONS,
	TREE_SELF, /* a link */
	TREE_STAT,
	TREE_SWAPS,
	TREE_UPTIME,
	TREE_VERSION,
	TREE_VMSTAT,
	TREE_CMDLINE,
	TREE_OSTYPE,
	TREE_OSRELEASE,
	TREE_PID_MAX,
	TREE_IPC, /* /sysvipc, and what is in it in the order of IPC_* */
	TREE_IPC_SEM,
	TREE_IPC_MSG,
	TREE_IPC_SHM,
	/* files of a process */
	TREE_P_CMDLINE,
	TREE_P_COMM,
	TREE_P_ENVIRON,
	TREE_P_EXE, /* a link */
	TREE_P_MAPS,
	TREE_P_MOUNTS,
	TREE_P_MOUNT_INFO,
	TREE_P_STAT,
	TREE_P_STATM,
	TREE_P_STATUS,
	TREE_P_CWD,  /* links that VFS follows */
	TREE_P_ROOT,
	TREE_P_LIMITS,
	TREE_P_OPEN,      /* /PID/fd */
	TREE_P_OPEN_INFO, /* /PID/fdinfo */
	TREE_OPEN,        /* a link in the first */
	TREE_OPEN_INFO,   /* a file in the second */
	TREE_P_TASKS,     /* /PID/task */
	TREE_TASK,        /* the process's one thread in it */
	TREE_KINDS,
};

/* What a directory entry says of its node. */
struct tree_entry {
	const char *name;
	enum tree_kind kind;
};

enum {
	TREE_PID_LIMIT = 32768,
	TREE_OPEN_LIMIT = 65536, /* descriptors that are shown */
};

static inline uint64_t tree_number(int pid, enum tree_kind kind)
{
	return (uint64_t)pid * 64 + kind;
}

/* Of a descriptor of pid. */
static inline uint64_t tree_number_open(int pid, enum tree_kind kind, int fd)
{
	return tree_number(pid, kind) +
	    (uint64_t)(fd + 1) * (TREE_PID_LIMIT * 64);
}

static inline int tree_pid(uint64_t number)
{
	return (int)(number / 64 % TREE_PID_LIMIT);
}

/* -1: of none. */
static inline int tree_open(uint64_t number)
{
	return (int)(number / (TREE_PID_LIMIT * 64)) - 1;
}

static inline enum tree_kind tree_kind(uint64_t number)
{
	return (enum tree_kind)(number % 64);
}

/* The entry with that index in a directory of that kind (without "." and
 * ".." and without processes), or null behind the last. */
const struct tree_entry *tree_entry(enum tree_kind directory, unsigned index);

/* What name means in a directory; TREE_NONE: nothing. In the root and in those
 * of descriptors and threads a name may be a number: *number is that then, and
 * the kind TREE_PROCESS, TREE_OPEN, TREE_OPEN_INFO or TREE_TASK. */
enum tree_kind tree_find(enum tree_kind directory, const char *name,
    unsigned length, int *number);

/* The directory that a directory lies in. */
enum tree_kind tree_parent(enum tree_kind directory);

/* Type and permissions of a node. */
uint32_t tree_mode(enum tree_kind kind);
