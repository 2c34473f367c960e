/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's side: memory_object.defs. All handlers run in the one thread of
 * pool_pages, in the order in which the kernel sent the messages. Each message
 * carries one more reference to the control port, which is given back.
 */
#include "internal.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/memory_object.server.h>

static struct pager *pager_of(object_t object)
{
	return (struct pager *)object;
}

error_t serve_memory_object_init(object_t object, mach_port_t control,
    mach_port_t name, vm_size_t page_size)
{
	struct pager *pager = pager_of(object);

	lock(pager_lock);
	if (page_size != PAGE_SIZE || pager->control || !pager->user) {
		unlock(pager_lock);
		return E_INVAL; /* the dispatcher drops the rights */
	}
	pager->control = control;
	pager->name = name;
	memory_object_ready(control, 1, MEMORY_OBJECT_COPY_DELAY);
	unlock(pager_lock);
	return 0;
}

error_t serve_memory_object_terminate(object_t object, mach_port_t control,
    mach_port_t name)
{
	struct pager *pager = pager_of(object);

	lock(pager_lock);
	if (control == pager->control) {
		pager->control = pager->name = MACH_PORT_NULL;
		pages_free(&pager->pages);
		pages_init(&pager->pages);
		condition_broadcast(&pager->changed);
		if (pager->user)
			pager->ops->terminated(pager);
	}
	unlock(pager_lock);
	port_destroy(control);
	port_destroy(name);
	return 0;
}

/* COPY_DELAY objects are never copied through us. */
error_t serve_memory_object_copy(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, mach_port_t new_object)
{
	(void)object, (void)control, (void)offset, (void)length;
	(void)new_object;
	return E_OPNOTSUPP;
}

static uint32_t pages_in(struct pager *pager)
{
	uint64_t pages = (pager->ops->size(pager) + PAGE_SIZE - 1) / PAGE_SIZE;

	return pages < UINT32_MAX / PAGE_SIZE ? (uint32_t)pages :
						UINT32_MAX / PAGE_SIZE;
}

/* The choice not taken, memory_object_data_unavailable, leaves the page absent
 * until the thread that waits for it runs: a lock request passes it by in that
 * time, and the page is written later without our knowing. */
static void supply_zeros(struct pager *pager, uint32_t page, uint32_t count,
    int writing)
{
	vm_address_t memory;

	if (memory_allocate(count * PAGE_SIZE, &memory)) {
		memory_object_data_error(pager->control, page * PAGE_SIZE,
		    PAGE_SIZE, KERN_RESOURCE_SHORTAGE);
		return;
	}
	pages_supplied(&pager->pages, page, count, writing);
	if (writing)
		pagers_opened(count);
	if (memory_object_data_supply(pager->control, page * PAGE_SIZE, memory,
	    count * PAGE_SIZE, 1, writing ? VM_PROT_NONE : VM_PROT_WRITE, 0,
	    MACH_PORT_NULL))
		memory_free(memory, count * PAGE_SIZE);
}

void pager_supply(struct pager *pager, vm_offset_t offset, vm_prot_t access)
{
	uint32_t page = offset / PAGE_SIZE, size = pages_in(pager), count;
	int writing = (access & VM_PROT_WRITE) != 0;
	vm_address_t memory = 0;
	vm_size_t bytes;
	error_t error;

	if (!pager->control)
		return;
	if (page >= size) {
		memory_object_data_error(pager->control, offset, PAGE_SIZE,
		    KERN_INVALID_ADDRESS);
		return;
	}
	count = pages_request(&pager->pages, page, size);
	bytes = count * PAGE_SIZE;
	error = pager->ops->read(pager, offset, &memory, &bytes);
	if (error) {
		memory_object_data_error(pager->control, offset, PAGE_SIZE,
		    KERN_FAILURE);
		return;
	}
	if (!memory) {
		supply_zeros(pager, page, bytes / PAGE_SIZE, writing);
		return;
	}
	pages_supplied(&pager->pages, page, bytes / PAGE_SIZE, writing);
	if (writing)
		pagers_opened(bytes / PAGE_SIZE);
	if (memory_object_data_supply(pager->control, offset, memory, bytes, 1,
	    writing ? VM_PROT_NONE : VM_PROT_WRITE, 0, MACH_PORT_NULL))
		memory_free(memory, bytes);
}

static void request_keep(struct pager *pager, vm_offset_t offset,
    vm_prot_t access)
{
	struct pager_request *request = heap_alloc(sizeof *request);

	if (!request) {
		memory_object_data_error(pager->control, offset, PAGE_SIZE,
		    KERN_RESOURCE_SHORTAGE);
		return;
	}
	request->offset = offset;
	request->access = access;
	list_append(&pager->waiting, &request->link);
}

error_t serve_memory_object_data_request(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	struct pager *pager = pager_of(object);

	(void)length; /* always a page */
	lock(pager_lock);
	if (control == pager->control && pager->user) {
		if (pager->held)
			request_keep(pager, offset, access);
		else
			pager_supply(pager, offset, access);
	}
	unlock(pager_lock);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_data_unlock(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	struct pager *pager = pager_of(object);
	uint32_t count;

	(void)length, (void)access;
	lock(pager_lock);
	if (control == pager->control && pager->user && pager->writable) {
		count = pages_unlock(&pager->pages, offset / PAGE_SIZE,
		    pages_in(pager));
		pagers_opened(count);
		memory_object_lock_request(control, offset, count * PAGE_SIZE,
		    MEMORY_OBJECT_RETURN_NONE, 0, VM_PROT_NONE,
		    MACH_PORT_NULL);
	} else if (pager->user) {
		log_line("pager: a write was tried through a read-only right");
	}
	unlock(pager_lock);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_lock_completed(object_t object,
    mach_port_t control, vm_offset_t offset, vm_size_t length)
{
	struct pager *pager = pager_of(object);

	(void)offset, (void)length;
	lock(pager_lock);
	if (control == pager->control && pager->operating == OPERATING) {
		pager->operating = OPERATED;
		condition_broadcast(&pager->changed);
	}
	unlock(pager_lock);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_supply_completed(object_t object,
    mach_port_t control, vm_offset_t offset, vm_size_t length,
    kern_return_t result, vm_offset_t error_offset)
{
	(void)object, (void)offset, (void)length, (void)result;
	(void)error_offset;
	port_drop(control);
	return 0;
}

error_t serve_memory_object_data_return(object_t object, mach_port_t control,
    vm_offset_t offset, vm_offset_t data, mach_msg_type_number_t count,
    boolean_t dirty, boolean_t kernel_copy)
{
	struct pager *pager = pager_of(object);
	error_t error = 0;

	lock(pager_lock);
	if (pager->user && dirty)
		error = pager->ops->write(pager, offset, data, count);
	if (error) {
		pager->failed = 1;
		log_loud("pager: %u bytes at %u were not written: %s",
		    (unsigned)count, (unsigned)offset, error_name(error));
	}
	if (control == pager->control)
		pages_returned(&pager->pages, offset / PAGE_SIZE,
		    count / PAGE_SIZE, kernel_copy);
	unlock(pager_lock);
	memory_free(data, count);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_change_completed(object_t object,
    boolean_t may_cache, memory_object_copy_strategy_t strategy)
{
	(void)object, (void)may_cache, (void)strategy;
	return 0;
}
