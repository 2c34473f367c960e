/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory that outlives the server, and the lock that makes what is done
 * under it one step (core/step.h). Pointers in it stay good: it lies at the
 * same address in every instance.
 *
 * What ends a task can't be taken back, so it waits for the commit; if that
 * is the last that this instance did, the successor finds a zombie with a
 * task and does the same.
 */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <server/recover.h>

enum {
	PAGES_OFFSET = (sizeof(struct souls) + PAGE_SIZE - 1) & -PAGE_SIZE,
};

const unsigned souls_size = PAGES_OFFSET +
    (BODIES_MAX + PAGES_MORE) * PAGE_SIZE;
struct souls *souls;

static struct lock souls_guard = LOCK_INIT(RANK_PROCESS);
static struct list doomed = LIST_EMPTY(doomed);

/* Numbers of bodies that are free, below souls->end: a stack. */
static struct lock bodies_lock = LOCK_INIT(RANK_BODIES);
static uint16_t free_bodies[BODIES_MAX];
static unsigned free_count;

static void bodies_find(void)
{
	for (unsigned i = souls->end; i-- > 0;)
		if (!souls->bodies[i].used)
			free_bodies[free_count++] = (uint16_t)i;
}

error_t souls_place(void)
{
	error_t error;

	souls = server_memory;
	step_watch(&souls->record, &souls->tree, sizeof *souls -
	    offsetof(struct souls, tree));
	error = step_roll_back();
	if (error || souls->end > BODIES_MAX)
		return error ? error : E_UCLEAN;
	signals_use(&souls->signals);
	bodies_find();
	return 0;
}

/* A place of the souls that is not the true one looks as if there were no
 * process: that is no answer for anybody. */
void souls_lock(void)
{
	if (__builtin_expect(souls != server_memory, 0))
		__builtin_trap();
	lock(&souls_guard);
	step_begin();
}

/* The tasks of those that have ended. */
static void bury(void)
{
	struct list *link;
	struct body *body;

	while ((link = list_take(&doomed))) {
		body = list_item(link, struct body, doom);
		syscall_task_terminate(body->task);
		port_drop(body->task);
		body_bind_task(body, MACH_PORT_NULL);
		if (body->thread)
			port_drop(body->thread);
		if (body->view)
			port_drop(body->view);
		body->thread = body->view = MACH_PORT_NULL;
		object_release(body);
	}
}

void souls_commit(void)
{
	step_commit();
	if (!list_empty(&doomed))
		bury();
	if (memory_gone)
		memory_bury();
}

void souls_unlock(void)
{
	souls_commit();
	step_end(); /* with what the burials have written */
	unlock(&souls_guard);
}

void souls_wait(struct condition *changed, unsigned milliseconds)
{
	souls_commit();
	step_end();
	condition_wait_timed(changed, &souls_guard, milliseconds);
	step_begin();
}

void souls_doom(struct body *body)
{
	if (!body->task || !list_empty(&body->doom))
		return;
	object_reference(body);
	list_append(&doomed, &body->doom);
}

struct body *souls_take_body(void)
{
	struct body *body;
	unsigned number = BODIES_MAX;

	lock(&bodies_lock);
	if (free_count)
		number = free_bodies[--free_count];
	else if (souls->end < BODIES_MAX)
		number = souls->end++;
	unlock(&bodies_lock);
	if (number == BODIES_MAX)
		return 0;
	body = &souls->bodies[number];
	body->used = 1;
	step_fresh(&body->done, offsetof(struct body, path) + 1 -
	    offsetof(struct body, done));
	return body;
}

void souls_free_body(struct body *body)
{
	body->used = 0;
	lock(&bodies_lock);
	free_bodies[free_count++] = (uint16_t)souls_number(body);
	unlock(&bodies_lock);
}

unsigned souls_number(const struct body *body)
{
	return (unsigned)(body - souls->bodies);
}

struct process_page *souls_page(unsigned number)
{
	return (struct process_page *)((char *)souls + PAGES_OFFSET +
	    number * PAGE_SIZE);
}
