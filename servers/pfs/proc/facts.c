/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about the machine, from the kernel. */
#include "proc.h"
#include <base/mach.h>
#include <kernel/gnumach.client.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <mach/vm_statistics.h>
#include <mach/host_info.h>
#include <server/server.h>
#include <string.h>

enum {
	PAGE_KB = 4,
};

static void memory_facts(struct system_facts *facts)
{
	struct vm_statistics statistics;
	struct host_basic_info basic;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	if (host_info(mach_host_self(), HOST_BASIC_INFO, (host_info_t)&basic,
		&count) == 0)
		facts->total = basic.memory_size / 1024;
	if (vm_statistics(mach_task_self(), &statistics))
		return;
	facts->free = (uint32_t)statistics.free_count * PAGE_KB;
	facts->active = (uint32_t)statistics.active_count * PAGE_KB;
	facts->inactive = (uint32_t)statistics.inactive_count * PAGE_KB;
	facts->cached = facts->inactive;
	facts->faults = (uint32_t)statistics.faults;
	facts->pages_in = (uint32_t)statistics.pageins;
	facts->pages_out = (uint32_t)statistics.pageouts;
}

static void time_facts(struct system_facts *facts)
{
	struct time_value64 up, now;

	if (host_get_uptime64(mach_host_self(), &up) ||
	    host_get_time64(mach_host_self(), &now))
		return;
	facts->uptime = (uint64_t)up.seconds * 100 +
	    (uint64_t)up.nanoseconds / 10000000;
	facts->boot_time = now.seconds - up.seconds;
}

error_t facts_read(struct system_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	memory_facts(facts);
	time_facts(facts);
	swap_numbers(facts);
	return process_numbers(facts);
}
