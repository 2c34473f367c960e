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
#include <file.client.h>
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
static char allowed[256]; /* disks; set once, at the start */
static int all_allowed = 1;

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

void devices_allow(const char *disks)
{
	if (!disks)
		return;
	text_format(allowed, sizeof allowed, "%s", disks);
	all_allowed = 0;
}

int device_is_allowed(uint32_t mode, uint32_t device)
{
	return all_allowed || device_allowed(allowed, kind_of(mode), device);
}

error_t device_open(const struct file_attributes *node, unsigned flags,
    int session, uint32_t uid, mach_port_t *right)
{
	char kind = kind_of(node->mode);
	unsigned major = device_major(node->special);
	mach_port_t server = family_find(kind, major);
	error_t error = E_NXIO;

	if (!device_is_allowed(node->mode, node->special))
		return E_NXIO;
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

static error_t device_open_claim(
    unsigned number, int read_only, mach_port_t *claim)
{
	struct file_attributes node = { .mode = MODE_BLOCK,
		.special = number };

	return device_open(&node,
	    O_EXCLUSIVE | (read_only ? O_READ_ONLY : O_READ_WRITE), 0, 0,
	    claim);
}

static void claim_drop(mach_port_t *claim)
{
	port_drop(*claim);
	*claim = MACH_PORT_NULL; /* it is the mount's */
}

error_t device_claim(unsigned number, int read_only, mach_port_t *claim,
    struct disk_place *place)
{
	control_data_t answer;
	mach_msg_type_number_t size = sizeof answer;
	error_t error;
	int result;

	error = device_open_claim(number, read_only, claim);
	if (error)
		return error;
	error = file_control(
	    *claim, CONTROL_DISK_PLACE, 0, NULL, 0, answer, &size, &result);
	if (!error && size != sizeof *place)
		error = E_NXIO;
	if (error) {
		claim_drop(claim);
		return error;
	}
	memcpy(place, answer, sizeof *place);
	return 0;
}

error_t device_claim_loop(unsigned number, int read_only, mach_port_t *claim,
    struct file_place *place)
{
	error_t error = device_open_claim(number, 0, claim);

	if (error == E_ROFS && read_only)
		error = device_open_claim(number, 1, claim);
	if (error)
		return error;
	error = file_backing(
	    *claim, &place->file, &place->start, &place->bytes);
	if (error)
		claim_drop(claim);
	return error;
}

error_t devices_list(const char *name, large_data_t *text,
    mach_msg_type_number_t *size)
{
	mach_port_t server;
	error_t error = server_find(name, &server);

	if (error)
		return error;
	error = device_server_list(server, text, size);
	port_drop(server);
	return error;
}
