/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Mach traps, and mach_msg(), the one point where messages pass. Kernel
 * calls by message are in <kernel/X.client.h>; the trap versions here are
 * cheaper (400 instructions instead of 1300) and only for the own task.
 */
#pragma once
#include <mach/mach_types.h>
#include <mach/message.h>

/*
 * Sends and receives; see Mach's own manual. It goes straight to the kernel
 * unless the task is traced (trace.h) or a debug build checks that no lock is
 * held. Errors of interruption come back as they are.
 */
mach_msg_return_t mach_msg(mach_msg_header_t *message, mach_msg_option_t option,
    mach_msg_size_t send_size, mach_msg_size_t receive_size,
    mach_port_t receive_name, mach_msg_timeout_t timeout, mach_port_t notify);

/* Set in servers. Debug builds call it before each request to a server: no lock
 * is held. A server that asks by a name which it does not have ends. */
extern void (*message_check)(void);

/* The trap itself: only for message.c and for code that has no stack. */
mach_msg_return_t mach_msg_trap(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify);

/* The task's own port. Asked of the kernel once, then remembered. */
mach_port_t mach_task_self(void);

/* Forgets it, and the calling thread's reply port: in a new task that began
 * as a copy of this one. */
void mach_task_forget(void);

/* These make a right at each call: the caller owns it. */
mach_port_t mach_reply_port(void);
mach_port_t mach_thread_self(void);
mach_port_t mach_task_self_trap(void);
mach_port_t mach_host_self(void);

/* Text on the kernel's console. */
void mach_print(const char *text);

enum {
	SWITCH_NONE = 0,
	SWITCH_DEPRESS = 1,
	SWITCH_WAIT = 2,
};
/* Gives up the processor; SWITCH_WAIT: for that many milliseconds. */
kern_return_t thread_switch(mach_port_t thread, int option, unsigned time);

kern_return_t syscall_vm_map(mach_port_t task, vm_address_t *address,
    vm_size_t size, vm_address_t mask, int anywhere, mach_port_t object,
    vm_offset_t offset, int copy, vm_prot_t protection, vm_prot_t maximum,
    vm_inherit_t inheritance);
kern_return_t syscall_vm_allocate(mach_port_t task, vm_address_t *address,
    vm_size_t size, int anywhere);
kern_return_t syscall_vm_deallocate(mach_port_t task, vm_address_t address,
    vm_size_t size);
kern_return_t syscall_task_create(mach_port_t task, int inherit,
    mach_port_t *child);
kern_return_t syscall_task_terminate(mach_port_t task);
kern_return_t syscall_mach_port_allocate(mach_port_t task, unsigned right,
    mach_port_t *name);
kern_return_t syscall_mach_port_deallocate(mach_port_t task, mach_port_t name);
kern_return_t syscall_mach_port_insert_right(mach_port_t task, mach_port_t name,
    mach_port_t right, mach_msg_type_name_t type);
kern_return_t thread_set_self_state(int flavor, void *state, unsigned count);
