/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding places in a part of the address space. The kernel's own search
 * ("anywhere") takes the gap that fits best, wherever it is; so we say where.
 */
#pragma once
#include <base/lock.h>
#include <unix/unix.h>

struct area {
	uint32_t start, end;
	/* guarded by lock */
	struct lock lock;
	uint32_t cursor; /* where the next search begins; 0: at start */
	uint32_t hole;   /* nothing larger is free below cursor */
};

/* What to map, as vm_map has it. */
struct area_request {
	uint32_t size, alignment; /* whole pages; a power of two */
	mach_port_t object;       /* or null: zero pages */
	uint32_t offset;
	int copy;
	int protection, maximum, inheritance; /* VM_* */
};

/* Maps it at the first free place. E_NOMEM, or what the kernel says. */
error_t area_map(struct area *area, const struct area_request *request,
    uint32_t *address);

/* The same, at that address. KERN_NO_SPACE: something is there. */
error_t area_map_at(const struct area_request *request, uint32_t address);

/* The first region that ends behind address; 0: there is none. */
int region_after(uint32_t address, vm_address_t *start, vm_size_t *size);

/* [address, ...) has become free. */
void area_freed(struct area *area, uint32_t address);
