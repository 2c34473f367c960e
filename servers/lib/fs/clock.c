/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of day: from the kernel's mapped page if we have it, else asked. */
#include "fs.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <kernel/mach_host.client.h>
#include <mach/time_value.h>

static volatile struct mapped_time_value *mapped;

void fs_clock_start(void)
{
	mach_port_t device, object;
	vm_address_t address;

	if (!server_device || device_open(server_device, D_READ, "time",
	    &device))
		return;
	if (!device_map(device, VM_PROT_READ, 0, PAGE_SIZE, &object, 0)) {
		if (!memory_map(object, 0, PAGE_SIZE, VM_PROT_READ, &address))
			mapped = (volatile struct mapped_time_value *)address;
		port_drop(object);
	}
	port_drop(device);
}

void fs_now(struct fs_time *time)
{
	static mach_port_t host;
	time_value64_t now = { 0, 0 };

	if (mapped) {
		do {
			time->seconds = mapped->time_value.seconds;
			time->nanoseconds =
			    (uint32_t)mapped->time_value.nanoseconds;
		} while (time->seconds != mapped->check_seconds64);
		return;
	}
	if (!host)
		host = mach_host_self();
	host_get_time64(host, &now);
	time->seconds = now.seconds;
	time->nanoseconds = (uint32_t)now.nanoseconds;
}
