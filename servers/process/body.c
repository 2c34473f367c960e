/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies: how a process's object is made and ends. References: one of the
 * tree (until it is reaped), one of its port while the task holds it, one for
 * each request in progress.
 */
#include "process.h"
#include <process.server.h>

static struct map by_task; /* guarded by souls_lock() */

static routine_t process_interface(const mach_msg_header_t *request)
{
	return (routine_t)process_server_routine(request);
}

static void body_destroy(object_t object)
{
	souls_free_body(body_of(object));
}

/* The last right to the process port is gone: its task has ended, maybe
 * without our doing. */
static void body_no_senders(object_t object)
{
	struct body *body = body_of(object);

	/* As a rule its task is being ended this moment, by the thread that
	 * has the lock and takes care of all. A zombie stays one. */
	if (*(volatile enum life *)&body->process.life == LIFE_ZOMBIE)
		return;
	souls_lock();
	if (body->task && body->process.life != LIFE_NEW &&
	    port_is_dead(body->task)) {
		log_line("pid %d: its task is gone", body->process.pid);
		body_end(body, life_status_signal(SIGNAL_KILL));
	}
	souls_unlock();
}

static int body_owner(const struct object *object)
{
	return ((const struct body *)object)->process.pid;
}

static const interface_t process_interfaces[] = { process_interface, 0 };

const struct object_class body_class = {
	.name = "process",
	.owner = body_owner,
	.interfaces = process_interfaces,
	.destroy = body_destroy,
	.no_senders = body_no_senders,
};

void body_prepare(struct body *body)
{
	object_init(&body->object, &body_class);
	body->task = body->thread = body->view = MACH_PORT_NULL;
	wait_queue_init(&body->waiters);
	wait_queue_init(&body->parents);
	list_init(&body->doom);
	list_init(&body->nudge);
}

error_t body_new(struct body *parent, struct body **result)
{
	struct body *body = souls_take_body();
	error_t error;

	if (!body)
		return E_AGAIN;
	body_prepare(body);
	error = page_take(body);
	if (!error)
		error = tree_add(&souls->tree, &body->process,
		    parent ? &parent->process : 0);
	if (error) {
		souls_free_body(body);
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
	ipc_end(body);
	page_drop(body);
	list_remove(&body->nudge);
	tree_remove(&souls->tree, &body->process);
	object_release(body);
}

int body_has_done(const struct body *body, int request, void *answer,
    size_t size)
{
	if (!request || body->done.request != request)
		return 0;
	memcpy(answer, body->done.answer, size);
	return 1;
}

void body_did(struct body *body, int request, const void *answer, size_t size)
{
	if (!request)
		return;
	body->done.request = request;
	memcpy(body->done.answer, answer, size);
}

struct body *body_find(int pid)
{
	struct process *process = tree_find(&souls->tree, pid);

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
