/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread that serves the kernel's pages. It is no thread of a pool: its
 * loop allocates nothing, its memory is wired, and the kernel lets it use the
 * last pages there are (thread_wire). Requests come one after the other, each
 * answered before the next is looked at, so pages need no states.
 *
 *	memory_object_create	an object that had no pager gets one
 *	data_return, data_initialize	a page goes out
 *	data_request		a page comes in; one never seen is zero
 *	terminate		the object is gone
 */
#include "datapager.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/thread.h>
#include <kernel/gnumach.client.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <kernel/memory_object.server.h>
#include <kernel/memory_object_default.server.h>
#include <mach/mig_errors.h>
#include <mach/vm_wire.h>
#include <server/server.h>

enum {
	MESSAGE_MAX = 2048, /* pages come out of line */
};

union message {
	mach_msg_header_t header;
	mig_reply_header_t reply;
	char bytes[MESSAGE_MAX];
};

mach_port_t pages_set;
static mach_port_t manager; /* where objects are created */

/* The thread has no pool, so a stub's object is the payload itself. */
static uint32_t number_of(object_t object)
{
	return (uint32_t)(uintptr_t)object;
}

/* The kernel asks for a pager for anonymous memory that is to go out. Without
 * a free number its pages can't be kept: the object ends, and who uses it
 * gets a memory error. */
error_t serve_memory_object_create(mach_port_t old, mach_port_t port,
    vm_size_t size, mach_port_t control, mach_port_t name, vm_size_t page_size)
{
	uint32_t object;

	(void)size;
	(void)page_size;
	port_drop(old);
	if (!object_add(port, control, name, &object))
		return 0;
	mach_print("datapager: too many memory objects\n");
	memory_object_destroy(control, KERN_RESOURCE_SHORTAGE);
	port_end(port);
	port_drop(control);
	port_drop(name);
	return 0;
}

static void page_lost(mach_port_t control)
{
	static unsigned told;

	if (told++ % 256 == 0)
		mach_print("datapager: no space left: memory is lost\n");
	memory_object_destroy(control, KERN_RESOURCE_SHORTAGE);
}

static error_t pages_out(uint32_t object, mach_port_t control,
    vm_offset_t offset, vm_offset_t data, mach_msg_type_number_t size)
{
	error_t error = 0;

	if (!object_valid(object))
		return E_STALE;
	for (vm_offset_t at = 0; at < size; at += PAGE_SIZE)
		if (space_store(object, (uint32_t)((offset + at) / PAGE_SIZE),
			data + at))
			error = E_NOSPC;
	if (error)
		page_lost(control);
	port_drop(control);
	return 0;
}

error_t serve_memory_object_data_return(object_t object, mach_port_t control,
    vm_offset_t offset, vm_offset_t data, mach_msg_type_number_t size,
    boolean_t dirty, boolean_t kernel_copy)
{
	(void)dirty;
	(void)kernel_copy;
	return pages_out(number_of(object), control, offset, data, size);
}

error_t serve_memory_object_data_initialize(object_t object,
    mach_port_t control, vm_offset_t offset, vm_offset_t data,
    mach_msg_type_number_t size)
{
	return pages_out(number_of(object), control, offset, data, size);
}

/* A page of which there is no other copy is precious: the kernel gives it back
 * even if nobody has written it. */
static void page_in(uint32_t object, mach_port_t control, vm_offset_t offset)
{
	vm_offset_t data;
	int only = 0;
	error_t error;

	error = space_fetch(object, (uint32_t)(offset / PAGE_SIZE), &data,
	    &only);
	if (error == E_NOENT)
		memory_object_data_unavailable(control, offset, PAGE_SIZE);
	else if (error)
		memory_object_data_error(control, offset, PAGE_SIZE,
		    KERN_MEMORY_ERROR);
	else
		memory_object_data_supply(control, offset, data, PAGE_SIZE,
		    TRUE, VM_PROT_NONE, only, MACH_PORT_NULL);
}

error_t serve_memory_object_data_request(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	(void)access;
	if (!object_valid(number_of(object)))
		return E_STALE;
	for (vm_size_t at = 0; at < length; at += PAGE_SIZE)
		page_in(number_of(object), control, offset + at);
	port_drop(control);
	return 0;
}

/* control, name: the receive rights of the kernel's own ports. */
error_t serve_memory_object_terminate(object_t object, mach_port_t control,
    mach_port_t name)
{
	uint32_t number = number_of(object);

	port_end(control);
	port_end(name);
	if (object_valid(number)) {
		space_forget(number);
		object_remove(number);
	}
	return 0;
}

static mig_routine_t routine_of(const mach_msg_header_t *message)
{
	mig_routine_t routine = memory_object_server_routine(message);

	if (!routine)
		routine = memory_object_default_server_routine(message);
	return routine;
}

/* All these calls are one-way: there is only success or giving it all up. */
static void serve(union message *in, union message *out)
{
	mig_routine_t routine = routine_of(&in->header);

	out->reply.RetCode = MIG_BAD_ID;
	if (routine)
		routine(&in->header, &out->header);
	if (out->reply.RetCode && out->reply.RetCode != MIG_NO_REPLY)
		message_destroy_body(&in->header);
	port_drop(in->header.msgh_remote_port);
}

static void pages_thread(void *argument)
{
	static union message in, out;
	error_t error;

	(void)argument;
	thread_name("pages");
	error = thread_wire(server_host, thread_self()->port, TRUE);
	if (error)
		log_loud("the pages thread is not wired: %s",
		    error_name(error));
	for (;;)
		if (!mach_msg(&in.header, MACH_RCV_MSG, 0, sizeof in,
			pages_set, 0, MACH_PORT_NULL))
			serve(&in, &out);
}

error_t pages_start(void)
{
	mach_port_t port;
	error_t error = port_set_new(&pages_set);

	if (!error)
		error = port_new(&manager);
	if (!error)
		error = port_move_to_set(manager, pages_set);
	if (!error)
		error = thread_start(pages_thread, 0);
	if (error)
		return error;
	error = vm_wire_all(server_host, mach_task_self(), VM_WIRE_ALL);
	if (error)
		log_loud("memory is not wired: %s", error_name(error));
	port = manager;
	error = vm_set_default_memory_manager(server_host, &port);
	if (!error)
		port_drop(port); /* who was it before: nobody */
	return error;
}
