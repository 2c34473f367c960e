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
 *
 * The message in work is in the hand, in surviving memory: what a death cuts
 * off is done again from the start by the next instance (resume.c). So each
 * handler changes nothing that it could not do twice, and empties the hand
 * before it gives up what it would need for that.
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
#include <server/recover.h>
#include <server/server.h>

enum {
	REST_ID = 1, /* a message of our own */
	REST_STEP = 5, /* milliseconds */
};

union reply {
	mach_msg_header_t header;
	mig_reply_header_t reply;
	char bytes[256];
};

mach_port_t pages_set;
static volatile int resting;

/* The thread has no pool, so a stub's object is the payload itself. */
static uint32_t number_of(object_t object)
{
	return (uint32_t)(uintptr_t)object;
}

void hand_empty(void)
{
	kept->hand.message.header.msgh_id = 0;
	__asm__ volatile("" : : : "memory");
	kept->hand.port = MACH_PORT_NULL;
	kept->hand.rescued = 0;
}

/* The kernel asks for a pager for anonymous memory that is to go out. Without
 * a free number its pages can't be kept: the object ends, and who uses it
 * gets a memory error. */
error_t serve_memory_object_create(mach_port_t old, mach_port_t port,
    vm_size_t size, mach_port_t control, mach_port_t name, vm_size_t page_size)
{
	uint32_t object;

	(void)old;
	(void)size;
	(void)page_size;
	kept->hand.port = port;
	if (!object_add(port, control, name, &object))
		return 0;
	mach_print("datapager: too many memory objects\n");
	memory_object_destroy(control, KERN_RESOURCE_SHORTAGE);
	port_end(port);
	port_drop(control);
	port_drop(name);
	return 0;
}

void page_lost(mach_port_t control)
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
	hand_empty();
	memory_free(data, size);
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
void page_in(uint32_t object, mach_port_t control, vm_offset_t offset)
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
	if (!error && only)
		space_drop(object, (uint32_t)(offset / PAGE_SIZE));
}

error_t serve_memory_object_data_request(object_t object, mach_port_t control,
    vm_offset_t offset, vm_size_t length, vm_prot_t access)
{
	(void)access;
	if (!object_valid(number_of(object)))
		return E_STALE;
	for (vm_size_t at = 0; at < length; at += PAGE_SIZE)
		page_in(number_of(object), control, offset + at);
	hand_empty();
	port_drop(control);
	return 0;
}

/* control, name: the receive rights of the kernel's own ports. */
error_t serve_memory_object_terminate(object_t object, mach_port_t control,
    mach_port_t name)
{
	uint32_t number = number_of(object);

	if (object_valid(number)) {
		space_forget(number);
		object_remove(number);
	}
	hand_empty();
	port_end(control);
	port_end(name);
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
void hand_serve(void)
{
	static union reply out;
	mach_msg_header_t *in = &kept->hand.message.header;
	mach_port_t reply = in->msgh_remote_port;
	mig_routine_t routine = routine_of(in);

	out.reply.RetCode = MIG_BAD_ID;
	if (routine)
		routine(in, &out.header);
	if (out.reply.RetCode && out.reply.RetCode != MIG_NO_REPLY)
		message_destroy_body(in);
	hand_empty();
	port_drop(reply);
}

/* Another instance will go on: this thread holds nothing and takes no more. */
static void rest(void)
{
	hand_empty();
	resting = 1;
	for (;;)
		thread_sleep(1000000);
}

static void pages_thread(void *argument)
{
	mach_msg_header_t *message = &kept->hand.message.header;

	(void)argument;
	thread_name("pages");
	server_thread_wire();
	hand_resume();
	for (;;) {
		requests_resume();
		if (mach_msg(message, MACH_RCV_MSG, 0, HAND_MESSAGE, pages_set,
			0, MACH_PORT_NULL))
			continue;
		if (message->msgh_id == REST_ID)
			rest();
		hand_serve();
	}
}

void pages_rest(void)
{
	mach_msg_header_t message = { 0 };

	message.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
	message.msgh_size = sizeof message;
	message.msgh_remote_port = kept->manager;
	message.msgh_id = REST_ID;
	if (mach_msg(&message, MACH_SEND_MSG, sizeof message, 0,
		MACH_PORT_NULL, 0, MACH_PORT_NULL))
		return;
	while (!resting)
		thread_sleep(REST_STEP);
}

error_t pages_prepare(void)
{
	server_thread_wire();
	return port_set_new(&pages_set);
}

/* The kernel sends what it wants to keep to a new port. */
static error_t manager_make(void)
{
	mach_port_t port;
	error_t error = port_new(&port);

	if (!error)
		error = port_move_to_set(port, pages_set);
	if (error)
		return error;
	kept->manager = port;
	error = recover_port(port);
	if (!error)
		error = vm_set_default_memory_manager(server_host, &port);
	if (!error)
		port_drop(port); /* who it was before: nobody, or a dead one */
	return error;
}

error_t pages_start(void)
{
	error_t error = kept->manager ? 0 : manager_make();

	return error ? error : thread_start(pages_thread, 0);
}
