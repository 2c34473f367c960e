/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each environment's programs have of the machine, and that it is not
 * more than they may have. Every task is born with its environment's right to
 * the ACS as its bootstrap port (a program's: the one that all ordinary
 * processes of an environment share; a server's: its own), so all tasks of the
 * host can be told apart without asking anybody.
 *
 * This is sampled, once a second while some environment has limits. The
 * process server refuses the process that is one too many before it is made;
 * what is found here in two looks one after the other has got past it, or is
 * memory, and a task is ended: the one that holds most, or the youngest.
 */
#include "acs.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <mach/task_info.h>
#include <mach/task_special_ports.h>
#include <string.h>

enum {
	PRIORITY_NORMAL = 30, /* the kernel's, of programs (process/task.c) */
	TASKS_SLACK = 2, /* an exec may make its new task before the old ends */
};

/* What a look at all tasks is for, with what was found of one environment. */
struct look {
	struct environment *only; /* null: of all */
	int ends;                 /* the programs of `only` are ended */
	mach_port_t largest, youngest; /* of `only`; borrowed */
	unsigned largest_memory;
};

/* The environment that a task is a program of, or null. */
static struct environment *environment_of_task(mach_port_t task)
{
	struct environment *environment = NULL;
	mach_port_t bootstrap = MACH_PORT_NULL;
	struct client *client;

	if (task_get_special_port(task, TASK_BOOTSTRAP_PORT, &bootstrap) ||
	    !MACH_PORT_VALID(bootstrap))
		return NULL;
	client = object_of_right(bootstrap, &client_class);
	if (client) {
		if (client->level == LEVEL_PROCESS)
			environment = environments_find(&environments,
			    client->environment);
		object_release(client);
	}
	port_drop(bootstrap);
	return environment;
}

static void task_count(struct look *look, mach_port_t task)
{
	struct environment *environment = environment_of_task(task);
	struct task_basic_info basic;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;
	unsigned memory;
	int worst;

	if (!environment || (look->only && look->only != environment) ||
	    task_info(task, TASK_BASIC_INFO, (task_info_t)&basic, &count))
		return;
	if (look->ends) {
		task_terminate(task);
		return;
	}
	memory = (unsigned)basic.resident_size / 1024;
	environment->used.tasks++;
	environment->used.memory += memory;
	worst = PRIORITY_NORMAL + (int)environment->limit.priority;
	if (environment->limit.priority && basic.base_priority < worst)
		task_priority(task, worst, TRUE);
	look->youngest = task;
	if (memory >= look->largest_memory) {
		look->largest_memory = memory;
		look->largest = task;
	}
}

static error_t tasks_all(task_array_t *tasks, mach_msg_type_number_t *count)
{
	mach_port_t name, set;
	error_t error = processor_set_default(acs_host, &name);

	if (error)
		return error;
	error = host_processor_set_priv(acs_host, name, &set);
	port_drop(name);
	if (error)
		return error;
	error = processor_set_tasks(set, tasks, count);
	port_drop(set);
	return error;
}

static int is_over(const struct environment *one)
{
	return (one->limit.memory && one->used.memory > one->limit.memory) ||
	    (one->limit.tasks &&
		one->used.tasks > one->limit.tasks + TASKS_SLACK);
}

static void task_too_much(struct look *look)
{
	struct environment *one = look->only;
	int memory = one->limit.memory && one->used.memory > one->limit.memory;
	mach_port_t task = memory ? look->largest : look->youngest;

	if (!one->was_over || !task)
		return;
	log_loud("environment %s: %u tasks, %u KB are too much: one is ended",
	    one->name, one->used.tasks, one->used.memory);
	one->ended++;
	task_terminate(task);
}

/* Looks at all tasks; false: they can't be told. */
static int tasks_look(struct look *look)
{
	mach_msg_type_number_t count;
	task_array_t tasks;

	if (tasks_all(&tasks, &count))
		return 0;
	list_each(link, &environments.all) {
		struct environment *one =
		    list_item(link, struct environment, link);

		if (!look->only || look->only == one)
			one->used.tasks = one->used.memory = 0;
	}
	for (unsigned i = 0; i < count; i++)
		task_count(look, tasks[i]);
	if (look->only && !look->ends) {
		int over = is_over(look->only);

		if (over)
			task_too_much(look);
		look->only->was_over = over;
	}
	for (unsigned i = 0; i < count; i++)
		port_drop(tasks[i]);
	memory_free((vm_address_t)tasks, count * sizeof(*tasks));
	return 1;
}

void shares_count(void)
{
	struct look look = { NULL, 0, 0, 0, 0 };

	tasks_look(&look);
}

void share_end(struct environment *environment)
{
	struct look look = { environment, 1, MACH_PORT_NULL, MACH_PORT_NULL,
		0 };

	tasks_look(&look);
}

void shares_look(void)
{
	list_each(link, &environments.all) {
		struct look look = { list_item(link, struct environment, link),
			0, MACH_PORT_NULL, MACH_PORT_NULL, 0 };
		const struct share *limit = &look.only->limit;

		if (limit->tasks || limit->memory || limit->priority)
			tasks_look(&look);
	}
}
