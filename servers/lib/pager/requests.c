/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel wants of an object: pages, and leave to write them. A request
 * may have to wait: while the object is held, while its page is being read
 * ahead, and (for leave to write) while too much may be dirty already.
 *
 * The bound. A page can become dirty only after we have opened it, so the sum
 * of open pages bounds what is dirty. At OPEN_SOON the cleaning thread is
 * woken; at OPEN_MOST no page is opened any more until a cleaning has brought
 * the sum down: whoever writes faster than the disk waits there, nobody else.
 */
#include "internal.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <server/server.h>

enum {
	OPEN_LEAST = 256, /* pages: the bound of the smallest machine */
	OPEN_SHARE = 8,   /* of memory that may be dirty */
	OPEN_SOON = 1024, /* so many, and the disk begins to work */
	PINGS = 8,
};

/* Put aside: in pager->waiting, or (unlock) in delayed. */
struct kept {
	struct list link;
	struct pager *pager;
	struct request request;
};

static struct list delayed = LIST_EMPTY(delayed);
static unsigned kept_count; /* in both */
static unsigned progress;   /* of all objects */
static uint32_t open_sum, open_most = OPEN_LEAST;
static struct condition many_open;

void pagers_limit(uint32_t pages)
{
	open_most = pages / OPEN_SHARE;
	if (open_most < OPEN_LEAST)
		open_most = OPEN_LEAST;
}

static int too_many_open(void)
{
	return open_sum >= open_most;
}

static int many_are_open(void)
{
	return open_sum >= OPEN_SOON || open_sum >= open_most / 2;
}

void pager_count(struct pager *pager)
{
	uint32_t now = pages_open_count(&pager->pages);

	progress++;
	open_sum += now - pager->counted;
	pager->counted = now;
	if (pager->marks && !pager->marks->open != !(now || pager->pages.blind))
		pager->marks->open = now || pager->pages.blind;
	if (many_are_open())
		condition_broadcast(&many_open);
}

void pagers_hurry(void)
{
	condition_broadcast(&many_open);
}

int pagers_wait(unsigned milliseconds)
{
	int many = 1;

	lock(pager_lock);
	if (!many_are_open())
		many = condition_wait_timed(&many_open, pager_lock,
		    milliseconds);
	unlock(pager_lock);
	return many;
}

/* ---- putting aside ------------------------------------------------------ */

static void request_keep(struct pager *pager, const struct request *request)
{
	struct kept *kept = heap_alloc(sizeof *kept);

	if (!kept) {
		if (!request->unlock)
			memory_object_data_error(pager->control,
			    request->offset, PAGE_SIZE,
			    KERN_RESOURCE_SHORTAGE);
		return;
	}
	kept->pager = pager;
	kept->request = *request;
	list_append(request->unlock ? &delayed : &pager->waiting, &kept->link);
	kept_count++;
}

static void kept_drop(struct kept *kept)
{
	heap_free(kept);
	kept_count--;
}

/* Asked at each ping: something waits, and nothing has been done for PINGS. */
static int requests_stuck(void)
{
	static unsigned seen, pings;

	if (!kept_count || progress != seen)
		pings = 0;
	seen = progress;
	return pings++ >= PINGS;
}

void requests_start(void)
{
	server_stuck = requests_stuck;
}

/* Serves all of a list again; what still can't be is put back. */
static void replay(struct list *from)
{
	struct list all = LIST_EMPTY(all), *link;

	list_append_all(&all, from);
	while ((link = list_take(&all))) {
		struct kept *kept = list_item(link, struct kept, link);

		request_serve(kept->pager, &kept->request);
		kept_drop(kept);
	}
}

void requests_replay(struct pager *pager)
{
	if (!pager->held && !list_empty(&pager->waiting))
		replay(&pager->waiting);
}

void writes_replay(void)
{
	if (!too_many_open() && !list_empty(&delayed))
		replay(&delayed);
}

void requests_drop(struct pager *pager)
{
	struct list *link;

	while ((link = list_take(&pager->waiting)))
		kept_drop(list_item(link, struct kept, link));
	list_each_safe(other, &delayed) {
		struct kept *kept = list_item(other, struct kept, link);

		if (kept->pager != pager)
			continue;
		list_remove(other);
		kept_drop(kept);
	}
}

/* ---- supplying ---------------------------------------------------------- */

static uint32_t pages_in(struct pager *pager)
{
	uint64_t pages = (pager->ops->size(pager) + PAGE_SIZE - 1) / PAGE_SIZE;

	return pages < UINT32_MAX / PAGE_SIZE ? (uint32_t)pages :
						UINT32_MAX / PAGE_SIZE;
}

/* What is supplied locked asks again before it is written. */
static int may_open(const struct pager *pager, const struct request *request)
{
	return (request->access & VM_PROT_WRITE) && pager->writable &&
	    !too_many_open();
}

static void supply(struct pager *pager, uint32_t page, vm_address_t memory,
    uint32_t count, int open)
{
	progress++;
	pager->changes++;
	pages_supplied(&pager->pages, page, count, open);
	if (open)
		pager_count(pager);
	if (memory_object_data_supply(pager->control, page * PAGE_SIZE, memory,
	    count * PAGE_SIZE, 1, open ? VM_PROT_NONE : VM_PROT_WRITE, 0,
	    MACH_PORT_NULL))
		memory_free(memory, count * PAGE_SIZE);
}

static void refuse(struct pager *pager, vm_offset_t offset,
    kern_return_t reason)
{
	memory_object_data_error(pager->control, offset, PAGE_SIZE, reason);
}

/* The choice not taken for zeros, memory_object_data_unavailable, leaves the
 * page absent until the thread that waits for it runs: a lock request passes it
 * by in that time, and the page is written later without our knowing. */
static error_t read_pages(struct pager *pager, vm_offset_t offset,
    vm_address_t *memory, vm_size_t *bytes, int *zeros)
{
	error_t error;

	*memory = 0;
	error = pager->ops->read(pager, offset, memory, bytes);
	*zeros = !error && !*memory;
	return *zeros ? memory_allocate(*bytes, memory) : error;
}

/* How many of count pages that will be written have a place now; the first
 * ones. zeros: they had none; who jumps about in them gets one at a time. */
static uint32_t room_take(struct pager *pager, uint32_t page, uint32_t count,
    int zeros)
{
	uint64_t offset = (uint64_t)page * PAGE_SIZE;

	if (!pager->ops->room)
		return count;
	if (zeros && pager->pages.window <= PAGES_WINDOW_LEAST)
		count = 1;
	if (!pager->ops->room(pager, offset, count * PAGE_SIZE))
		return count;
	return pager->ops->room(pager, offset, PAGE_SIZE) ? 0 : 1;
}

/* Brought, and worth something. */
static void page_give(struct pager *pager, const struct request *request,
    vm_address_t memory, uint32_t brought, uint32_t count, int zeros)
{
	uint32_t page = request->offset / PAGE_SIZE;
	int open = may_open(pager, request);

	if (open)
		count = room_take(pager, page, count, zeros);
	memory_free(memory + count * PAGE_SIZE, (brought - count) * PAGE_SIZE);
	if (!count)
		refuse(pager, request->offset, KERN_FAILURE);
	else
		supply(pager, page, memory, count, open);
	if (!zeros)
		ahead_plan(pager, page + count, pages_in(pager));
}

/* From the disk. The lock is released meanwhile: if the object was held since,
 * or given up, what was read is worth nothing. If others supplied or opened
 * pages of it, only the page that was asked for is sure to be what it was. */
static void page_bring(struct pager *pager, const struct request *request,
    uint32_t size)
{
	uint32_t page = request->offset / PAGE_SIZE, count;
	mach_port_t control = pager->control;
	unsigned holds = pager->holds, changes = pager->changes;
	vm_address_t memory;
	vm_size_t bytes;
	error_t error;
	int zeros;

	count = pages_request(&pager->pages, page, size);
	bytes = ahead_limit(pager, page, count) * PAGE_SIZE;
	object_reference(pager);
	error = read_pages(pager, request->offset, &memory, &bytes, &zeros);
	if (pager->control != control || !pager->user) {
		memory_free(memory, memory ? bytes : 0);
	} else if (pager->holds != holds) {
		memory_free(memory, memory ? bytes : 0);
		request_serve(pager, request);
	} else if (error) {
		refuse(pager, request->offset, KERN_FAILURE);
	} else {
		count = bytes / PAGE_SIZE;
		page_give(pager, request, memory, count,
		    pager->changes == changes ? count : 1, zeros);
	}
	object_release(pager);
}

static void page_supply(struct pager *pager, const struct request *request)
{
	uint32_t page = request->offset / PAGE_SIZE, count;
	uint32_t size = pages_in(pager);
	vm_address_t memory;

	if (page >= size || ((request->access & VM_PROT_WRITE) &&
	    pager->refused && !pager->writable)) {
		refuse(pager, request->offset, KERN_INVALID_ADDRESS);
		return;
	}
	count = ahead_take(pager, page, &memory);
	if (!count) {
		page_bring(pager, request, size);
		return;
	}
	supply(pager, page, memory, count, may_open(pager, request));
	pages_follow(&pager->pages);
	ahead_plan(pager, page + count, size);
}

/* The kernel gives the page up and asks for it again, to write; that it does
 * not get, and the thread ends by a signal. */
static void write_refuse(struct pager *pager, vm_offset_t offset)
{
	memory_object_lock_request(pager->control, offset, PAGE_SIZE,
	    MEMORY_OBJECT_RETURN_DIRTY, 1, VM_PROT_NO_CHANGE, MACH_PORT_NULL);
}

static void page_unlock(struct pager *pager, vm_offset_t offset)
{
	uint32_t page = offset / PAGE_SIZE, count;

	if (!pager->writable) {
		if (!pager->refused)
			log_line("pager: a write was tried through a "
				 "read-only right");
		pager->refused = 1;
		write_refuse(pager, offset);
		return;
	}
	count = pages_unlock_look(&pager->pages, page, pages_in(pager));
	count = room_take(pager, page, count, 0);
	if (!count) {
		write_refuse(pager, offset);
		return;
	}
	pager->changes++;
	pages_unlock(&pager->pages, page, count);
	pager_count(pager);
	ahead_drop_pages(pager, page, count);
	memory_object_lock_request(pager->control, offset, count * PAGE_SIZE,
	    MEMORY_OBJECT_RETURN_NONE, 0, VM_PROT_NONE, MACH_PORT_NULL);
}

void request_serve(struct pager *pager, const struct request *request)
{
	uint32_t page = request->offset / PAGE_SIZE;

	if (!pager->control || !pager->user)
		return;
	if (request->unlock ? pager->writable && too_many_open() :
	    pager->held || ahead_reading(pager, page)) {
		request_keep(pager, request);
		return;
	}
	if (request->unlock)
		page_unlock(pager, request->offset);
	else
		page_supply(pager, request);
}

void pager_fresh(struct pager *pager, uint64_t offset, uint64_t end)
{
	uint32_t page = (uint32_t)((offset + PAGE_SIZE - 1) / PAGE_SIZE);
	uint32_t last = (uint32_t)((end + PAGE_SIZE - 1) / PAGE_SIZE);
	vm_address_t memory;

	if (!pager->control || !pager->writable || pager->held ||
	    too_many_open() || page >= last ||
	    pages_open(&pager->pages, page, last - page))
		return;
	if (last - page > PAGES_WINDOW_MOST)
		last = page + PAGES_WINDOW_MOST;
	if (!memory_allocate((last - page) * PAGE_SIZE, &memory))
		supply(pager, page, memory, last - page, 1);
}

void pager_want(struct pager *pager, uint64_t offset)
{
	uint32_t page = (uint32_t)(offset / PAGE_SIZE);

	if (!pager_known(pager) || ahead_reading(pager, page))
		return;
	if (pager->pages.window <= PAGES_WINDOW_LEAST)
		pages_follow(&pager->pages);
	ahead_plan(pager, page, pages_in(pager));
}
