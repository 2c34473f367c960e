/* SPDX-License-Identifier: BSD-2-Clause */
/* ioctl requests about more than the line: sessions, pairs, the screen. */
#include "core/control.h"
#include "tty.h"
#include <base/types.h>

enum {
	KEYBOARD_101 = 2,
	KEYBOARD_UNICODE = 3,
};

/* Requests that change the terminal: not for those in the background. */
static int control_changes(int request)
{
	switch (request) {
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
	case TCXONC:
	case TCFLSH:
	case TCSBRK:
	case TCSBRKP:
		return 1;
	}
	return 0;
}

/* Output leaves a stopped terminal only when somebody starts it, and a pair
 * keeps nothing back: neither is waited for. */
static error_t control_drain(struct terminal *terminal)
{
	struct line *line = &terminal->line;

	if (terminal->number >= 0 || line->stopped)
		return 0;
	if (ring_count(&line->output) == 0 && terminal->in_flight == 0)
		return 0;
	if (wait_cancelled())
		return E_INTR;
	return wait_park(&terminal->writers, 0);
}

/* What a process that has the terminal open may know of its session. */
static error_t control_session(
    struct terminal_file *file, struct control *control)
{
	struct terminal *terminal = file->terminal;

	switch (control->request) {
	case TIOCGPGRP:
	case TIOCGSID:
		if (!terminal->session)
			return E_NOTTY;
		control_answer(control,
		    control->request == TIOCGSID ? terminal->session
						 : terminal->group);
		return 0;
	case TIOCEXCL:
	case TIOCNXCL:
		terminal->exclusive = control->request == TIOCEXCL;
		return 0;
	case TIOCGEXCL:
		control_answer(control, terminal->exclusive);
		return 0;
	case TIOCGDEV:
		control_answer(control, terminal->device);
		return 0;
	case TIOCSTI:
		return E_PERM;
	}
	return E_NOTTY;
}

/* The master's own requests, and those whose two directions it sees the
 * other way round. */
static error_t control_master(
    struct terminal_file *file, struct control *control)
{
	struct terminal *terminal = file->terminal;
	struct line *line = &terminal->line;
	int number = 0;
	error_t error = control_number(control, &number);

	switch (control->request) {
	case TIOCGPTN:
		control_answer(control, terminal->number);
		return 0;
	case TIOCSPTLCK:
		if (!error)
			terminal->locked = number != 0;
		return error;
	case TIOCGPTLCK:
		control_answer(control, terminal->locked);
		return 0;
	case FIONREAD:
		control_answer(control, ring_count(&line->output));
		return 0;
	case TIOCOUTQ:
		control_answer(control, line_inside(line));
		return 0;
	case TCFLSH:
		if (error)
			return error;
		if (number == 0 || number == 2)
			ring_clear(&line->output);
		if (number == 1 || number == 2)
			line_flush_input(line);
		return number < 0 || number > 2 ? E_INVAL : 0;
	}
	return E_NOTTY;
}

/* What programs ask to find out whether they are on the PC's screen. */
static error_t control_screen(
    struct terminal_file *file, struct control *control)
{
	int device = file->terminal->device;

	if (device <= DEVICE_NUMBER(MAJOR_TERMINAL, 0) ||
	    device >= DEVICE_NUMBER(MAJOR_TERMINAL, MINOR_SERIAL))
		return E_NOTTY;
	switch (control->request) {
	case KDGKBTYPE:
		control_answer(control, KEYBOARD_101);
		control->out_size = 1;
		return 0;
	case KDGETMODE:
		control_answer(control, 0);
		return 0;
	case KDGKBMODE:
		control_answer(control, KEYBOARD_UNICODE);
		return 0;
	case VT_GETSTATE: /* active 1, signal 0, in use: 1 */
		control_answer(control, 1 | 0 << 16);
		((unsigned char *)control->out)[4] = 2;
		((unsigned char *)control->out)[5] = 0;
		control->out_size = 6;
		return 0;
	}
	return E_NOTTY;
}

error_t terminal_control(
    struct terminal_file *file, struct control *control, int flags)
{
	struct terminal *terminal = file->terminal;
	error_t error;

	if (file->hung)
		return E_IO;
	if (!file->is_master && control_changes(control->request)) {
		error = terminal_check_background(terminal, flags);
		if (error)
			return error;
	}
	if (control_drains(control->request) && !file->is_master) {
		error = control_drain(terminal);
		if (error)
			return error;
	}
	error = control_session(file, control);
	if (error == E_NOTTY && file->is_master)
		error = control_master(file, control);
	if (error == E_NOTTY)
		error = control_screen(file, control);
	if (error == E_NOTTY)
		error = line_control(&terminal->line, control);
	terminal_changed(terminal);
	return error;
}
