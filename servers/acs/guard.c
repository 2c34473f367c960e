/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guardian: what of a server outlives its task, as servers/lib/server's
 * README ("Recovery") draws it. The vault is made with the server, D is put
 * into each instance anew.
 */
#include "acs.h"
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <kernel/gnumach.client.h>
#include <kernel/mach.client.h>
#include <kernel/mach_port.client.h>
#include <mach/notify.h>
#include <mach/vm_inherit.h>
#include <server/recover.h>

static error_t region_make(mach_port_t vault)
{
	vm_address_t address = REGION_ADDRESS;
	error_t error = vm_allocate(vault, &address, REGION_SIZE, FALSE);

	if (!error)
		error = vm_inherit(vault, address, REGION_SIZE,
		    VM_INHERIT_SHARE);
	return error;
}

/* D is here: if the ACS dies now it goes to the next one. */
error_t guard_returned(struct guard *guard)
{
	error_t error = 0;

	guard->home = HOME_DOUBT;
	keep_write();
	if (keep_is_on())
		error = recover_port(guard->death);
	guard->home = HOME_HERE;
	keep_write();
	return error;
}

error_t guard_new(struct guard *guard, const char *name)
{
	char text[SERVER_NAME_MAX];
	error_t error = task_create(mach_task_self(), FALSE, &guard->vault);

	if (error)
		return error;
	text_format(text, sizeof(text), "%s.vault", name);
	task_set_name(guard->vault, text);
	error = region_make(guard->vault);
	if (!error)
		error = port_new_with_send(&guard->death);
	guard->home = !error ? HOME_HERE : HOME_NOT;
	if (!error)
		error = guard_returned(guard);
	return error;
}

error_t guard_task(struct guard *guard, GIVEN mach_port_t *task)
{
	return task_create(guard->vault, TRUE, task);
}

error_t guard_arm(struct guard *guard, mach_port_t task)
{
	error_t error;

	guard->home = HOME_DOUBT;
	keep_write();
	error = port_notify_destroyed(guard->death, events_port);
	if (error) { /* lost: the server starts empty */
		port_drop(guard->death);
		error = port_new_with_send(&guard->death);
		if (!error)
			error = port_notify_destroyed(guard->death,
			    events_port);
	}
	if (!error)
		error = mach_port_insert_right(task, GUARD_VAULT,
		    guard->vault, MACH_MSG_TYPE_COPY_SEND);
	if (!error)
		error = mach_port_insert_right(task, GUARD_PORT,
		    guard->death, MACH_MSG_TYPE_MOVE_RECEIVE);
	guard->home = error ? HOME_HERE : HOME_NOT;
	keep_write();
	return error;
}

/* Nothing of the dead instance is to be believed. */
void guard_empty(struct guard *guard)
{
	vm_deallocate(guard->vault, REGION_ADDRESS, REGION_SIZE);
	if (region_make(guard->vault))
		log_loud("no memory for what is to survive");
}

void guard_end(struct guard *guard)
{
	if (guard->home) {
		guard->home = HOME_DOUBT;
		keep_write();
		port_notify_cancel(guard->death, MACH_NOTIFY_PORT_DESTROYED);
		port_end(guard->death);
	}
	guard->home = HOME_NOT;
	port_drop(guard->death);
	if (guard->vault)
		task_terminate(guard->vault);
	port_drop(guard->vault);
	guard->death = guard->vault = MACH_PORT_NULL;
}
