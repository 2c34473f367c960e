/* SPDX-License-Identifier: BSD-2-Clause */
/* The device server's start: a seed, then the names of its majors. */
#include "devices.h"
#include "kept.h"
#include <acs.client.h>
#include <base/port.h>
#include <device_server.server.h>
#include <string.h>

static routine_t device_server_interface(const mach_msg_header_t *request)
{
	return (routine_t)device_server_server_routine(request);
}

static const interface_t interfaces[] = { device_server_interface, 0 };

/* What the server's names stand for; it lives as long as the server. */
static const struct object_class public_class = {
	.name = "devices",
	.interfaces = interfaces,
};
static struct object public;

/* VFS finds the server of a device number by these names. */
static error_t register_majors(void)
{
	static const char *const names[] = { "device-c-1", "device-c-10",
		"device-b-1", "device-b-2", "device-b-3", "device-b-7",
		"device-b-8", "device-b-22" };
	mach_port_t right;
	unsigned index;
	error_t error;

	for (index = 0; index < sizeof names / sizeof names[0]; index++) {
		error = object_make_right(&public, &pool_files, &right);
		if (!error)
			error = acs_register(server_acs, names[index],
			    strlen(names[index]), 0, 1, right);
		if (error)
			return error;
	}
	return 0;
}

static error_t public_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&public);
	return 0;
}

static const struct recovery public_recovery = {
	.class = &public_class,
	.restore = public_restore,
};

static const struct recovery *const recovers[] = { &public_recovery,
	&device_file_recovery, NULL };

static error_t devices_prepare(int argc, char **argv)
{
	(void)argc, (void)argv;
	object_init(&public, &public_class);
	return 0;
}

static error_t devices_start(int argc, char **argv)
{
	(void)argc, (void)argv;
	random_seed();
	if (!server_recovered)
		kept()->loops_there = (1 << LOOPS_FIRST) - 1;
	return register_majors();
}

static struct server server = {
	.name = "devices",
	.interfaces = interfaces,
	.public_object = &public,
	.recovers = recovers,
	.rows = 1024,
	.memory_size = sizeof(struct kept),
	.prepare = devices_prepare,
	.start = devices_start,
};

int main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
