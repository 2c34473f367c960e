/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes coming in from the keyboard side of a terminal: the order in which the
 * modes look at a byte is Linux's, since programs can see it.
 */
#include "core/line.h"
#include <string.h>

enum {
	INPUT_SLACK = 4, /* a marked error is three bytes */
};

static int line_is_character(
    const struct line *line, int index, unsigned char byte)
{
	return byte == line->modes.characters[index] && byte != MODES_DISABLED;
}

static unsigned line_free(const struct line *line)
{
	return LINE_SIZE - line_inside(line);
}

/* In canonical mode without a complete line no reader can make room: what
 * does not fit is dropped, but the end of the line must still fit. */
static int line_drops(const struct line *line)
{
	return line_is(line, ICANON) && line->canonical == line->tail;
}

unsigned line_room(const struct line *line)
{
	unsigned room = line_free(line);

	if (line_drops(line))
		return LINE_SIZE;
	return room > INPUT_SLACK ? room - INPUT_SLACK : 0;
}

/* Whether it was put. */
static int line_put(struct line *line, unsigned char byte, int delimiter)
{
	unsigned needed = line_is(line, ICANON) && !delimiter ? 2 : 1;

	if (line_free(line) < needed) {
		line->lost++;
		if (line->modes.input & IMAXBEL)
			line_echo_raw(line, '\a');
		return 0;
	}
	line->input[line->head & (LINE_SIZE - 1)] = byte;
	line_mark(line, line->head, delimiter);
	line->head++;
	if (delimiter)
		line->canonical = line->head;
	return 1;
}

static void line_end(struct line *line, unsigned char byte)
{
	line_put(line, byte, 1);
}

/* An ordinary byte: data, with its echo. */
static void line_put_data(struct line *line, unsigned char byte)
{
	int doubled = byte == 0xff && (line->modes.input & PARMRK);

	if (line_drops(line) && line_free(line) < 2u + doubled) {
		line_put(line, byte, 0);
		return;
	}
	if (line_is(line, ECHO)) {
		line_echo_end_erase(line);
		if (line->head == line->canonical)
			line->edit_column = line->column;
		line_echo(line, byte);
	}
	if (doubled)
		line_put(line, byte, 0);
	line_put(line, byte, 0);
}

static void line_note(struct line *line)
{
	line->before.head = line->output.head;
	line->before.column = line->column;
	line->before.edit_column = line->edit_column;
}

static void line_signal(struct line *line, int signal, unsigned char byte)
{
	if (!line_is(line, NOFLSH)) {
		line->output.head = line->before.head;
		line->column = line->before.column;
		line->edit_column = line->before.edit_column;
		line_flush_output(line);
		line_flush_input(line);
	}
	line_note(line);
	if (line->modes.input & IXON)
		line->stopped = 0;
	if (line_is(line, ECHO))
		line_echo(line, byte);
	line->raised |= 1u << signal;
}

/* IXON; whether byte was one of the two. */
static int line_input_flow(struct line *line, unsigned char byte)
{
	if (!(line->modes.input & IXON))
		return 0;
	if (line_is_character(line, VSTART, byte)) {
		line->stopped = 0;
		return 1;
	}
	if (line_is_character(line, VSTOP, byte)) {
		line->stopped = 1;
		return 1;
	}
	return 0;
}

static int line_input_signal(struct line *line, unsigned char byte)
{
	if (!line_is(line, ISIG))
		return 0;
	if (line_is_character(line, VINTR, byte))
		line_signal(line, LINE_SIGINT, byte);
	else if (line_is_character(line, VQUIT, byte))
		line_signal(line, LINE_SIGQUIT, byte);
	else if (line_is_character(line, VSUSP, byte))
		line_signal(line, LINE_SIGTSTP, byte);
	else
		return 0;
	return 1;
}

/* The characters of the extended editor (IEXTEN). */
static int line_input_extended(struct line *line, unsigned char byte)
{
	if (!line_is(line, IEXTEN))
		return 0;
	if (line_is_character(line, VWERASE, byte)) {
		line_erase(line, VWERASE);
	} else if (line_is_character(line, VLNEXT, byte)) {
		line->quote_next = 1;
		if (line_is(line, ECHO))
			line_echo_end_erase(line);
		if (line_is(line, ECHO) && line_is(line, ECHOCTL)) {
			line_echo_raw(line, '^');
			line_echo_raw(line, '\b');
		}
	} else if (line_is_character(line, VREPRINT, byte) &&
	    line_is(line, ECHO)) {
		line_reprint(line);
	} else {
		return 0;
	}
	return 1;
}

/* Editing and ends of lines; whether byte was used up. */
static int line_input_canonical(struct line *line, unsigned char byte)
{
	if (line_is_character(line, VERASE, byte)) {
		line_erase(line, VERASE);
	} else if (line_is_character(line, VKILL, byte)) {
		line_erase(line, VKILL);
	} else if (line_input_extended(line, byte)) {
		return 1;
	} else if (byte == '\n') {
		if (line_is(line, ECHO) || line_is(line, ECHONL))
			line_echo_raw(line, '\n');
		line_end(line, '\n');
	} else if (line_is_character(line, VEOF, byte)) {
		line_end(line, 0);
	} else if (line_is_character(line, VEOL, byte) ||
	    (line_is_character(line, VEOL2, byte) && line_is(line, IEXTEN))) {
		if (line_is(line, ECHO)) {
			if (line->head == line->canonical)
				line->edit_column = line->column;
			line_echo(line, byte);
		}
		line_end(line, byte);
	} else {
		return 0;
	}
	return 1;
}

/* ISTRIP and IUCLC apply to quoted bytes, too. */
static unsigned char line_fold(const struct line *line, unsigned char byte)
{
	if (line->modes.input & ISTRIP)
		byte &= 0x7f;
	if ((line->modes.input & IUCLC) && line_is(line, IEXTEN) &&
	    line_is_upper(byte))
		byte += 'a' - 'A';
	return byte;
}

/* A return that means a newline: also in raw mode it is echoed as one, where
 * a newline that was typed as such is shown as ^J. */
static void line_new_line_typed(struct line *line)
{
	if (line_is(line, ICANON) && line_input_canonical(line, '\n'))
		return;
	if (line_is(line, ECHO)) {
		line_echo_end_erase(line);
		line_echo_raw(line, '\n');
	}
	line_put(line, '\n', 0);
}

static void line_input_byte(struct line *line, unsigned char byte)
{
	byte = line_fold(line, byte);
	if (line->quote_next) {
		line->quote_next = 0;
		line_put_data(line, byte);
		return;
	}
	if (line_is(line, EXTPROC)) {
		line_put(line, byte, 0);
		return;
	}
	if (line_input_flow(line, byte) || line_input_signal(line, byte))
		return;
	if (line->stopped && (line->modes.input & IXON) &&
	    (line->modes.input & IXANY))
		line->stopped = 0;
	if (byte == '\r') {
		if (line->modes.input & IGNCR)
			return;
		if (line->modes.input & ICRNL) {
			line_new_line_typed(line);
			return;
		}
	} else if (byte == '\n' && (line->modes.input & INLCR)) {
		byte = '\r';
	}
	if (line_is(line, ICANON) && line_input_canonical(line, byte))
		return;
	line_put_data(line, byte);
}

unsigned line_input(struct line *line, const void *bytes, unsigned count)
{
	const unsigned char *next = bytes;
	unsigned taken;

	line_note(line);
	for (taken = 0; taken < count; taken++) {
		if (!line_drops(line) && line_free(line) < INPUT_SLACK)
			break;
		line_input_byte(line, next[taken]);
	}
	line_flow_sender(line);
	return taken;
}

void line_input_break(struct line *line)
{
	if (line->modes.input & IGNBRK)
		return;
	if (line->modes.input & BRKINT) {
		line_note(line);
		line_signal(line, LINE_SIGINT, 0);
		return;
	}
	if (line->modes.input & PARMRK) {
		line_put(line, 0xff, 0);
		line_put(line, 0, 0);
	}
	line_put(line, 0, 0);
}
