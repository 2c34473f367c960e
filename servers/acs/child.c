/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers as tasks: how one is made of an image, and what is left of it. */
#include "acs.h"
#include "core/conf.h"
#include "core/elf.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/mach4.client.h>
#include <kernel/gnumach.client.h>
#include <mach/machine/thread_status.h>
#include <mach/task_special_ports.h>
#include <string.h>

static struct list children = LIST_EMPTY(children);
struct condition child_changed;

static const vm_address_t stack_page = 0xbfffe000;

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

struct child *child_of_task(mach_port_t task)
{
	list_each(link, &children) {
		struct child *child = list_item(link, struct child, link);

		if (child->task == task && child->state != CHILD_DEAD)
			return child;
	}
	return NULL;
}

struct child *child_next(struct child *child)
{
	struct list *next = child ? child->link.next : children.next;

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

static error_t segment_load(mach_port_t task, const struct elf_segment *segment)
{
	vm_address_t address = segment->address, pages;
	vm_size_t size = page_round(segment->data_offset + segment->data_size);
	error_t error;

	error = vm_allocate(task, &address, segment->size, FALSE);
	if (error || segment->data_size == 0)
		return error;
	error = memory_allocate(size, &pages);
	if (error)
		return error;
	memcpy((char *)pages + segment->data_offset, segment->data,
	    segment->data_size);
	error = vm_write(task, segment->address, pages, size);
	memory_free(pages, size);
	if (!error && !segment->writable)
		error = vm_protect(task, segment->address, segment->size, FALSE,
		    VM_PROT_READ | VM_PROT_EXECUTE);
	return error;
}

static error_t image_load(mach_port_t task, const struct image *image,
    uint32_t *entry)
{
	struct elf_segment segment;
	unsigned count;
	error_t error = 0;

	if (!elf_check(image->data, image->size, &count, entry))
		return E_NOEXEC;
	for (unsigned i = 0; i < count && !error; i++) {
		if (!elf_segment(image->data, image->size, i, &segment))
			return E_NOEXEC;
		error = segment_load(task, &segment);
	}
	return error;
}

/* The first thread finds argc = 0 and an empty argv; it asks us for more. */
static error_t thread_begin(mach_port_t task, uint32_t entry)
{
	struct i386_thread_state state;
	vm_address_t stack = stack_page;
	mach_port_t thread;
	error_t error;

	error = vm_allocate(task, &stack, PAGE_SIZE, FALSE);
	if (!error)
		error = thread_create(task, &thread);
	if (error)
		return error;
	memset(&state, 0, sizeof(state));
	state.eip = entry;
	state.uesp = stack_page + PAGE_SIZE - 64;
	error = thread_set_state(thread, i386_THREAD_STATE,
	    (thread_state_t)&state, i386_THREAD_STATE_COUNT);
	if (!error)
		error = thread_resume(thread);
	port_drop(thread);
	return error;
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

static void child_free(struct child *child)
{
	list_remove(&child->link);
	if (child->client) {
		child->client->child = NULL;
		object_release(child->client);
	}
	port_drop(child->task);
	heap_free(child);
}

static error_t child_run(struct child *child, const struct image *image)
{
	uint32_t entry;
	error_t error;

	error = task_create(mach_task_self(), FALSE, &child->task);
	if (error)
		return error;
	error = image_load(child->task, image, &entry);
	if (!error)
		error = task_prepare(child);
	if (!error)
		error = thread_begin(child->task, entry);
	if (error)
		task_terminate(child->task);
	return error;
}

static struct child *child_new(const struct child_plan *plan)
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
	if (child)
		child_free(child);
	error = image_find(plan->image, &image);
	if (error)
		return error;
	child = child_new(plan);
	if (!child)
		return E_NOMEM;
	error = client_new(LEVEL_SERVER, child->environment, child,
	    &child->client);
	if (!error)
		error = child_run(child, &image);
	if (error) {
		log_loud("%s can't be started from image %s: %s", plan->name,
		    plan->image, error_name(error));
		child_free(child);
		return error;
	}
	*result = child;
	return 0;
}

void child_died(struct child *child)
{
	int ordered = child->state == CHILD_STOPPING;

	child->state = CHILD_DEAD;
	names_of_child_remove(child);
	port_drop(child->task);
	child->task = MACH_PORT_NULL;
	condition_broadcast(&child_changed);
	wait_wake(&name_waiters);
	if (ordered)
		return;
	log_loud("%s has died%s", child->name,
	    child->flags & CONF_ESSENTIAL ? ": it is essential" : "");
	if (child->flags & CONF_ESSENTIAL)
		shutdown_begin(1);
}
