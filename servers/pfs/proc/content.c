/* SPDX-License-Identifier: BSD-2-Clause */
/* What each file says. */
#include "proc.h"
#include <base/text.h>
#include <string.h>

static const char version_text[] =
    "Linux version 6.1.0-masix (Masix on GNU Mach)\n";

static void cpuinfo_make(char *text, size_t size)
{
	text_append(text, size, "processor\t: 0\nvendor_id\t: unknown\n"
	    "cpu family\t: 6\nmodel name\t: i686\nfpu\t\t: yes\n"
	    "flags\t\t: fpu\n\n");
}

static error_t facts_content(enum tree_kind kind, char *text, size_t size)
{
	struct system_facts facts;
	error_t error = facts_read(&facts);

	if (error)
		return error;
	if (kind == TREE_STAT)
		report_system_stat(text, size, &facts);
	else if (kind == TREE_MEMINFO)
		report_meminfo(text, size, &facts);
	else if (kind == TREE_LOADAVG)
		report_loadavg(text, size, &facts);
	else if (kind == TREE_VMSTAT)
		report_vmstat(text, size, &facts);
	else if (kind == TREE_UPTIME)
		report_uptime(text, size, &facts);
	else
		report_swaps(text, size, &facts);
	return 0;
}

static error_t system_content(enum tree_kind kind, char *text, size_t size)
{
	switch (kind) {
	case TREE_CPUINFO:
		cpuinfo_make(text, size);
		return 0;
	case TREE_FILESYSTEMS:
		text_append(text, size, "nodev\tproc\nnodev\ttmpfs\n\text2\n");
		return 0;
	case TREE_VERSION:
		text_append(text, size, "%s", version_text);
		return 0;
	case TREE_CMDLINE:
		return command_line_read(text, size);
	case TREE_OSTYPE:
		text_append(text, size, "Linux\n");
		return 0;
	case TREE_OSRELEASE:
		text_append(text, size, "6.1.0-masix\n");
		return 0;
	case TREE_PID_MAX:
		text_append(text, size, "32768\n");
		return 0;
	case TREE_MOUNTS: /* VFS answers */
	case TREE_PARTITIONS:
		return 0;
	default:
		return facts_content(kind, text, size);
	}
}

static error_t limits_content(int pid, char *text, size_t size)
{
	uint32_t limits[REPORT_LIMITS][2];
	size_t length;
	error_t error = process_text(pid, 3, (char *)limits, sizeof limits,
	    &length);

	if (!error && length == sizeof limits)
		report_limits(text, size, limits);
	return error;
}

static error_t record_content(int pid, enum tree_kind kind, char *text,
    size_t size)
{
	struct process_record record;
	error_t error = process_read(pid, &record);

	if (error)
		return error;
	if (kind == TREE_P_STAT)
		report_stat(text, size, &record);
	else if (kind == TREE_P_STATM)
		report_statm(text, size, &record);
	else if (kind == TREE_P_STATUS)
		report_status(text, size, &record);
	else if (kind == TREE_P_LIMITS)
		return limits_content(pid, text, size);
	else if (kind == TREE_P_COMM)
		text_append(text, size, "%.15s\n", record.name);
	return 0;
}

error_t content_make(uint64_t number, char *text, size_t size, size_t *length)
{
	enum tree_kind kind = tree_kind(number);
	int pid = tree_pid(number);
	error_t error;

	text[0] = 0;
	if (kind == TREE_P_CMDLINE)
		return process_text(pid, 0, text, size, length);
	if (kind == TREE_P_ENVIRON)
		return process_text(pid, 1, text, size, length);
	if (kind >= TREE_IPC_SEM && kind <= TREE_IPC_SHM)
		return process_text(0, TEXT_IPC + (int)(kind - TREE_IPC_SEM),
		    text, size, length);
	if (kind == TREE_OPEN_INFO)
		error = open_info(number, text, size);
	else if (kind == TREE_P_MAPS)
		error = process_maps(pid, text, size);
	else if (pid)
		error = record_content(pid, kind, text, size);
	else
		error = system_content(kind, text, size);
	*length = strlen(text);
	return error;
}
