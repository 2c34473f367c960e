/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"
#include <base/text.h>

enum {
	HZ = 100,
	PAGE_KB = 4,
	PAGE_BYTES = 4096,
};

typedef unsigned long long wide;

static const char *state_name(int state)
{
	switch (state) {
	case 'R':
		return "running";
	case 'T':
		return "stopped";
	case 'Z':
		return "zombie";
	default:
		return "sleeping";
	}
}

void report_stat(char *text, size_t size, const struct process_record *record)
{
	text_append(text, size, "%d (%.15s) %c %d %d %d %d %d 0 %u 0 %u 0 ",
	    record->pid, record->name, (char)record->state, record->parent,
	    record->group, record->session, record->terminal,
	    record->foreground ? record->foreground : -1, record->minor_faults,
	    record->major_faults);
	text_append(text, size,
	    "%llu %llu %llu %llu %d %d %d 0 %llu %llu %llu ",
	    (wide)record->user, (wide)record->system, (wide)record->child_user,
	    (wide)record->child_system, 20 + record->nice, record->nice,
	    record->threads, (wide)record->start, (wide)record->virtual_size,
	    (wide)record->resident / PAGE_BYTES);
	text_append(text, size, "4294967295 %u %u %u 0 0 %u %u %u %u 0 0 0 17 "
	    "0 0 0 0 0 0 0 0 %u 0 0 0 0 0\n", record->start_code,
	    record->end_code, record->start_stack, (unsigned)record->pending,
	    (unsigned)record->blocked, (unsigned)record->ignored,
	    (unsigned)record->caught, record->start_brk);
}

void report_statm(char *text, size_t size, const struct process_record *record)
{
	wide pages = record->virtual_size / PAGE_BYTES;
	wide resident = record->resident / PAGE_BYTES;
	wide code = (record->end_code - record->start_code + PAGE_BYTES - 1) /
	    PAGE_BYTES;

	text_append(text, size, "%llu %llu 0 %llu 0 %llu 0\n", pages, resident,
	    code, pages - (code < pages ? code : pages));
}

void report_status(char *text, size_t size,
    const struct process_record *record)
{
	text_append(text, size, "Name:\t%.15s\nUmask:\t%04o\nState:\t%c (%s)\n"
	    "Tgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", record->name,
	    record->umask, (char)record->state, state_name(record->state),
	    record->pid, record->pid, record->parent);
	text_append(text, size, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n"
	    "FDSize:\t256\nGroups:\t", record->uid, record->euid, record->suid,
	    record->euid, record->gid, record->egid, record->sgid,
	    record->egid);
	for (unsigned i = 0; i < record->group_count && i < 32; i++)
		text_append(text, size, "%u ", record->groups[i]);
	text_append(text, size, "\nVmSize:\t%8llu kB\nVmRSS:\t%8llu kB\n"
	    "Threads:\t%d\nSigPnd:\t%016llx\nShdPnd:\t%016llx\n",
	    (wide)record->virtual_size / 1024, (wide)record->resident / 1024,
	    record->threads, 0ull, (wide)record->pending);
	text_append(text, size, "SigBlk:\t%016llx\nSigIgn:\t%016llx\n"
	    "SigCgt:\t%016llx\n", (wide)record->blocked, (wide)record->ignored,
	    (wide)record->caught);
}

void report_system_stat(char *text, size_t size,
    const struct system_facts *facts)
{
	wide idle = facts->uptime > facts->busy ? facts->uptime - facts->busy :
	                                          0;

	for (int i = 0; i < 2; i++)
		text_append(text, size, "%s %llu 0 0 %llu 0 0 0 0 0 0\n",
		    i ? "cpu0" : "cpu ", (wide)facts->busy, idle);
	text_append(text, size, "intr 0\nctxt 0\nbtime %lld\nprocesses %u\n"
	    "procs_running %u\nprocs_blocked 0\n", (long long)facts->boot_time,
	    facts->forks, facts->running);
}

void report_meminfo(char *text, size_t size, const struct system_facts *facts)
{
	const struct {
		const char *name;
		uint32_t kb;
	} lines[] = {
		{ "MemTotal:", facts->total },
		{ "MemFree:", facts->free },
		{ "MemAvailable:", facts->free + facts->cached },
		{ "Buffers:", 0 },
		{ "Cached:", facts->cached },
		{ "SwapCached:", 0 },
		{ "Active:", facts->active },
		{ "Inactive:", facts->inactive },
		{ "SwapTotal:", facts->swap_total },
		{ "SwapFree:", facts->swap_free },
		{ "Shmem:", 0 },
		{ "Slab:", 0 },
		{ "SReclaimable:", 0 },
		{ "SUnreclaim:", 0 },
	};

	for (unsigned i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		text_append(text, size, "%-15s %8u kB\n", lines[i].name,
		    lines[i].kb);
}

/* What the kernel counts; pages that went to files and to swap are one. */
void report_vmstat(char *text, size_t size, const struct system_facts *facts)
{
	enum { PAGE_KB = 4 };
	const struct {
		const char *name;
		uint32_t number;
	} lines[] = {
		{ "nr_free_pages", facts->free / PAGE_KB },
		{ "nr_inactive_file", facts->inactive / PAGE_KB },
		{ "nr_active_anon", facts->active / PAGE_KB },
		{ "pgpgin", facts->pages_in * PAGE_KB },
		{ "pgpgout", facts->pages_out * PAGE_KB },
		{ "pgfault", facts->faults },
		{ "pgmajfault", facts->pages_in },
	};

	for (unsigned i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		text_append(text, size, "%s %u\n", lines[i].name,
		    lines[i].number);
}

void report_loadavg(char *text, size_t size, const struct system_facts *facts)
{
	for (int i = 0; i < 3; i++)
		text_append(text, size, "%u.%02u ", facts->loads[i] >> 16,
		    (facts->loads[i] & 0xffff) * 100 >> 16);
	text_append(text, size, "%u/%u %u\n", facts->running,
	    facts->processes, facts->forks);
}

void report_uptime(char *text, size_t size, const struct system_facts *facts)
{
	wide idle = facts->uptime > facts->busy ? facts->uptime - facts->busy :
	                                          0;

	text_append(text, size, "%llu.%02llu %llu.%02llu\n",
	    (wide)facts->uptime / HZ, (wide)facts->uptime % HZ, idle / HZ,
	    idle % HZ);
}

void report_swaps(char *text, size_t size, const struct system_facts *facts)
{
	text_append(text, size, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\t"
	    "Priority\n");
	if (facts->swap_total)
		text_append(text, size, "%-40s%-16s%u\t\t%u\t\t-2\n",
		    "data\\040pager", "partition", facts->swap_total,
		    facts->swap_total - facts->swap_free);
}

static void limit_append(char *text, size_t size, uint32_t limit)
{
	char number[16] = "unlimited";

	if (limit != 0xffffffff)
		text_format(number, sizeof(number), "%u", limit);
	text_append(text, size, "%-20s ", number);
}

void report_limits(char *text, size_t size, uint32_t limits[][2])
{
	static const struct {
		const char *name, *unit;
	} lines[REPORT_LIMITS] = {
		{ "Max cpu time", "seconds" },
		{ "Max file size", "bytes" },
		{ "Max data size", "bytes" },
		{ "Max stack size", "bytes" },
		{ "Max core file size", "bytes" },
		{ "Max resident set", "bytes" },
		{ "Max processes", "processes" },
		{ "Max open files", "files" },
		{ "Max locked memory", "bytes" },
		{ "Max address space", "bytes" },
		{ "Max file locks", "locks" },
		{ "Max pending signals", "signals" },
		{ "Max msgqueue size", "bytes" },
		{ "Max nice priority", "" },
		{ "Max realtime priority", "" },
		{ "Max realtime timeout", "us" },
	};

	text_append(text, size, "%-25s %-20s %-20s %-10s\n", "Limit",
	    "Soft Limit", "Hard Limit", "Units");
	for (unsigned i = 0; i < REPORT_LIMITS; i++) {
		text_append(text, size, "%-25s ", lines[i].name);
		limit_append(text, size, limits[i][0]);
		limit_append(text, size, limits[i][1]);
		text_append(text, size, lines[i].unit[0] ? "%-10s\n" : "\n",
		    lines[i].unit);
	}
}
