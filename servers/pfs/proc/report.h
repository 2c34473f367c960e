/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of the files, in Linux's form, proc(5). Pure: facts in, text out. */
#pragma once
#include <base/types.h>
#include <stddef.h>
#include <stdint.h>

/* Facts about the machine. Memory in KB, times in 1/100 s. */
struct system_facts {
	uint64_t uptime, busy;
	int64_t boot_time; /* seconds since 1970 */
	uint32_t total, free, cached, active, inactive;
	uint32_t swap_total, swap_free;
	uint32_t faults, pages_in, pages_out; /* since boot */
	uint32_t loads[3]; /* in 1/65536 */
	uint32_t forks, running, processes;
};

enum {
	REPORT_LIMITS = 16,
};

/* All append to text, which holds a string in size bytes. */
void report_stat(char *text, size_t size, const struct process_record *record);
void report_statm(char *text, size_t size,
    const struct process_record *record);
void report_status(char *text, size_t size,
    const struct process_record *record);

/* soft, hard; 0xffffffff is none */
void report_limits(char *text, size_t size, uint32_t limits[][2]);

void report_system_stat(char *text, size_t size,
    const struct system_facts *facts);
void report_meminfo(char *text, size_t size, const struct system_facts *facts);
void report_vmstat(char *text, size_t size, const struct system_facts *facts);
void report_loadavg(char *text, size_t size, const struct system_facts *facts);
void report_uptime(char *text, size_t size, const struct system_facts *facts);
void report_swaps(char *text, size_t size, const struct system_facts *facts);
