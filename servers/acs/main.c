/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One image, three tasks (twin.c): the first task starts the ACS proper and
 * goes; the ACS serves the system; its twin watches it. The ACS waits for no
 * page that has left: who brings pages back may be dead until it starts it.
 */
#include "keep.h"
#include <acs.client.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <server/recover.h>
#include <string.h>

enum {
	THREADS_MAX = 4, /* of clients: each has a stack that is wired */
};

struct lock acs_lock = LOCK_INIT(LOCK_ACS);
mach_port_t acs_host, acs_device;

static struct object front;
static const struct object_class front_class = {
	.name = "acs",
	.interfaces = (const interface_t[]){ 0 },
};

static error_t front_restore(const void *record, object_t *object)
{
	(void)record;
	keep_restore();
	*object = object_reference(&front);
	return 0;
}

static const struct recovery front_recovery = {
	.class = &front_class,
	.restore = front_restore,
};
static const struct recovery *const recovers[] = { &front_recovery,
	&client_recovery, 0 };

mach_port_t acs_public(void)
{
	mach_port_t port;

	if (object_make_right(&front, &pool_files, &port))
		return MACH_PORT_NULL;
	return port;
}

static error_t prepare(int argc, char **argv)
{
	mach_msg_type_number_t length = sizeof(command_line) - 1;

	(void)argc;
	(void)argv;
	server_thread_wire();
	acs_host = server_host;
	acs_device = server_device;
	if (acs_command_line(server_acs, command_line, &length))
		length = 0;
	command_line[length] = 0;
	keep_prepare();
	log_start(command_line_has("verbose") ||
		command_line_has("console=com1"), &area->ring, &area->began);
	crash_start(area->crashes[0], &area->crash_count);
	wait_queue_init(&name_waiters);
	return image_archive_open();
}

static void boot_thread(void *argument)
{
	(void)argument;
	boot_servers();
	lock(&acs_lock);
	area->booted = 1;
	unlock(&acs_lock);
}

static error_t start(int argc, char **argv)
{
	error_t error;

	(void)argc;
	(void)argv;
	lock(&acs_lock);
	error = keep_start();
	if (!error)
		error = events_start();
	if (!error && !server_recovered) {
		area->events = events_port;
		error = recover_port(events_port);
	}
	if (!error && !server_recovered)
		error = twin_start();
	if (!error && server_recovered)
		events_resume();
	if (!error)
		children_resume();
	unlock(&acs_lock);
	if (!error)
		error = events_serve();
	events_look();
	if (!error)
		error = keeper_start();
	if (!error && !area->booted)
		error = thread_start(boot_thread, NULL);
	if (!error && area->shutdown >= 0)
		shutdown_begin(area->shutdown);
	return error;
}

static struct server server = {
	.name = "acs",
	.essential = 1,
	.public_object = &front,
	.recovers = recovers,
	.rows = KEEP_ROWS,
	.memory_size = (sizeof(struct area) + 4095) & ~4095u,
	.ports = &keep_ports,
	.prepare = prepare,
	.start = start,
};

/* The name under which this task was started. */
static error_t name_ask(char *name, size_t size)
{
	text_line_t line;
	mach_msg_type_number_t length = sizeof(line) - 1;
	mach_port_t acs, host, device;
	error_t error = task_get_bootstrap_port(mach_task_self(), &acs);

	if (!error)
		error = acs_check_in(acs, line, &length, &host, &device);
	if (error)
		return error;
	line[length] = 0;
	port_drop(host);
	port_drop(device);
	port_drop(acs);
	text_format(name, size, "%.*s", (int)strcspn(line, " "), line);
	return 0;
}

int main(int argc, char **argv)
{
	char name[SERVER_NAME_MAX];

	pool_files.privileged = 1;
	if (argc > 1)
		return twin_first(argc, argv);
	if (name_ask(name, sizeof(name)))
		task_end();
	if (twin_is(name))
		return twin_main(argc, argv);
	pool_files.threads_max = THREADS_MAX;
	object_init(&front, &front_class);
	return server_run(&server, argc, argv);
}
