/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"
#include <base/text.h>
#include <fs/node.h>
#include <stddef.h>

static const struct tree_entry root_entries[] = {
	{ "cmdline", TREE_CMDLINE },
	{ "cpuinfo", TREE_CPUINFO },
	{ "filesystems", TREE_FILESYSTEMS },
	{ "loadavg", TREE_LOADAVG },
	{ "meminfo", TREE_MEMINFO },
	{ "mounts", TREE_MOUNTS },
	{ "partitions", TREE_PARTITIONS },
	{ "self", TREE_SELF },
	{ "stat", TREE_STAT },
	{ "swaps", TREE_SWAPS },
	{ "sys", TREE_SYS },
	{ "sysvipc", TREE_IPC },
	{ "uptime", TREE_UPTIME },
	{ "version", TREE_VERSION },
	{ "vmstat", TREE_VMSTAT },
	{ NULL, TREE_NONE },
};

static const struct tree_entry ipc_entries[] = {
	{ "msg", TREE_IPC_MSG },
	{ "sem", TREE_IPC_SEM },
	{ "shm", TREE_IPC_SHM },
	{ NULL, TREE_NONE },
};

static const struct tree_entry sys_entries[] = {
	{ "kernel", TREE_KERNEL },
	{ NULL, TREE_NONE },
};

static const struct tree_entry kernel_entries[] = {
	{ "osrelease", TREE_OSRELEASE },
	{ "ostype", TREE_OSTYPE },
	{ "pid_max", TREE_PID_MAX },
	{ NULL, TREE_NONE },
};

static const struct tree_entry process_entries[] = {
	{ "cmdline", TREE_P_CMDLINE },
	{ "comm", TREE_P_COMM },
	{ "cwd", TREE_P_CWD },
	{ "environ", TREE_P_ENVIRON },
	{ "exe", TREE_P_EXE },
	{ "fd", TREE_P_OPEN },
	{ "fdinfo", TREE_P_OPEN_INFO },
	{ "limits", TREE_P_LIMITS },
	{ "maps", TREE_P_MAPS },
	{ "mountinfo", TREE_P_MOUNT_INFO },
	{ "mounts", TREE_P_MOUNTS },
	{ "root", TREE_P_ROOT },
	{ "stat", TREE_P_STAT },
	{ "statm", TREE_P_STATM },
	{ "status", TREE_P_STATUS },
	{ "task", TREE_P_TASKS },
	{ NULL, TREE_NONE },
};

static const struct tree_entry task_entries[] = {
	{ "cmdline", TREE_P_CMDLINE },
	{ "comm", TREE_P_COMM },
	{ "cwd", TREE_P_CWD },
	{ "environ", TREE_P_ENVIRON },
	{ "exe", TREE_P_EXE },
	{ "limits", TREE_P_LIMITS },
	{ "maps", TREE_P_MAPS },
	{ "root", TREE_P_ROOT },
	{ "stat", TREE_P_STAT },
	{ "statm", TREE_P_STATM },
	{ "status", TREE_P_STATUS },
	{ NULL, TREE_NONE },
};

static const struct tree_entry no_entries[] = { { NULL, TREE_NONE } };

static const struct tree_entry *entries_of(enum tree_kind directory)
{
	switch (directory) {
	case TREE_ROOT:
		return root_entries;
	case TREE_SYS:
		return sys_entries;
	case TREE_KERNEL:
		return kernel_entries;
	case TREE_IPC:
		return ipc_entries;
	case TREE_PROCESS:
		return process_entries;
	case TREE_TASK:
		return task_entries;
	case TREE_P_OPEN:
	case TREE_P_OPEN_INFO:
	case TREE_P_TASKS:
		return no_entries;
	default:
		return NULL;
	}
}

const struct tree_entry *tree_entry(enum tree_kind directory, unsigned index)
{
	const struct tree_entry *entries = entries_of(directory);

	if (!entries)
		return NULL;
	for (unsigned i = 0; entries[i].name; i++) {
		if (i == index)
			return &entries[i];
	}
	return NULL;
}

/* A number as it is written: no sign, no zero in front; -1: it is none. */
static int number_read(const char *name, unsigned length)
{
	int number = 0;

	if (length == 0 || length > 9 || (name[0] == '0' && length > 1))
		return -1;
	for (unsigned i = 0; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		number = number * 10 + (name[i] - '0');
	}
	return number;
}

static enum tree_kind kind_of_number(enum tree_kind directory, int number)
{
	switch (directory) {
	case TREE_ROOT:
		return number > 0 && number < TREE_PID_LIMIT ? TREE_PROCESS :
							       TREE_NONE;
	case TREE_P_OPEN:
		return number < TREE_OPEN_LIMIT ? TREE_OPEN : TREE_NONE;
	case TREE_P_OPEN_INFO:
		return number < TREE_OPEN_LIMIT ? TREE_OPEN_INFO : TREE_NONE;
	case TREE_P_TASKS:
		return number > 0 && number < TREE_PID_LIMIT ? TREE_TASK :
							       TREE_NONE;
	default:
		return TREE_NONE;
	}
}

enum tree_kind tree_find(enum tree_kind directory, const char *name,
    unsigned length, int *number)
{
	int found;

	const struct tree_entry *entries = entries_of(directory);

	if (!entries)
		return TREE_NONE;
	for (; entries->name; entries++) {
		if (text_equals(name, length, entries->name))
			return entries->kind;
	}
	found = number_read(name, length);
	if (found < 0)
		return TREE_NONE;
	*number = found;
	return kind_of_number(directory, found);
}

enum tree_kind tree_parent(enum tree_kind directory)
{
	switch (directory) {
	case TREE_P_OPEN:
	case TREE_P_OPEN_INFO:
	case TREE_P_TASKS:
		return TREE_PROCESS;
	case TREE_TASK:
		return TREE_P_TASKS;
	case TREE_KERNEL:
		return TREE_SYS;
	default:
		return TREE_ROOT;
	}
}

uint32_t tree_mode(enum tree_kind kind)
{
	if (kind == TREE_P_OPEN || kind == TREE_P_OPEN_INFO)
		return FS_DIRECTORY | 0500;
	if (kind == TREE_OPEN)
		return FS_LINK | 0100; /* and what it is open for */
	if (kind == TREE_OPEN_INFO)
		return FS_REGULAR | 0400;
	if (kind == TREE_SELF || kind == TREE_P_EXE || kind == TREE_P_CWD ||
	    kind == TREE_P_ROOT)
		return FS_LINK | 0777;
	if (kind == TREE_P_ENVIRON)
		return FS_REGULAR | 0400;
	return entries_of(kind) ? FS_DIRECTORY | 0555 : FS_REGULAR | 0444;
}
