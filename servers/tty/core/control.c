/* SPDX-License-Identifier: BSD-2-Clause */
/* ioctl requests that the line discipline answers by itself. */
#include "core/control.h"
#include <string.h>

enum {
	FLUSH_INPUT,
	FLUSH_OUTPUT,
	FLUSH_BOTH,
	MODEM_READY = 02 | 04 | 0x20 | 0x40 | 0x100, /* DTR RTS CTS CD DSR */
};

error_t control_number(const struct control *control, int *number)
{
	if (control->in_size < sizeof *number)
		return E_INVAL;
	memcpy(number, control->in, sizeof *number);
	return 0;
}

void control_answer(struct control *control, int number)
{
	memcpy(control->out, &number, sizeof number);
	control->out_size = sizeof number;
}

int control_drains(int request)
{
	switch (request) {
	case TCSETSW:
	case TCSETSF:
	case TCSETAW:
	case TCSETAF:
	case TCSETSW2:
	case TCSETSF2:
	case TCSBRK:
	case TCSBRKP:
		return 1;
	}
	return 0;
}

/* The size of the structure that a request about modes carries; 0: none. */
static unsigned modes_size(int request, int *set)
{
	*set = 0;
	switch (request) {
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		*set = 1;
		return MODES_TERMIOS_SIZE;
	case TCGETS:
		return MODES_TERMIOS_SIZE;
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		*set = 1;
		return MODES_TERMIO_SIZE;
	case TCGETA:
		return MODES_TERMIO_SIZE;
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		*set = 1;
		return MODES_TERMIOS2_SIZE;
	case TCGETS2:
		return MODES_TERMIOS2_SIZE;
	}
	return 0;
}

static error_t line_control_modes(
    struct line *line, struct control *control, unsigned size, int set)
{
	struct modes modes = line->modes;
	int request = control->request;

	if (!set) {
		modes_to_bytes(&modes, control->out, size);
		control->out_size = size;
		return 0;
	}
	if (control->in_size < size)
		return E_INVAL;
	modes_from_bytes(&modes, control->in, size);
	if (request == TCSETSF || request == TCSETAF || request == TCSETSF2)
		line_flush_input(line);
	line_set_modes(line, &modes);
	return 0;
}

static error_t line_control_size(struct line *line, struct control *control)
{
	struct window_size size;

	if (control->request == TIOCGWINSZ) {
		memcpy(control->out, &line->size, sizeof line->size);
		control->out_size = sizeof line->size;
		return 0;
	}
	if (control->in_size < sizeof size)
		return E_INVAL;
	memcpy(&size, control->in, sizeof size);
	line_set_size(line, &size);
	return 0;
}

static error_t line_flush(struct line *line, int what)
{
	if (what < FLUSH_INPUT || what > FLUSH_BOTH)
		return E_INVAL;
	if (what != FLUSH_OUTPUT)
		line_flush_input(line);
	if (what != FLUSH_INPUT)
		line_flush_output(line);
	return 0;
}

/* Requests whose argument, if they have one, is the number itself. */
static error_t line_control_word(struct line *line, struct control *control)
{
	int number = 0;
	error_t error = control_number(control, &number);

	switch (control->request) {
	case TCXONC:
		return error ? error : line_flow(line, number);
	case TCFLSH:
		return error ? error : line_flush(line, number);
	case TCSBRK:
	case TCSBRKP:
	case TIOCSBRK:
	case TIOCCBRK:
		return 0;
	case TIOCSETD:
		return error ? error : number == 0 ? 0 : E_INVAL;
	case TIOCSSOFTCAR:
		line->modes.control &= ~(uint32_t)CLOCAL;
		line->modes.control |= number ? CLOCAL : 0;
		return error;
	case TIOCMBIS:
	case TIOCMBIC:
	case TIOCMSET:
		return error;
	}
	return E_NOTTY;
}

error_t line_control(struct line *line, struct control *control)
{
	int set;
	unsigned size = modes_size(control->request, &set);

	if (size)
		return line_control_modes(line, control, size, set);
	switch (control->request) {
	case TIOCGWINSZ:
	case TIOCSWINSZ:
		return line_control_size(line, control);
	case FIONREAD:
		control_answer(control, line_available(line));
		return 0;
	case TIOCOUTQ:
		control_answer(control, ring_count(&line->output));
		return 0;
	case TIOCGETD:
		control_answer(control, 0);
		return 0;
	case TIOCGSOFTCAR:
		control_answer(control, !!(line->modes.control & CLOCAL));
		return 0;
	case TIOCMGET:
		control_answer(control, MODEM_READY);
		return 0;
	}
	return line_control_word(line, control);
}
