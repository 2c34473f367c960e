/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Terminals on the kernel's character devices: the serial lines com0 and com1,
 * or the kernel's own console. The kernel's answers to reads come as messages
 * and only fill the backlog, since the kernel itself drops what its 4 KB do not
 * hold. Each line has two threads: one feeds the line from there as it has
 * room; one sleeps until the line has output. They start when the terminal is
 * opened for the first time and never end.
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
#include <kernel/device_reply.server.h>
#include <kernel/device_request.client.h>
#include <server/server.h>

enum {
	SERIAL_PIECE = 128, /* what the kernel moves inline at once */
	SERIAL_PAUSE = 100,     /* ms after an error */
	SERIAL_BACKLOG = 65536, /* a power of two */
	SERIAL_SPEED = 17,      /* the kernel's number for 115200 */
	SERIAL_LINES = 2,
};

struct serial {
	struct object object;
	struct terminal *terminal; /* referenced */
	const char *name;          /* the kernel's */
	mach_port_t device;        /* send right, owned */
	struct ring backlog;       /* came in and has found no room yet */
	unsigned lost;             /* bytes that the backlog did not hold */
};

/* the last one: the kernel's console, if there is no screen */
enum {
	SERIALS = SERIAL_LINES + 1,
	SERIAL_ASKED_MAX = 3,
};
static struct serial serials[SERIALS];

/* All that is in flight to the device: its writes are short when it is busy. */
static void serial_send(struct serial *serial, struct terminal *terminal)
{
	while (terminal->flight_sent < terminal->in_flight) {
		unsigned piece = terminal->in_flight - terminal->flight_sent;
		int done = 0;
		error_t error;

		if (piece > SERIAL_PIECE)
			piece = SERIAL_PIECE;
		error = device_write_inband(
		    serial->device, 0, 0,
		    terminal->flight + terminal->flight_sent, piece, &done);
		if (error || done <= 0)
			thread_sleep(SERIAL_PAUSE);
		else
			terminal->flight_sent += done;
	}
}

static void serial_output(void *argument)
{
	struct serial *serial = argument;
	struct terminal *terminal = serial->terminal;

	thread_name(serial->name);
	tty_lock();
	for (;;) {
		terminal_fly(terminal);
		tty_unlock();
		serial_send(serial, terminal);
		tty_lock();
		terminal->in_flight = 0;
		terminal_changed(terminal);
	}
}

/* Asks the kernel for the next bytes; they come to the serial's own port. */
static void serial_ask(struct serial *serial)
{
	serial->terminal->asked++;
	while (device_read_request_inband(serial->device, serial->object.port,
	    0, 0, IO_INBAND_MAX))
		thread_sleep(SERIAL_PAUSE);
}

/*
 * Bytes have come, or an error. More than one request is under way after the
 * server was killed: one that was counted may never have been made, so one
 * more is, and when there are plainly too many an answer makes no new one.
 */
error_t serve_device_read_reply_inband(object_t object, kern_return_t code,
    const io_buf_ptr_inband_t data, mach_msg_type_number_t count)
{
	struct serial *serial = (struct serial *)object;

	tty_lock();
	if (!code)
		serial->lost +=
		    count - ring_add(&serial->backlog, data, count);
	condition_signal(&serial->terminal->input);
	serial->terminal->asked--;
	tty_unlock();
	if (code)
		thread_sleep(SERIAL_PAUSE);
	if (serial->terminal->asked < SERIAL_ASKED_MAX)
		serial_ask(serial);
	return 0;
}

static routine_t reply_interface(const mach_msg_header_t *request)
{
	return (routine_t)device_reply_server_routine(request);
}

static const struct object_class serial_class = {
	.name = "serial line",
	.interfaces = (const interface_t[]){ reply_interface, 0 },
};

/* They outlive the server, as the kernel's answers go to their ports. */
static void serial_save(object_t object, void *record)
{
	*(uint32_t *)record = (struct serial *)object - serials;
}

static error_t serial_restore(const void *record, object_t *object)
{
	uint32_t index = *(const uint32_t *)record;

	if (index >= SERIALS)
		return E_UCLEAN;
	*object = object_reference(&serials[index]);
	return 0;
}

const struct recovery serial_recovery = {
	.class = &serial_class,
	.save = serial_save,
	.restore = serial_restore,
};

void serial_prepare(void)
{
	for (unsigned i = 0; i < SERIALS; i++)
		object_init(&serials[i].object, &serial_class);
}

/* A right of our own, so that the port is there. */
static error_t serial_listen(struct serial *serial)
{
	mach_port_t right;
	error_t error = object_make_right(serial, &pool_files, &right);

	if (!error)
		serial_ask(serial);
	return error;
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
	return error ? error : serial_listen(serial);
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
	struct serial *serial = &serials[SERIAL_LINES];

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
		error = terminal_find_or_new(
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
