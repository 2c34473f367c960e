/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pseudo-terminals. A pair is one terminal (the slave, with its line) and one
 * file that is its device: the master reads what the slave's line gives out
 * and writes what it takes in. The number is free again when the master has
 * closed; slave files that are still open then are hung up and keep the
 * terminal alive, unnamed.
 */
#include "tty.h"
#include <base/heap.h>
#include <base/types.h>

enum {
	PSEUDO_MODE = 0620, /* others of group tty may write messages */
	PSEUDO_GROUP = 5,   /* tty, in Debian */
	/* Bytes that count as being in the master's own buffer, as on Linux:
	 * a ^C does not take them back. */
	PSEUDO_ARRIVED = 4096,
};

static struct terminal *pseudos[TTY_PSEUDO_MAX]; /* referenced */

static int pseudo_free_number(void)
{
	int number;

	for (number = 0; number < TTY_PSEUDO_MAX; number++)
		if (!pseudos[number])
			return number;
	return -1;
}

struct terminal *pseudo_find(int number)
{
	return number >= 0 && number < TTY_PSEUDO_MAX ? pseudos[number] : NULL;
}

/* The master's file, referenced by the caller. */
static error_t pseudo_master(
    struct terminal *terminal, unsigned access, struct terminal_file **result)
{
	struct terminal_file *file = heap_alloc_zero(sizeof *file);

	if (!file)
		return E_NOMEM;
	object_init(&file->object, &terminal_file_class);
	file->terminal = terminal_reference(terminal);
	file->access = access;
	file->is_master = 1;
	file->opening = 1;
	terminal->master = file;
	*result = file;
	return 0;
}

error_t pseudo_open_master(
    unsigned access, unsigned uid, int64_t now, struct terminal_file **file)
{
	int number = pseudo_free_number();
	struct terminal *terminal;
	error_t error;

	if (number < 0)
		return E_NOSPC;
	error = terminal_new(DEVICE_NUMBER(MAJOR_PSEUDO, number), &terminal);
	if (error)
		return error;
	terminal->number = number;
	terminal->line.modes.control &= ~(uint32_t)HUPCL; /* no line */
	terminal->locked = 1;
	terminal->line.keep = PSEUDO_ARRIVED;
	terminal->mode = PSEUDO_MODE;
	terminal->gid = PSEUDO_GROUP;
	terminal->uid = uid;
	terminal->changed = now;
	terminal->line.modes.input &= ~(uint32_t)IUTF8;
	error = pseudo_master(terminal, access, file);
	if (error) {
		terminal_release(terminal);
		return error;
	}
	pseudos[number] = terminal;
	return 0;
}

/* The number is free; the table's reference becomes the caller's. */
void pseudo_forget(struct terminal *terminal)
{
	terminal->master = NULL;
	pseudos[terminal->number] = NULL;
	terminal->device = 0;
	terminal_hang_up(terminal);
}

void pseudo_revive(struct terminal *terminal)
{
	if (terminal->number < TTY_PSEUDO_MAX && terminal->device)
		pseudos[terminal->number] = terminal;
}

void pseudo_master_closed(struct terminal_file *file)
{
	struct terminal *terminal = file->terminal;

	if (terminal_file_in_use(file))
		return;
	poll_cancel(file, 0);
	if (terminal->master != file)
		return;
	pseudo_forget(terminal);
	terminal_release(terminal);
}

error_t master_read(struct terminal_file *file, void *bytes, unsigned size,
    int flags, int ticket, unsigned *count)
{
	struct terminal *terminal = file->terminal;

	*count = 0;
	if (size == 0)
		return 0;
	if (!line_has_output(&terminal->line)) {
		if (terminal->slave_closed)
			return E_IO;
		if (wait_cancelled())
			return E_INTR;
		if (flags & FILE_NONBLOCK)
			return E_AGAIN;
		return wait_park(&terminal->master_readers, ticket);
	}
	*count = line_take_output(&terminal->line, bytes, size);
	terminal_changed(terminal);
	return 0;
}

error_t master_write(struct terminal_file *file, const void *bytes,
    unsigned size, int flags, int ticket, unsigned *count)
{
	struct terminal *terminal = file->terminal;

	*count = 0;
	if (size == 0)
		return 0;
	if (line_room(&terminal->line) == 0) {
		if (wait_cancelled())
			return E_INTR;
		if (flags & FILE_NONBLOCK)
			return E_AGAIN;
		return wait_park(&terminal->master_writers, ticket);
	}
	*count = terminal_input(terminal, bytes, size);
	return 0;
}
