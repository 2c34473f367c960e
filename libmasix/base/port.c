/* SPDX-License-Identifier: BSD-2-Clause */
/* Port rights; see port.h. The cheap traps are used where there are some. */
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>
#include <mach/notify.h>

error_t port_new(mach_port_t *receive)
{
	return syscall_mach_port_allocate(mach_task_self(),
	    MACH_PORT_RIGHT_RECEIVE, receive);
}

error_t port_make_send(mach_port_t receive)
{
	return syscall_mach_port_insert_right(mach_task_self(), receive,
	    receive, MACH_MSG_TYPE_MAKE_SEND);
}

error_t port_new_with_send(mach_port_t *port)
{
	mach_port_t receive;
	error_t error = port_new(&receive);

	if (error)
		return error;
	error = port_make_send(receive);
	if (error)
		port_end(receive);
	else
		*port = receive;
	return error;
}

error_t port_set_new(mach_port_t *set)
{
	return syscall_mach_port_allocate(mach_task_self(),
	    MACH_PORT_RIGHT_PORT_SET, set);
}

error_t port_copy_send(mach_port_t send)
{
	return mach_port_mod_refs(mach_task_self(), send, MACH_PORT_RIGHT_SEND,
	    1);
}

int port_is_known(mach_port_t name)
{
	mach_port_type_t type;

	return !mach_port_type(mach_task_self(), name, &type) &&
	    type & (MACH_PORT_TYPE_SEND_RIGHTS | MACH_PORT_TYPE_DEAD_NAME);
}

void port_drop(mach_port_t right)
{
	if (MACH_PORT_VALID(right))
		syscall_mach_port_deallocate(mach_task_self(), right);
}

void port_drop_many(mach_port_t send, int count)
{
	if (!MACH_PORT_VALID(send) || count <= 0)
		return;
	if (mach_port_mod_refs(mach_task_self(), send, MACH_PORT_RIGHT_SEND,
		-count) == KERN_INVALID_RIGHT)
		mach_port_mod_refs(mach_task_self(), send,
		    MACH_PORT_RIGHT_DEAD_NAME, -count);
}

void port_end(mach_port_t receive)
{
	if (MACH_PORT_VALID(receive))
		mach_port_mod_refs(mach_task_self(), receive,
		    MACH_PORT_RIGHT_RECEIVE, -1);
}

void port_destroy(mach_port_t name)
{
	if (MACH_PORT_VALID(name))
		mach_port_destroy(mach_task_self(), name);
}

error_t port_move_to_set(mach_port_t receive, mach_port_t set)
{
	return mach_port_move_member(mach_task_self(), receive, set);
}

error_t port_set_payload(mach_port_t receive, unsigned long payload)
{
	return mach_port_set_protected_payload(mach_task_self(), receive,
	    payload);
}

error_t port_set_limit(mach_port_t receive, unsigned limit)
{
	return mach_port_set_qlimit(mach_task_self(), receive, limit);
}

static error_t port_notify(mach_port_t name, int id, unsigned sync,
    mach_port_t notify)
{
	mach_port_t previous = MACH_PORT_NULL;
	error_t error;

	error = mach_port_request_notification(mach_task_self(), name, id, sync,
	    notify, MACH_MSG_TYPE_MAKE_SEND_ONCE, &previous);
	if (!error)
		port_drop(previous);
	return error;
}

error_t port_notify_no_senders(mach_port_t receive, unsigned sync,
    mach_port_t notify)
{
	return port_notify(receive, MACH_NOTIFY_NO_SENDERS, sync, notify);
}

error_t port_notify_dead(mach_port_t send, mach_port_t notify)
{
	return port_notify(send, MACH_NOTIFY_DEAD_NAME, 1, notify);
}

error_t port_notify_destroyed(mach_port_t receive, mach_port_t notify)
{
	return port_notify(receive, MACH_NOTIFY_PORT_DESTROYED, 0, notify);
}

void port_notify_cancel(mach_port_t name, int id)
{
	port_notify(name, id, 0, MACH_PORT_NULL);
}

int port_is_dead(mach_port_t name)
{
	mach_port_type_t type;

	if (!MACH_PORT_VALID(name) ||
	    mach_port_type(mach_task_self(), name, &type))
		return 1;
	return (type & MACH_PORT_TYPE_DEAD_NAME) != 0;
}

/*
 * A trap that would copy a send right to nowhere: of a send-once right it says
 * that this is the wrong kind, of anything else something else. No right
 * changes hands in any case.
 */
int port_is_dead_once(mach_port_t name)
{
	if (MACH_PORT_VALID(name) &&
	    syscall_mach_port_insert_right(mach_task_self(), MACH_PORT_NULL,
		name, MACH_MSG_TYPE_COPY_SEND) == KERN_INVALID_RIGHT)
		return 0;
	return port_is_dead(name);
}

error_t port_count(struct port_counts *counts)
{
	mach_port_array_t names;
	mach_port_type_array_t types;
	mach_msg_type_number_t count, type_count;
	error_t error;

	error = mach_port_names(mach_task_self(), &names, &count, &types,
	    &type_count);
	if (error)
		return error;
	counts->names = count;
	counts->received = counts->dead = 0;
	for (unsigned i = 0; i < type_count; i++) {
		counts->received += !!(types[i] & MACH_PORT_TYPE_RECEIVE);
		counts->dead += !!(types[i] & MACH_PORT_TYPE_DEAD_NAME);
	}
	memory_free((vm_address_t)names, count * sizeof(*names));
	memory_free((vm_address_t)types, type_count * sizeof(*types));
	return 0;
}
