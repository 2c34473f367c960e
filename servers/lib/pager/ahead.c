/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading ahead. The kernel does not say when a page that it has is used; so
 * while a sequential reader works on the pages that it got last, the next ones
 * are read by a thread of their own and kept here, one run for an object. They
 * are supplied when the first of them is asked for, at once, and then the next
 * run is begun. The disk and the reader so work at the same time.
 *
 *	wanted --> reading --> ready --> (supplied)
 *	   \          \          \
 *	    +----------+----------+----> dropped
 *
 * Invariants:
 *  1  the kernel has none of the pages of a run: a request for one waits while
 *     it is being read and takes it when it is ready;
 *  2  who changes what is on the disk holds the pager (pager_hold), which drops
 *     the run; so does the kernel's wish to write one of its pages.
 */
#include "internal.h"
#include <base/heap.h>
#include <base/memory.h>
#include <base/thread.h>

enum {
	RUNS_MAX = 16, /* kept at a time */
};

enum state {
	WANTED,
	READING,
	READY,
};

struct pager_ahead {
	struct list link;    /* in wanted, or in ready */
	struct pager *pager; /* reference until it is ready */
	uint32_t first, count;
	enum state state;
	int dropped;         /* before it was ready: the thread frees it */
	unsigned round;
	vm_address_t memory; /* owned when ready */
};

static struct list wanted = LIST_EMPTY(wanted), ready = LIST_EMPTY(ready);
static unsigned ready_count;
static struct condition work;

static int covers(const struct pager_ahead *ahead, uint32_t page)
{
	return page >= ahead->first && page - ahead->first < ahead->count;
}

int ahead_reading(const struct pager *pager, uint32_t page)
{
	return pager->ahead && pager->ahead->state != READY &&
	    covers(pager->ahead, page);
}

uint32_t ahead_limit(const struct pager *pager, uint32_t page, uint32_t count)
{
	const struct pager_ahead *ahead = pager->ahead;

	if (ahead && ahead->first > page && ahead->first - page < count)
		return ahead->first - page;
	return count;
}

static void ready_end(struct pager_ahead *ahead)
{
	list_remove(&ahead->link);
	ready_count--;
	ahead->pager->ahead = 0;
	heap_free(ahead);
}

void ahead_drop(struct pager *pager)
{
	struct pager_ahead *ahead = pager->ahead;

	if (!ahead)
		return;
	if (ahead->state == READY) {
		memory_free(ahead->memory, ahead->count * PAGE_SIZE);
		ready_end(ahead);
	} else {
		ahead->dropped = 1;
		pager->ahead = 0;
	}
}

void ahead_drop_pages(struct pager *pager, uint32_t page, uint32_t count)
{
	const struct pager_ahead *ahead = pager->ahead;

	if (ahead && page < ahead->first + ahead->count &&
	    ahead->first < page + count)
		ahead_drop(pager);
}

void ahead_drop_old(unsigned round)
{
	list_each_safe(link, &ready) {
		struct pager_ahead *ahead =
		    list_item(link, struct pager_ahead, link);

		if (round - ahead->round > 1)
			ahead_drop(ahead->pager);
		else
			ahead->round = round - 1;
	}
}

uint32_t ahead_take(struct pager *pager, uint32_t page, vm_address_t *memory)
{
	struct pager_ahead *ahead = pager->ahead;
	uint32_t before, count;

	if (!ahead || ahead->state != READY || !covers(ahead, page))
		return 0;
	before = page - ahead->first;
	count = ahead->count - before;
	*memory = ahead->memory + before * PAGE_SIZE;
	memory_free(ahead->memory, before * PAGE_SIZE);
	ready_end(ahead);
	return count;
}

void ahead_plan(struct pager *pager, uint32_t page, uint32_t size)
{
	uint32_t count;
	struct pager_ahead *ahead;

	if (!pager->slow || pager->held)
		return;
	count = pages_ahead(&pager->pages, page, size);
	if (count < PAGES_WINDOW_LEAST)
		return;
	ahead = heap_alloc_zero(sizeof *ahead);
	if (!ahead)
		return;
	ahead_drop(pager);
	ahead->pager = object_reference(pager);
	ahead->first = page;
	ahead->count = count;
	pager->ahead = ahead;
	list_append(&wanted, &ahead->link);
	condition_signal(&work);
}

/* It was read, unless dropped meanwhile. */
static void ahead_done(struct pager_ahead *ahead, error_t error,
    vm_address_t memory, vm_size_t bytes)
{
	struct pager *pager = ahead->pager;

	if (ahead->dropped || error || !memory) {
		memory_free(memory, memory ? bytes : 0);
		if (!ahead->dropped)
			pager->ahead = 0;
		heap_free(ahead);
	} else {
		if (++ready_count > RUNS_MAX)
			ahead_drop(list_item(list_first(&ready),
			    struct pager_ahead, link)->pager);
		ahead->state = READY;
		ahead->memory = memory;
		ahead->count = bytes / PAGE_SIZE;
		list_append(&ready, &ahead->link);
	}
	requests_replay(pager);
	object_release(pager);
}

static void ahead_read(struct pager_ahead *ahead)
{
	struct pager *pager = ahead->pager;
	vm_size_t bytes = ahead->count * PAGE_SIZE;
	vm_address_t memory = 0;
	error_t error = E_IO;

	ahead->state = READING;
	if (pager->user && !ahead->dropped)
		error = pager->ops->read(pager,
		    (uint64_t)ahead->first * PAGE_SIZE, &memory, &bytes);
	ahead_done(ahead, error, memory, bytes);
}

static void ahead_thread(void *argument)
{
	struct list *link;

	(void)argument;
	thread_name("ahead");
	server_thread_wire();
	lock(pager_lock);
	for (;;) {
		while (!(link = list_take(&wanted)))
			condition_wait(&work, pager_lock);
		ahead_read(list_item(link, struct pager_ahead, link));
	}
}

error_t ahead_start(void)
{
	return thread_start(ahead_thread, 0);
}
