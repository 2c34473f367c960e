/* SPDX-License-Identifier: BSD-2-Clause */
/* swap.defs: the data pager's administration. */
#include "datapager.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/text.h>
#include <base/types.h>
#include <kernel/mach_debug.client.h>
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

/* The kernel's name of its object, which others see it by; 0: it is gone. */
static uint32_t kernel_object(uint32_t object)
{
	unsigned type;
	vm_offset_t address;

	if (mach_port_kernel_object(mach_task_self(), object_port(object),
		&type, &address))
		return 0;
	return address;
}

error_t serve_swap_usage(object_t object, large_data_t *usage,
    mach_msg_type_number_t *size)
{
	struct swap_use *use;
	struct vm_buffer buffer;
	error_t error = vm_buffer_new(&buffer, OBJECTS_MAX * sizeof(*use));

	(void)object;
	if (error)
		return error;
	use = buffer.start;
	for (uint32_t i = 1; i < OBJECTS_MAX; i++) {
		if (!object_valid(i))
			continue;
		use->pages = space_pages(i);
		if (!use->pages)
			continue;
		use->object = kernel_object(i);
		use += use->object != 0;
	}
	vm_buffer_give(&buffer, (vm_size_t)((char *)use -
	    (char *)buffer.start), usage, size);
	return 0;
}

error_t serve_swap_wait_short(object_t object, int *now)
{
	(void)object;
	return shortage_wait(now);
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
