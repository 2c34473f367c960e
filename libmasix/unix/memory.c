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
#include <unix/descriptor.h>
#include <unix/memory.h>

enum {
	LOWEST = 0x10000,
};

/* brk: [start, end) is the heap; pages below mapped exist. */
static struct {
	uint32_t start, end, mapped;
} heap;

/* Where mmap looks; ld.so is the first thing in it. */
static struct area area = {
	.start = LAYOUT_MMAP_BASE,
	.end = LAYOUT_MMAP_END,
};

void memory_image(uint32_t end)
{
	ranges_clear();
	budget_clear();
	area.cursor = area.hole = 0;
	heap.start = page_round(end);
	heap.end = heap.mapped = heap.start;
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
		uint32_t more = top - heap.mapped;

		if (budget_promise(more) || budget_spend(more, 1) ||
		    anonymous(heap.mapped, more))
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

struct area *memory_area(void)
{
	return &area;
}

static error_t map_fixed(const struct area_request *request, uint32_t address,
    int flags)
{
	error_t error;

	if (!memory_is_free_area(address, request->size))
		return address & (PAGE_SIZE - 1) ? E_INVAL : E_NOMEM;
	if (!(flags & MAP_FIXED_NOREPLACE))
		syscall_vm_deallocate(mach_task_self(), address,
		    request->size);
	error = area_map_at(request, address);
	return error == KERN_NO_SPACE ? E_EXIST : error ? E_NOMEM : 0;
}

static error_t map_anywhere(const struct area_request *request, uint32_t hint,
    uint32_t *result)
{
	hint = page_trunc(hint);
	if (hint >= LOWEST && memory_is_free_area(hint, request->size) &&
	    !area_map_at(request, hint)) {
		*result = hint;
		return 0;
	}
	return area_map(&area, request, result);
}

/* What is mapped at a fixed place takes the place of what is there. */
static error_t allow(const struct area_request *request, uint32_t address,
    int flags)
{
	uint32_t size = request->size;
	int shared = request->inheritance == VM_INHERIT_SHARE;
	int is_data = !shared && (request->protection & VM_PROT_WRITE);

	if (!(flags & MAP_NORESERVE) &&
	    (is_data || (shared && !request->object)) &&
	    budget_promise(size))
		return E_NOMEM;
	if (!budget_is_limited(RLIMIT_AS) && !budget_is_limited(RLIMIT_DATA))
		return 0;
	if ((flags & MAP_FIXED) && memory_is_free_area(address, size))
		size -= budget_mapped(address, address + size, 0);
	return budget_spend(size, is_data);
}

/* The object's own limit decides what a shared mapping may become. */
static long map(struct area_request *request, uint32_t address, int flags,
    struct file_right *right)
{
	uint32_t result = address;
	error_t error = allow(request, address, flags);

	if (error)
		return -ENOMEM;
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		error = map_fixed(request, address, flags);
	else
		error = map_anywhere(request, address, &result);
	if (error)
		return error == KERN_NO_SPACE ? -ENOMEM : unix_error(error);
	range_set(result, result + request->size, request->object != 0, right);
	return (long)result;
}

long unix_mmap2(uint32_t address, uint32_t size, int protection, int flags,
    int fd, uint32_t page_offset)
{
	int type = flags & MAP_TYPE, shared = type != MAP_PRIVATE;
	struct area_request request = {
		.alignment = PAGE_SIZE,
		.protection = memory_protection(protection),
		.maximum = VM_PROT_ALL,
		.inheritance = shared ? VM_INHERIT_SHARE : VM_INHERIT_COPY,
	};
	struct file_right *right = NULL;
	error_t error;
	long result;

	if (!size || type < MAP_SHARED || type > MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (size > LAYOUT_MMAP_END)
		return -ENOMEM;
	request.size = page_round(size);
	if (!(flags & MAP_ANONYMOUS)) {
		if (page_offset >= 1 << 20)
			return -EOVERFLOW;
		request.offset = page_offset * PAGE_SIZE;
		request.copy = !shared;
		error = descriptor_memory(fd, protection, flags,
		    &request.object, &right);
		if (error)
			return unix_error(error);
	}
	result = map(&request, address, flags, right);
	right_give(right);
	return result;
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
	range_set(address, address + pages, 0, NULL);
	area_freed(&area, address);
	return unix_error(syscall_vm_deallocate(mach_task_self(), address,
	    pages));
}

/* Pages become data that were none. */
static error_t become_data(uint32_t address, uint32_t size)
{
	if (!budget_is_limited(RLIMIT_DATA))
		return 0;
	return budget_spend_data(size -
	    budget_mapped(address, address + size, 1));
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
	if ((protection & PROT_WRITE) && become_data(address, pages))
		return -ENOMEM;
	error = vm_protect(mach_task_self(), address, pages, FALSE,
	    memory_protection(protection));
	return error == KERN_PROTECTION_FAILURE ? -EACCES : unix_error(error);
}
