/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Terminals outlive the server. A terminal lies whole in memory that survives,
 * in a slot of its own: line, rings, session and group go on as they are. What
 * is this task's alone (lists, queues, files, threads) is made anew: first the
 * terminals, when the first right is restored; then the files, by their
 * records; in the end, from start(), the devices' threads, and pairs whose
 * master did not come back are hung up.
 *
 * Who waits in poll left a right to be told by. After a recovery all of them
 * are told, and look again.
 *
 * A kill inside of a change of a line may leave it in between: the marks are
 * then put into an order that the line's invariants allow.
 */
#include "tty.h"
#include <base/heap.h>
#include <base/port.h>
#include <string.h>

enum {
	SLOTS = 96,
};

struct slot {
	uint32_t used;
	struct terminal terminal;
	struct {
		mach_port_t notify;
		int cookie;
	} polls[TTY_POLLS_MAX];
	unsigned char ring[TTY_RING];
};

const unsigned keep_size = SLOTS * sizeof(struct slot);
static int keep_begun;

static struct slot *slots(void)
{
	return server_memory;
}

static struct slot *slot_of(struct terminal *terminal)
{
	return list_item(terminal, struct slot, terminal);
}

struct terminal *keep_new(void)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		struct slot *slot = &slots()[i];

		if (slot->used)
			continue;
		memset(slot, 0, offsetof(struct slot, ring));
		slot->terminal.ring = slot->ring;
		return &slot->terminal;
	}
	return NULL;
}

void keep_use(struct terminal *terminal, int use)
{
	slot_of(terminal)->used = use;
}

/* Marks that a kill may have left in any order. */
static void line_repair(struct line *line, unsigned char *ring)
{
	line_read_undo(line);
	if (line_inside(line) > LINE_SIZE)
		line->tail = line->head;
	if (line->canonical - line->tail > line_inside(line))
		line->canonical = line->tail;
	line->output.bytes = ring;
	line->output.size = TTY_RING;
	if (ring_count(&line->output) > TTY_RING)
		ring_clear(&line->output);
	if (line->urgent_count > sizeof line->urgent)
		line->urgent_count = 0;
}

void keep_begin(void)
{
	if (keep_begun)
		return;
	keep_begun = 1;
	for (unsigned i = 0; server_recovered && i < SLOTS; i++) {
		struct slot *slot = &slots()[i];

		if (!slot->used)
			continue;
		line_repair(&slot->terminal.line, slot->ring);
		if (slot->terminal.in_flight > TTY_FLIGHT ||
		    slot->terminal.flight_sent > slot->terminal.in_flight)
			slot->terminal.in_flight = 0;
		terminal_revive(&slot->terminal);
	}
}

/* ---- those who wait in poll ------------------------------------------- */

int keep_poll(struct terminal *terminal, mach_port_t notify, int cookie)
{
	struct slot *slot = slot_of(terminal);

	for (int i = 0; i < TTY_POLLS_MAX; i++) {
		if (slot->polls[i].notify || vault_keep(notify))
			continue;
		slot->polls[i].cookie = cookie;
		slot->polls[i].notify = notify;
		return i;
	}
	return -1;
}

void keep_poll_end(struct terminal *terminal, int place)
{
	struct slot *slot = slot_of(terminal);

	if (place < 0)
		return;
	vault_drop(slot->polls[place].notify);
	slot->polls[place].notify = MACH_PORT_NULL;
}

void keep_polls_take(struct terminal *terminal)
{
	struct slot *slot = slot_of(terminal);

	for (int i = 0; i < TTY_POLLS_MAX; i++) {
		mach_port_t old = slot->polls[i].notify, right;

		slot->polls[i].notify = MACH_PORT_NULL;
		if (!old || vault_take(old, &right))
			continue;
		vault_drop(right);
		poll_tell_later(right, slot->polls[i].cookie);
	}
}

/* ---- files -------------------------------------------------------------- */

struct file_record {
	uint32_t slot, access, is_master, hung;
};

static void file_save(object_t object, void *to)
{
	struct terminal_file *file = (struct terminal_file *)object;
	struct file_record *record = to;

	record->slot = (uint32_t)(slot_of(file->terminal) - slots());
	record->access = file->access;
	record->is_master = file->is_master;
	record->hung = file->hung;
}

static error_t file_restore(const void *from, object_t *object)
{
	const struct file_record *record = from;
	struct terminal_file *file;
	error_t error;

	tty_lock();
	keep_begin();
	if (record->slot >= SLOTS || !slots()[record->slot].used ||
	    record->access > 3)
		error = E_UCLEAN;
	else
		error = terminal_file_revive(&slots()[record->slot].terminal,
		    record->access, record->is_master, record->hung, &file);
	tty_unlock();
	if (!error)
		*object = &file->object;
	return error;
}

const struct recovery terminal_file_recovery = {
	.class = &terminal_file_class,
	.save = file_save,
	.restore = file_restore,
};
