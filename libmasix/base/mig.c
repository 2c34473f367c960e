/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What MIG's client stubs need: a reply port for each thread, kept between
 * calls, and memory for what does not fit into a message.
 */
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/mach_port.client.h>
#include <mach/mig_support.h>

void mig_init(void *first)
{
	(void)first;
}

mach_port_t mig_get_reply_port(void)
{
	struct thread *self = thread_self();

	if (!self->reply_port)
		self->reply_port = mach_reply_port();
	return self->reply_port;
}

void mig_put_reply_port(mach_port_t port)
{
	(void)port;
}

/* After an error a late answer may come to the port: it is not used again. The
 * thread has another at once, so that who counts ports counts as many. */
void mig_dealloc_reply_port(mach_port_t port)
{
	struct thread *self = thread_self();

	if (self->reply_port != port)
		return;
	self->reply_port = mach_reply_port();
	mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_RECEIVE, -1);
}

void mig_allocate(vm_address_t *address, vm_size_t size)
{
	if (syscall_vm_allocate(mach_task_self(), address, size, TRUE))
		*address = 0;
}

void mig_deallocate(vm_address_t address, vm_size_t size)
{
	syscall_vm_deallocate(mach_task_self(), address, size);
}

/* Length without the 0, as the stubs count; always ends in 0. */
vm_size_t mig_strncpy(char *to, const char *from, vm_size_t size)
{
	vm_size_t length;

	if (size == 0)
		return 0;
	length = strnlen(from, size - 1);
	memcpy(to, from, length);
	to[length] = 0;
	return length;
}
