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
#include <string.h>
#include <unix/unix.h>

static error_t take(mach_port_t object, vm_offset_t offset, vm_size_t size,
    vm_prot_t protection, vm_inherit_t inherit, vm_address_t *address)
{
	vm_address_t made = LAYOUT_WINDOWS;

	if (syscall_vm_map(mach_task_self(), &made, page_round(size), 0, TRUE,
		object, offset, FALSE, protection, protection, inherit))
		return E_NOMEM;
	if (made + size > LAYOUT_FILES) {
		syscall_vm_deallocate(mach_task_self(), made,
		    page_round(size));
		return E_NOMEM;
	}
	*address = made;
	return 0;
}

error_t memory_allocate(vm_size_t size, vm_address_t *address)
{
	return take(MACH_PORT_NULL, 0, size, VM_PROT_ALL, VM_INHERIT_COPY,
	    address);
}

void memory_free(vm_address_t address, vm_size_t size)
{
	vm_address_t start = page_trunc(address);

	if (size)
		syscall_vm_deallocate(mach_task_self(), start,
		    page_round(address + size) - start);
}

error_t memory_map(mach_port_t object, vm_offset_t offset, vm_size_t size,
    vm_prot_t protection, vm_address_t *address)
{
	return take(object, offset, size, protection, VM_INHERIT_NONE,
	    address);
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
