/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of processes: fork, exec, exit, wait. */
#include "process.h"
#include "core/wait.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/text.h>
#include <kernel/mach.client.h>
#include <process.server.h>

enum {
	PORTS_MAX = 65536, /* rights handed to a child at once */
	CLONE_SIGNAL_MAX = 64,
	CARRIED_MAX = 8 << 20, /* what a new libmasix is told of descriptors */
};

extern error_t call_vfs_copy_view(mach_port_t view, int pid,
    mach_port_t *copy);

static int was_done(struct body *body, int request, void *answer, size_t size)
{
	int done;

	souls_lock();
	done = body_has_done(body, request, answer, size);
	souls_unlock();
	return done;
}

/* Drops the task and ports of a child that did not come to life. */
static void abandon(struct body *child)
{
	souls_lock();
	souls_doom(child);
	body_forget(child);
	souls_unlock();
}

/* What a child needs of Mach: all but the first step of its thread. */
static error_t make_child(struct body *parent, struct body *child,
    const struct task_start *start, const int *names,
    const mach_port_t *rights, unsigned count)
{
	error_t error;

	error = call_vfs_copy_view(parent->view, child->process.pid,
	    &child->view);
	if (error)
		return error;
	souls_lock();
	error = parent->task ? task_make(child, parent) : E_INTR;
	souls_unlock();
	if (!error)
		error = task_equip(child);
	if (!error)
		error = task_give_rights(child, names, rights, count);
	if (!error)
		error = task_make_thread(child, start);
	return error;
}

/* The child's first step; what came for it meanwhile is looked at. flags:
 * FORK_VFORK, unless a vfork of another thread waits already. */
static void let_live(struct body *parent, struct body *child, int request,
    int *flags)
{
	int pid = child->process.pid;

	souls_lock();
	if (parent->vforked)
		*flags &= ~FORK_VFORK;
	if (*flags & FORK_VFORK)
		parent->vforked = pid;
	child->process.life = LIFE_RUNNING;
	body_did(parent, request, &pid, sizeof pid);
	souls_commit();
	thread_resume(child->thread);
	signal_settle(child);
	souls_unlock();
}

static void copy_image(struct body *child, const struct body *parent)
{
	memcpy(child->path, parent->path, strlen(parent->path) + 1);
	child->arguments = parent->arguments;
	child->arguments_size = parent->arguments_size;
	child->environment = parent->environment;
	child->environment_size = parent->environment_size;
	child->start_code = parent->start_code;
	child->end_code = parent->end_code;
	child->start_stack = parent->start_stack;
	child->start_brk = parent->start_brk;
}

/* vfork's second half: the answer waits for the child's exec or end. */
static error_t await_child(struct body *parent, int *pid)
{
	struct body *child;
	error_t error = 0;

	souls_lock();
	*pid = parent->vforked;
	child = body_find(parent->vforked);
	if (child && child->process.parent == &parent->process &&
	    child->process.life != LIFE_ZOMBIE &&
	    !child->process.has_execed && !wait_cancelled())
		error = wait_park(&child->parents, 0);
	else
		parent->vforked = 0;
	souls_unlock();
	return error;
}

static error_t fork(struct body *parent, const struct task_start *start,
    int exit_signal, const int *names, const mach_port_t *rights,
    unsigned count, struct body **result)
{
	struct body *child;
	error_t error;

	souls_lock();
	error = parent->page ? body_new(parent, &child) : E_INTR;
	if (!error) {
		child->process.exit_signal = exit_signal;
		copy_image(child, parent);
		object_reference(child);
		error = ipc_fork(parent, child);
		if (error) {
			object_release(child);
			body_forget(child);
		}
	}
	souls_unlock();
	if (error)
		return error;
	error = make_child(parent, child, start, names, rights, count);
	if (error) {
		abandon(child);
		object_release(child);
		return error;
	}
	*result = child;
	return 0;
}

/* The rights that came in the message are ours to drop once the fork has been
 * done; the arrays are the stub's. */
static void drop_rights(const mach_port_t *rights, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (MACH_PORT_VALID(rights[i]))
			port_drop(rights[i]);
}

error_t serve_process_fork(object_t object, int request, int entry, int stack,
    int flags, int exit_signal, limit_t tls, const_int_array_t names,
    mach_msg_type_number_t name_count, const_port_array_t rights,
    mach_msg_type_number_t right_count, int *pid)
{
	struct body *parent = body_of(object), *child;
	struct task_start start = {
		.entry = (uint32_t)entry,
		.stack = (uint32_t)stack,
	};
	error_t error = 0;

	/* Also if it was done: the number of a request is the client's word. */
	if (name_count != right_count || name_count > PORTS_MAX ||
	    exit_signal < 0 || exit_signal > CLONE_SIGNAL_MAX)
		return E_INVAL;
	if (!wait_repeated() && !was_done(parent, request, pid, sizeof *pid)) {
		memcpy(start.tls, tls.words, sizeof start.tls);
		error = fork(parent, &start, exit_signal, names, rights,
		    name_count, &child);
		if (error)
			return error;
		*pid = child->process.pid;
		let_live(parent, child, request, &flags);
		object_release(child);
	}
	if (flags & FORK_VFORK)
		error = await_child(parent, pid);
	if (!error)
		drop_rights(rights, right_count);
	return error;
}

/* The request as exec_run wants it. A program gets at least argument 0. */
static error_t exec_request_make(struct exec_request **result,
    mach_port_t file, const char *path, unsigned path_length,
    const struct file_attributes *attributes, int arguments, int environment)
{
	struct exec_request *request;

	if (path_length >= sizeof request->path)
		return E_NAMETOOLONG;
	request = heap_alloc_zero(sizeof *request);
	if (!request)
		return E_NOMEM;
	request->file = file;
	request->attributes = *attributes;
	memcpy(request->path, path, path_length);
	request->arguments = arguments;
	request->environment = environment;
	*result = request;
	return 0;
}

/* Whether the new image runs, or the process has ended for want of one: then
 * nobody waits for an answer. */
static int exec_settle(struct body *body, int number, error_t error, int lost)
{
	if (error && !lost)
		return 0;
	souls_lock();
	if (error) {
		log_line("pid %d: exec: %s", body->process.pid,
		    error_name(error));
		body_end(body, life_status_signal(SIGNAL_SEGV));
	} else if (body->task) {
		body->exec_done = number;
		task_begin_image(body);
		signal_settle(body);
	}
	souls_unlock();
	return 1;
}

/* The request was repeated though the exec was done: the thread that sent it
 * has ended already, or is about to. */
static int exec_is_over(const struct body *body, int number)
{
	return number && number == body->exec_done;
}

error_t serve_process_exec(object_t object, int number, port_copied_t file,
    const path_t path, mach_msg_type_number_t path_length,
    file_attributes_t attributes, int arguments, int environment,
    large_data_t strings, mach_msg_type_number_t size)
{
	struct body *body = body_of(object);
	struct exec_request *request;
	int lost;
	error_t error;

	if (exec_is_over(body, number))
		return MIG_DESTROY_REQUEST;
	error = exec_request_make(&request, file, path, path_length,
	    &attributes, arguments, environment);
	if (error)
		return error;
	request->strings = strings;
	request->size = size;
	error = exec_run(body, request, 0, &lost);
	heap_free(request);
	if (!exec_settle(body, number, error, lost))
		return error;
	port_drop(file);
	memory_free((vm_address_t)strings, size);
	return MIG_NO_REPLY;
}

error_t serve_process_exec_anew(object_t object, int number,
    port_copied_t file, const path_t path, mach_msg_type_number_t path_length,
    file_attributes_t attributes, int arguments, int environment,
    large_data_t strings, mach_msg_type_number_t size, int_array_t names,
    mach_msg_type_number_t name_count, port_array_t rights,
    mach_msg_type_number_t right_count, int page_count,
    large_data_t carried, mach_msg_type_number_t carried_size)
{
	struct body *body = body_of(object);
	struct exec_request *request;
	int lost;
	error_t error;

	if (exec_is_over(body, number))
		return MIG_DESTROY_REQUEST;
	if (name_count != right_count || name_count > PORTS_MAX ||
	    page_count < 0 || (unsigned)page_count > name_count ||
	    carried_size < sizeof(uint32_t) || carried_size > CARRIED_MAX)
		return E_INVAL;
	error = exec_request_make(&request, file, path, path_length,
	    &attributes, arguments, environment);
	if (error)
		return error;
	request->strings = strings;
	request->size = size;
	request->names = names;
	request->rights = rights;
	request->count = name_count - (unsigned)page_count;
	request->pages = (unsigned)page_count;
	request->carried = carried;
	request->carried_size = carried_size;
	error = exec_run(body, request, 0, &lost);
	heap_free(request);
	if (!exec_settle(body, number, error, lost))
		return error;
	port_drop(file);
	drop_rights(rights, right_count);
	memory_free((vm_address_t)strings, size);
	memory_free((vm_address_t)names, name_count * sizeof *names);
	memory_free((vm_address_t)rights, right_count * sizeof *rights);
	memory_free((vm_address_t)carried, carried_size);
	return MIG_NO_REPLY;
}

error_t serve_process_exit(object_t object, int status)
{
	souls_lock();
	body_end(body_of(object), status & 0xffff);
	souls_unlock();
	return 0;
}

static void put_usage(const struct usage *usage, process_usage_t *out)
{
	memset(out, 0, sizeof *out);
	out->user_seconds = (int32_t)(usage->user / 1000000);
	out->user_microseconds = (int32_t)(usage->user % 1000000);
	out->system_seconds = (int32_t)(usage->system / 1000000);
	out->system_microseconds = (int32_t)(usage->system % 1000000);
	out->max_resident = (int32_t)usage->resident_max;
	out->minor_faults = (int32_t)usage->minor_faults;
	out->major_faults = (int32_t)usage->major_faults;
}

/* What a wait says of a child. Locked. */
static void tell(const struct wait_result *result, int options, int *waited,
    int *status, identity_t *info, process_usage_t *usage)
{
	struct process *child = result->child;
	struct usage total = child->usage;
	struct signal_record record;

	*waited = child->pid;
	*status = result->status;
	life_child_record(child, result->status, &record);
	info->words[0] = record.code;
	info->words[1] = record.words[2];
	info->words[2] = record.words[1];
	info->words[3] = 0;
	total.user += child->children_usage.user;
	total.system += child->children_usage.system;
	put_usage(&total, usage);
	if (result->ended && !(options & WAIT_KEEP))
		body_reap(body_of_soul(child));
}

/* What a wait answers, in memory until it has been. */
struct news {
	int waited, status;
	identity_t info;
	process_usage_t usage;
};
_Static_assert(sizeof(struct news) <= DONE_WORDS * 4, "it has room");

static void remember_news(struct body *body, int ticket, int waited,
    int status, const identity_t *info, const process_usage_t *usage)
{
	struct news news = { waited, status, *info, *usage };

	body_did(body, ticket, &news, sizeof news);
}

static int recall_news(const struct body *body, int ticket, int *waited,
    int *status, identity_t *info, process_usage_t *usage)
{
	struct news news;

	if (!body_has_done(body, ticket, &news, sizeof news))
		return 0;
	*waited = news.waited;
	*status = news.status;
	*info = news.info;
	*usage = news.usage;
	return 1;
}

error_t serve_process_wait(object_t object, int which, int options, int ticket,
    int *waited, int *status, identity_t *info, process_usage_t *usage)
{
	struct body *body = body_of(object);
	struct wait_result result;
	error_t error;

	souls_lock();
	if (recall_news(body, ticket, waited, status, info, usage)) {
		souls_unlock();
		return 0;
	}
	error = wait_find(&body->process, which, options, &result);
	if (!error && result.child) {
		tell(&result, options, waited, status, info, usage);
		remember_news(body, ticket, *waited, *status, info, usage);
	} else if (!error && (options & WAIT_NO_HANG)) {
		*waited = *status = 0;
		memset(info, 0, sizeof *info);
		memset(usage, 0, sizeof *usage);
	} else if (!error) {
		error = wait_cancelled() ||
		    (ticket && body->cancelled == ticket) ? E_INTR :
		    wait_park(&body->waiters, ticket);
	}
	if (body->cancelled == ticket)
		body->cancelled = 0;
	souls_unlock();
	return error;
}

error_t serve_process_cancel(object_t object, int ticket)
{
	struct body *body = body_of(object);

	/* the wait may be on its way still, with another thread of the pool;
	 * if it was answered already, the next one is repeated once */
	souls_lock();
	if (!wait_cancel(&body->waiters, ticket) &&
	    !(body->process.uses_ipc && ipc_cancel(ticket)))
		body->cancelled = ticket;
	souls_unlock();
	return 0;
}

error_t serve_process_usage(object_t object, int who, process_usage_t *usage)
{
	struct body *body = body_of(object);
	error_t error = 0;

	souls_lock();
	if (who == 0 || who == 1) {
		body_measure(body);
		put_usage(&body->process.usage, usage);
	} else if (who == -1) {
		put_usage(&body->process.children_usage, usage);
	} else {
		error = E_INVAL;
	}
	souls_unlock();
	return error;
}
