/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process server asks of the data pager. */
#include <base/mach.h>
#include <base/memory.h>
#include <swap.client.h>

extern error_t call_acs_find(const char *name, int wait, mach_port_t *port);

static mach_port_t pager; /* send right, owned; found at the first use */

static error_t find_pager(void)
{
	return pager ? 0 : call_acs_find("datapager", 0, &pager);
}

/* Bytes; 0 if nobody knows. */
void call_swap_size(uint32_t *total, uint32_t *free)
{
	int pages, used, in, out, objects;

	*total = *free = 0;
	if (find_pager() ||
	    swap_status(pager, &pages, &used, &in, &out, &objects))
		return;
	*total = (uint32_t)pages * PAGE_SIZE;
	*free = (uint32_t)(pages - used) * PAGE_SIZE;
}
