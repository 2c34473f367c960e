/* SPDX-License-Identifier: BSD-2-Clause */
/* swap.defs: the data pager's administration. */
#include "datapager.h"
#include <base/log.h>
#include <base/text.h>
#include <base/types.h>
#include <server/server.h>
#include <swap.server.h>

error_t serve_swap_add(object_t object, const name_t device,
    mach_msg_type_number_t length, int *pages)
{
	char name[32];
	uint32_t added;
	error_t error;

	(void)object;
	if (!text_copy(name, sizeof(name), device, length))
		return E_NAMETOOLONG;
	error = area_add(name, &added);
	if (!error)
		*pages = (int)added;
	return error;
}

error_t serve_swap_status(object_t object, int *total, int *used,
    int *paged_in, int *paged_out, int *objects)
{
	struct space_status status;

	(void)object;
	space_status(&status);
	*total = (int)status.total;
	*used = (int)status.used;
	*paged_in = (int)status.paged_in;
	*paged_out = (int)status.paged_out;
	*objects = (int)object_count();
	return 0;
}
