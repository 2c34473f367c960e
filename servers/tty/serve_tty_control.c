/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions and foreground groups, as the process server decides them. */
#include "tty.h"
#include <base/port.h>
#include <base/types.h>
#include <tty_control.server.h>

/* The terminal behind a right, if it is a usable one of ours; the file is
 * referenced. */
static error_t terminal_of_right(
    BORROWED mach_port_t right, struct terminal_file **file)
{
	*file = object_of_right(right, &terminal_file_class);
	return *file ? 0 : E_NOTTY;
}

error_t serve_tty_control_set_session(object_t object,
    CONSUMED mach_port_t right, int session, int group, int force, int *device)
{
	struct terminal_file *file;
	struct terminal *terminal;
	error_t error;

	(void)object;
	error = terminal_of_right(right, &file);
	if (error)
		return error;
	tty_lock();
	terminal = file->terminal;
	if (file->hung || file->is_master) {
		error = E_NOTTY;
	} else if (terminal->session && terminal->session != session &&
	    !force) {
		error = E_PERM;
	} else {
		if (terminal->session != session)
			terminal->group = group;
		terminal->session = session;
		*device = terminal->device;
	}
	tty_unlock();
	object_release(file);
	if (!error)
		port_drop(right);
	return error;
}

error_t serve_tty_control_set_group(
    object_t object, CONSUMED mach_port_t right, int session, int group)
{
	struct terminal_file *file;
	error_t error;

	(void)object;
	error = terminal_of_right(right, &file);
	if (error)
		return error;
	tty_lock();
	if (file->hung || file->terminal->session != session)
		error = E_NOTTY;
	else
		file->terminal->group = group;
	tty_unlock();
	object_release(file);
	if (!error)
		port_drop(right);
	return error;
}

/*
 * The session is over. A real terminal is hung up, so that the next user has
 * it alone; a pair only loses its session, as on Linux. The process server
 * signals the group by itself, since it knows who is left in it.
 */
error_t serve_tty_control_end_session(
    object_t object, int session, int *foreground)
{
	struct terminal *terminal;

	(void)object;
	*foreground = 0;
	tty_lock();
	terminal = terminal_of_session(session);
	if (terminal) {
		*foreground = terminal->group;
		terminal->session = terminal->group = 0;
		if (terminal->number < 0)
			terminal_hang_up(terminal);
	}
	tty_unlock();
	return 0;
}
