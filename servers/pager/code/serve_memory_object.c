/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's calls on a text. A text is only ever read: its pages are
 * supplied locked against writing, and a write that somebody contrives asks to
 * unlock the page, which is answered by an error. Nothing is returned to us.
 */
#include "code.h"
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <kernel/memory_object.server.h>
#include <mach/memory_object.h>
#include <mach/vm_prot.h>
#include <string.h>

extern error_t call_file_pages(mach_port_t file, uint64_t offset,
    uint32_t size, vm_address_t *data);

error_t serve_memory_object_init(object_t object, mach_port_t control,
    mach_port_t name, vm_size_t page_size)
{
	struct text *text = text_of(object);
	mach_port_t old_control, old_name;
	int found;

	(void)page_size;
	vault_keep(control);
	vault_keep(name);
	lock(&code_lock);
	old_control = text->control;
	old_name = text->name;
	text->control = control;
	text->name = name;
	memset(text->supplied, 0,
	    cluster_words(text->pages) * sizeof *text->supplied);
	found = !list_empty(&text->cached.age);
	unlock(&code_lock);
	object_save(text);
	vault_drop(old_control);
	vault_drop(old_name);
	port_drop(old_control);
	port_drop(old_name);
	memory_object_ready(control, found, MEMORY_OBJECT_COPY_DELAY);
	return 0;
}

error_t serve_memory_object_terminate(object_t object, mach_port_t control,
    mach_port_t name)
{
	struct text *text = text_of(object);
	int ours;

	lock(&code_lock);
	ours = text->control == control;
	if (ours)
		text->control = text->name = MACH_PORT_NULL;
	unlock(&code_lock);
	if (ours) {
		object_save(text);
		vault_drop(control);
		vault_drop(name);
		port_drop(control);
		port_drop(name);
	}
	/* the kernel gives us the ports themselves: they end here */
	port_end(control);
	port_end(name);
	return 0;
}

error_t serve_memory_object_data_request(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	struct text *text = text_of(object);
	uint32_t page = offset / PAGE_SIZE, first, count;
	vm_address_t data;
	error_t error;

	(void)access;
	lock(&code_lock);
	code_counters.requests++;
	if (page < text->pages)
		cluster_take(text->supplied, text->pages, page, &first, &count);
	unlock(&code_lock);
	if (page >= text->pages) {
		memory_object_data_error(control, offset, length, KERN_FAILURE);
		port_drop(control);
		return 0;
	}
	error = call_file_pages(text->file, (uint64_t)first * PAGE_SIZE,
	    count * PAGE_SIZE, &data);
	if (error)
		memory_object_data_error(control, offset, length, KERN_FAILURE);
	else
		memory_object_data_supply(control, first * PAGE_SIZE, data,
		    count * PAGE_SIZE, 1, VM_PROT_WRITE, 0, MACH_PORT_NULL);
	lock(&code_lock);
	if (error)
		code_counters.errors++;
	else
		code_counters.pages += count;
	unlock(&code_lock);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_data_unlock(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	(void)object;
	(void)access;
	memory_object_data_error(control, offset, length, KERN_FAILURE);
	port_drop(control);
	return 0;
}

/* Pages of a text are never dirty; what comes is dropped. */
error_t serve_memory_object_data_return(object_t object, mach_port_t control,
    vm_offset_t offset, vm_offset_t data, mach_msg_type_number_t size,
    boolean_t dirty, boolean_t kernel_copy)
{
	(void)object;
	(void)offset;
	(void)dirty;
	(void)kernel_copy;
	memory_free(data, size);
	port_drop(control);
	return 0;
}
