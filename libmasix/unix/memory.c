/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's address space: brk, mmap and what belongs to it. Most calls
 * are one trap to the kernel; a file's pages are its memory object, mapped.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <unix/memory.h>

enum {
	LOWEST = 0x10000,
};

/* brk: [start, end) is the heap; pages below mapped exist. */
static struct {
	uint32_t start, end, mapped;
} heap;

void memory_image(uint32_t end)
{
	vm_address_t nothing = 0;

	ranges_clear();
	heap.start = page_round(end);
	heap.end = heap.mapped = heap.start;
	/* null pointers must fault, whatever the kernel looks for a place for */
	syscall_vm_map(mach_task_self(), &nothing, LOWEST, 0, FALSE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_NONE, VM_PROT_NONE,
	    VM_INHERIT_COPY);
}

int memory_is_free_area(uint32_t start, uint32_t size)
{
	uint32_t end = start + size;

	if (end < start || (start & (PAGE_SIZE - 1)))
		return 0;
	return end <= LAYOUT_MMAP_END ||
	    (start >= LAYOUT_STACK_LIMIT && end <= LAYOUT_STACK_TOP);
}

/* i386 cannot forbid reading what may be written or executed. */
int memory_protection(int protection)
{
	int result = VM_PROT_NONE;

	if (protection & (PROT_READ | PROT_EXEC))
		result |= VM_PROT_READ | VM_PROT_EXECUTE;
	if (protection & PROT_WRITE)
		result |= VM_PROT_READ | VM_PROT_WRITE | VM_PROT_EXECUTE;
	return result;
}

static error_t anonymous(uint32_t address, uint32_t size)
{
	vm_address_t at = address;

	return syscall_vm_map(mach_task_self(), &at, size, 0, FALSE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_ALL, VM_PROT_ALL,
	    VM_INHERIT_COPY);
}

/* The new end, or the old one if that can't be. */
long unix_brk(uint32_t end)
{
	uint32_t top = page_round(end);

	if (end < heap.start || end > LAYOUT_MMAP_END ||
	    end - heap.start > limit_soft(RLIMIT_DATA))
		return (long)heap.end;
	if (top > heap.mapped) {
		if (anonymous(heap.mapped, top - heap.mapped))
			return (long)heap.end;
	} else if (top < heap.mapped) {
		syscall_vm_deallocate(mach_task_self(), top,
		    heap.mapped - top);
	}
	heap.mapped = top;
	heap.end = end;
	return (long)end;
}

/* ---- mmap -------------------------------------------------------------- */

struct place {
	uint32_t address, size;
	int flags, protection; /* MAP_*, VM_PROT_* */
	mach_port_t object;    /* or null */
	uint32_t offset;
	vm_prot_t maximum;
};

static error_t map_at(const struct place *place, uint32_t address,
    int anywhere, uint32_t *result)
{
	int shared = (place->flags & MAP_TYPE) != MAP_PRIVATE;
	vm_address_t at = address;
	error_t error;

	error = syscall_vm_map(mach_task_self(), &at, place->size, 0, anywhere,
	    place->object, place->offset, place->object && !shared,
	    place->protection, place->maximum,
	    shared ? VM_INHERIT_SHARE : VM_INHERIT_COPY);
	*result = at;
	return error;
}

static error_t map_anywhere(const struct place *place, uint32_t *result)
{
	error_t error;

	if (place->address >= LOWEST &&
	    memory_is_free_area(place->address, place->size) &&
	    !map_at(place, place->address, FALSE, result))
		return 0;
	error = map_at(place, LAYOUT_MMAP_BASE, TRUE, result);
	if (error)
		return E_NOMEM;
	if (memory_is_free_area(*result, place->size))
		return 0;
	syscall_vm_deallocate(mach_task_self(), *result, place->size);
	return E_NOMEM;
}

static error_t map_fixed(const struct place *place, uint32_t *result)
{
	if (!memory_is_free_area(place->address, place->size))
		return place->address & (PAGE_SIZE - 1) ? E_INVAL : E_NOMEM;
	if (place->flags & MAP_FIXED_NOREPLACE)
		return map_at(place, place->address, FALSE, result) ? E_EXIST :
		    0;
	syscall_vm_deallocate(mach_task_self(), place->address, place->size);
	return map_at(place, place->address, FALSE, result) ? E_NOMEM : 0;
}

static long map(struct place *place)
{
	uint32_t result = 0;
	error_t error;

	if (place->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		error = map_fixed(place, &result);
	else
		error = map_anywhere(place, &result);
	if (!error)
		range_set(result, result + place->size, place->object != 0);
	return error ? unix_error(error) : (long)result;
}

static long object_find(struct place *place, int protection, int flags, int fd)
{
	error_t error;

	place->object = MACH_PORT_NULL;
	place->maximum = VM_PROT_ALL;
	if (flags & MAP_ANONYMOUS)
		return 0;
	error = descriptor_memory(fd, protection, flags, &place->object);
	if (error)
		return unix_error(error);
	/* the object's own limit decides what a shared mapping may become */
	return 0;
}

long unix_mmap2(uint32_t address, uint32_t size, int protection, int flags,
    int fd, uint32_t page_offset)
{
	int type = flags & MAP_TYPE;
	struct place place;
	long result;

	if (!size || type < MAP_SHARED || type > MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (size > LAYOUT_MMAP_END)
		return -ENOMEM;
	if (page_offset >= 1 << 20 && !(flags & MAP_ANONYMOUS))
		return -EOVERFLOW;
	place.address = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) ? address :
	    page_trunc(address);
	place.size = page_round(size);
	place.flags = flags;
	place.protection = memory_protection(protection);
	place.offset = flags & MAP_ANONYMOUS ? 0 : page_offset * PAGE_SIZE;
	result = object_find(&place, protection, flags, fd);
	return result ? result : map(&place);
}

/* arguments: the six of mmap, the offset in bytes. */
long unix_old_mmap(const uint32_t *arguments)
{
	if (arguments[5] & (PAGE_SIZE - 1))
		return -EINVAL;
	return unix_mmap2(arguments[0], arguments[1], (int)arguments[2],
	    (int)arguments[3], (int)arguments[4], arguments[5] / PAGE_SIZE);
}

long unix_munmap(uint32_t address, uint32_t size)
{
	uint32_t pages = page_round(size);

	if (!size || !memory_is_free_area(address, pages))
		return -EINVAL;
	range_set(address, address + pages, 0);
	return unix_error(syscall_vm_deallocate(mach_task_self(), address,
	    pages));
}

long unix_mprotect(uint32_t address, uint32_t size, int protection)
{
	uint32_t pages = page_round(size);
	error_t error;

	if (address & (PAGE_SIZE - 1))
		return -EINVAL;
	if (!memory_is_free_area(address, pages))
		return -ENOMEM;
	if (!pages)
		return 0;
	error = vm_protect(mach_task_self(), address, pages, FALSE,
	    memory_protection(protection));
	return error == KERN_PROTECTION_FAILURE ? -EACCES : unix_error(error);
}
