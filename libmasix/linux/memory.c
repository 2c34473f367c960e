/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of libmasix itself. It must survive exec, which clears all but
 * libmasix's own part of the address space: so whatever base allocates in a
 * process (heap, buffers) lies there. This file stands in the place of base's
 * memory.c.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <unix/area.h>

static struct area area = {
	.start = LAYOUT_WINDOWS,
	.end = LAYOUT_FILES,
};

error_t memory_allocate(vm_size_t size, vm_address_t *address)
{
	return memory_allocate_aligned(size, PAGE_SIZE, address);
}

error_t memory_allocate_aligned(vm_size_t size, vm_size_t alignment,
    vm_address_t *address)
{
	struct area_request request = {
		.size = page_round(size),
		.alignment = alignment,
		.protection = VM_PROT_ALL,
		.maximum = VM_PROT_ALL,
		.inheritance = VM_INHERIT_COPY,
	};
	uint32_t made;

	if (area_map(&area, &request, &made))
		return E_NOMEM;
	*address = made;
	return 0;
}

void memory_free(vm_address_t address, vm_size_t size)
{
	vm_address_t start = page_trunc(address);

	if (!size)
		return;
	area_freed(&area, start);
	syscall_vm_deallocate(mach_task_self(), start,
	    page_round(address + size) - start);
}

error_t window_allocate(size_t size, void **start)
{
	vm_address_t address;
	error_t error = memory_allocate(size, &address);

	if (!error)
		*start = (void *)address;
	return error;
}

void window_free(void *start, size_t size)
{
	memory_free((vm_address_t)start, size);
}
