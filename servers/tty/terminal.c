/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminals: their making, opening, change and hang-up. */
#include "tty.h"
#include <base/heap.h>
#include <base/types.h>
#include <string.h>

enum {
	SIGNAL_HANG_UP = 1,
	SIGNAL_CONTINUE = 18,
	SIGNAL_MAX = 32,
};

static struct list terminals = LIST_EMPTY(terminals);
static struct lock terminals_lock = LOCK_INIT(1);

void tty_lock(void)
{
	lock(&terminals_lock);
}

void tty_unlock(void)
{
	struct list decided;

	poll_take(&decided);
	unlock(&terminals_lock);
	poll_send(&decided);
}

void tty_wait(struct condition *condition)
{
	struct list decided;

	poll_take(&decided);
	if (!list_empty(&decided)) {
		unlock(&terminals_lock);
		poll_send(&decided);
		lock(&terminals_lock);
		return;
	}
	condition_wait(condition, &terminals_lock);
}

error_t terminal_new(int device, struct terminal **result)
{
	struct terminal *terminal = keep_new();

	if (!terminal)
		return E_NOMEM;
	terminal->device = device;
	terminal->number = -1;
	line_init(&terminal->line, terminal->ring, TTY_RING);
	terminal_revive(terminal);
	keep_use(terminal, 1);
	*result = terminal;
	return 0;
}

void terminal_revive(struct terminal *terminal)
{
	terminal->references = 1;
	memset(terminal->files, 0, sizeof terminal->files);
	terminal->open_files = 0;
	terminal->master = NULL;
	terminal->start = NULL;
	memset(&terminal->output, 0, sizeof terminal->output);
	memset(&terminal->input, 0, sizeof terminal->input);
	wait_queue_init(&terminal->readers);
	wait_queue_init(&terminal->writers);
	wait_queue_init(&terminal->master_readers);
	wait_queue_init(&terminal->master_writers);
	list_init(&terminal->polls);
	list_append(&terminals, &terminal->link);
	if (terminal->number >= 0)
		pseudo_revive(terminal);
}

struct terminal *terminal_reference(struct terminal *terminal)
{
	terminal->references++;
	return terminal;
}

void terminal_release(struct terminal *terminal)
{
	if (--terminal->references > 0)
		return;
	poll_drop_all(terminal);
	timer_forget_all(terminal);
	list_remove(&terminal->link);
	keep_use(terminal, 0);
}

struct terminal *terminal_find(int device)
{
	list_each(link, &terminals)
	{
		struct terminal *terminal =
		    list_item(link, struct terminal, link);

		if (terminal->device == device)
			return terminal;
	}
	return NULL;
}

error_t terminal_find_or_new(int device, struct terminal **terminal)
{
	*terminal = terminal_find(device);
	return *terminal ? 0 : terminal_new(device, terminal);
}

struct terminal *terminal_of_session(int session)
{
	list_each(link, &terminals)
	{
		struct terminal *terminal =
		    list_item(link, struct terminal, link);

		if (session && terminal->session == session)
			return terminal;
	}
	return NULL;
}

/* The file for access, with a reference for the caller. */
static error_t terminal_file(
    struct terminal *terminal, unsigned access, struct terminal_file **result)
{
	struct terminal_file *file = terminal->files[access];

	if (file) {
		file->opening++;
		*result = object_reference(file);
		return 0;
	}
	file = heap_alloc_zero(sizeof *file);
	if (!file)
		return E_NOMEM;
	object_init(&file->object, &terminal_file_class);
	file->terminal = terminal_reference(terminal);
	file->access = access;
	file->opening = 1;
	terminal->files[access] = file;
	terminal->open_files++;
	terminal->slave_closed = 0;
	*result = file;
	return 0;
}

/* The device's threads start with the lock given up: they talk to the
 * kernel. A second opener meanwhile finds a terminal that is silent yet. */
static error_t terminal_begin(struct terminal *terminal)
{
	error_t error;

	if (!terminal->start || terminal->started)
		return 0;
	terminal->started = 1;
	tty_unlock();
	error = terminal->start(terminal);
	tty_lock();
	if (error)
		terminal->started = 0;
	return error;
}

error_t terminal_open(
    struct terminal *terminal, unsigned access, struct terminal_file **file)
{
	error_t error;

	if (terminal->exclusive)
		return E_BUSY;
	if (terminal->number >= 0 && (terminal->locked || !terminal->master))
		return E_IO;
	error = terminal_begin(terminal);
	if (error)
		return error;
	return terminal_file(terminal, access, file);
}

error_t terminal_file_revive(struct terminal *terminal, unsigned access,
    int is_master, int hung, struct terminal_file **result)
{
	struct terminal_file *file = heap_alloc_zero(sizeof *file);

	if (!file)
		return E_NOMEM;
	object_init(&file->object, &terminal_file_class);
	file->terminal = terminal_reference(terminal);
	file->access = access;
	file->is_master = is_master != 0;
	file->hung = hung != 0;
	if (is_master) {
		terminal->master = file;
	} else if (!hung) {
		terminal->files[access] = file;
		terminal->open_files++;
	}
	keep_polls_take(terminal);
	*result = file;
	return 0;
}

/* A pair's table has no use for one whose master is gone. */
static void pair_resume(struct terminal *terminal)
{
	if (pseudo_find(terminal->number) == terminal) {
		if (terminal->master)
			return;
		pseudo_forget(terminal);
	}
	terminal_release(terminal);
}

void terminals_resume(void)
{
	list_each_safe(link, &terminals)
	{
		struct terminal *terminal =
		    list_item(link, struct terminal, link);

		if (terminal->number >= 0) {
			pair_resume(terminal);
		} else if (terminal->started) {
			terminal->started = 0;
			terminal_begin(terminal);
		}
	}
}

void terminal_fly(struct terminal *terminal)
{
	while (terminal->in_flight == 0) {
		terminal->flight_sent = 0;
		terminal->in_flight = line_take_output(&terminal->line,
		    terminal->flight, sizeof terminal->flight);
		if (terminal->in_flight == 0)
			tty_wait(&terminal->output);
	}
}

/* The last file has gone: the next user finds no rest of this one. */
static void terminal_last_close(struct terminal *terminal)
{
	terminal->session = terminal->group = 0;
	terminal->exclusive = 0;
	line_flush_input(&terminal->line);
	if (terminal->number >= 0) {
		terminal->slave_closed = 1;
		wait_wake(&terminal->master_readers);
	}
	terminal_changed(terminal);
}

/*
 * While the notice that the last right is gone is on its way, an open may find
 * the file and make another: then that right's own notice will come.
 */
int terminal_file_in_use(const struct terminal_file *file)
{
	return file->opening > 0 || file->object.senders.exist;
}

void terminal_file_closed(struct terminal_file *file)
{
	struct terminal *terminal = file->terminal;

	if (terminal_file_in_use(file))
		return;
	poll_cancel(file, 0);
	if (terminal->files[file->access] != file)
		return;
	terminal->files[file->access] = NULL;
	if (--terminal->open_files == 0)
		terminal_last_close(terminal);
}

static void terminal_send_signals(struct terminal *terminal)
{
	unsigned raised = terminal->line.raised, signal;

	terminal->line.raised = 0;
	for (signal = 1; raised && signal < SIGNAL_MAX; signal++)
		if (raised >> signal & 1)
			signals_group(terminal->group, signal);
}

void terminal_changed(struct terminal *terminal)
{
	struct line *line = &terminal->line;
	unsigned waiting = ring_count(&line->output) + terminal->in_flight;

	terminal_send_signals(terminal);
	if (line_ready(line, 1) && terminal->readers.count)
		wait_wake(&terminal->readers);
	if (terminal->writers.count &&
	    (waiting == 0 || ring_count(&line->output) <= TTY_RING / 4))
		wait_wake(&terminal->writers);
	if (line_has_output(line)) {
		condition_signal(&terminal->output);
		if (terminal->master_readers.count)
			wait_wake(&terminal->master_readers);
	}
	if (line_room(line) > 0) {
		condition_signal(&terminal->input);
		if (terminal->master_writers.count)
			wait_wake(&terminal->master_writers);
	}
	poll_check(terminal);
}

unsigned terminal_input(
    struct terminal *terminal, const void *bytes, unsigned count)
{
	unsigned taken = line_input(&terminal->line, bytes, count);

	terminal->last_input = timer_now();
	terminal_changed(terminal);
	return taken;
}

void terminal_hang_up(struct terminal *terminal)
{
	unsigned access;

	if (terminal->session) {
		signals_process(terminal->session, SIGNAL_HANG_UP);
		signals_process(terminal->session, SIGNAL_CONTINUE);
	}
	signals_group(terminal->group, SIGNAL_HANG_UP);
	signals_group(terminal->group, SIGNAL_CONTINUE);
	for (access = 1; access < 4; access++) {
		if (terminal->files[access]) {
			terminal->files[access]->hung = 1;
			object_save(terminal->files[access]);
		}
		terminal->files[access] = NULL;
	}
	terminal->open_files = 0;
	line_flush_output(&terminal->line);
	wait_wake(&terminal->readers);
	wait_wake(&terminal->writers);
	terminal_last_close(terminal);
}

static unsigned master_ready(const struct terminal *terminal)
{
	unsigned ready = 0;

	if (line_has_output(&terminal->line))
		ready |= POLL_IN | POLL_READ;
	if (terminal->slave_closed)
		ready |= POLL_HANG_UP;
	if (line_room(&terminal->line) > 0)
		ready |= POLL_OUT | POLL_WRITE;
	return ready;
}

unsigned terminal_ready(const struct terminal_file *file)
{
	const struct line *line = &file->terminal->line;
	unsigned least = line->modes.characters[VMIN], ready = 0;

	if (file->hung)
		return POLL_IN | POLL_READ | POLL_OUT | POLL_WRITE |
		    POLL_ERROR | POLL_HANG_UP;
	if (file->is_master)
		return master_ready(file->terminal);
	if (least == 0 || line->modes.characters[VTIME] != 0)
		least = 1;
	if (line_ready(line, least))
		ready |= POLL_IN | POLL_READ;
	if (line_writable(line, 1))
		ready |= POLL_OUT | POLL_WRITE;
	return ready;
}
