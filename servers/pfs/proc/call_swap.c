/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the data pager how much swap there is. */
#include "proc.h"
#include <acs.client.h>
#include <server/server.h>
#include <swap.client.h>

enum {
	PAGE_KB = 4,
};

error_t swap_numbers(struct system_facts *facts)
{
	static mach_port_t pager;
	int total, used, in, out, objects;
	error_t error = 0;

	if (!pager)
		error = acs_lookup(server_acs, "datapager", 9, 0, &pager);
	if (!error)
		error = swap_status(pager, &total, &used, &in, &out, &objects);
	if (error)
		return error;
	facts->swap_total = (uint32_t)total * PAGE_KB;
	facts->swap_free = (uint32_t)(total - used) * PAGE_KB;
	return 0;
}
