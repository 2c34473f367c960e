/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing at the program's end of a terminal. */
#include "tty.h"
#include <base/types.h>

enum {
	WRITE_PIECE = TTY_RING / 4, /* what a long write waits for */
};

/*
 * flags carry the caller's process group if this is its controlling terminal.
 * libmasix has the process server signal the group and repeats the call.
 */
error_t terminal_check_background(const struct terminal *terminal, int flags)
{
	int group = (unsigned)flags >> FILE_GROUP_SHIFT;

	if (group && terminal->group && group != terminal->group)
		return E_BACKGROUND;
	return 0;
}

/*
 * Whether a raw read may go on, by VMIN and VTIME. If it can't, wait says
 * until when it waits; 0: for ever.
 */
static int raw_ready(
    struct terminal *terminal, unsigned size, int ticket, unsigned *wait)
{
	const uint8_t *characters = terminal->line.modes.characters;
	unsigned least = characters[VMIN];
	unsigned ticks = characters[VTIME] * TIMER_TENTH;
	unsigned inside = line_inside(&terminal->line), deadline;

	*wait = 0;
	if (inside >= (size < least ? size : least) && (inside || !ticks))
		return 1;
	if (!ticks || (least && !inside))
		return 0;
	if (least)
		deadline = terminal->last_input + ticks + 1;
	else if (!timer_deadline(ticket, &deadline))
		deadline = timer_now() + ticks + 1;
	*wait = deadline;
	return (int)(timer_now() - deadline) >= 0;
}

/* 0: go on; else what the read answers now. */
static error_t read_wait(
    struct terminal *terminal, unsigned size, int flags, int ticket)
{
	unsigned wait = 0;
	int ready;

	if (line_is(&terminal->line, ICANON))
		ready = line_ready(&terminal->line, 1);
	else
		ready = raw_ready(terminal, size, ticket, &wait);
	if (ready)
		return 0;
	if (wait_cancelled())
		return E_INTR;
	if (flags & FILE_NONBLOCK)
		return line_inside(&terminal->line) &&
			!line_is(&terminal->line, ICANON)
		    ? 0
		    : E_AGAIN;
	if (wait && timer_set(terminal, ticket, wait))
		return E_NOMEM;
	return wait_park(&terminal->readers, ticket);
}

error_t terminal_read(struct terminal_file *file, void *bytes, unsigned size,
    int flags, int ticket, unsigned *count)
{
	struct terminal *terminal = file->terminal;
	error_t error;

	*count = 0;
	if (file->hung || size == 0)
		return 0;
	error = terminal_check_background(terminal, flags);
	if (!error)
		error = read_wait(terminal, size, flags, ticket);
	if (error != E_PARKED)
		timer_forget(ticket);
	if (error)
		return error;
	*count = line_read(&terminal->line, bytes, size);
	terminal_changed(terminal);
	if (line_ready(&terminal->line, 1) && terminal->readers.count)
		wait_wake(&terminal->readers);
	return 0;
}

error_t terminal_write(struct terminal_file *file, const void *bytes,
    unsigned size, int flags, int ticket, unsigned *count)
{
	struct terminal *terminal = file->terminal;
	struct line *line = &terminal->line;
	error_t error;

	*count = 0;
	if (file->hung)
		return E_IO;
	if (line_is(line, TOSTOP)) {
		error = terminal_check_background(terminal, flags);
		if (error)
			return error;
	}
	if (!line_writable(line, size < WRITE_PIECE ? size : WRITE_PIECE)) {
		if (wait_cancelled())
			return E_INTR;
		if (!(flags & FILE_NONBLOCK))
			return wait_park(&terminal->writers, ticket);
	}
	*count = line_write(line, bytes, size);
	if (*count == 0 && size > 0)
		return E_AGAIN;
	terminal_changed(terminal);
	return 0;
}
