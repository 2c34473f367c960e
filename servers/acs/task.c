/* SPDX-License-Identifier: BSD-2-Clause */
/* An image becomes what a task runs. */
#include "acs.h"
#include "core/elf.h"
#include <base/guard.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <mach/machine/thread_status.h>
#include <mach/vm_inherit.h>
#include <string.h>

enum {
	PRIORITY_HURRY = 12,
};

static const vm_address_t stack_page = 0xbfffe000, memory_end = 0xc0000000;

void task_halt(mach_port_t task)
{
	thread_array_t threads;
	mach_msg_type_number_t count;

	if (task_threads(task, &threads, &count))
		return;
	for (unsigned i = 0; i < count; i++) {
		thread_terminate(threads[i]);
		port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof(*threads));
}

/* The server has given up what it does not need of the region, and the kernel
 * has put other memory there: that is not inherited. */
static vm_address_t region_end(mach_port_t task)
{
	vm_address_t end = REGION_ADDRESS, at = end;
	vm_prot_t protection, most;
	vm_inherit_t inheritance;
	boolean_t shared;
	mach_port_t object;
	vm_offset_t offset;
	vm_size_t size;

	while (!vm_region(task, &at, &size, &protection, &most, &inheritance,
	    &shared, &object, &offset)) {
		port_drop(object);
		if (at != end || inheritance != VM_INHERIT_SHARE)
			break;
		at = end = at + size;
	}
	return end;
}

error_t task_clear(mach_port_t task)
{
	const vm_address_t after = region_end(task);
	error_t error = vm_deallocate(task, 0, REGION_ADDRESS);

	if (!error)
		error = vm_deallocate(task, after, memory_end - after);
	while (!task_resume(task)) /* however often it was suspended */
		;
	return error;
}

static error_t segment_load(mach_port_t task, const struct elf_segment *segment)
{
	vm_address_t address = segment->address, pages;
	vm_size_t size = page_round(segment->data_offset + segment->data_size);
	error_t error;

	error = vm_allocate(task, &address, segment->size, FALSE);
	if (error || segment->data_size == 0)
		return error;
	error = memory_allocate(size, &pages);
	if (error)
		return error;
	memcpy((char *)pages + segment->data_offset, segment->data,
	    segment->data_size);
	error = vm_write(task, segment->address, pages, size);
	memory_free(pages, size);
	if (!error && !segment->writable)
		error = vm_protect(task, segment->address, segment->size, FALSE,
		    VM_PROT_READ | VM_PROT_EXECUTE);
	return error;
}

error_t task_load(mach_port_t task, const struct image *image, uint32_t *entry)
{
	struct elf_segment segment;
	unsigned count;
	error_t error = 0;

	if (!elf_check(image->data, image->size, &count, entry))
		return E_NOEXEC;
	for (unsigned i = 0; i < count && !error; i++) {
		if (!elf_segment(image->data, image->size, i, &segment))
			return E_NOEXEC;
		error = segment_load(task, &segment);
	}
	return error;
}

int task_can_run(const struct image *image)
{
	struct elf_segment segment;
	unsigned count;
	uint32_t entry;

	if (!elf_check(image->data, image->size, &count, &entry))
		return 0;
	for (unsigned i = 0; i < count; i++)
		if (!elf_segment(image->data, image->size, i, &segment))
			return 0;
	return 1;
}

/* It runs before all programs, whatever it has used already: many wait for what
 * it is at. (The kernel's numbers: servers have 25, programs 30 and more, and
 * under load a thread has soon used enough to stand behind those that are new.)
 */
void thread_hurry(mach_port_t thread)
{
	mach_port_t name, set = MACH_PORT_NULL;

	if (processor_set_default(acs_host, &name))
		return;
	if (!host_processor_set_priv(acs_host, name, &set) &&
	    !thread_max_priority(thread, set, PRIORITY_HURRY))
		thread_priority(thread, PRIORITY_HURRY, FALSE);
	port_drop(set);
	port_drop(name);
}

/* The first thread finds argc = 0 and an empty argv; it asks us for more. */
error_t task_begin(mach_port_t task, uint32_t entry)
{
	struct i386_thread_state state;
	vm_address_t stack = stack_page;
	mach_port_t thread;
	error_t error;

	error = vm_allocate(task, &stack, PAGE_SIZE, FALSE);
	if (!error)
		error = thread_create(task, &thread);
	if (error)
		return error;
	memset(&state, 0, sizeof(state));
	state.eip = entry;
	state.uesp = stack_page + PAGE_SIZE - 64;
	error = thread_set_state(thread, i386_THREAD_STATE,
	    (thread_state_t)&state, i386_THREAD_STATE_COUNT);
	thread_hurry(thread); /* clients wait until it has begun to serve */
	if (!error)
		error = thread_resume(thread);
	port_drop(thread);
	return error;
}
