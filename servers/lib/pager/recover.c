/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory objects outlive the server. A record is the user's key and where the
 * vault has the kernel's two rights. What else an instance that died knew is
 * with the kernel:
 *
 *	pages that it was asked for	the object has them, absent and busy:
 *					they are supplied unasked
 *	leave to write, asked for	all pages are locked once more, which
 *					makes who waits ask again
 *	which pages may be dirty	all, until the next cleaning
 *	pages that it was returned, and had not stored:
 *	    the kernel has them still	clean now: they are made dirty again
 *	    the kernel has given them up	staged by the user
 */
#include "internal.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/mach_debug.client.h>
#include <mach_debug/vm_info.h>
#include <server/recover.h>

struct pager_record {
	uint64_t key;
	uint32_t number; /* in the vault: twice that, and the next; 0: none */
	uint32_t turn;
	mach_port_t control, name; /* in the task that wrote it */
};
_Static_assert(sizeof(struct pager_record) <= RECORD_MAX, "fits");

enum {
	TURNS = 32,
	RECENT = 128, /* requests of the kernel that may be unanswered */
};

error_t (*pager_find)(uint64_t key, struct pager **pager);
static struct pager *restored; /* references of their own */
static uint32_t turn; /* of what was restored: the greatest */
uint32_t pager_asked;

static void pager_save(object_t object, void *to)
{
	struct pager *pager = (struct pager *)object;
	struct pager_record *record = to;

	record->key = pager->key;
	record->number = pager->control || pager->asleep ? pager->number : 0;
	record->turn = turn;
	record->control = pager->control;
	record->name = pager->name;
}

static void pager_holds(const void *from, mach_port_t rights[HOLDS_MAX])
{
	const struct pager_record *record = from;

	rights[0] = record->control;
	rights[1] = record->name;
}

void pager_keep_rights(struct pager *pager)
{
	if (!pager->number)
		return;
	if (pager->control) {
		vault_keep_at(pager->number * 2, pager->control);
		vault_keep_at(pager->number * 2 + 1, pager->name);
	}
	object_save(pager);
	if (!pager->control) {
		vault_drop_at(pager->number * 2);
		vault_drop_at(pager->number * 2 + 1);
	}
}

int pager_known(struct pager *pager)
{
	if (pager->asleep) {
		pager->asleep = 0;
		if (vault_take_at(pager->number * 2, &pager->control))
			pager->control = MACH_PORT_NULL;
		if (vault_take_at(pager->number * 2 + 1, &pager->name))
			pager->name = MACH_PORT_NULL;
	}
	return pager->control != MACH_PORT_NULL;
}

static error_t pager_restore(const void *from, object_t *object)
{
	const struct pager_record *record = from;
	struct pager *pager;
	error_t error = pager_find(record->key, &pager);

	if (error)
		return error;
	pager->asleep = record->number && record->number == pager->number;
	if (server_in_place && pager->asleep && record->control) {
		pager->control = record->control;
		pager->name = record->name;
		pager->asleep = 0;
	}
	if (record->turn >= turn)
		turn = record->turn + 1;
	if (pager->marks && pager->marks->asked > pager_asked)
		pager_asked = pager->marks->asked;
	pager->pages.blind = !pager->marks || pager->marks->open;
	pager->pages.end = (uint32_t)((pager->ops->size(pager) +
	    PAGE_SIZE - 1) / PAGE_SIZE);
	pager->restored = restored;
	restored = object_reference(pager);
	*object = object_reference(pager);
	return 0;
}

const struct recovery pager_recovery = {
	.class = &pager_class,
	.save = pager_save,
	.restore = pager_restore,
	.holds = pager_holds,
};

uint32_t pager_settle_count(const struct pager *pager)
{
	return pager->pages.end + 1 + turn % TURNS;
}

/* What somebody waits for. The lock is left meanwhile: ours may be the last
 * reference to the object, and the kernel then sends its dirty pages, which
 * the pages thread must take, before it answers. */
static void pager_resume(struct pager *pager)
{
	vm_page_info_array_t pages = NULL;
	mach_msg_type_number_t count = 0;
	mach_port_t name = pager->name, control = pager->control;
	error_t error = port_copy_send(name);

	if (error) { /* it is over, and who heard it died at that */
		pager_over(pager);
		port_drop(control);
		port_drop(name);
		if (pager->user)
			pager->ops->terminated(pager);
		return;
	}
	unlock(pager_lock);
	error = mach_vm_object_pages(name, &pages, &count);
	port_drop(name);
	lock(pager_lock);
	for (unsigned i = 0; !error && pager_known(pager) && i < count; i++) {
		struct request request = { pages[i].vpi_offset, VM_PROT_READ,
			0 };

		if (pages[i].vpi_state & VPI_STATE_ABSENT &&
		    pages[i].vpi_state & VPI_STATE_BUSY)
			request_serve(pager, &request);
	}
	if (!error)
		memory_free((vm_address_t)pages, count * sizeof *pages);
}

/* Somebody waits for it now, likely. */
static int is_urgent(const struct pager *pager)
{
	return pager->urgent && (!pager->marks ||
	    pager_asked - pager->marks->asked < RECENT);
}

static void resume_all(int urgent)
{
	for (struct pager *pager = restored; pager; pager = pager->restored) {
		if (is_urgent(pager) != urgent || pager->resumed)
			continue;
		lock(pager_lock);
		pager->resumed = 1;
		pager->senders = pager->object.senders.exist;
		if (pager_known(pager))
			pager_resume(pager);
		else if (pager->user)
			pager->ops->terminated(pager); /* unheard */
		unlock(pager_lock);
	}
}

void pagers_resume(void)
{
	resume_all(1);
}

/* The pages of the marked range that are there, each written with what it
 * holds. */
static void pages_dirty(struct pager *pager, vm_address_t address)
{
	uint32_t first = pager->marks->first, count = pager->marks->count;
	vm_page_info_array_t pages = NULL;
	mach_msg_type_number_t found = 0;

	if (mach_vm_object_pages(pager->name, &pages, &found))
		return;
	for (unsigned i = 0; i < found; i++) {
		uint32_t page = pages[i].vpi_offset / PAGE_SIZE;

		if (page >= first && page - first < count &&
		    !(pages[i].vpi_state & VPI_STATE_ABSENT))
			__asm__ volatile("lock orl $0,%0"
			    : "+m"(*(uint32_t *)(address +
				(page - first) * PAGE_SIZE)));
	}
	memory_free((vm_address_t)pages, found * sizeof *pages);
}

/* A cleaning had been begun: what it may have brought is brought again. */
static void marks_redo(struct pager *pager)
{
	vm_size_t size = pager->marks->count * PAGE_SIZE;
	unsigned char writable;
	mach_port_t right;
	vm_address_t address;

	if (object_make_right(pager, &pool_pages, &right))
		return;
	lock(pager_lock);
	pager->senders = 1;
	writable = pager->writable;
	pager->writable = 1;
	unlock(pager_lock);
	if (!memory_map(right, pager->marks->first * PAGE_SIZE, size,
		VM_PROT_READ | VM_PROT_WRITE, &address)) {
		pages_dirty(pager, address);
		memory_free(address, size);
	}
	port_drop(right);
	lock(pager_lock);
	pager->writable = writable;
	unlock(pager_lock);
	pager_clean(pager);
}

void pagers_settle(void)
{
	if (pool_pages.hand)
		recover_hand_again(&pool_pages);
	resume_all(0);
	resume_all(1); /* asked for meanwhile */
	while (restored) {
		struct pager *pager = restored;
		int marked;

		restored = pager->restored;
		lock(pager_lock);
		marked = pager->marks && pager->marks->count;
		if (pager->user && (pager->writable || pager->pages.blind))
			pager_settle(pager);
		unlock(pager_lock);
		if (marked && pager->user)
			marks_redo(pager);
		object_release(pager);
	}
}
