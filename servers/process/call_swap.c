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

/* Until the data pager's space runs short; now: it is so. */
error_t call_swap_wait_short(int *now)
{
	error_t error = find_pager();

	return error ? error : swap_wait_short(pager, now);
}

/* Who has how much of it: vm memory, GIVEN. */
error_t call_swap_usage(struct swap_use **use, unsigned *count)
{
	mach_msg_type_number_t size;
	error_t error = find_pager();

	if (!error)
		error = swap_usage(pager, (large_data_t *)use, &size);
	if (!error)
		*count = size / sizeof **use;
	return error;
}
