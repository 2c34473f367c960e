/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that outlives the pager: who needs a page waits for the pager, so
 * none of it may ever leave. It is wired in the vault, which has no threads. */
#include "datapager.h"
#include <base/mach.h>
#include <kernel/mach_host.client.h>
#include <server/recover.h>
#include <server/server.h>
#include <string.h>

struct kept *kept;

static error_t kept_wire(vm_address_t start, vm_address_t end)
{
	start = page_trunc(start);
	return vm_wire(server_host, GUARD_VAULT, start,
	    page_round(end) - start, VM_PROT_READ | VM_PROT_WRITE);
}

error_t kept_start(void)
{
	error_t error = 0;

	kept = server_memory;
	if (!server_recovered)
		error = kept_wire(REGION_ADDRESS, (vm_address_t)kept->pool);
	if (!error)
		recover_hand(&kept->hand);
	return error;
}

struct slot_place *kept_slots(uint32_t count, uint32_t *first)
{
	struct slot_place *places;
	uint32_t begin = 0;

	for (unsigned i = 0; i < kept->area_count; i++)
		begin += kept->areas[i].count;
	if (count > POOL_MAX - begin)
		return NULL;
	places = &kept->pool[begin];
	if (kept_wire((vm_address_t)places, (vm_address_t)(places + count)))
		return NULL;
	memset(places, 0, count * sizeof(*places));
	*first = begin;
	return places;
}
