/* SPDX-License-Identifier: BSD-2-Clause */
/* The process server: what starts, in order. */
#include "process.h"
#include <base/error.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/text.h>
#include <kernel/mach_host.client.h>
#include <mach/host_info.h>

enum {
	MEMORY_EACH = 224 * 1024, /* bytes that a shell needs, and some more */
	PROCESSES_MIN = 64,
	PROCESSES_MAX = 4000,
};

extern error_t call_acs_prepare(void);
extern error_t call_acs_announce(const char *name, mach_port_t right);

struct pool pool_exceptions = {
	.name = "exceptions",
	.threads_max = 4,
	.demux = exception_demux,
};
struct pool pool_info = { .name = "info", .threads_max = 2 };
mach_port_t exception_right;
int process_native;

static struct object exceptions, notices, information, control;

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

static error_t announce(struct object *object, struct pool *pool,
    const struct object_class *class, const char *name)
{
	mach_port_t right;
	error_t error;

	object_init(object, class);
	error = object_make_right(object, pool, &right);
	if (!error && name)
		return call_acs_announce(name, right);
	if (!error)
		exception_right = right;
	return error;
}

static error_t start(int argc, char **argv)
{
	error_t error;

	tree_init(&process_tree, processes_limit(argc, argv));
	process_native = text_option(argc, argv, "native", 0) != 0;
	entries_prepare();
	error = clock_start();
	if (!error)
		error = libmasix_load();
	if (!error)
		error = call_acs_prepare();
	if (!error)
		error = pool_start(&pool_exceptions);
	if (!error)
		error = pool_start(&pool_info);
	if (!error)
		error = announce(&exceptions, &pool_exceptions,
		    &exception_class, 0);
	if (!error)
		error = announce(&information, &pool_info, &info_class,
		    "process-info");
	if (!error)
		error = announce(&notices, &pool_info, &notice_class,
		    "process-signals");
	if (!error)
		error = clock_run_start();
	if (!error)
		error = session_worker_start();
	if (!error)
		error = first_start(argc, argv);
	if (error)
		log_loud("can't start: %s", error_name(error));
	return error;
}

/* Nothing of ours is on a disk, but what runs must not go on. */
static void flush(void)
{
	struct process *process;

	lock(&process_lock);
	for (process = tree_next(&process_tree, 0); process;
	     process = tree_next(&process_tree, process)) {
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
	lock(&process_lock);
	text_append(text, size, "processes\t%u of %u\n", process_tree.count,
	    process_tree.limit);
	unlock(&process_lock);
}

static error_t prepare(int argc, char **argv)
{
	(void)argc, (void)argv;
	object_init(&control, &control_class);
	return 0;
}

static struct server server = {
	.name = "process",
	.essential = 1,
	.public_object = &control,
	.prepare = prepare,
	.start = start,
	.flush = flush,
	.describe = describe,
};

int main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
