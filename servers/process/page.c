/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Process pages. They lie behind the souls in memory that outlives the server,
 * each under its body's number; and some more for who needs another one. One
 * proxy object stands for a slab of them, and a process maps just its own page
 * of it, so that neither a page nor an object has to be made at a fork. The
 * proxy never leaves this task: what a process could wrap of its mapping is
 * its own page. A successor makes proxies of its own; what is mapped stays the
 * same memory.
 *
 * A page is cleared when it is taken: what the last owner left is not to be
 * read. All of this is guarded by souls_lock().
 */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach4.client.h>
#include <mach/vm_prot.h>

enum {
	SLAB_PAGES = 64,
};

/* send rights, owned */
static mach_port_t proxies[(BODIES_MAX + PAGES_MORE) / SLAB_PAGES];

static error_t proxy_make(unsigned slab)
{
	vm_address_t start = (vm_address_t)souls_page(slab * SLAB_PAGES);

	if (proxies[slab])
		return 0;
	/* The kernel panics on a proxy of memory that was never touched. */
	*(volatile char *)start += 0;
	return vm_region_create_proxy(mach_task_self(), start,
	    VM_PROT_READ | VM_PROT_WRITE, SLAB_PAGES * PAGE_SIZE,
	    &proxies[slab]);
}

static error_t take(struct body *body, unsigned number)
{
	error_t error = proxy_make(number / SLAB_PAGES);

	if (error)
		return error;
	body->page = souls_page(number);
	memset(body->page, 0, PAGE_SIZE);
	return 0;
}

error_t page_take(struct body *body)
{
	return take(body, souls_number(body));
}

static unsigned number_of(const struct process_page *page)
{
	return (unsigned)(((vm_address_t)page -
	    (vm_address_t)souls_page(0)) / PAGE_SIZE);
}

static void drop(const struct process_page *page)
{
	if (page && number_of(page) >= BODIES_MAX)
		souls->more_pages[number_of(page) - BODIES_MAX] = 0;
}

void page_drop(struct body *body)
{
	drop(body->page);
	body->page = 0;
}

error_t page_renew(struct body *body)
{
	const struct process_page *old = body->page;
	unsigned more = 0;
	error_t error;

	while (more < PAGES_MORE && souls->more_pages[more])
		more++;
	if (more == PAGES_MORE)
		return E_NOMEM;
	error = take(body, BODIES_MAX + more);
	if (error)
		return error;
	souls->more_pages[more] = 1;
	body->page->pending = old->pending;
	body->page->generation = old->generation;
	body->page->blocked = old->blocked;
	body->page->ignored = old->ignored;
	body->page->umask = old->umask;
	drop(old);
	return 0;
}

mach_port_t page_object(const struct body *body, vm_offset_t *offset)
{
	unsigned number = number_of(body->page);

	*offset = number % SLAB_PAGES * PAGE_SIZE;
	return proxies[number / SLAB_PAGES];
}
