/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening terminals by their Linux device numbers, and the list of nodes. */
#include "tty.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <base/types.h>
#include <device_server.server.h>
#include <kernel/mach_host.client.h>
#include <mach/message.h>

enum {
	OPEN_MODE = 3, /* Linux: O_RDONLY 0, O_WRONLY 1, O_RDWR 2 */
	LIST_SIZE = 1024,
};

/* The terminal that a number means for a caller of session. */
static error_t find_terminal(
    int device, int session, struct terminal **terminal)
{
	switch (device) {
	case DEVICE_NUMBER(MAJOR_SPECIAL, MINOR_TTY):
		*terminal = terminal_of_session(session);
		break;
	case DEVICE_NUMBER(MAJOR_SPECIAL, MINOR_CONSOLE):
		*terminal = tty_console;
		break;
	case DEVICE_NUMBER(MAJOR_TERMINAL, 0): /* the screen in front */
		device = DEVICE_NUMBER(MAJOR_TERMINAL, 1);
		/* fall through */
	default:
		*terminal = terminal_find(device);
		if (!*terminal && device >> 8 == MAJOR_PSEUDO)
			return E_IO;
	}
	return *terminal ? 0 : E_NXIO;
}

int64_t seconds_now(void)
{
	time_value64_t now = { 0, 0 };
	mach_port_t host = mach_host_self();

	host_get_time64(host, &now);
	port_drop(host);
	return now.seconds;
}

/* The right is made with the lock given up; file's reference goes. */
static error_t give_right(
    struct terminal_file *file, mach_port_t *right, mach_msg_type_name_t *type)
{
	error_t error;

	tty_unlock();
	error = object_make_answer(file, &pool_files, right, type);
	tty_lock();
	file->opening--;
	if (error)
		file_closed(file);
	tty_unlock();
	object_release(file);
	tty_lock();
	return error;
}

error_t serve_device_server_open(object_t object, int kind, int device,
    int flags, int session, int uid, GIVEN mach_port_t *right,
    mach_msg_type_name_t *right_type)
{
	unsigned access = (flags & OPEN_MODE) + 1;
	struct terminal_file *file = NULL;
	struct terminal *terminal;
	int64_t now = 0;
	error_t error;

	(void)object;
	if (device == DEVICE_NUMBER(MAJOR_SPECIAL, MINOR_MASTER))
		now = seconds_now();
	if (kind != 'c')
		return E_NXIO;
	if (access > (OPEN_READ | OPEN_WRITE))
		return E_INVAL;
	tty_lock();
	if (device == DEVICE_NUMBER(MAJOR_SPECIAL, MINOR_MASTER)) {
		error = pseudo_open_master(access, uid, now, &file);
	} else {
		error = find_terminal(device, session, &terminal);
		if (!error)
			error = terminal_open(terminal, access, &file);
	}
	if (!error)
		error = give_right(file, right, right_type);
	tty_unlock();
	return error;
}

static const struct {
	const char *name;
	unsigned major, minor, mode;
} nodes[] = {
	{ "console", MAJOR_SPECIAL, MINOR_CONSOLE, 0600 },
	{ "tty", MAJOR_SPECIAL, MINOR_TTY, 0666 },
	{ "ptmx", MAJOR_SPECIAL, MINOR_MASTER, 0666 },
	{ "tty0", MAJOR_TERMINAL, 0, 0620 },
	{ "tty1", MAJOR_TERMINAL, 1, 0620 },
	{ "ttyS0", MAJOR_TERMINAL, MINOR_SERIAL, 0660 },
	{ "ttyS1", MAJOR_TERMINAL, MINOR_SERIAL + 1, 0660 },
};

/* A line that the kernel writes on is not ours. */
static int node_is_there(unsigned index)
{
	unsigned major = nodes[index].major, minor = nodes[index].minor;

	if (major == MAJOR_TERMINAL)
		return terminal_find(DEVICE_NUMBER(major, minor ? minor : 1)) !=
		    NULL;
	return minor != MINOR_CONSOLE || tty_console != NULL;
}

/* Slaves are not here: /dev/pts is a file system of its own (serve_pfs.c). */
error_t serve_device_server_list(object_t object, GIVEN large_data_t *names,
    mach_msg_type_number_t *names_count)
{
	static char text[LIST_SIZE];
	unsigned index, length = 0;
	error_t error;

	(void)object;
	tty_lock();
	text[0] = 0;
	for (index = 0; index < sizeof nodes / sizeof nodes[0]; index++) {
		if (!node_is_there(index))
			continue;
		length = text_append(text, sizeof text, "%s c %u %u %o\n",
		    nodes[index].name, nodes[index].major, nodes[index].minor,
		    nodes[index].mode);
	}
	error = vm_buffer_give_copy(text, length, names, names_count);
	tty_unlock();
	return error;
}
