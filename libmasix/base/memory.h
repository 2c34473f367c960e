/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory by the page, of this task; and buffers for data out of line. */
#pragma once
#include <base/error.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <stddef.h>

enum {
	PAGE_SIZE = 4096,
};

static inline vm_size_t page_round(vm_size_t size)
{
	return (size + PAGE_SIZE - 1) & ~(vm_size_t)(PAGE_SIZE - 1);
}

static inline vm_size_t page_trunc(vm_size_t size)
{
	return size & ~(vm_size_t)(PAGE_SIZE - 1);
}

/* Zeroed pages anywhere. E_NOMEM. */
error_t memory_allocate(vm_size_t size, vm_address_t *address);

/* The same, at a multiple of alignment (a power of two). E_NOMEM. */
error_t memory_allocate_aligned(vm_size_t size, vm_size_t alignment,
    vm_address_t *address);

/* The pages that hold that range go; size 0 is nothing. */
void memory_free(vm_address_t address, vm_size_t size);

/* Maps size bytes of object from offset; object stays the caller's. */
error_t memory_map(mach_port_t object, vm_offset_t offset, vm_size_t size,
    vm_prot_t protection, vm_address_t *address);

/* Pages that are to leave in a message; zeroed at first. */
struct vm_buffer {
	void *start; /* owned; null: empty */
	vm_size_t size;
};

/* size may be 0: then there is nothing to free. E_NOMEM. */
error_t vm_buffer_new(struct vm_buffer *buffer, vm_size_t size);
void vm_buffer_free(struct vm_buffer *buffer);

/*
 * Hands the first size bytes over as a MIG out argument that is sent with
 * `dealloc`; pages behind them are freed. The buffer is empty afterwards.
 */
void vm_buffer_give(struct vm_buffer *buffer, vm_size_t size, char **data,
    mach_msg_type_number_t *count);

/* A buffer with a copy of size bytes, handed over in the same way. */
error_t vm_buffer_give_copy(const void *from, vm_size_t size, char **data,
    mach_msg_type_number_t *count);
