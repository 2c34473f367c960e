/* SPDX-License-Identifier: BSD-2-Clause */
/* The process server: what starts, in order. */
#include "process.h"
#include <base/error.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/text.h>
#include <kernel/mach_host.client.h>
#include <mach/host_info.h>
#include <server/recover.h>

enum {
	MEMORY_EACH = 224 * 1024, /* bytes that a shell needs, and some more */
	PROCESSES_MIN = 64,
	PROCESSES_MAX = 4000,
};

extern error_t call_acs_prepare(void);
extern error_t call_acs_announce(const char *name, mach_port_t right);
extern error_t call_acs_find(const char *name, int wait, mach_port_t *port);
extern error_t call_acs_shutdown(int how);

/*
 * One thread, which waits for nobody: while the kernel ends our task, other
 * programs run, and a message for us still goes to any thread that waits for
 * one, to be lost with it. An exception is raised once more after that; with
 * a second thread to take it the program would be lost. Queued it is safe.
 */
struct pool pool_exceptions = {
	.name = "exceptions",
	.threads_max = 1,
	.demux = exception_demux,
};
struct pool pool_info = { .name = "info", .threads_max = 2 };
mach_port_t exception_right, exception_last;
int process_native;

static struct object exceptions[2], notices, information, control;
static struct server server;
static const char first_names[HOST_NAMES][HOST_NAME_MAX + 1] = {
	"masix", "(none)",
};

/* How many processes this machine can hold. */
static unsigned machine_limit(void)
{
	struct host_basic_info basic;
	mach_msg_type_number_t count = HOST_BASIC_INFO_COUNT;
	unsigned limit;

	if (host_info(server_host, HOST_BASIC_INFO, (host_info_t)&basic,
	    &count))
		return PROCESSES_MIN;
	limit = basic.memory_size / MEMORY_EACH;
	if (limit < PROCESSES_MIN)
		return PROCESSES_MIN;
	return limit > PROCESSES_MAX ? PROCESSES_MAX : limit;
}

/* tasks=N: how many our environment may have. */
static unsigned processes_limit(int argc, char **argv)
{
	unsigned machine = machine_limit();
	unsigned share = text_unsigned(text_option(argc, argv, "tasks", ""),
	    machine);

	return share && share < machine ? share : machine;
}

/* The memory, made or found. */
static error_t souls_start(int argc, char **argv)
{
	error_t error = server_recovered ? recover_souls() : souls_place();

	if (!error && server_recovered)
		ipc_recover();
	if (error || server_recovered)
		return error;
	tree_init(&souls->tree, processes_limit(argc, argv));
	memcpy(souls->host_names, first_names, sizeof first_names);
	return 0;
}

/* Whether an instance was there before and left nothing: its processes run,
 * and nobody knows whose they are. */
static int are_lost(void)
{
	mach_port_t port;

	if (server_recovered || call_acs_find("process-info", 0, &port))
		return 0;
	port_drop(port);
	return 1;
}

static error_t announce(struct object *object, struct pool *pool,
    const char *name)
{
	mach_port_t right;
	error_t error;

	error = object_make_right(object, pool, &right);
	return error ? error : call_acs_announce(name, right);
}

static error_t announce_all(void)
{
	error_t error = object_make_right(&exceptions[0], &pool_exceptions,
	    &exception_right);

	if (!error)
		error = object_make_right(&exceptions[1], &pool_exceptions,
		    &exception_last);
	if (!error)
		error = announce(&information, &pool_info, "process-info");
	if (!error)
		error = announce(&notices, &pool_info, "process-signals");
	return error;
}

/* pid 1, or all there are. */
static error_t people(int argc, char **argv)
{
	error_t error;

	if (!souls->tree.count)
		return first_start(argc, argv);
	error = first_prepare();
	if (!error)
		error = recover_tasks();
	/* it was killed before it ever ran */
	if (!error && !souls->tree.first)
		error = first_start(argc, argv);
	return error;
}

static error_t start(int argc, char **argv)
{
	error_t error = souls_start(argc, argv);

	if (error || are_lost()) {
		log_loud("what is left of the processes is of no use");
		return call_acs_shutdown(1);
	}
	process_native = text_option(argc, argv, "native", 0) != 0;
	error = clock_start();
	if (!error)
		error = libmasix_load();
	if (!error)
		error = call_acs_prepare();
	if (!error)
		error = announce_all();
	if (!error)
		error = people(argc, argv);
	if (!error)
		error = clock_run_start();
	if (!error)
		error = session_worker_start();
	if (!error)
		error = orphan_watch_start();
	if (!error)
		error = shortage_watch_start();
	if (error)
		log_loud("can't start: %s", error_name(error));
	return error;
}

/* Before anything is restored. */
static error_t prepare(int argc, char **argv)
{
	error_t error;

	(void)argc;
	(void)argv;
	server.memory_size = souls_size;
	object_init(&exceptions[0], &exception_class);
	object_init(&exceptions[1], &exception_last_class);
	object_init(&information, &info_class);
	object_init(&notices, &notice_class);
	object_init(&control, &control_class);
	entries_prepare();
	ipc_prepare();
	error = pool_start(&pool_exceptions);
	return error ? error : pool_start(&pool_info);
}

static error_t exceptions_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&exceptions[0]);
	return 0;
}

static error_t exceptions_last_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&exceptions[1]);
	return 0;
}

static error_t information_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&information);
	return 0;
}

static error_t notices_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&notices);
	return 0;
}

static error_t control_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&control);
	return 0;
}

static const struct recovery exceptions_recovery = {
	.class = &exception_class,
	.restore = exceptions_restore,
};
static const struct recovery exceptions_last_recovery = {
	.class = &exception_last_class,
	.restore = exceptions_last_restore,
};
static const struct recovery information_recovery = {
	.class = &info_class,
	.restore = information_restore,
};
static const struct recovery notices_recovery = {
	.class = &notice_class,
	.restore = notices_restore,
};

static const struct recovery control_recovery = {
	.class = &control_class,
	.restore = control_restore,
};

static const struct recovery *const recovers[] = { &body_recovery,
	&exceptions_recovery, &exceptions_last_recovery,
	&information_recovery, &notices_recovery,
	&control_recovery, &entry_recovery, 0 };

/* Nothing of ours is on a disk, but what runs must not go on. */
void tasks_end(void)
{
	struct process *process;

	souls_lock();
	for (process = tree_next(&souls->tree, 0); process;
	     process = tree_next(&souls->tree, process)) {
		struct body *body = body_of_soul(process);

		if (body->task)
			syscall_task_terminate(body->task);
	}
}

/* Rights and the array that they came in. */
static void ports_drop(CONSUMED mach_port_t *ports, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		port_drop(ports[i]);
	memory_free((vm_address_t)ports, count * sizeof *ports);
}

/* All tasks that the kernel has, and their threads, the kernel's own too: what
 * ended and is still there shows here. E_PERM: no host port. */
static error_t tasks_count(unsigned *tasks, unsigned *threads)
{
	mach_msg_type_number_t task_number, thread_number;
	mach_port_t name, set = MACH_PORT_NULL;
	thread_array_t thread_list;
	task_array_t task_list;
	error_t error;

	error = processor_set_default(server_host, &name);
	if (!error)
		error = host_processor_set_priv(server_host, name, &set);
	port_drop(error ? MACH_PORT_NULL : name);
	if (error)
		return error;
	error = processor_set_tasks(set, &task_list, &task_number);
	if (!error) {
		*tasks = task_number;
		ports_drop(task_list, task_number);
		error = processor_set_threads(set, &thread_list,
		    &thread_number);
	}
	if (!error) {
		*threads = thread_number;
		ports_drop(thread_list, thread_number);
	}
	port_drop(set);
	return error;
}

static void describe(char *text, unsigned size)
{
	unsigned tasks, threads;

	if (!tasks_count(&tasks, &threads))
		text_append(text, size, "tasks\t%u\nthreads\t%u\n", tasks,
		    threads);
	souls_lock();
	text_append(text, size, "processes\t%u of %u\n", souls->tree.count,
	    souls->tree.limit);
	souls_unlock();
}

static struct server server = {
	.name = "process",
	.essential = 1,
	.public_object = &control,
	.recovers = recovers,
	.rows = BODIES_MAX + 64,
	.prepare = prepare,
	.start = start,
	.flush = tasks_end,
	.describe = describe,
};

int main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
