/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory is copied in two ways: by vm_read, which makes both sides shadows of
 * its object once they are written, and by mapping a window on it privately,
 * which gives the object a copy of its own. The packaged kernel stopped when
 * one of the shadows ended first. Looks at the contents, too. Ends with 0.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <base/layout.h>
#include <kernel/mach4.client.h>
#include <kernel/mach.client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGES = 2,
	SIZE = PAGES * PAGE_SIZE,
};

static void must(int failed, const char *what)
{
	if (!failed)
		return;
	printf("copies: %s failed\n", what);
	exit(1);
}

/* Memory full of 'a', and a window on it. */
static char *memory_make(mach_port_t *window)
{
	vm_address_t memory = 0;

	must(vm_allocate(mach_task_self(), &memory, SIZE, TRUE),
	    "vm_allocate");
	memset((char *)memory, 'a', SIZE);
	must(vm_region_create_proxy(mach_task_self(), memory, VM_PROT_READ,
	    SIZE, window), "a window");
	return (char *)memory;
}

static char *copy_read(const char *memory)
{
	mach_msg_type_number_t size;
	vm_address_t copy;

	must(vm_read(mach_task_self(), (vm_address_t)memory, SIZE, &copy,
	    &size), "vm_read");
	return (char *)copy;
}

static char *copy_map(mach_port_t window)
{
	vm_address_t copy = 0;

	must(vm_map(mach_task_self(), &copy, SIZE, 0, TRUE, window, 0, TRUE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_NONE),
	    "mapping a window");
	return (char *)copy;
}

int main(void)
{
	char *memory, *read, *mapped;
	mach_port_t window;

	memory = memory_make(&window);
	read = copy_read(memory);
	read[0] = 'r';
	mapped = copy_map(window);
	mapped[0] = 'm';
	must(memory[0] != 'a' || read[0] != 'r' || mapped[0] != 'm',
	    "one memory three times");
	memory_free((vm_address_t)read, SIZE);
	memory[PAGE_SIZE] = 'b';
	must(mapped[0] != 'm' || mapped[PAGE_SIZE] != 'a',
	    "a copy when another has ended");
	memory_free((vm_address_t)mapped, SIZE);
	must(memory[0] != 'a' || memory[PAGE_SIZE] != 'b', "the memory");
	memory_free((vm_address_t)memory, SIZE);
	printf("copies: made and ended\n");
	return 0;
}
