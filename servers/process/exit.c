/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends: of a process, of its zombie, of a session, of the system. What must
 * be told to other servers is noted under the lock and told by one thread
 * without it.
 */
#include "process.h"
#include "core/group.h"
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <mach/task_info.h>

enum {
	MICROSECONDS = 1000000,
};

extern error_t call_tty_end_session(int session, int *foreground);
extern error_t call_acs_shutdown(int how);

static struct condition work_there; /* with souls_lock() */

static uint64_t microseconds_of(const time_value64_t *time)
{
	return (uint64_t)time->seconds * MICROSECONDS +
	    (uint64_t)time->nanoseconds / 1000;
}

void body_measure(struct body *body)
{
	struct usage *usage = &body->process.usage;
	struct task_basic_info basic;
	struct task_thread_times_info times;
	struct task_events_info events;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

	if (!body->task)
		return;
	if (task_info(body->task, TASK_BASIC_INFO, (task_info_t)&basic, &count))
		return;
	count = TASK_THREAD_TIMES_INFO_COUNT;
	if (task_info(body->task, TASK_THREAD_TIMES_INFO,
	    (task_info_t)&times, &count))
		return;
	usage->user = body->before.user +
	    microseconds_of(&basic.user_time64) +
	    microseconds_of(&times.user_time64);
	usage->system = body->before.system +
	    microseconds_of(&basic.system_time64) +
	    microseconds_of(&times.system_time64);
	if (basic.resident_size / 1024 > usage->resident_max)
		usage->resident_max = basic.resident_size / 1024;
	count = TASK_EVENTS_INFO_COUNT;
	if (task_info(body->task, TASK_EVENTS_INFO, (task_info_t)&events,
	    &count))
		return;
	usage->major_faults = body->before.major_faults + events.pageins;
	usage->minor_faults = body->before.minor_faults + events.faults -
	    events.pageins;
}

/*
 * Groups that lose a bond to their session by the end of process: its own, if
 * its parent held that together, and those of its children. ids has room for
 * all children and one more; how many there are.
 */
static unsigned bonds(struct process *process, int *ids)
{
	struct process *parent = process->parent, *child;
	struct group *group = process->group;
	unsigned count = 0;

	if (parent && parent->group && parent->group != group &&
	    parent->group->session == group->session)
		ids[count++] = group->id;
	list_each(link, &process->children) {
		child = list_item(link, struct process, sibling);
		if (child->group && child->group != group &&
		    child->group->session == group->session)
			ids[count++] = child->group->id;
	}
	return count;
}

/* The group may be gone by the first signal. */
static void hang_up(int id)
{
	struct group *group = tree_find_group(&souls->tree, id);

	if (group)
		signal_group(group, SIGNAL_HUP);
	group = tree_find_group(&souls->tree, id);
	if (group)
		signal_group(group, SIGNAL_CONTINUE);
}

/* Those of them that have stopped members whom nobody could continue any more
 * are told. That may end others, and whole groups with them. */
static void rescue(const int *ids, unsigned count)
{
	struct group *group;

	for (unsigned i = 0; i < count; i++) {
		group = tree_find_group(&souls->tree, ids[i]);
		if (group && group_is_stranded(&souls->tree, group, 0))
			hang_up(ids[i]);
	}
}

static int *bonds_room(const struct process *process)
{
	unsigned count = 1;

	list_each(link, &process->children)
		count++;
	return heap_alloc(count * sizeof(int));
}

/* The children of process are the first process's now. */
static void bequeath(struct process *process)
{
	struct body *heir = body_of_soul(souls->tree.first), *body;

	list_each(link, &process->children) {
		body = body_of_soul(list_item(link, struct process, sibling));
		if (body->page)
			body->page->parent = heir->process.pid;
	}
	if (!tree_orphan(&souls->tree, process))
		return;
	signal_send(heir, SIGNAL_CHILD);
	wait_wake(&heir->waiters);
}

/* Unix's part of the end of a process that is a zombie already. */
static void part(struct body *body, const int *ids, unsigned count)
{
	struct process *process = &body->process;

	if (process->group->session->id == process->pid)
		session_ended(process->pid);
	if (process == souls->tree.first) {
		log_loud("pid 1 has ended, status %x", process->status);
		system_ends(1);
		return;
	}
	bequeath(process);
	rescue(ids, count);
	signal_parent(body, process->status);
}

void body_end(struct body *body, int status)
{
	struct process *process = &body->process;
	unsigned count = 0;
	int *ids;

	if (process->life == LIFE_ZOMBIE)
		return;
	body_measure(body);
	ids = bonds_room(process);
	if (ids)
		count = bonds(process, ids);
	life_end(process, status);
	list_remove(&body->nudge);
	souls_doom(body);
	page_drop(body);
	wait_wake(&body->parents);
	wait_cancel(&body->waiters, 0);
	ipc_end(body);
	entries_wake();
	part(body, ids, count);
	heap_free(ids);
}

void body_reap(struct body *body)
{
	struct process *process = &body->process, *parent = process->parent;
	struct usage *usage = &process->usage;
	struct usage *children = &process->children_usage, *total;

	if (parent) {
		total = &parent->children_usage;
		total->user += usage->user + children->user;
		total->system += usage->system + children->system;
		total->minor_faults += usage->minor_faults +
		    children->minor_faults;
		total->major_faults += usage->major_faults +
		    children->major_faults;
		if (usage->resident_max > total->resident_max)
			total->resident_max = usage->resident_max;
		if (children->resident_max > total->resident_max)
			total->resident_max = children->resident_max;
	}
	body_forget(body);
}

void session_ended(int session)
{
	if (souls->ended_count < SESSIONS_MAX)
		souls->ended_sessions[souls->ended_count++] = session;
	condition_signal(&work_there);
}

void system_ends(int restart)
{
	souls->end_wanted = 1;
	souls->end_restart = restart;
	condition_signal(&work_there);
}

/* Hang-up: the foreground group of a session whose leader has ended. */
static void end_session(int session)
{
	int foreground = 0;

	if (call_tty_end_session(session, &foreground) || foreground <= 0)
		return;
	souls_lock();
	hang_up(foreground);
	souls_unlock();
}

/* What was told leaves the list; if the server dies in between it is told
 * once more. Locked. */
static void session_told(void)
{
	souls->ended_count--;
	memmove(souls->ended_sessions, souls->ended_sessions + 1,
	    souls->ended_count * sizeof *souls->ended_sessions);
}

static void session_worker(void *argument)
{
	int session, restart;

	(void)argument;
	thread_name("sessions");
	souls_lock();
	for (;;) {
		while (!souls->ended_count && !souls->end_wanted)
			souls_wait(&work_there, 0);
		session = souls->ended_count ? souls->ended_sessions[0] : 0;
		restart = souls->end_restart;
		souls_unlock();
		if (session)
			end_session(session);
		else
			call_acs_shutdown(restart);
		souls_lock();
		if (session)
			session_told();
		else
			souls->end_wanted = 0;
	}
}

error_t session_worker_start(void)
{
	return thread_start(session_worker, 0);
}
