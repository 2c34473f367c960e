/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory objects: what their user asks of the kernel. One lock request at a
 * time is under way for an object (operating), so the kernel's lock_completed
 * needs no name. It is sent without the lock: it may have to wait for a page
 * that the pages thread is about to supply.
 */
#include "internal.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach4.client.h>
#include <kernel/mach.client.h>
#include <kernel/memory_object.server.h>
#include <server/recover.h>
#include <string.h>

enum {
	OBJECT_INIT = 2200, /* memory_object.defs: what comes once */
	DATA_REQUEST = 2203,
	DATA_UNLOCK = 2204,
	RETURN_MOST = 128,  /* pages; the kernel keeps 500 at least */
};

struct pool pool_pages = { .name = "pages", .threads_max = 1,
	.privileged = 1,
	.hand_ids = { OBJECT_INIT, DATA_REQUEST, DATA_UNLOCK } };
struct lock *pager_lock;
static struct list pagers = LIST_EMPTY(pagers);
static unsigned current_round;

static routine_t memory_object_interface(const mach_msg_header_t *request)
{
	return (routine_t)memory_object_server_routine(request);
}

static void pager_destroy(object_t object)
{
	struct pager *pager = (struct pager *)object;

	pages_free(&pager->pages);
	heap_free(pager);
}

static void pager_no_senders(object_t object)
{
	struct pager *pager = (struct pager *)object;

	lock(pager_lock);
	pager->senders = 0;
	if (pager->user)
		pager->ops->terminated(pager);
	unlock(pager_lock);
}

static const interface_t interfaces[] = { memory_object_interface, 0 };

const struct object_class pager_class = {
	.name = "memory",
	.interfaces = interfaces,
	.destroy = pager_destroy,
	.no_senders = pager_no_senders,
};

error_t pagers_start(struct lock *lock)
{
	vm_statistics_data_t memory;
	error_t error;

	pager_lock = lock;
	if (!vm_statistics(mach_task_self(), &memory))
		pagers_limit((uint32_t)(memory.free_count +
		    memory.active_count + memory.inactive_count));
	requests_start();
	error = pool_start(&pool_pages);
	return error ? error : ahead_start();
}

error_t pager_new(const struct pager_ops *ops, void *user, struct pager **pager)
{
	struct pager *made = heap_alloc_zero(sizeof *made);

	if (!made)
		return E_NOMEM;
	object_init(&made->object, &pager_class);
	made->ops = ops;
	made->user = user;
	pages_init(&made->pages);
	list_init(&made->waiting);
	list_append(&pagers, &made->link);
	*pager = made;
	return 0;
}

error_t pager_answer(struct pager *pager, mach_port_t *right,
    mach_msg_type_name_t *type)
{
	error_t error = object_make_answer(pager, &pool_pages, right, type);

	if (!error)
		pager->senders = 1;
	return error;
}

error_t pager_proxy(struct pager *pager, mach_port_t *proxy)
{
	rpc_vm_offset_t start = 0;
	rpc_vm_size_t length = (rpc_vm_size_t)-PAGE_SIZE;
	mach_port_t object;
	error_t error = object_make_right(pager, &pool_pages, &object);

	if (error)
		return error;
	pager->senders = 1;
	error = memory_object_create_proxy(mach_task_self(),
	    VM_PROT_READ | VM_PROT_EXECUTE, &object, MACH_MSG_TYPE_COPY_SEND, 1,
	    &start, 1, &start, 1, &length, 1, proxy);
	port_drop(object);
	return error;
}

void pager_forget(struct pager *pager)
{
	ahead_drop(pager);
	requests_drop(pager);
	pages_free(&pager->pages);
	pages_init(&pager->pages);
	pager_count(pager);
	writes_replay();
}

void pager_over(struct pager *pager)
{
	pager->control = pager->name = MACH_PORT_NULL;
	pager_keep_rights(pager);
	pager_forget(pager);
	condition_broadcast(&pager->changed);
}

void pager_end(struct pager *pager)
{
	pager->user = 0;
	if ((pager->control || pager->asleep) && pager->number) {
		vault_drop_at(pager->number * 2);
		vault_drop_at(pager->number * 2 + 1);
	}
	pager_forget(pager);
	list_remove(&pager->link);
	object_close_port(pager);
	object_release(pager);
}

/* One lock request, until the kernel has done it. 0: it never will. */
static int operate_part(struct pager *pager, const struct page_range *range,
    memory_object_return_t what, int flush, vm_prot_t protection)
{
	mach_port_t control = pager->control;
	kern_return_t error;

	pager->operating = OPERATING;
	pager->length = (vm_size_t)range->count * PAGE_SIZE;
	unlock(pager_lock);
	error = memory_object_lock_request(control,
	    (vm_offset_t)range->first * PAGE_SIZE, pager->length, what, flush,
	    protection, pager->object.port);
	lock(pager_lock);
	if (error)
		return 0;
	while (pager->operating == OPERATING && pager->control == control)
		condition_wait(&pager->changed, pager_lock);
	return pager->control == control;
}

/*
 * Sends lock requests and waits until the kernel has done them, or has given
 * the object up. The lock is held, and released meanwhile. What the kernel
 * returns it copies, on behalf of this thread, which may take its last pages:
 * so not more at a time than it keeps for such threads (else it panics).
 */
static void operate(struct pager *pager, struct page_range range,
    memory_object_return_t what, int flush, vm_prot_t protection)
{
	struct page_range part = { range.first, range.count };
	uint32_t end = range.first + range.count;

	do {
		part.count = end - part.first;
		if (what != MEMORY_OBJECT_RETURN_NONE &&
		    part.count > RETURN_MOST)
			part.count = RETURN_MOST;
		if (!operate_part(pager, &part, what, flush, protection))
			break;
		part.first += part.count;
	} while (part.first < end);
	pager->operating = 0;
	condition_broadcast(&pager->changed);
}

/* Waits for its turn; 0: the kernel does not know the object. */
static int operation_start(struct pager *pager)
{
	while (pager->operating && pager->control)
		condition_wait(&pager->changed, pager_lock);
	if (!pager_known(pager))
		return 0;
	pager->operating = OPERATING;
	return 1;
}

static void clean(struct pager *pager)
{
	struct page_range range;

	if (!pages_any_open(&pager->pages) || !operation_start(pager))
		return;
	range = pages_clean_begin(&pager->pages);
	if (!range.count) {
		pager->operating = 0;
		condition_broadcast(&pager->changed);
		return;
	}
	if (pager->marks) {
		pager->marks->first = range.first;
		pager->marks->count = range.count;
	}
	operate(pager, range, MEMORY_OBJECT_RETURN_DIRTY, 0, VM_PROT_WRITE);
	if (pager->marks)
		pager->marks->count = 0;
	pages_clean_end(&pager->pages);
	pager_count(pager);
	writes_replay();
}

error_t pager_clean(struct pager *pager)
{
	error_t error;

	lock(pager_lock);
	clean(pager);
	error = pager->failed ? E_IO : 0;
	pager->failed = 0;
	unlock(pager_lock);
	return error;
}

/* Who had his turn goes to the end: the lock is released meanwhile. */
static struct pager *round_next(void)
{
	while (!list_empty(&pagers)) {
		struct pager *pager = list_item(list_first(&pagers),
		    struct pager, link);

		if (pager->round == current_round)
			break;
		pager->round = current_round;
		list_remove(&pager->link);
		list_append(&pagers, &pager->link);
		if (pages_any_open(&pager->pages) && pager_known(pager))
			return object_reference(pager);
	}
	return 0;
}

error_t pagers_clean(void)
{
	struct pager *pager;
	error_t first = 0, error;

	lock(pager_lock);
	current_round++;
	ahead_drop_old(current_round);
	while ((pager = round_next()) != 0) {
		unlock(pager_lock);
		error = pager_clean(pager);
		if (!first)
			first = error;
		object_release(pager);
		lock(pager_lock);
	}
	unlock(pager_lock);
	return first;
}

/* After a recovery: all pages that the kernel has are locked, and all whose
 * leave to write was asked for in vain are asked for again. */
void pager_settle(struct pager *pager)
{
	struct page_range range = { 0, 0 };

	if (!operation_start(pager))
		return;
	range.count = pager_settle_count(pager);
	operate(pager, range, MEMORY_OBJECT_RETURN_NONE, 0, VM_PROT_WRITE);
}

void pager_flush(struct pager *pager, uint64_t offset, uint64_t count,
    int keep)
{
	struct page_range range = { (uint32_t)(offset / PAGE_SIZE), 0 };
	uint64_t end = pager->pages.end;

	if (count < UINT32_MAX &&
	    end > (offset + count + PAGE_SIZE - 1) / PAGE_SIZE)
		end = (offset + count + PAGE_SIZE - 1) / PAGE_SIZE;
	if (range.first >= end || !operation_start(pager))
		return;
	range.count = (uint32_t)end - range.first;
	operate(pager, range, keep ? MEMORY_OBJECT_RETURN_DIRTY :
	    MEMORY_OBJECT_RETURN_NONE, 1, VM_PROT_NO_CHANGE);
	if (pager->held) { /* so none was supplied since */
		pages_gone(&pager->pages, range.first, range.count);
		pager_count(pager);
		writes_replay();
	}
}

void pager_lock_pages(struct pager *pager)
{
	struct page_range range = { 0, pager->pages.end };

	if (!pages_any_open(&pager->pages) || !operation_start(pager))
		return;
	operate(pager, range, MEMORY_OBJECT_RETURN_NONE, 0, VM_PROT_WRITE);
}

void pager_hold(struct pager *pager)
{
	while (pager->held)
		condition_wait(&pager->changed, pager_lock);
	pager->held = 1;
	pager->holds++;
	ahead_drop(pager);
}

void pager_let_go(struct pager *pager)
{
	pager->held = 0;
	condition_broadcast(&pager->changed);
	requests_replay(pager);
}

void pager_advise(struct pager *pager, enum pages_advice advice)
{
	pager->pages.advice = (unsigned char)advice;
	if (advice == PAGES_RANDOM)
		ahead_drop(pager);
}

void pager_uncache(struct pager *pager)
{
	if (pager_known(pager))
		memory_object_change_attributes(pager->control, 0,
		    MEMORY_OBJECT_COPY_DELAY, MACH_PORT_NULL);
}

int pager_dirty(struct pager *pager, uint64_t offset, uint64_t count)
{
	uint64_t first = offset / PAGE_SIZE;
	uint64_t end = (offset + count + PAGE_SIZE - 1) / PAGE_SIZE;

	if (!pager_known(pager))
		return 0;
	if (end > pager->pages.end)
		end = pager->pages.end;
	return first < end && pages_open(&pager->pages, (uint32_t)first,
	    (uint32_t)(end - first));
}
