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
#include <kernel/mach_debug.client.h>
#include <kernel/memory_object.server.h>

/* kern/ipc_kobject.h of the kernel */
enum {
	IKOT_PAGER = 8,
	IKOT_PAGING_REQUEST = 9,
};

static struct pager *pager_of(object_t object)
{
	return (struct pager *)object;
}

/*
 * Whether the kernel has made control, for this memory object. Anybody who may
 * map a file can send us this message; with a control port of his own nothing
 * that we ask of it would ever be done, and all others' requests for the file
 * would wait for that. Both ports stand for one object of the kernel.
 */
static int control_is_true(struct pager *pager, mach_port_t control)
{
	unsigned ours = 0, theirs = 0;
	vm_offset_t known = 0, shown = 0;

	return !mach_port_kernel_object(mach_task_self(), pager->object.port,
		   &ours, &known) &&
	    !mach_port_kernel_object(mach_task_self(), control, &theirs,
		&shown) &&
	    ours == IKOT_PAGER && theirs == IKOT_PAGING_REQUEST &&
	    known == shown;
}

error_t serve_memory_object_init(object_t object, mach_port_t control,
    mach_port_t name, vm_size_t page_size)
{
	struct pager *pager = pager_of(object);

	pool_pages.handled = 1;
	lock(pager_lock);
	/* The instance that had it in hand died when the record was written
	 * and the kernel not told: for that all who use the file would wait. */
	if (pager_known(pager) && control == pager->control)
		memory_object_ready(control, 1, MEMORY_OBJECT_COPY_DELAY);
	if (page_size != PAGE_SIZE || !pager->user ||
	    (pager_known(pager) && control == pager->control) ||
	    !control_is_true(pager, control)) {
		unlock(pager_lock);
		return E_INVAL; /* the dispatcher drops the rights */
	}
	if (pager_known(pager)) /* it died at the end of the one before */
		pager_over(pager);
	pager->control = control;
	pager->name = name;
	pager_keep_rights(pager);
	memory_object_ready(control, 1, MEMORY_OBJECT_COPY_DELAY);
	if (pager->ops->empty && pager->ops->empty(pager) && !pager->ops->room)
		pager_fresh(pager, 0, pager->ops->size(pager));
	unlock(pager_lock);
	return 0;
}

error_t serve_memory_object_terminate(object_t object, mach_port_t control,
    mach_port_t name)
{
	struct pager *pager = pager_of(object);

	lock(pager_lock);
	pager_known(pager);
	if (control == pager->control) {
		pager_over(pager);
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

static error_t serve(struct pager *pager, mach_port_t control,
    vm_offset_t offset, vm_prot_t access, int writing)
{
	struct request request = { offset, access, writing };

	pool_pages.handled = 1;
	lock(pager_lock);
	pager_known(pager);
	if (pager->marks)
		pager->marks->asked = ++pager_asked;
	if (control == pager->control)
		request_serve(pager, &request);
	unlock(pager_lock);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_data_request(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	(void)length; /* always a page */
	return serve(pager_of(object), control, offset, access, 0);
}

error_t serve_memory_object_data_unlock(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	(void)length;
	return serve(pager_of(object), control, offset, access, 1);
}

error_t serve_memory_object_lock_completed(object_t object,
    mach_port_t control, vm_offset_t offset, vm_size_t length)
{
	struct pager *pager = pager_of(object);

	(void)offset;
	lock(pager_lock);
	pager_known(pager);
	/* The length tells it from one that an instance before us sent. */
	if (control == pager->control && pager->operating == OPERATING &&
	    length == pager->length) {
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
	pager_known(pager);
	/* The kernel has it no more: if we die now nobody has. */
	if (pager->user && dirty && !kernel_copy && pager->ops->stage)
		pager->ops->stage(pager, offset, data, count);
	if (pager->user && dirty)
		error = pager->ops->write(pager, offset, data, count);
	if (error) {
		pager->failed = 1;
		log_loud("pager: %u bytes at %u were not written: %s",
		    (unsigned)count, (unsigned)offset, error_name(error));
	}
	if (control == pager->control) {
		pages_returned(&pager->pages, offset / PAGE_SIZE,
		    count / PAGE_SIZE, kernel_copy);
		pager_count(pager);
		writes_replay();
		/* Single pages come when memory is short: better in order. */
		if (!kernel_copy && dirty && pager->pages.open.count)
			pagers_hurry();
	}
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
