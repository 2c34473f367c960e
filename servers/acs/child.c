/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers: how one begins, dies, and begins again. What of it outlives its task
 * is in guard.c; states in acs.h.
 */
#include "acs.h"
#include "keep.h"
#include "core/conf.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <kernel/mach.client.h>
#include <kernel/mach4.client.h>
#include <kernel/gnumach.client.h>
#include <mach/task_special_ports.h>
#include <mach/vm_wire.h>
#include <string.h>

static struct list children = LIST_EMPTY(children);
static unsigned last_number;
struct condition child_changed;

struct child *child_find(const char *environment, const char *name)
{
	list_each(link, &children) {
		struct child *child = list_item(link, struct child, link);

		if (strcmp(child->name, name) == 0 &&
		    strcmp(child->environment, environment) == 0)
			return child;
	}
	return NULL;
}

const char *child_title(const struct child *child,
    char title[SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE])
{
	if (environment_administers(child->environment))
		return child->name;
	text_format(title, SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE, "%s/%s",
	    child->environment, child->name);
	return title;
}

struct child *child_of_task(mach_port_t task)
{
	for (struct child *child = NULL; (child = child_next(child));) {
		if (child->task == task && child->state != CHILD_DEAD)
			return child;
	}
	return NULL;
}

struct child *child_next(struct child *child)
{
	struct list *next = list_follow(child ? &child->link : &children);

	return next == &children ? NULL : list_item(next, struct child, link);
}

struct child *child_last(void)
{
	struct list *last = list_last(&children);

	return last ? list_item(last, struct child, link) : NULL;
}

struct child *child_before(struct child *child)
{
	struct list *previous = child->link.previous;

	return previous == &children ? NULL :
	                               list_item(previous, struct child, link);
}

static error_t task_prepare(struct child *child)
{
	mach_port_t right;
	char name[64];
	error_t error;

	strlcpy(name, child->name, sizeof(name));
	task_set_name(child->task, name);
	error = object_make_right(child->client, &pool_files, &right);
	if (error)
		return error;
	error = task_set_special_port(child->task, TASK_BOOTSTRAP_PORT, right);
	port_drop(right);
	if (!error)
		error = task_set_special_port(child->task, TASK_EXCEPTION_PORT,
		    events_port);
	if (!error)
		error = port_notify_dead(child->task, events_port);
	return error;
}

void child_forget(struct child *child)
{
	guard_end(&child->guard);
	list_remove(&child->link);
	keep_write();
	if (child->client) {
		child->client->child = NULL;
		object_release(child->client);
	}
	port_drop(child->task);
	heap_free(child);
}

static error_t task_get(struct child *child)
{
	error_t error;

	child->begun = 0;
	if (child->halted)
		return task_clear(child->task);
	error = guard_task(&child->guard, &child->task);
	keep_write();
	return error;
}

static error_t child_run(struct child *child)
{
	uint32_t entry;
	error_t error = task_get(child);

	if (error)
		return error;
	if (child->flags & CONF_WIRED)
		error = vm_wire_all(acs_host, child->task, VM_WIRE_FUTURE);
	if (!error)
		error = task_load(child->task, &child->held, &entry);
	if (!error)
		error = task_prepare(child);
	if (!error && !child->halted)
		error = guard_arm(&child->guard, child->task);
	if (!error) {
		child->begun = 1;
		keep_write();
		error = task_begin(child->task, entry);
	}
	child->halted = HALT_NONE;
	if (error)
		task_terminate(child->task);
	return error;
}

struct child *child_new(const struct child_plan *plan)
{
	struct child *child = heap_alloc_zero(sizeof(*child));

	if (!child)
		return NULL;
	strlcpy(child->name, plan->name, sizeof(child->name));
	strlcpy(child->image, plan->image, sizeof(child->image));
	strlcpy(child->arguments, plan->arguments, sizeof(child->arguments));
	strlcpy(child->environment, plan->environment,
	    sizeof(child->environment));
	strlcpy(child->may_register, plan->may_register,
	    sizeof(child->may_register));
	child->flags = plan->flags;
	child->number = ++last_number;
	child->started = uptime_seconds();
	list_append(&children, &child->link);
	return child;
}

error_t child_start(const struct child_plan *plan, struct child **result)
{
	struct child *child = child_find(plan->environment, plan->name);
	struct image image;
	error_t error;

	if (child && child->state != CHILD_DEAD)
		return E_EXIST;
	error = environment_starts(plan);
	if (error)
		return error;
	if (child)
		child_forget(child);
	error = image_find(plan->environment, plan->image, &image);
	if (error)
		return error;
	child = child_new(plan);
	if (!child)
		return E_NOMEM;
	error = client_new(LEVEL_SERVER, child->environment, child,
	    &child->client);
	child->held = image;
	if (!error)
		error = guard_new(&child->guard, child->name);
	if (!error)
		error = child_run(child);
	if (error) {
		log_loud("%s can't be started from image %s: %s", plan->name,
		    plan->image, error_name(error));
		child_forget(child);
		return error;
	}
	*result = child;
	return 0;
}

/* Lock held. Whoever waits for the child looks again. */
static void child_changes(struct child *child, enum child_state state)
{
	child->state = state;
	keep_write();
	condition_broadcast(&child_changed);
	wait_wake(&name_waiters);
}

static void child_ends(struct child *child)
{
	char text[SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE];
	const char *title = child_title(child, text);
	int expected = child->state == CHILD_STOPPING;

	names_of_owner_remove(child);
	guard_end(&child->guard);
	child_changes(child, CHILD_DEAD);
	image_drop(&child->held);
	image_drop(&child->previous);
	image_drop(&child->next);
	image_sweep();
	if (expected)
		return;
	log_loud("%s has died%s", title,
	    child->flags & CONF_ESSENTIAL ? ": it is essential" : "");
	if (!(child->flags & CONF_ESSENTIAL))
		return;
	if (environment_is_essential(child->environment))
		shutdown_begin(1);
	else
		environment_end(child->environment, child->name);
}

/* A new instance takes over; clients wait at its ports. */
static error_t child_again(struct child *child, enum policy_verdict verdict)
{
	char text[SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE];
	const char *title = child_title(child, text);
	error_t error;

	if (child->replacement == REPLACE_TAKING)
		log_line("%s: the new version takes over", title);
	else
		log_loud("%s has died: %s", title,
		    verdict == POLICY_EMPTY ? "it starts empty" :
		                              "it is recovered");
	if (child->state != CHILD_PAUSED)
		names_of_child_tell(child, ACS_PAUSED);
	child_changes(child, CHILD_PAUSED);
	if (verdict == POLICY_EMPTY)
		guard_empty(&child->guard);
	child->restarts++;
	error = child_run(child);
	if (error)
		log_loud("%s can't be started again: %s", title,
		    error_name(error));
	return error;
}

void child_pause(struct child *child)
{
	child->paused = uptime_milliseconds();
	names_of_child_tell(child, ACS_PAUSED);
	child_changes(child, CHILD_PAUSED);
}

/* Whether the next instance may begin in the same task. */
static int may_halt(const struct child *child)
{
	return child->recovers && child->begun && !child->doomed &&
	    !child->whole &&
	    (child->state == CHILD_SERVING || child->state == CHILD_PAUSED);
}

error_t child_terminate(struct child *child)
{
	thread_hurry(thread_self()->port);
	if (!may_halt(child)) {
		hand_rescue(&child->guard, child->task);
		return task_terminate(child->task);
	}
	child->halted = HALT_BEGUN;
	keep_write();
	hand_rescue(&child->guard, child->task);
	task_halt(child->task);
	child->halted = HALT_DONE;
	child_died(child);
	return 0;
}

error_t child_kill(struct child *child)
{
	if (!child->task || port_is_dead(child->task))
		return E_NOENT;
	if (child->recovers) {
		child->killed = 1;
		if (child->state == CHILD_SERVING)
			child_pause(child);
	}
	return child_terminate(child);
}

/* What becomes of a server whose instance has ended. */
static enum policy_verdict death_verdict(struct child *child)
{
	enum policy_verdict verdict = POLICY_GIVE_UP;

	replace_died(child);
	if ((child->recovers || !child->begun) &&
	    child->state != CHILD_STOPPING) {
		verdict = child->killed ? POLICY_RECOVER :
		    policy_died(&child->policy, uptime_milliseconds());
		if (child->state != CHILD_PAUSED)
			child->paused = uptime_milliseconds();
	}
	child->killed = 0;
	return verdict;
}

/* A halted one's task stays if all that it has is to be believed; if not, its
 * end is told to us once more. */
void child_died(struct child *child)
{
	enum policy_verdict verdict = child->doomed ?
	    (enum policy_verdict)(child->doomed - 1) : death_verdict(child);

	child->doomed = 0;
	if (child->halted && verdict != POLICY_RECOVER) {
		child->halted = HALT_NONE;
		child->doomed = 1 + (int)verdict;
		task_terminate(child->task);
		return;
	}
	child->whole = 0;
	if (!child->halted) {
		port_drop(child->task);
		child->task = MACH_PORT_NULL;
	}
	if (verdict == POLICY_GIVE_UP || child_again(child, verdict))
		child_ends(child);
}

error_t serve_acs_leave(object_t object)
{
	struct child *child = client_of(object)->child;

	if (!child)
		return E_PERM;
	lock(&acs_lock);
	if (child->task)
		child_terminate(child);
	unlock(&acs_lock);
	return 0;
}

void child_serves(struct child *child, int flags)
{
	char text[SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE];
	const char *title = child_title(child, text);
	unsigned now = uptime_milliseconds();

	if (child->state != CHILD_STARTING && child->state != CHILD_PAUSED)
		return;
	if (flags & ACS_ESSENTIAL)
		child->flags |= CONF_ESSENTIAL;
	child->recovers = (flags & ACS_RECOVERS) != 0;
	child->crashed = 0;
	child->pinged = uptime_seconds();
	child->unanswered = 0;
	policy_serves(&child->policy, now);
	replace_served(child);
	if (child->state == CHILD_PAUSED) {
		log_line("%s serves again after %u ms", title,
		    now - child->paused);
		names_of_child_tell(child, ACS_RESUMED);
	} else {
		log_line("%s serves", title);
	}
	child_changes(child, CHILD_SERVING);
}

/* ---- the ACS itself has died: keep.c ----------------------------------- */

struct child *child_restore(const struct child *from)
{
	struct child *child = heap_alloc(sizeof(*child));

	if (!child)
		return NULL;
	*child = *from;
	list_append(&children, &child->link);
	image_fetch(&child->held);
	image_fetch(&child->next);
	image_fetch(&child->previous);
	child->client = NULL;
	child->task = keep_take(from->task);
	child->guard.vault = keep_take(from->guard.vault);
	child->guard.death = keep_take(from->guard.death);
	child->guard.home = HOME_NOT; /* until it comes */
	child->pinged = uptime_seconds();
	child->unanswered = 0;
	if (child->number > last_number)
		last_number = child->number;
	return child;
}

/* Its task may wait for its first step. Returns whether it has a thread. */
static int task_resume_threads(mach_port_t task)
{
	thread_array_t threads;
	mach_msg_type_number_t count;

	if (task_threads(task, &threads, &count))
		return 0;
	for (unsigned i = 0; i < count; i++) {
		thread_resume(threads[i]); /* refused if it runs */
		port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof(*threads));
	return count != 0;
}

/* The next instance was to begin in the same task when the ACS died: all is
 * done once more that may be half done. */
static void halt_resume(struct child *child)
{
	if (child->halted == HALT_BEGUN) {
		child->halted = HALT_NONE;
		child_terminate(child);
		return;
	}
	hand_rescue(&child->guard, child->task);
	task_halt(child->task);
	if (child_again(child, POLICY_RECOVER))
		child_ends(child);
}

/* One whose task was being made when the ACS died is made once more. */
static void child_resume(struct child *child)
{
	if (child->state == CHILD_DEAD)
		return;
	if (!child->client)
		client_new(LEVEL_SERVER, child->environment, child,
		    &child->client);
	if (child->task && port_notify_dead(child->task, events_port)) {
		port_drop(child->task);
		child->task = MACH_PORT_NULL;
		child->halted = HALT_NONE;
	}
	if (child->halted) {
		halt_resume(child);
		return;
	}
	if (child->task && child->begun && (child->state == CHILD_STARTING ||
		child->state == CHILD_PAUSED))
		child->begun = task_resume_threads(child->task);
	if (!child->begun) {
		child->killed = 1;
		if (child->task)
			task_terminate(child->task);
	}
}

void children_resume(void)
{
	for (struct child *child = NULL; (child = child_next(child));)
		child_resume(child);
	keep_write();
}

void children_look(void)
{
	for (struct child *child = NULL; (child = child_next(child));)
		if (child->state != CHILD_DEAD && !child->task)
			child_died(child);
}
