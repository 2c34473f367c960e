/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers of device nodes. Each is found in the ACS by "device-c-MAJOR" or
 * "device-b-MAJOR" when the first of its files is opened, and remembered; a
 * server that died is looked for again.
 */
#include "core/devices.h"
#include "core/numbers.h"
#include "vfs.h"
#include <base/log.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <device_server.client.h>
#include <string.h>

enum {
	KNOWN_MAX = 32,
};

struct device_family {
	char kind; /* 'c', 'b'; 0: free */
	unsigned major;
	mach_port_t server; /* send right, owned */
};

static struct lock known_lock;
static struct device_family known[KNOWN_MAX]; /* guarded by known_lock */

static char kind_of(uint32_t mode)
{
	return (mode & MODE_TYPE) == MODE_CHARACTER ? 'c' : 'b';
}

static mach_port_t family_find(char kind, unsigned major)
{
	mach_port_t server = MACH_PORT_NULL;

	lock(&known_lock);
	for (int i = 0; i < KNOWN_MAX && known[i].kind; i++)
		if (known[i].kind == kind && known[i].major == major)
			server = known[i].server;
	unlock(&known_lock);
	return server;
}

static void family_enter(char kind, unsigned major, mach_port_t server)
{
	int i;

	lock(&known_lock);
	for (i = 0; i < KNOWN_MAX - 1 && known[i].kind; i++)
		if (known[i].kind == kind && known[i].major == major)
			break;
	/* An old right that others may be using is not given up: it is one
	 * for each death of a server. */
	known[i].kind = kind;
	known[i].major = major;
	known[i].server = server;
	unlock(&known_lock);
}

static error_t family_server(char kind, unsigned major, mach_port_t *server)
{
	char name[32];
	error_t error;

	text_format(name, sizeof name, "device-%c-%u", kind, major);
	error = server_find(name, server);
	if (error)
		return E_NXIO;
	family_enter(kind, major, *server);
	return 0;
}

error_t device_open(const struct file_attributes *node, unsigned flags,
    int session, uint32_t uid, mach_port_t *right)
{
	char kind = kind_of(node->mode);
	unsigned major = device_major(node->special);
	mach_port_t server = family_find(kind, major);
	error_t error = E_NXIO;

	for (int fresh = 0; fresh < 2; fresh++) {
		if (fresh || server == MACH_PORT_NULL) {
			error = family_server(kind, major, &server);
			if (error)
				return error;
			fresh = 1;
		}
		error = device_server_open(server, kind, (int)node->special,
		    (int)flags, session, (int)uid, right);
		if (!error || ERROR_IS_UNIX(error))
			return error;
	}
	return E_NXIO;
}

static void line_create(struct node *directory, const struct device_line *line)
{
	struct new_node new = {
		.mode = line->mode, .device = line->device, .target = ""
	};
	struct node *node;
	error_t error;

	/* Names in folders ("pts/0") are their server's own file system. */
	if (strchr(line->name, '/'))
		return;
	error = tell_create(
	    directory, line->name, (unsigned)strlen(line->name), &new, &node);
	if (error)
		log_line("/dev/%s: %s", line->name, error_name(error));
}

static void family_fill(struct node *directory, const char *name)
{
	mach_msg_type_number_t size = 0;
	struct device_line line;
	mach_port_t server;
	const char *at;
	char *text;
	error_t error;

	error = server_find(name, &server);
	if (error) {
		log_line("no server %s", name);
		return;
	}
	error = device_server_list(server, &text, &size);
	port_drop(server);
	if (error) {
		log_line("%s: %s", name, error_name(error));
		return;
	}
	at = text;
	vfs_enter();
	while (device_line_next(&at, text + size, &line))
		line_create(directory, &line);
	vfs_leave();
	memory_free((vm_address_t)text, size);
}

static void link_create(
    struct node *directory, const char *name, const char *target)
{
	struct new_node new = { .mode = MODE_LINK | 0777,
		.target = target,
		.target_length = (unsigned)strlen(target) };
	struct node *node;

	tell_create(directory, name, (unsigned)strlen(name), &new, &node);
}

void devices_fill(struct node *directory)
{
	struct new_node shared = { .mode = MODE_DIRECTORY | MODE_STICKY | 0777,
		.target = "" };
	struct new_node plain = { .mode = MODE_DIRECTORY | 0755, .target = "" };
	struct node *node;

	family_fill(directory, "devices");
	family_fill(directory, "tty");
	vfs_enter();
	link_create(directory, "fd", "/proc/self/fd");
	link_create(directory, "stdin", "/proc/self/fd/0");
	link_create(directory, "stdout", "/proc/self/fd/1");
	link_create(directory, "stderr", "/proc/self/fd/2");
	tell_create(directory, "shm", 3, &shared, &node);
	tell_create(directory, "pts", 3, &plain, &node);
	vfs_leave();
}
