/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First fit, with a cursor: the usual map is one try of the kernel. Only when
 * something is in the way the kernel is asked what, and the search goes on
 * behind it. `hole` says when it is worth starting from the beginning again.
 */
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <unix/area.h>

error_t area_map_at(const struct area_request *request, uint32_t address)
{
	vm_address_t at = address;

	return syscall_vm_map(mach_task_self(), &at, request->size, 0, FALSE,
	    request->object, request->offset, request->copy,
	    request->protection, request->maximum, request->inheritance);
}

int region_after(uint32_t address, vm_address_t *start, vm_size_t *size)
{
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	vm_offset_t offset;
	boolean_t shared;
	mach_port_t name;

	*start = address;
	if (vm_region(mach_task_self(), start, size, &protection, &maximum,
		&inheritance, &shared, &name, &offset))
		return 0;
	port_drop(name);
	return 1;
}

static uint32_t align(uint32_t address, uint32_t alignment)
{
	return (address + alignment - 1) & ~(alignment - 1);
}

/* From at on; E_NOMEM at the end of the area. */
static error_t search(struct area *area, const struct area_request *request,
    uint32_t at, uint32_t *address)
{
	vm_address_t start;
	vm_size_t size;
	error_t error;

	for (;;) {
		at = align(at, request->alignment);
		if (at > area->end || area->end - at < request->size)
			return E_NOMEM;
		error = area_map_at(request, at);
		if (!error) {
			*address = at;
			area->cursor = at + request->size;
			return 0;
		}
		if (error != KERN_NO_SPACE)
			return error;
		if (!region_after(at, &start, &size))
			return E_NOMEM;
		if (start > at && start - at > area->hole)
			area->hole = start - at;
		at = start + size;
	}
}

error_t area_map(struct area *area, const struct area_request *request,
    uint32_t *address)
{
	error_t error = E_NOMEM;

	lock(&area->lock);
	if (area->cursor && request->size > area->hole)
		error = search(area, request, area->cursor, address);
	if (error == E_NOMEM) {
		area->hole = 0;
		error = search(area, request, area->start, address);
	}
	unlock(&area->lock);
	return error;
}

void area_freed(struct area *area, uint32_t address)
{
	if (address < area->cursor && address >= area->start)
		area->cursor = address;
}
