/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a process is: identities, groups, sessions, terminals. VFS has a copy
 * of the identities in the process's view; it is told before the answer goes
 * out, so that the next call of the process is judged by the new ones.
 */
#include "process.h"
#include "core/group.h"
#include <base/memory.h>
#include <process.server.h>

enum {
	BORN_EACH = 10000, /* microseconds */
};

extern error_t call_vfs_credentials(mach_port_t view,
    const struct credentials *credentials);
extern error_t call_vfs_session(mach_port_t view, int session);
extern error_t call_tty_set_session(mach_port_t terminal, int session,
    int group, int force, int *device);
extern error_t call_tty_set_group(mach_port_t terminal, int session,
    int group);

/* Tells VFS, with a copy: the lock is not held. */
static error_t push_credentials(struct body *body)
{
	struct credentials copy;
	mach_port_t view;

	souls_lock();
	copy = body->process.credentials;
	view = body->view;
	body_show(body);
	souls_unlock();
	return view ? call_vfs_credentials(view, &copy) : E_SRCH;
}

error_t serve_process_set_ids(object_t object, int which, int real,
    int effective, int saved)
{
	struct body *body = body_of(object);
	error_t error;

	souls_lock();
	error = credentials_set(&body->process.credentials,
	    (enum identity_kind)which, (uint32_t)real, (uint32_t)effective,
	    (uint32_t)saved);
	souls_unlock();
	return error ? error : push_credentials(body);
}

error_t serve_process_set_groups(object_t object, int_array_t groups,
    mach_msg_type_number_t count)
{
	struct body *body = body_of(object);
	error_t error;

	souls_lock();
	error = credentials_set_groups(&body->process.credentials,
	    (const uint32_t *)groups, count);
	souls_unlock();
	if (!error)
		error = push_credentials(body);
	if (error)
		return error;
	memory_free((vm_address_t)groups, count * sizeof *groups);
	return 0;
}

error_t serve_process_set_group(object_t object, int request, int pid,
    int group)
{
	struct body *body = body_of(object), *other;
	error_t error;

	souls_lock();
	if (body_has_done(body, request, 0, 0)) {
		souls_unlock();
		return 0;
	}
	error = body->page ? group_set(&souls->tree, &body->process, pid,
	    group) : E_SRCH;
	other = pid ? body_find(pid) : body;
	if (!error && other)
		body_show(other);
	if (!error)
		body_did(body, request, 0, 0);
	souls_unlock();
	return error;
}

error_t serve_process_get_id(object_t object, int pid, int what, int *id)
{
	struct body *body = body_of(object);
	error_t error = 0;

	souls_lock();
	if (pid)
		body = body_find(pid);
	if (!body || !body->process.group)
		error = E_SRCH;
	else if (what == 0)
		*id = body->process.group->id;
	else if (what == 1)
		*id = body->process.group->session->id;
	else if (what == 2)
		*id = body->process.pid;
	else
		error = E_INVAL;
	souls_unlock();
	return error;
}

/* Locked. VFS is told again if the request is repeated. */
static error_t new_session(struct body *body, int request)
{
	error_t error;

	if (!body->page)
		return E_SRCH;
	if (body_has_done(body, request, 0, 0))
		return 0;
	error = group_new_session(&souls->tree, &body->process);
	if (!error)
		body_did(body, request, 0, 0);
	return error;
}

error_t serve_process_new_session(object_t object, int request, int *session)
{
	struct body *body = body_of(object);
	mach_port_t view;
	error_t error;

	souls_lock();
	error = new_session(body, request);
	*session = body->process.pid;
	view = body->view;
	body_show(body);
	souls_unlock();
	return error ? error : call_vfs_session(view, *session);
}

/* All processes of a session show its terminal. Locked. */
static void show_terminal(struct session *session, uint32_t device)
{
	struct process *process = 0;

	session->terminal = device;
	while ((process = tree_next(&souls->tree, process)))
		if (process->group && process->group->session == session)
			body_show(body_of_soul(process));
}

/* terminal: COPIED right, ours after success. */
error_t serve_process_set_terminal(object_t object, port_copied_t terminal,
    int force)
{
	struct body *body = body_of(object);
	struct process *process = &body->process;
	int session, group, leads, has, root, device = 0;
	error_t error;

	souls_lock();
	if (!body->page) { /* it has ended, and may be in no group */
		souls_unlock();
		return E_SRCH;
	}
	session = process->group->session->id;
	group = process->group->id;
	leads = session == process->pid;
	has = process->group->session->terminal != 0;
	root = process->credentials.user.effective == 0;
	souls_unlock();
	if (!leads || (has && !force) || (force && !root))
		return E_PERM;
	error = call_tty_set_session(terminal, session, group, force, &device);
	if (error)
		return error;
	souls_lock();
	if (process->group) {
		process->group->session->foreground = group;
		show_terminal(process->group->session, (uint32_t)device);
	}
	souls_unlock();
	port_drop(terminal);
	return 0;
}

/* TIOCNOTTY: a leader gives the terminal up for all, with a hang-up; anybody
 * else has it only as long as its session, so there is nothing to do. */
static void give_up_terminal(struct process *process)
{
	struct session *session = process->group->session;

	if (session->id != process->pid || !session->terminal)
		return;
	show_terminal(session, 0);
	session_ended(session->id);
}

error_t serve_process_set_foreground(object_t object, port_copied_t terminal,
    int group)
{
	struct body *body = body_of(object);
	struct group *found;
	int session;
	error_t error = 0;

	souls_lock();
	if (!body->page) {
		souls_unlock();
		return E_SRCH;
	}
	session = body->process.group->session->id;
	found = tree_find_group(&souls->tree, group);
	if (group == -1)
		give_up_terminal(&body->process);
	else if (group < 0)
		error = E_INVAL;
	else if (!found)
		error = E_SRCH;
	else if (found->session->id != session)
		error = E_PERM;
	souls_unlock();
	if (!error && group != -1)
		error = call_tty_set_group(terminal, session, group);
	if (error)
		return error;
	souls_lock();
	if (group != -1 && body->process.group)
		body->process.group->session->foreground = group;
	souls_unlock();
	port_drop(terminal);
	return 0;
}

error_t serve_process_state(object_t object, int pid, int *ended, int *born)
{
	const struct body *body;

	(void)object;
	souls_lock();
	body = body_find(pid);
	if (body) {
		*ended = body->process.life == LIFE_ZOMBIE;
		*born = (int)(body->process.start / BORN_EACH);
	}
	souls_unlock();
	return body ? 0 : E_SRCH;
}
