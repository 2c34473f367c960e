/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new instance, and what it finds:
 *
 *	the souls	in memory that survived; an unfinished step is undone
 *	the ports	the framework brings them; their record says whose
 *	the tasks	all that the kernel has are asked for their right
 *			PORT_PROCESS: if it is a port of ours, it says whose
 *	views		the right PORT_VFS of each; VFS says whether it is one
 *	threads		the task's
 *
 * So nothing has to be written down at a fork. A process that has thrown these
 * rights away is lost to us: it has ended, as far as Unix knows.
 *
 * Then tasks are made what the souls say, whatever was under way:
 *
 *	new		thrown away: fork is asked for again
 *	zombie, gone	the task ends, if it has not
 *	running		not suspended; no thread is, either. A thread that has
 *			not begun yet is an exec's: if the soul says that it is
 *			starting the others end and it begins, else it ends
 *			and the exec is asked for again
 *	stopped		suspended once
 */
#include "process.h"
#include <base/layout.h>
#include <base/libmasix_header.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <kernel/mach_port.client.h>
#include <mach/task_info.h>
#include <mach/task_special_ports.h>
#include <mach/thread_info.h>
#include <mach/thread_status.h>
#include <server/recover.h>

extern error_t call_vfs_credentials(mach_port_t view,
    const struct credentials *credentials);

static int found; /* the souls are */

static int is_in_tree(const struct body *body)
{
	return body->used && body->process.group;
}

static error_t enter_maps(struct process *process)
{
	struct tree *tree = &souls->tree;
	struct group *group = process->group;

	if (map_add(&tree->processes, &process->entry,
	    (uint64_t)process->pid))
		return E_NOMEM;
	if (!tree_find_group(tree, group->id) &&
	    map_add(&tree->groups, &group->entry, (uint64_t)group->id))
		return E_NOMEM;
	return 0;
}

error_t recover_souls(void)
{
	error_t error;

	if (found)
		return 0;
	error = souls_place();
	map_init(&souls->tree.processes);
	map_init(&souls->tree.groups);
	for (unsigned i = 0; i < souls->end && !error; i++) {
		struct body *body = &souls->bodies[i];

		if (body->used)
			body_prepare(body);
		if (is_in_tree(body))
			error = enter_maps(&body->process);
	}
	found = !error;
	return error;
}

static void body_save(object_t object, void *record)
{
	*(uint32_t *)record = souls_number(body_of(object));
}

struct body *recover_body(uint32_t number)
{
	if (recover_souls() || number >= souls->end ||
	    !souls->bodies[number].used)
		return 0;
	return &souls->bodies[number];
}

static error_t body_restore(const void *record, object_t *object)
{
	struct body *body = recover_body(*(const uint32_t *)record);

	if (!body)
		return E_NOENT;
	*object = object_reference(body);
	return 0;
}

const struct recovery body_recovery = {
	.class = &body_class,
	.save = body_save,
	.restore = body_restore,
};

static error_t extract(mach_port_t task, mach_port_t name, mach_port_t *right)
{
	mach_msg_type_name_t type;

	return mach_port_extract_right(task, name, MACH_MSG_TYPE_COPY_SEND,
	    right, &type);
}

/* A task that sends its exceptions to us and is nobody's: a fork or an exec
 * was making it, or has left it. */
static void end_stray(mach_port_t task)
{
	mach_port_t right;

	if (task == mach_task_self() ||
	    task_get_special_port(task, TASK_EXCEPTION_PORT, &right))
		return;
	if (right == exception_last)
		task_terminate(task);
	if (right)
		port_drop(right);
}

/* task: CONSUMED. */
static void take_task(mach_port_t task)
{
	mach_port_t right;
	struct body *body = 0;

	if (task != mach_task_self() && !extract(task, PORT_PROCESS, &right)) {
		body = object_of_right(right, &body_class);
		port_drop(right);
	}
	if (!body || body->task) {
		end_stray(task);
		port_drop(task);
	} else {
		body_bind_task(body, task);
		if (extract(task, PORT_VFS, &body->view))
			body->view = MACH_PORT_NULL;
	}
	if (body)
		object_release(body);
}

static error_t take_tasks(void)
{
	mach_msg_type_number_t count;
	mach_port_t name, set = MACH_PORT_NULL;
	task_array_t tasks;
	error_t error;

	error = processor_set_default(server_host, &name);
	if (error)
		return error;
	error = host_processor_set_priv(server_host, name, &set);
	port_drop(name);
	if (error)
		return error;
	error = processor_set_tasks(set, &tasks, &count);
	port_drop(set);
	if (error)
		return error;
	for (unsigned i = 0; i < count; i++)
		take_task(tasks[i]);
	memory_free((vm_address_t)tasks, count * sizeof *tasks);
	return 0;
}

/* How often a thread is suspended; *fresh: it has not run, it is an exec's. */
static int thread_state_of(mach_port_t thread, int *fresh)
{
	struct thread_basic_info info;
	struct i386_thread_state state;
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;

	*fresh = 0;
	if (thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&info,
	    &count))
		return 0;
	count = i386_THREAD_STATE_COUNT;
	if (info.suspend_count && !thread_get_state(thread,
	    i386_REGS_SEGS_STATE, (thread_state_t)&state, &count))
		*fresh = state.eip == libmasix_header()->start;
	return info.suspend_count;
}

/* The one thread of an exec that was done but for its beginning, or null. */
static mach_port_t find_fresh(const mach_port_t *threads, unsigned count)
{
	int fresh;

	for (unsigned i = 0; i < count; i++) {
		thread_state_of(threads[i], &fresh);
		if (fresh)
			return threads[i];
	}
	return MACH_PORT_NULL;
}

/* Whether thread stays. */
static int thread_settle(mach_port_t thread, mach_port_t starting)
{
	int fresh, count = thread_state_of(thread, &fresh);

	if (starting ? thread != starting : fresh) {
		thread_terminate(thread);
		return 0;
	}
	for (; count > 0; count--)
		thread_resume(thread);
	return 1;
}

static void settle_threads(struct body *body)
{
	mach_msg_type_number_t count;
	mach_port_t *threads, starting = MACH_PORT_NULL;

	if (task_threads(body->task, &threads, &count))
		return;
	if (body->starting)
		starting = find_fresh(threads, count);
	for (unsigned i = 0; i < count; i++) {
		if (thread_settle(threads[i], starting) && !body->thread)
			body->thread = threads[i];
		else
			port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof *threads);
	body->starting = 0;
}

static void settle_suspension(struct body *body)
{
	int wanted = body->process.life == LIFE_STOPPED;
	struct task_basic_info info;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

	if (task_info(body->task, TASK_BASIC_INFO, (task_info_t)&info, &count))
		return;
	for (; info.suspend_count > wanted; info.suspend_count--)
		task_resume(body->task);
	for (; info.suspend_count < wanted; info.suspend_count++)
		task_suspend(body->task);
}

/* A running process that has lost what it needs. Locked. */
static void give_up(struct body *body, const char *what)
{
	log_line("pid %d has no %s any more", body->process.pid, what);
	body_end(body, life_status_signal(SIGNAL_KILL));
}

/* A running or stopped process. Locked. */
static void settle_task(struct body *body)
{
	body->page->pending = body->process.signals.pending;
	body_show(body);
	settle_threads(body);
	settle_suspension(body);
	if (body->thread)
		signal_settle(body);
	else
		give_up(body, "thread");
}

/* Locked. */
static void settle(struct body *body)
{
	switch (body->process.life) {
	case LIFE_NEW:
		souls_doom(body);
		body_forget(body);
		break;
	case LIFE_ZOMBIE:
		souls_doom(body);
		break;
	default:
		if (body->task && body->page)
			settle_task(body);
		else
			give_up(body, "task");
	}
}

/* It was reaped; the reference that body_prepare() gave is nobody's. Locked. */
static void leave_behind(struct body *body)
{
	souls_doom(body);
	object_release(body);
}

/* VFS has the identities of who runs, or says that this is no view. */
static void check_view(struct body *body)
{
	struct credentials credentials;
	mach_port_t view;
	int lives;

	souls_lock();
	lives = is_in_tree(body) && body->task;
	credentials = body->process.credentials;
	view = body->view;
	souls_unlock();
	if (!lives || (view && !call_vfs_credentials(view, &credentials)))
		return;
	souls_lock();
	if (is_in_tree(body) && body->task)
		give_up(body, "view");
	souls_unlock();
}

error_t recover_tasks(void)
{
	error_t error = take_tasks();

	if (error)
		return error;
	for (unsigned i = 0; i < souls->end; i++) {
		struct body *body = &souls->bodies[i];

		souls_lock();
		if (is_in_tree(body))
			settle(body);
		else if (body->used)
			leave_behind(body);
		souls_unlock();
	}
	for (unsigned i = 0; i < souls->end; i++)
		if (is_in_tree(&souls->bodies[i]))
			check_view(&souls->bodies[i]);
	return 0;
}
