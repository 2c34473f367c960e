/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies: how a process's object is made and ends. References: one of the
 * tree (until it is reaped), one of its port while the task holds it, one for
 * each request in progress.
 */
#include "process.h"
#include <process.server.h>

struct lock process_lock = LOCK_INIT(RANK_PROCESS);
struct tree process_tree;
static struct map by_task; /* guarded by process_lock */

static routine_t process_interface(const mach_msg_header_t *request)
{
	return (routine_t)process_server_routine(request);
}

static void body_destroy(object_t object)
{
	struct body *body = body_of(object);

	heap_free(body->path);
	heap_free(body);
}

/* The last right to the process port is gone: its task has ended, maybe
 * without our doing. */
static void body_no_senders(object_t object)
{
	struct body *body = body_of(object);

	lock(&process_lock);
	if (body->task && body->process.life != LIFE_NEW &&
	    port_is_dead(body->task)) {
		log_line("pid %d: its task is gone", body->process.pid);
		body_end(body, life_status_signal(SIGNAL_KILL));
	}
	unlock(&process_lock);
}

static int body_owner(const struct object *object)
{
	return ((const struct body *)object)->process.pid;
}

static const interface_t process_interfaces[] = { process_interface, 0 };

static const struct object_class body_class = {
	.name = "process",
	.owner = body_owner,
	.interfaces = process_interfaces,
	.destroy = body_destroy,
	.no_senders = body_no_senders,
};

error_t body_new(struct body *parent, struct body **result)
{
	struct body *body = heap_alloc_zero(sizeof *body);
	error_t error;

	if (!body)
		return E_NOMEM;
	object_init(&body->object, &body_class);
	wait_queue_init(&body->waiters);
	wait_queue_init(&body->parents);
	list_init(&body->nudge);
	error = page_take(body);
	if (error) {
		heap_free(body);
		return error;
	}
	error = tree_add(&process_tree, &body->process,
	    parent ? &parent->process : 0);
	if (error) {
		page_give_back(body);
		heap_free(body);
		return error;
	}
	body->process.start = clock_uptime();
	if (parent && parent->page)
		*body->page = *parent->page;
	body->page->pending = 0;
	body->page->waiting = 0;
	body_show(body);
	*result = body;
	return 0;
}

void body_forget(struct body *body)
{
	if (body->page)
		page_give_back(body);
	list_remove(&body->nudge);
	tree_remove(&process_tree, &body->process);
	object_release(body);
}

struct body *body_find(int pid)
{
	struct process *process = tree_find(&process_tree, pid);

	return process ? body_of_soul(process) : 0;
}

struct body *body_of_task(mach_port_t task)
{
	struct map_entry *entry = map_find(&by_task, task);

	return entry ? map_item(entry, struct body, by_task) : 0;
}

void body_bind_task(struct body *body, mach_port_t task)
{
	if (body->task)
		map_remove(&by_task, &body->by_task);
	body->task = task;
	if (task && map_add(&by_task, &body->by_task, task))
		body->task = MACH_PORT_NULL;
}

static void show_credentials(struct process_page *page,
    const struct credentials *credentials)
{
	page->uid = credentials->user.real;
	page->euid = credentials->user.effective;
	page->suid = credentials->user.saved;
	page->fsuid = credentials->user.file;
	page->gid = credentials->group.real;
	page->egid = credentials->group.effective;
	page->sgid = credentials->group.saved;
	page->fsgid = credentials->group.file;
	page->group_count = credentials->group_count;
	memcpy(page->groups, credentials->groups, sizeof page->groups);
}

void body_show(struct body *body)
{
	struct process_page *page = body->page;
	const struct process *process = &body->process;

	if (!page)
		return;
	page->pid = process->pid;
	page->parent = process->parent ? process->parent->pid : 0;
	page->group = process->group ? process->group->id : 0;
	page->session = process->group ? process->group->session->id : 0;
	page->terminal = process->group ? process->group->session->terminal :
	    0;
	page->boot_seconds = clock_boot_seconds();
	page->native = (uint32_t)process_native;
	show_credentials(page, &process->credentials);
	memcpy(page->limits, &process->limits, sizeof page->limits);
}
