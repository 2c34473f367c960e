/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers for requests that VFS itself makes. */
#include "vfs.h"
#include <base/mach.h>
#include <kernel/mach_host.client.h>

int request_number(void)
{
	static uint32_t count;
	time_value64_t now = { 0, 0 };

	if (!count) {
		host_get_time64(mach_host_self(), &now);
		count = (uint32_t)now.seconds << 8;
	}
	count++;
	return (int)((0x8000u | (count & 0x7fff)) << 16 |
	    (count >> 15 & 0xffff));
}
