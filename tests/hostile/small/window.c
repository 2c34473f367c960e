/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A window (proxy) on a part of an object must not be a way to the rest of it,
 * nor to rights that it lacks: the neighbours of our process page are other
 * processes' pages. Tries each way to get around the window's edges and rights
 * that the packaged kernel leaves open, on memory of its own. Prints one line a
 * way; ends with 0 if all are closed.
 */
#include <base/mach.h>
#include <base/memory.h>
#include <base/layout.h>
#include <base/port.h>
#include <kernel/mach4.client.h>
#include <kernel/mach.client.h>
#include <mach/notify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGES = 4,
};

static int open_ways;

static void must(int failed, const char *what)
{
	if (!failed)
		return;
	printf("window: %s failed\n", what);
	exit(2);
}

static void say(const char *way, int open)
{
	open_ways += open;
	printf("window: %s: %s\n", way, open ? "open" : "closed");
	fflush(stdout);
}

/* Pages with 'a', 'b', 'c', … */
static vm_address_t pages_make(void)
{
	vm_address_t at = 0;

	must(vm_allocate(mach_task_self(), &at, PAGES * PAGE_SIZE, TRUE),
	    "vm_allocate");
	for (int i = 0; i < PAGES; i++)
		memset((char *)at + i * PAGE_SIZE, 'a' + i, PAGE_SIZE);
	return at;
}

static int region_wrap(vm_address_t at, vm_size_t size, vm_prot_t rights,
    mach_port_t *window)
{
	return vm_region_create_proxy(mach_task_self(), at, rights, size,
	    window);
}

static int map(mach_port_t window, vm_offset_t offset, vm_size_t size,
    int rights, volatile char **shown)
{
	vm_address_t at = 0;
	int error = vm_map(mach_task_self(), &at, size, 0, TRUE, window,
	    offset, FALSE, rights, VM_PROT_ALL, VM_INHERIT_NONE);

	*shown = (volatile char *)at;
	return error;
}

/* Over its lower edge, by an offset that wraps around. */
static void below_by_offset(void)
{
	vm_address_t at = pages_make();
	volatile char *shown;
	mach_port_t window;

	must(region_wrap(at + PAGE_SIZE, PAGE_SIZE, VM_PROT_READ, &window),
	    "a window on a page");
	must(map(window, 0, PAGE_SIZE, VM_PROT_READ, &shown) || *shown != 'b',
	    "mapping a window");
	say("an offset below it", !map(window, (vm_offset_t)-PAGE_SIZE,
	    PAGE_SIZE, VM_PROT_READ, &shown) && *shown == 'a');
	say("a size beyond it", !map(window, 0, 2 * PAGE_SIZE, VM_PROT_READ,
	    &shown) && shown[PAGE_SIZE] == 'c');
}

/* A region that starts in a hole below what is mapped. */
static void below_by_hole(void)
{
	vm_address_t at = pages_make();
	volatile char *shown;
	mach_port_t window;

	must(vm_deallocate(mach_task_self(), at, PAGE_SIZE), "a hole");
	say("a region from a hole on", !region_wrap(at, PAGE_SIZE,
	    VM_PROT_READ, &window) && !map(window, 0, PAGE_SIZE, VM_PROT_READ,
	    &shown) && *shown == 'a');
}

/* A region that goes on behind what is mapped. */
static void above_by_length(void)
{
	vm_address_t at = pages_make();
	vm_size_t mapped = (PAGES - 1) * PAGE_SIZE;
	volatile char *shown;
	mach_port_t window;

	must(vm_deallocate(mach_task_self(), at + mapped, PAGE_SIZE),
	    "a hole");
	say("a region longer than what is mapped", !region_wrap(at +
	    2 * PAGE_SIZE, 2 * PAGE_SIZE, VM_PROT_READ, &window) &&
	    !map(window, PAGE_SIZE, PAGE_SIZE, VM_PROT_READ, &shown) &&
	    *shown == 'd');
}

/* A window with all rights on a window to read. */
static void wrap_of_wrap(void)
{
	vm_address_t at = pages_make();
	rpc_vm_offset_t start = 0;
	rpc_vm_size_t length = PAGE_SIZE;
	volatile char *shown;
	mach_port_t window, all;

	must(region_wrap(at, PAGE_SIZE, VM_PROT_READ, &window), "a window");
	must(memory_object_create_proxy(mach_task_self(), VM_PROT_ALL, &window,
	    MACH_MSG_TYPE_COPY_SEND, 1, &start, 1, &start, 1, &length, 1,
	    &all), "a window on a window");
	must(map(window, 0, PAGE_SIZE, VM_PROT_READ | VM_PROT_WRITE, &shown),
	    "mapping a window");
	say("writing through a window on a window", !map(all, 0, PAGE_SIZE,
	    VM_PROT_READ | VM_PROT_WRITE, &shown) &&
	    !vm_protect(mach_task_self(), (vm_address_t)shown, PAGE_SIZE,
	    FALSE, VM_PROT_READ | VM_PROT_WRITE));
}

/* A copy that nobody has written to yet is still the other's memory. */
static void copy_wrap(void)
{
	vm_address_t at = pages_make();
	mach_msg_type_number_t size;
	volatile char *shown;
	mach_port_t window;
	vm_address_t copy;

	must(vm_read(mach_task_self(), at, PAGE_SIZE, &copy, &size),
	    "vm_read");
	if (region_wrap(copy, PAGE_SIZE, VM_PROT_ALL, &window) ||
	    map(window, 0, PAGE_SIZE, VM_PROT_READ | VM_PROT_WRITE, &shown)) {
		say("writing what was copied", 0);
		return;
	}
	*shown = 'X';
	say("writing what was copied", *(volatile char *)at == 'X');
}

/* Memory that was never touched has no object to wrap. */
static void nothing_wrap(void)
{
	mach_port_t window;
	vm_address_t at = 0;

	must(vm_allocate(mach_task_self(), &at, PAGE_SIZE, TRUE),
	    "vm_allocate");
	say("a region that was never touched",
	    !region_wrap(at, PAGE_SIZE, VM_PROT_READ, &window));
}

/* Windows and maps that don't begin at a page. Nobody gets anything by them;
 * the machine must not stop. */
static void uneven(void)
{
	vm_address_t at = pages_make();
	rpc_vm_size_t length = 2 * PAGE_SIZE;
	rpc_vm_offset_t start = 0, some = 1;
	volatile char *shown;
	mach_port_t region, window;

	must(region_wrap(at, 3 * PAGE_SIZE, VM_PROT_READ, &region),
	    "a window");
	must(memory_object_create_proxy(mach_task_self(), VM_PROT_READ, &region,
	    MACH_MSG_TYPE_COPY_SEND, 1, &start, 1, &some, 1, &length, 1,
	    &window), "an uneven window");
	say("a page beyond an uneven window", !map(window, PAGE_SIZE, PAGE_SIZE,
	    VM_PROT_READ, &shown) && *shown > 'c');
	say("a page beyond a window, unevenly", !map(region, 2 * PAGE_SIZE + 1,
	    PAGE_SIZE, VM_PROT_READ, &shown) && shown[PAGE_SIZE - 1] > 'c');
}

/* A window on a port whose receiver has ended since. */
static void ended(void)
{
	rpc_vm_size_t length = PAGE_SIZE;
	rpc_vm_offset_t start = 0;
	volatile char *shown;
	mach_port_t pager, window;

	must(port_new_with_send(&pager), "a port");
	must(memory_object_create_proxy(mach_task_self(), VM_PROT_ALL, &pager,
	    MACH_MSG_TYPE_COPY_SEND, 1, &start, 1, &start, 1, &length, 1,
	    &window), "a window on a port");
	port_end(pager);
	say("a window on what has ended", !map(window, 0, PAGE_SIZE,
	    VM_PROT_READ, &shown));
}

/* Notifications that are none: the kernel said each on the console. */
static void notify(void)
{
	mach_msg_header_t message = { .msgh_id = MACH_NOTIFY_PORT_DESTROYED };
	vm_address_t at = pages_make();
	mach_port_t window;

	must(region_wrap(at, PAGE_SIZE, VM_PROT_READ, &window), "a window");
	message.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0);
	message.msgh_size = sizeof(message);
	message.msgh_remote_port = window;
	must(mach_msg(&message, MACH_SEND_MSG, sizeof(message), 0,
	    MACH_PORT_NULL, 0, MACH_PORT_NULL), "a notification");
}

int main(void)
{
	below_by_offset();
	below_by_hole();
	above_by_length();
	wrap_of_wrap();
	copy_wrap();
	nothing_wrap();
	uneven();
	ended();
	notify();
	return open_ways != 0;
}
