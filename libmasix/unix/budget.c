/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What RLIMIT_AS, RLIMIT_DATA and the machine leave to the program. Nothing is
 * counted while there is no limit. With one, the kernel is asked what is
 * mapped, and what that leaves is spent until it does not suffice: only then is
 * the kernel asked again. What is unmapped meanwhile comes back at that time.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <mach/vm_inherit.h>
#include <mach/vm_prot.h>
#include <string.h>
#include <unix/memory.h>

enum {
	/* Of the stack, whose room is mapped from the start, as much counts as
	 * Linux maps at first. */
	STACK_COUNTED = 33 * PAGE_SIZE,
	/* No machine has less memory: such requests need no look. */
	SURELY_THERE = 16 << 20,
};

struct budget {
	uint32_t limit, left;
};

static struct budget space, data;

void budget_clear(void)
{
	memset(&space, 0, sizeof space);
	memset(&data, 0, sizeof data);
}

uint32_t budget_mapped(uint32_t start, uint32_t end, int only_data)
{
	vm_address_t at = start;
	vm_size_t size;
	vm_prot_t protection, maximum;
	vm_inherit_t inheritance;
	vm_offset_t offset;
	boolean_t shared;
	mach_port_t name;
	uint32_t first, last, sum = 0;

	while (at < end && !vm_region(mach_task_self(), &at, &size,
	    &protection, &maximum, &inheritance, &shared, &name, &offset)) {
		port_drop(name);
		first = at < start ? start : at;
		last = at + size > end ? end : at + size;
		if (first < last && (!only_data ||
		    (inheritance == VM_INHERIT_COPY &&
		    (protection & VM_PROT_WRITE))))
			sum += last - first;
		at += size;
	}
	return sum;
}

static error_t spend(struct budget *budget, unsigned which, uint32_t size)
{
	uint32_t limit = limit_soft(which), used;

	if (limit == 0xffffffff)
		return 0;
	if (budget->limit != limit || size > budget->left) {
		used = budget_mapped(0, LAYOUT_MMAP_END, budget == &data);
		if (budget == &space)
			used += STACK_COUNTED;
		budget->limit = limit;
		budget->left = used < limit ? limit - used : 0;
	}
	if (size > budget->left)
		return E_NOMEM;
	budget->left -= size;
	return 0;
}

error_t budget_spend(uint32_t size, int is_data)
{
	error_t error = spend(&space, RLIMIT_AS, size);

	return error || !is_data ? error : budget_spend_data(size);
}

error_t budget_spend_data(uint32_t size)
{
	return spend(&data, RLIMIT_DATA, size);
}

int budget_is_limited(unsigned which)
{
	return limit_soft(which) != 0xffffffff;
}

/* Linux promises more than there is, but not all of it at once. */
error_t budget_promise(uint32_t size)
{
	uint64_t all;

	if (size < SURELY_THERE || memory_of_machine(&all))
		return 0;
	return size > all ? E_NOMEM : 0;
}
