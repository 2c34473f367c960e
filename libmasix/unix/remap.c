/* SPDX-License-Identifier: BSD-2-Clause */
/* mremap, madvise, msync and the calls about residency. */
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/gnumach.client.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <file.client.h>
#include <unix/descriptor.h>
#include <unix/memory.h>

enum {
	REMAP_MAY_MOVE = 1,
	REMAP_FIXED = 2,
	MADVISE_WILL_NEED = 3,
	MADVISE_DONT_NEED = 4,
	/* 5-7; MADV_REMOVE, MADV_DONTFORK, MADV_WIPEONFORK */
	NO_HINTS = 0xe0 | 1 << 9 | 1 << 10 | 1 << 18,
	MADVISE_FREE = 8,
	SYNC_ASYNC = 1,
	SYNC_INVALIDATE = 2,
	SYNC_SYNC = 4,
};

struct region {
	vm_address_t start;
	vm_size_t size;
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t name; /* send right, or null */
	vm_offset_t offset;
};

/* The region at address or the next one. region->name is not kept. */
static error_t region_at(uint32_t address, struct region *region)
{
	error_t error;

	region->start = address;
	error = vm_region(mach_task_self(), &region->start, &region->size,
	    &region->protection, &region->maximum, &region->inheritance,
	    &region->shared, &region->name, &region->offset);
	return error;
}

/* The region that begins at or before address; -EFAULT: a hole. */
static long region_of(uint32_t address, struct region *region)
{
	if (region_at(address, region))
		return -EFAULT;
	port_drop(region->name);
	return region->start > address ? -EFAULT : 0;
}

/* New zero pages like those of the region, at address or (0) anywhere. */
static error_t fresh(uint32_t address, uint32_t size,
    const struct region *region, uint32_t *result)
{
	struct area_request request = {
		.size = size,
		.alignment = PAGE_SIZE,
		.protection = VM_PROT_ALL,
		.maximum = VM_PROT_ALL,
		.inheritance = region->inheritance,
	};

	*result = address;
	return address ? area_map_at(&request, address) :
	    area_map(memory_area(), &request, result);
}

static void protect_as(uint32_t address, uint32_t size,
    const struct region *region)
{
	if (region->protection != VM_PROT_ALL)
		vm_protect(mach_task_self(), address, size, FALSE,
		    region->protection);
}

/* The pages go to a new place as copies that share until written. */
static long move(uint32_t address, uint32_t size, uint32_t new_size,
    const struct region *region, uint32_t to, int fixed)
{
	uint32_t copied = size < new_size ? size : new_size, place;
	error_t error;

	if (region->inheritance == VM_INHERIT_SHARE)
		return -EINVAL;
	if (fixed)
		syscall_vm_deallocate(mach_task_self(), to, new_size);
	error = fresh(fixed ? to : 0, new_size, region, &place);
	if (error)
		return -ENOMEM;
	error = vm_copy(mach_task_self(), address, copied, place);
	if (error) {
		syscall_vm_deallocate(mach_task_self(), place, new_size);
		return -ENOMEM;
	}
	protect_as(place, new_size, region);
	syscall_vm_deallocate(mach_task_self(), address, size);
	area_freed(memory_area(), address);
	range_set(address, address + size, 0, NULL);
	range_set(place, place + new_size, 0, NULL);
	return (long)place;
}

long unix_mremap(uint32_t address, uint32_t size, uint32_t new_size, int flags,
    uint32_t new_address)
{
	struct region region;
	uint32_t place;
	long error;

	size = page_round(size);
	new_size = page_round(new_size);
	if ((address & (PAGE_SIZE - 1)) || !new_size || !size ||
	    (flags & ~(REMAP_MAY_MOVE | REMAP_FIXED)))
		return -EINVAL;
	if (!memory_is_free_area(address, size))
		return -EFAULT;
	error = region_of(address, &region);
	if (error)
		return error;
	if (flags & REMAP_FIXED) {
		if (!memory_is_free_area(new_address, new_size) ||
		    !(flags & REMAP_MAY_MOVE))
			return -EINVAL;
		return move(address, size, new_size, &region, new_address, 1);
	}
	if (new_size <= size) {
		if (new_size < size)
			unix_munmap(address + new_size, size - new_size);
		return (long)address;
	}
	if (range_has_file(address, address + size))
		return -ENOMEM;
	if (budget_promise(new_size - size) ||
	    budget_spend(new_size - size,
		region.inheritance == VM_INHERIT_COPY &&
		(region.protection & VM_PROT_WRITE)))
		return -ENOMEM;
	if (memory_is_free_area(address, new_size) &&
	    !fresh(address + size, new_size - size, &region, &place)) {
		protect_as(place, new_size - size, &region);
		return (long)address;
	}
	if (!(flags & REMAP_MAY_MOVE))
		return -ENOMEM;
	return move(address, size, new_size, &region, 0, 0);
}

/* Anonymous private pages become zero pages. */
static long forget(uint32_t address, uint32_t end)
{
	struct region region;
	uint32_t stop, place;
	long error;

	if (range_has_file(address, end))
		return 0;
	while (address < end) {
		error = region_of(address, &region);
		if (error)
			return -ENOMEM;
		stop = region.start + region.size;
		if (stop > end)
			stop = end;
		if (region.inheritance == VM_INHERIT_COPY) {
			syscall_vm_deallocate(mach_task_self(), address,
			    stop - address);
			if (fresh(address, stop - address, &region, &place))
				return -ENOMEM;
			protect_as(address, stop - address, &region);
		}
		address = stop;
	}
	return 0;
}

long unix_madvise(uint32_t address, uint32_t size, int advice)
{
	size = page_round(size);
	if (address & (PAGE_SIZE - 1))
		return -EINVAL;
	if (!memory_is_free_area(address, size))
		return -ENOMEM;
	if (advice == MADVISE_DONT_NEED)
		return forget(address, address + size);
	/* the others are hints; unknown ones are errors, and those that must
	 * be done and are not */
	return advice >= 0 && advice <= 21 && !(NO_HINTS >> advice & 1) ?
	    0 : -EINVAL;
}

/* A mapping that may be written knows its file, which then is saved whole. */
static error_t sync_region(const struct region *region, uint32_t start,
    uint32_t end, int flags)
{
	struct file_right *right;
	error_t error;

	if (region->name == MACH_PORT_NULL || !region->shared)
		return 0;
	right = flags & SYNC_SYNC ? range_right(start) : NULL;
	if (right) {
		error = file_sync(right->port, 1);
		right_give(right);
		if (error || !(flags & SYNC_INVALIDATE))
			return error;
	}
	return vm_object_sync(region->name,
	    region->offset + (start - region->start), end - start,
	    flags & SYNC_INVALIDATE ? 1 : 0, 1, flags & SYNC_SYNC ? 1 : 0);
}

long unix_msync(uint32_t address, uint32_t size, int flags)
{
	uint32_t end = address + page_round(size), stop;
	struct region region;

	if ((address & (PAGE_SIZE - 1)) || flags & ~7 ||
	    ((flags & SYNC_ASYNC) && (flags & SYNC_SYNC)))
		return -EINVAL;
	while (address < end) {
		if (region_at(address, &region))
			return -ENOMEM;
		stop = region.start + region.size;
		if (stop > end)
			stop = end;
		if (region.start <= address && !(flags & SYNC_ASYNC))
			sync_region(&region, address, stop, flags);
		port_drop(region.name);
		if (region.start > address)
			return -ENOMEM;
		address = stop;
	}
	return 0;
}

/* Nothing can be locked: wiring is the host's right. */
long unix_mlock(uint32_t address, uint32_t size)
{
	(void)address;
	return size ? -EPERM : 0;
}

long unix_munlock(uint32_t address, uint32_t size)
{
	(void)address;
	(void)size;
	return 0;
}

long unix_mlockall(int flags)
{
	(void)flags;
	return -EPERM;
}

long unix_munlockall(void)
{
	return 0;
}

/* Every page that is mapped counts as present: so it will be when touched. */
long unix_mincore(uint32_t address, uint32_t size, unsigned char *vector)
{
	uint32_t end = address + page_round(size);
	struct region region;

	if (address & (PAGE_SIZE - 1))
		return -EINVAL;
	for (; address < end; address += PAGE_SIZE) {
		if (region_of(address, &region))
			return -ENOMEM;
		*vector++ = 1;
	}
	return 0;
}
