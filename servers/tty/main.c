/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal server's start. The kernel's command line says what /dev/console
 * is: "terminal=com0" (or com1) a serial line, else the PC's screen and
 * keyboard, else (if there is no such screen) whatever the kernel writes on.
 * "size=24x80" is that of the window at the other end of a serial line.
 */
#include "tty.h"
#include <acs.client.h>
#include <base/log.h>
#include <base/port.h>
#include <base/text.h>
#include <base/types.h>
#include <device_server.server.h>
#include <server/server.h>
#include <string.h>
#include <tty_control.server.h>

struct terminal *tty_console;
int tty_kernel_console = -1;

static struct server server;
static int word_count;
static char **words;

/* "com0" and "com1" as 0 and 1, anything else -1. */
static int serial_number(const char *option)
{
	const char *name = text_option(word_count, words, option, "");
	const char *digits = text_after(name, "com");

	return digits && (digits[0] == '0' || digits[0] == '1')
	    ? digits[0] - '0'
	    : -1;
}

static void choose_console(int serial)
{
	if (serial >= 0)
		tty_console = terminal_find(
		    DEVICE_NUMBER(MAJOR_TERMINAL, MINOR_SERIAL + serial));
	if (!tty_console)
		tty_console = terminal_find(DEVICE_NUMBER(MAJOR_TERMINAL, 1));
}

static routine_t device_server_interface(const mach_msg_header_t *request)
{
	return (routine_t)device_server_server_routine(request);
}

static routine_t tty_control_interface(const mach_msg_header_t *request)
{
	return (routine_t)tty_control_server_routine(request);
}

static const interface_t interfaces[] = { device_server_interface,
	tty_control_interface, 0 };

/* What the server's names stand for; it lives as long as the server. */
static const struct object_class public_class = {
	.name = "tty",
	.interfaces = interfaces,
};
static struct object public;
static struct object folder; /* /dev/pts */

static void set_size(struct terminal *terminal)
{
	const char *text = text_option(word_count, words, "size", "");
	struct window_size size = { 0, 0, 0, 0 };
	uint64_t rows, columns;

	if (!text_number(&text, 10, &rows) || *text++ != 'x' ||
	    !text_number(&text, 10, &columns))
		return;
	size.rows = rows;
	size.columns = columns;
	line_set_size(&terminal->line, &size);
}

static error_t register_right(const char *name, struct object *object)
{
	mach_port_t right;
	error_t error = object_make_right(object, &pool_files, &right);

	if (error)
		return error;
	error = acs_register(server_acs, name, strlen(name), 0, 1, right);
	if (error)
		port_drop(right);
	return error;
}

/* VFS finds the server of a device number, and of /dev/pts, by these. */
static error_t register_names(void)
{
	error_t error = register_right("device-c-4", &public);

	if (!error)
		error = register_right("device-c-5", &public);
	if (!error)
		error = register_right("device-c-136", &public);
	if (!error)
		error = register_right("pfs-devpts", &folder);
	return error;
}

static error_t public_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&public);
	return 0;
}

static error_t folder_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&folder);
	return 0;
}

static const struct recovery public_recovery = {
	.class = &public_class,
	.restore = public_restore,
};

static const struct recovery folder_recovery = {
	.class = &folder_class,
	.restore = folder_restore,
};

static const struct recovery *const recovers[] = { &public_recovery,
	&folder_recovery, &terminal_file_recovery, &serial_recovery,
	NULL };

static error_t tty_prepare(int argc, char **argv)
{
	(void)argc, (void)argv;
	server.memory_size = keep_size;
	object_init(&public, &public_class);
	object_init(&folder, &folder_class);
	serial_prepare();
	return 0;
}

/* What is made of wires; an environment's own server has pairs only. */
static error_t lines_init(void)
{
	error_t error = serial_init();

	if (!error)
		error = console_init();
	choose_console(serial_number("terminal"));
	return error;
}

static error_t tty_start(int argc, char **argv)
{
	error_t error;

	word_count = argc;
	words = argv;
	tty_kernel_console = serial_number("console");
	tty_lock();
	keep_begin();
	error = text_option(argc, argv, "pseudo", NULL) ? 0 : lines_init();
	if (!error && tty_console && !server_recovered)
		set_size(tty_console);
	if (!error && server_recovered)
		terminals_resume();
	tty_unlock();
	if (!error)
		error = timer_start();
	if (!error)
		error = signals_start();
	if (!error)
		error = register_names();
	return error;
}

static struct server server = {
	.name = "tty",
	.interfaces = interfaces,
	.public_object = &public,
	.recovers = recovers,
	.rows = 1024,
	.prepare = tty_prepare,
	.start = tty_start,
};

int main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
