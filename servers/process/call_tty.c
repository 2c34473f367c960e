/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the process server asks of terminals. Whoever serves the terminal
 * right itself would do; there is one server of terminals, found when it is
 * first needed.
 */
#include <base/lock.h>
#include <base/port.h>
#include <server/server.h>
#include <tty_control.client.h>

extern error_t call_acs_find(const char *name, int wait, mach_port_t *port);

static mach_port_t tty; /* send right, owned; set once, never taken back */

static error_t find_tty(void)
{
	mach_port_t found;
	error_t error;

	if (tty && !port_is_dead(tty))
		return 0;
	error = call_acs_find("tty", 0, &found);
	if (error)
		return E_NOTTY;
	tty = found;
	return 0;
}

error_t call_tty_set_session(mach_port_t terminal, int session, int group,
    int force, int *device)
{
	error_t error = find_tty();

	return error ? error : tty_control_set_session(tty, terminal, session,
	    group, force, device);
}

error_t call_tty_set_group(mach_port_t terminal, int session, int group)
{
	error_t error = find_tty();

	return error ? error : tty_control_set_group(tty, terminal, session,
	    group);
}

error_t call_tty_end_session(int session, int *foreground)
{
	error_t error = find_tty();

	return error ? error : tty_control_end_session(tty, session,
	    foreground);
}
