/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An exec that changes who the process is (set-id). Whoever has a right of the
 * old image, to its task, process port, view, or a proxy of its page, must not
 * reach into the new one. So all of these are made anew, and libmasix too: its
 * data is in the old image's hands. Of its descriptors the new image knows
 * what the old libmasix wrote down, and reads it with mistrust (libmasix/unix/
 * carry.c).
 *
 * Requests that came by the old process port may still be on their way, in
 * other threads. They began with the old identity and must not go on with the
 * new one: the port is closed, then all of them end, then body changes.
 */
#include "process.h"
#include <base/layout.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/vm_prot.h>

enum {
	HOLDERS = 2,     /* of body when it is alone: the tree, this request */
	PATIENCE = 2000, /* milliseconds for other requests to end */
};

extern error_t call_vfs_renew_view(mach_port_t view, mach_port_t *renewed);
extern error_t call_vfs_credentials(mach_port_t view,
    const struct credentials *credentials);

static error_t renew_view(struct body *body, mach_port_t *view,
    const struct credentials *credentials)
{
	error_t error = call_vfs_renew_view(body->view, view);

	if (error)
		return error;
	error = call_vfs_credentials(*view, credentials);
	if (error)
		port_drop(*view);
	return error;
}

/* Leaves with the lock held, and no other request of body in progress. */
static error_t be_alone(struct body *body)
{
	for (int i = 0; i < PATIENCE; i++) {
		souls_lock();
		if (object_references(body) <= HOLDERS)
			return 0;
		souls_unlock();
		thread_switch(MACH_PORT_NULL, SWITCH_WAIT, 1);
	}
	log_line("pid %d: exec: its other requests don't end",
	    body->process.pid);
	return E_INTR;
}

/* body has a new task. Locked. */
static error_t settle_in(struct body *body, mach_port_t view,
    const struct credentials *credentials)
{
	error_t error;

	if (body->thread)
		port_drop(body->thread);
	port_drop(body->view);
	body->thread = MACH_PORT_NULL;
	body->view = view;
	body->process.credentials = *credentials;
	task_set_nice(body->task, body->process.nice);
	if (body->process.life == LIFE_STOPPED)
		task_suspend(body->task);
	error = page_renew(body);
	return error ? error : task_equip(body);
}

/* Locked. *taken: body has task and view, whatever is returned. If the server
 * dies before the commit neither task has all, and the process ends. */
static error_t change(struct body *body, mach_port_t task, mach_port_t view,
    const struct credentials *credentials, int *taken)
{
	mach_port_t old = body->task;
	error_t error;

	if (!old || !body->page)
		return E_INTR;
	body_measure(body);
	body->before = body->process.usage;
	body_bind_task(body, task);
	*taken = body->task == task;
	error = *taken ? settle_in(body, view, credentials) : E_NOMEM;
	souls_commit();
	syscall_task_terminate(old);
	port_drop(old);
	return error;
}

/* While the old task has them, for they may end with it. */
static error_t map_pages(mach_port_t task, const struct exec_request *request)
{
	error_t error = 0;

	for (unsigned i = 0; i < request->pages && !error; i++) {
		unsigned place = request->count + i;
		vm_address_t address = (uint32_t)request->names[place];

		if (address != page_trunc(address) || address < LAYOUT_FILES ||
		    address >= LAYOUT_WINDOWS_END)
			return E_INVAL;
		error = syscall_vm_map(task, &address, PAGE_SIZE, 0, 0,
		    request->rights[place], 0, 0,
		    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_READ | VM_PROT_WRITE,
		    VM_INHERIT_SHARE);
	}
	return error;
}

/* Its libmasix finds what it is to know at LAYOUT_CARRIED. */
static error_t load_carried(mach_port_t task,
    const struct exec_request *request)
{
	vm_address_t address = LAYOUT_CARRIED;
	vm_size_t size = page_round(request->carried_size);
	error_t error;

	*(uint32_t *)request->carried = request->carried_size;
	error = syscall_vm_allocate(task, &address, size, 0);
	if (error)
		return error;
	return vm_write(task, address, (vm_offset_t)request->carried, size);
}

static error_t move(struct body *body, mach_port_t task,
    const struct credentials *credentials, int *taken)
{
	mach_port_t view;
	error_t error = renew_view(body, &view, credentials);

	if (error)
		return error;
	object_close_port(body);
	error = be_alone(body);
	if (!error) {
		error = change(body, task, view, credentials, taken);
		souls_unlock();
	}
	if (!*taken)
		port_drop(view);
	return error;
}

error_t anew_take(struct body *body, mach_port_t task,
    const struct credentials *credentials, const struct exec_request *request)
{
	int taken = 0;
	error_t error = load_carried(task, request);

	if (!error)
		error = map_pages(task, request);
	if (!error)
		error = move(body, task, credentials, &taken);
	if (!error)
		error = task_give_rights(body, request->names, request->rights,
		    request->count);
	if (!taken) {
		syscall_task_terminate(task);
		port_drop(task);
	}
	return error;
}
