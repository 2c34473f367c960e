/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Process pages. They lie in slabs of our own memory; one proxy object stands
 * for a slab, and a process maps just its own page of it, so that neither a
 * page nor an object has to be made at a fork. The proxy never leaves this
 * task: what a process could wrap of its mapping is its own page.
 *
 * A page is cleared when it is given back: the next owner must not read what
 * the last one left. All of this is guarded by process_lock.
 */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach4.client.h>
#include <mach/vm_prot.h>

enum {
	SLAB_PAGES = 64,
};

struct page_slab {
	struct list link; /* in slabs, while it has a free page */
	vm_address_t start;
	mach_port_t proxy; /* send right, owned */
	unsigned free_count;
	uint64_t used; /* bit n: page n */
};

static struct list slabs = LIST_EMPTY(slabs);

static error_t slab_new(struct page_slab **result)
{
	struct page_slab *slab = heap_alloc_zero(sizeof *slab);
	error_t error;

	if (!slab)
		return E_NOMEM;
	error = memory_allocate(SLAB_PAGES * PAGE_SIZE, &slab->start);
	if (error) {
		heap_free(slab);
		return error;
	}
	/* The kernel panics on a proxy of memory that was never touched. */
	*(volatile char *)slab->start = 0;
	/* the kernel panics at a proxy of memory that was never touched */
	*(volatile uint32_t *)slab->start = 0;
	error = vm_region_create_proxy(mach_task_self(), slab->start,
	    VM_PROT_READ | VM_PROT_WRITE, SLAB_PAGES * PAGE_SIZE,
	    &slab->proxy);
	if (error) {
		memory_free(slab->start, SLAB_PAGES * PAGE_SIZE);
		heap_free(slab);
		return error;
	}
	slab->free_count = SLAB_PAGES;
	list_append(&slabs, &slab->link);
	*result = slab;
	return 0;
}

error_t page_take(struct body *body)
{
	struct list *link = list_first(&slabs);
	struct page_slab *slab;
	unsigned index = 0;
	error_t error;

	if (link) {
		slab = list_item(link, struct page_slab, link);
	} else {
		error = slab_new(&slab);
		if (error)
			return error;
	}
	while (slab->used >> index & 1)
		index++;
	slab->used |= 1ULL << index;
	if (!--slab->free_count)
		list_remove(&slab->link);
	body->slab = slab;
	body->page = (struct process_page *)(slab->start + index * PAGE_SIZE);
	return 0;
}

void page_give_back(struct body *body)
{
	struct page_slab *slab = body->slab;
	unsigned index = ((vm_address_t)body->page - slab->start) / PAGE_SIZE;

	memset(body->page, 0, PAGE_SIZE);
	slab->used &= ~(1ULL << index);
	if (!slab->free_count++)
		list_append(&slabs, &slab->link);
	body->page = 0;
	body->slab = 0;
}

error_t page_renew(struct body *body)
{
	struct body old = { .page = body->page, .slab = body->slab };
	error_t error = page_take(body);

	if (error) {
		body->page = old.page;
		return error;
	}
	body->page->pending = old.page->pending;
	body->page->generation = old.page->generation;
	body->page->blocked = old.page->blocked;
	body->page->ignored = old.page->ignored;
	body->page->umask = old.page->umask;
	page_give_back(&old);
	return 0;
}

mach_port_t page_object(const struct body *body, vm_offset_t *offset)
{
	*offset = (vm_address_t)body->page - body->slab->start;
	return body->slab->proxy;
}
