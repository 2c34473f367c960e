/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Terminals on the kernel's character devices: the serial lines com0 and com1,
 * or the kernel's own console. Each has three threads: one sleeps in the
 * kernel's read and only fills the backlog, since the kernel itself drops what
 * its 4 KB do not hold; one feeds the line from there as it has room; one
 * sleeps until the line has output. They start when the terminal is opened for
 * the first time and never end.
 */
#include "tty.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/thread.h>
#include <base/types.h>
#include <device/device_types.h>
#include <device/tty_status.h>
#include <kernel/device.client.h>
#include <server/server.h>

enum {
	SERIAL_PIECE = 128, /* what the kernel moves inline at once */
	SERIAL_BATCH = 2048,
	SERIAL_PAUSE = 100,     /* ms after an error */
	SERIAL_BACKLOG = 65536, /* a power of two */
	SERIAL_SPEED = 17,      /* the kernel's number for 115200 */
	SERIAL_LINES = 2,
};

struct serial {
	struct terminal *terminal; /* referenced */
	const char *name;          /* the kernel's */
	mach_port_t device;        /* send right, owned */
	struct ring backlog;       /* came in and has found no room yet */
	unsigned lost;             /* bytes that the backlog did not hold */
};

static struct serial serials[SERIAL_LINES];

/* All of bytes to the device: its writes are short when it is busy. */
static void serial_send(struct serial *serial, const char *bytes, unsigned size)
{
	unsigned at = 0;

	while (at < size) {
		unsigned piece = size - at;
		int done = 0;
		error_t error;

		if (piece > SERIAL_PIECE)
			piece = SERIAL_PIECE;
		error = device_write_inband(
		    serial->device, 0, 0, bytes + at, piece, &done);
		if (error || done <= 0)
			thread_sleep(SERIAL_PAUSE);
		else
			at += done;
	}
}

static void serial_output(void *argument)
{
	struct serial *serial = argument;
	struct terminal *terminal = serial->terminal;
	char bytes[SERIAL_BATCH];

	thread_name(serial->name);
	tty_lock();
	for (;;) {
		terminal->in_flight =
		    line_take_output(&terminal->line, bytes, sizeof bytes);
		if (terminal->in_flight == 0) {
			tty_wait(&terminal->output);
			continue;
		}
		tty_unlock();
		serial_send(serial, bytes, terminal->in_flight);
		tty_lock();
		terminal->in_flight = 0;
		terminal_changed(terminal);
	}
}

static void serial_input(void *argument)
{
	struct serial *serial = argument;
	io_buf_ptr_inband_t bytes;
	mach_msg_type_number_t count;
	error_t error;

	thread_name(serial->name);
	for (;;) {
		count = sizeof bytes;
		error = device_read_inband(
		    serial->device, 0, 0, sizeof bytes, bytes, &count);
		if (error) {
			thread_sleep(SERIAL_PAUSE);
			continue;
		}
		tty_lock();
		serial->lost +=
		    count - ring_add(&serial->backlog, bytes, count);
		condition_signal(&serial->terminal->input);
		tty_unlock();
	}
}

static void serial_feed(void *argument)
{
	struct serial *serial = argument;
	struct ring *backlog = &serial->backlog;
	unsigned at, count, taken;

	thread_name(serial->name);
	tty_lock();
	for (;;) {
		at = backlog->tail & (backlog->size - 1);
		count = ring_count(backlog);
		if (count > backlog->size - at)
			count = backlog->size - at;
		taken = count ? terminal_input(serial->terminal,
				    backlog->bytes + at, count)
			      : 0;
		backlog->tail += taken;
		if (taken == 0)
			tty_wait(&serial->terminal->input);
	}
}

/* Eight bits, fast, and no opinion of the kernel's about any byte. */
static void serial_set_up(mach_port_t device)
{
	struct tty_status status;
	mach_msg_type_number_t count = TTY_STATUS_COUNT;

	if (device_get_status(device, TTY_STATUS, (int *)&status, &count))
		return;
	status.tt_ispeed = status.tt_ospeed = SERIAL_SPEED;
	status.tt_flags = TF_LITOUT | TF_ANYP | TF_NOHANG;
	device_set_status(device, TTY_STATUS, (int *)&status, TTY_STATUS_COUNT);
}

static error_t serial_begin(struct serial *serial)
{
	error_t error;

	if (serial->device == MACH_PORT_NULL) {
		error = device_open(server_device, D_READ | D_WRITE,
		    (char *)serial->name, &serial->device);
		if (error) {
			log_line("no %s: %s", serial->name, error_name(error));
			return E_NXIO;
		}
		serial_set_up(serial->device);
	}
	serial->backlog.bytes = heap_alloc(SERIAL_BACKLOG);
	if (!serial->backlog.bytes)
		return E_NOMEM;
	serial->backlog.size = SERIAL_BACKLOG;
	error = thread_start(serial_output, serial);
	if (!error)
		error = thread_start(serial_feed, serial);
	if (!error)
		error = thread_start(serial_input, serial);
	return error;
}

static error_t serial_start(struct terminal *terminal)
{
	unsigned index;

	for (index = 0; index < SERIAL_LINES; index++)
		if (serials[index].terminal == terminal)
			return serial_begin(&serials[index]);
	return E_NXIO;
}

error_t serial_attach(struct terminal *terminal, const char *name)
{
	struct serial *serial = heap_alloc_zero(sizeof *serial);

	if (!serial)
		return E_NOMEM;
	serial->terminal = terminal_reference(terminal);
	serial->name = name;
	return serial_begin(serial);
}

error_t serial_init(void)
{
	static const char *const names[SERIAL_LINES] = { "com0", "com1" };
	struct terminal *terminal;
	int index;
	error_t error;

	for (index = 0; index < SERIAL_LINES; index++) {
		if (index == tty_kernel_console)
			continue;
		error = terminal_new(
		    DEVICE_NUMBER(MAJOR_TERMINAL, MINOR_SERIAL + index),
		    &terminal);
		if (error)
			return error;
		terminal->start = serial_start;
		serials[index].terminal = terminal;
		serials[index].name = names[index];
	}
	return 0;
}
