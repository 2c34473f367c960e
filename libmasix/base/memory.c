/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory by the page; see memory.h. */
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <string.h>

error_t memory_allocate(vm_size_t size, vm_address_t *address)
{
	vm_address_t made = 0;

	if (syscall_vm_allocate(mach_task_self(), &made, page_round(size),
		TRUE))
		return E_NOMEM;
	*address = made;
	return 0;
}

error_t memory_allocate_aligned(vm_size_t size, vm_size_t alignment,
    vm_address_t *address)
{
	vm_address_t made = 0;

	if (syscall_vm_map(mach_task_self(), &made, page_round(size),
		alignment - 1, TRUE, MACH_PORT_NULL, 0, FALSE, VM_PROT_ALL,
		VM_PROT_ALL, VM_INHERIT_COPY))
		return E_NOMEM;
	*address = made;
	return 0;
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
	vm_address_t made = 0;
	error_t error;

	error = vm_map(mach_task_self(), &made, page_round(size), 0, TRUE,
	    object, offset, FALSE, protection, protection, VM_INHERIT_NONE);
	if (!error)
		*address = made;
	return error;
}

error_t vm_buffer_new(struct vm_buffer *buffer, vm_size_t size)
{
	vm_address_t address = 0;
	error_t error = 0;

	if (size)
		error = memory_allocate(size, &address);
	if (error)
		return error;
	buffer->start = (void *)address;
	buffer->size = page_round(size);
	return 0;
}

void vm_buffer_free(struct vm_buffer *buffer)
{
	memory_free((vm_address_t)buffer->start, buffer->size);
	buffer->start = NULL;
	buffer->size = 0;
}

void vm_buffer_give(struct vm_buffer *buffer, vm_size_t size, char **data,
    mach_msg_type_number_t *count)
{
	vm_size_t kept = page_round(size);

	if (kept < buffer->size)
		memory_free((vm_address_t)buffer->start + kept,
		    buffer->size - kept);
	*data = buffer->start;
	*count = size;
	buffer->start = NULL;
	buffer->size = 0;
}

error_t vm_buffer_give_copy(const void *from, vm_size_t size, char **data,
    mach_msg_type_number_t *count)
{
	struct vm_buffer buffer;
	error_t error = vm_buffer_new(&buffer, size);

	if (error)
		return error;
	if (size)
		memcpy(buffer.start, from, size);
	vm_buffer_give(&buffer, size, data, count);
	return 0;
}
