/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks and threads: what the kernel has to do for a process. Counted calls:
 * they are most of what a fork costs. The traps take any task's port, not just
 * our own, and cost a third of the calls by message.
 */
#include "process.h"
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <kernel/mach_i386.client.h>
#include <mach/task_special_ports.h>
#include <mach/thread_status.h>
#include <mach/vm_prot.h>

enum {
	SELECTOR_CODE = 0x17,
	SELECTOR_DATA = 0x1f,
	SELECTOR_TLS = 0x4b, /* the first of two of the GDT */
	FLAGS_START = 0x202, /* interrupts on */
	PRIORITY_NORMAL = 30, /* servers have 25; the worst is 49 */
};

extern mach_port_t call_acs_process_right(void);

void task_set_nice(mach_port_t task, int nice)
{
	task_priority(task, PRIORITY_NORMAL + (nice < 0 ? nice / 5 : nice), 1);
}

static error_t create_error(error_t error)
{
	return error == KERN_RESOURCE_SHORTAGE ? E_NOMEM : E_AGAIN;
}

error_t task_make_empty(int nice, mach_port_t *result)
{
	mach_port_t task;
	error_t error;

	error = syscall_task_create(mach_task_self(), 0, &task);
	if (error)
		return create_error(error);
	error = task_set_special_port(task, TASK_EXCEPTION_PORT,
	    exception_last);
	if (!error)
		/* by it the ACS knows whose task this is */
		error = task_set_special_port(task, TASK_BOOTSTRAP_PORT,
		    call_acs_process_right());
	if (error) {
		syscall_task_terminate(task);
		port_drop(task);
		return error;
	}
	task_set_nice(task, nice);
	*result = task;
	return 0;
}

error_t task_make(struct body *body, struct body *parent)
{
	mach_port_t task;
	error_t error;

	if (parent) {
		error = syscall_task_create(parent->task, 1, &task);
		error = error ? create_error(error) : 0;
	} else {
		error = task_make_empty(body->process.nice, &task);
	}
	if (!error)
		body_bind_task(body, task);
	return error;
}

static error_t map_fixed(mach_port_t task, vm_address_t address,
    mach_port_t object, vm_offset_t offset, vm_prot_t protection)
{
	return syscall_vm_map(task, &address, PAGE_SIZE, 0, 0, object, offset,
	    0, protection, protection, VM_INHERIT_NONE);
}

error_t task_equip(struct body *body)
{
	vm_offset_t offset;
	mach_port_t page = page_object(body, &offset), right;
	error_t error;

	error = map_fixed(body->task, LAYOUT_PROCESS_PAGE, page, offset,
	    VM_PROT_READ | VM_PROT_WRITE);
	if (!error)
		error = map_fixed(body->task, LAYOUT_PROCESS_PAGE + PAGE_SIZE,
		    clock_object, 0, VM_PROT_READ);
	if (!error)
		error = object_make_right(body, &pool_files, &right);
	if (error)
		return error;
	error = syscall_mach_port_insert_right(body->task, PORT_PROCESS, right,
	    MACH_MSG_TYPE_MOVE_SEND);
	if (error) {
		port_drop(right);
		return error;
	}
	error = syscall_mach_port_insert_right(body->task, PORT_VFS,
	    body->view, MACH_MSG_TYPE_COPY_SEND);
	if (!error)
		error = syscall_mach_port_insert_right(body->task, PORT_ACS,
		    call_acs_process_right(), MACH_MSG_TYPE_COPY_SEND);
	return error;
}

/*
 * What name stood for is gone: so it is for the child. The name must be taken
 * all the same, or another right would get it while a descriptor has it.
 */
static error_t give_dead(mach_port_t task, mach_port_t name)
{
	mach_port_t port = MACH_PORT_NULL;
	error_t error = port_new_with_send(&port);

	if (error)
		return error;
	error = syscall_mach_port_insert_right(task, name, port,
	    MACH_MSG_TYPE_COPY_SEND);
	port_end(port);
	port_drop(port);
	return error;
}

static error_t give_live(mach_port_t task, mach_port_t name, mach_port_t right)
{
	error_t error = syscall_mach_port_insert_right(task, name, right,
	    MACH_MSG_TYPE_COPY_SEND);

	/* It may die at any time. */
	return error && port_is_dead(right) ? give_dead(task, name) : error;
}

error_t task_give_rights(struct body *body, const int *names,
    const mach_port_t *rights, unsigned count)
{
	error_t error = 0;

	for (unsigned i = 0; i < count && !error; i++)
		if (rights[i] == MACH_PORT_DEAD)
			error = give_dead(body->task, (mach_port_t)names[i]);
		else if (rights[i] != MACH_PORT_NULL)
			error = give_live(body->task, (mach_port_t)names[i],
			    rights[i]);
	return error;
}

static error_t set_tls(mach_port_t thread, const uint32_t tls[4])
{
	error_t error = 0;

	for (int i = 0; i < 2 && !error; i++) {
		int selector = SELECTOR_TLS + i * 8;
		struct descriptor descriptor = { tls[2 * i], tls[2 * i + 1] };

		if (descriptor.low_word || descriptor.high_word)
			error = i386_set_gdt(thread, &selector, descriptor);
	}
	return error;
}

/*
 * The thread has an exception port besides its task's: if we die before we have
 * answered an exception, the kernel takes that for a refusal and raises it
 * again at the task's port, where it waits for our successor. Refused there it
 * would end the task (exception.c, raise_again).
 */
error_t task_make_thread(struct body *body, const struct task_start *start)
{
	struct i386_thread_state state = {
		.eip = start->entry,
		.uesp = start->stack,
		.eax = start->eax,
		.ebx = start->ebx,
		.ecx = start->ecx,
		.edx = start->edx,
		.esi = start->esi,
		.edi = start->edi,
		.ebp = start->ebp,
		.efl = FLAGS_START,
		.cs = SELECTOR_CODE,
		.ds = SELECTOR_DATA,
		.es = SELECTOR_DATA,
		.ss = SELECTOR_DATA,
		/* where every C library has it, when there is one */
		.gs = start->tls[0] || start->tls[1] ? SELECTOR_TLS : 0,
	};
	mach_port_t thread;
	error_t error;

	error = thread_create(body->task, &thread);
	if (error)
		return error == KERN_RESOURCE_SHORTAGE ? E_NOMEM : E_AGAIN;
	error = set_tls(thread, start->tls);
	if (!error)
		error = thread_set_special_port(thread, THREAD_EXCEPTION_PORT,
		    exception_right);
	if (!error)
		error = thread_set_state(thread, i386_REGS_SEGS_STATE,
		    (thread_state_t)&state, i386_THREAD_STATE_COUNT);
	if (error) {
		thread_terminate(thread);
		port_drop(thread);
		return error;
	}
	if (body->thread)
		port_drop(body->thread);
	body->thread = thread;
	return 0;
}

static void drop_threads(struct body *body)
{
	mach_port_t *threads;
	mach_msg_type_number_t count;

	if (task_threads(body->task, &threads, &count))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (threads[i] != body->thread)
			thread_terminate(threads[i]);
		port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof *threads);
}

void task_begin_image(struct body *body)
{
	body->starting = 1;
	souls_commit();
	drop_threads(body);
	thread_resume(body->thread);
	body->starting = 0;
}
