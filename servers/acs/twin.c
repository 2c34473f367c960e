/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ACS is a server, too, and its twin is its ACS: it runs the same program
 * with one child in its list.
 *
 *	first task ──starts──> acs ──starts──> twin
 *	     <── adopted: not needed any more ──┘ │
 *	                        acs <──watches────┘   each restarts the other
 *
 * The twin adopts the ACS when it starts (acs_adopt): it gets task, vault and D
 * and is told when D comes home. Its public right may kill, hang and replace
 * the ACS; only who administers the system finds it.
 */
#include "keep.h"
#include "core/conf.h"
#include <acs.client.h>
#include <acs.server.h>
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <kernel/gnumach.client.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <kernel/mach_port.client.h>
#include <mach/host_info.h>
#include <mach/notify.h>
#include <mach/task_special_ports.h>
#include <mach/vm_wire.h>
#include <server/recover.h>
#include <string.h>

enum {
	TWIN_THREADS = 1, /* a stack is wired */
	MEMORY_MIN = 31 << 20, /* the kernel does not count all of 32 MB */
};

static struct client front; /* the twin's public object */
static const struct object_class front_class = {
	.name = "twin",
	.interfaces = client_interfaces,
};
static int is_first;
static const char twin_name[] = "twin";

int twin_is(const char *name)
{
	return strcmp(name, twin_name) == 0;
}

static const struct child_plan acs_plan = { "acs", "acs", "", "", "",
	CONF_ESSENTIAL | CONF_HOST | CONF_DEVICE | CONF_WIRED };
static const struct child_plan twin_plan = { twin_name, "acs", "", "", "",
	CONF_HOST | CONF_DEVICE | CONF_WIRED };

/* ---- the ACS's side ---------------------------------------------------- */

error_t twin_start(void)
{
	struct child *child;

	return child_start(&twin_plan, &child);
}

/* The old guardian hears no more of D. */
static error_t guardian_change(CONSUMED mach_port_t notify)
{
	mach_port_t previous = MACH_PORT_NULL;
	error_t error = mach_port_request_notification(mach_task_self(),
	    GUARD_PORT, MACH_NOTIFY_PORT_DESTROYED, 0, notify,
	    MACH_MSG_TYPE_MOVE_SEND_ONCE, &previous);

	if (!error)
		port_drop(previous);
	return error;
}

error_t serve_acs_adopt(object_t object, mach_port_t notify,
    CONSUMED mach_port_t client, mach_port_t *task, mach_port_t *vault,
    mach_port_t *death, mach_port_t *port)
{
	static mach_port_t before = MACH_PORT_NULL;
	struct child *child = client_of(object)->child;
	mach_port_t old = server_acs;
	error_t error;

	if (!keep_is_on() || !child || child->environment[0] ||
	    !twin_is(child->name))
		return E_PERM;
	if (!MACH_PORT_VALID(notify) || !MACH_PORT_VALID(client))
		return E_INVAL;
	error = port_make_send(GUARD_PORT);
	if (!error)
		error = port_copy_send(mach_task_self());
	if (!error)
		error = port_copy_send(GUARD_VAULT);
	if (!error)
		error = guardian_change(notify);
	if (error)
		return error;
	*task = mach_task_self();
	*vault = GUARD_VAULT;
	*death = GUARD_PORT;
	*port = acs_public();
	server_acs = client;
	acs_unregister(old, (char *)acs_plan.name, strlen(acs_plan.name));
	/* The main thread may be about to use it, to register: its name must
	 * not come to mean another port. */
	port_drop(before);
	before = old;
	return 0;
}

error_t serve_acs_log_maybe(object_t object, const text_line_t line,
    mach_msg_type_number_t length)
{
	return serve_acs_log(object, 0, line, length);
}

/* ---- the twin's side --------------------------------------------------- */

/* Locks may be held: the message never waits. */
static void log_to_acs(const char *line, size_t length)
{
	struct thread *self = thread_self();
	unsigned held = self->rank_count;
	text_line_t text;

	self->rank_count = 0;
	memcpy(text, line, length);
	acs_log_maybe(server_acs, text, length);
	self->rank_count = held;
}

/* The ACS as a child that serves already. */
static error_t acs_adopted(struct child *child)
{
	mach_port_t client, port;
	error_t error;

	error = client_new(LEVEL_SERVER, "", child, &child->client);
	if (!error)
		error = object_make_right(child->client, &pool_files, &client);
	if (!error)
		error = acs_adopt(server_acs, events_port, client,
		    &child->task, &child->guard.vault, &child->guard.death,
		    &port);
	if (error)
		return error;
	child->begun = 1;
	child->recovers = 1;
	child->state = CHILD_SERVING;
	child->pinged = uptime_seconds();
	error = name_register(child, acs_plan.name, 1, port);
	if (!error)
		error = task_set_special_port(child->task, TASK_EXCEPTION_PORT,
		    events_port);
	if (!error)
		error = port_notify_dead(child->task, events_port);
	return error;
}

static error_t acs_adopt_now(void)
{
	struct child *child;
	error_t error;

	lock(&acs_lock);
	child = child_new(&acs_plan);
	error = child ? image_find("", acs_plan.image, &child->held) : E_NOMEM;
	unlock(&acs_lock);
	return error ? error : acs_adopted(child);
}

static error_t start(int argc, char **argv)
{
	mach_msg_type_number_t length = sizeof(command_line) - 1;
	error_t error;

	(void)argc;
	(void)argv;
	acs_host = server_host;
	acs_device = server_device;
	log_start(0, NULL, NULL);
	log_forward = log_to_acs;
	wait_queue_init(&name_waiters);
	if (acs_command_line(server_acs, command_line, &length))
		length = 0;
	command_line[length] = 0;
	error = image_archive_open();
	if (!error)
		error = events_start();
	if (!error)
		error = events_serve();
	if (!error)
		error = acs_adopt_now();
	return error ? error : keeper_start();
}

/* Nothing of it outlives it but its name's port: it adopts anew. */
static error_t front_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&front);
	return 0;
}

static const struct recovery front_recovery = {
	.class = &front_class,
	.restore = front_restore,
};
static const struct recovery *const recovers[] = { &front_recovery, 0 };

static struct server server = {
	.name = twin_name,
	.public_object = &front.object,
	.recovers = recovers,
	.rows = 16,
	.start = start,
};

static void front_init(void)
{
	object_init(&front.object, &front_class);
	front.level = LEVEL_ROOT;
	pool_files.threads_max = TWIN_THREADS;
}

int twin_main(int argc, char **argv)
{
	front_init();
	return server_run(&server, argc, argv);
}

/* ---- the first task ---------------------------------------------------- */

/* GRUB gives it the kernel's privileged ports and the command line as
 * arguments, and the boot archive as the RAM disk rd0. */
static void arguments_read(int argc, char **argv)
{
	const char *value;
	int in_command_line = 0;

	for (int i = 1; i < argc; i++) {
		if ((value = text_after(argv[i], "--host-port=")))
			acs_host = text_unsigned(value, 0);
		else if ((value = text_after(argv[i], "--device-port=")))
			acs_device = text_unsigned(value, 0);
		else if ((value =
			      text_after(argv[i], "--kernel-command-line=")) ||
		    (in_command_line && (value = argv[i]))) {
			in_command_line = 1;
			text_append(command_line, sizeof(command_line), "%s%s",
			    command_line[0] ? " " : "", value);
		}
	}
}

/* The ACS has left for its twin. */
int twin_is_over(void)
{
	struct child *child = is_first ? child_next(NULL) : NULL;

	return child && child->state == CHILD_STOPPING;
}

/* With less the system would begin and then stand still without a word. */
static error_t memory_suffices(void)
{
	struct host_basic_info basic;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;

	if (host_info(acs_host, HOST_BASIC_INFO, (host_info_t)&basic, &count) ||
	    basic.memory_size >= MEMORY_MIN)
		return 0;
	log_loud("not enough memory: there are %u KB, Masix needs 32 MB",
	    (unsigned)basic.memory_size / 1024);
	return E_NOMEM;
}

static error_t first_start(void)
{
	struct child *child;
	error_t error = memory_suffices();

	if (!error)
		error = pool_start(&pool_files);
	if (!error)
		error = events_start();
	if (!error)
		error = events_serve();
	if (!error)
		error = keeper_start();
	if (!error)
		error = image_archive_open();
	if (error)
		return error;
	lock(&acs_lock);
	error = child_start(&acs_plan, &child);
	unlock(&acs_lock);
	return error;
}

int twin_first(int argc, char **argv)
{
	error_t error;

	is_first = 1;
	arguments_read(argc, argv);
	server_host = acs_host;
	server_device = acs_device;
	server_thread_wire();
	if (vm_wire_all(acs_host, mach_task_self(), VM_WIRE_ALL))
		log_loud("memory is not wired");
	log_start(0, NULL, NULL);
	wait_queue_init(&name_waiters);
	pool_files.threads_max = TWIN_THREADS;
	error = first_start();
	if (error) {
		log_loud("can't begin: %s", error_name(error));
		shutdown_begin(0);
	}
	for (;;)
		thread_sleep(1000000);
}
