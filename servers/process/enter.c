/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that come from outside: another environment's shell starts one
 * here. It is made as the first process is, from nothing; who asked has a
 * right that stands for it, and hears of its end by that.
 */
#include "process.h"
#include "core/group.h"
#include <base/memory.h>
#include <base/text.h>
#include <kernel/mach.client.h>
#include <process_control.server.h>
#include <server/recover.h>

extern error_t call_vfs_new_view(int pid, mach_port_t *view);
extern error_t call_vfs_open_exec(mach_port_t view, const char *path,
    mach_port_t *file, struct file_attributes *attributes);

/* What the asker's right stands for. */
struct entry {
	struct object object;
	struct body *body; /* referenced */
};

static struct wait_queue ends; /* who waits for the end of an entry */

static routine_t control_interface(const mach_msg_header_t *request)
{
	return (routine_t)process_control_server_routine(request);
}

static void entry_destroy(object_t object)
{
	object_release(((struct entry *)object)->body);
	heap_free(object);
}

/* Its asker has gone, as a terminal that is hung up. */
static void entry_left(object_t object)
{
	struct body *body = ((struct entry *)object)->body;

	souls_lock();
	if (body->process.life != LIFE_ZOMBIE && body->process.group)
		signal_group(body->process.group, SIGNAL_HUP);
	souls_unlock();
}

static const struct object_class entry_class = {
	.name = "entry",
	.interfaces = (const interface_t[]){ control_interface, 0 },
	.no_senders = entry_left,
	.destroy = entry_destroy,
};

static void entry_save(object_t object, void *record)
{
	*(uint32_t *)record = souls_number(((struct entry *)object)->body);
}

static error_t entry_restore(const void *record, object_t *object)
{
	struct body *body = recover_body(*(const uint32_t *)record);
	struct entry *entry = body ? heap_alloc_zero(sizeof *entry) : 0;

	if (!entry)
		return E_NOENT;
	object_init(&entry->object, &entry_class);
	entry->body = object_reference(body);
	*object = &entry->object;
	return 0;
}

const struct recovery entry_recovery = {
	.class = &entry_class,
	.save = entry_save,
	.restore = entry_restore,
};

const struct object_class control_class = {
	.name = "control",
	.interfaces = (const interface_t[]){ control_interface, 0 },
};

void entries_prepare(void)
{
	wait_queue_init(&ends);
}

void entries_wake(void)
{
	if (ends.count)
		wait_wake(&ends);
}

/* Body and view; the task comes later. */
static error_t begin(struct body **result)
{
	struct body *body;
	error_t error;

	souls_lock();
	if (!souls->tree.first)
		error = E_AGAIN;
	else
		error = body_new(body_of_soul(souls->tree.first), &body);
	if (!error) {
		body->process.exit_signal = SIGNAL_CHILD;
		error = group_new_session(&souls->tree, &body->process);
		if (error)
			body_forget(body);
		else
			body_show(object_reference(body));
	}
	souls_unlock();
	if (!error)
		*result = body;
	return error;
}

static error_t fill(struct body *body, struct exec_request *request)
{
	int lost = 0;
	error_t error;

	error = call_vfs_new_view(body->process.pid, &body->view);
	if (!error)
		error = call_vfs_open_exec(body->view, request->path,
		    &request->file, &request->attributes);
	if (error)
		return error;
	souls_lock();
	error = task_make(body, 0);
	souls_unlock();
	if (!error)
		error = task_equip(body);
	if (!error)
		error = exec_run(body, request, 1, &lost);
	port_drop(request->file);
	return error;
}

/* The entry takes over the reference to body. */
static error_t entry_make(struct body *body, mach_port_t *right)
{
	struct entry *entry = heap_alloc_zero(sizeof *entry);
	error_t error;

	if (!entry)
		return E_NOMEM;
	object_init(&entry->object, &entry_class);
	entry->body = object_reference(body);
	error = object_make_right(entry, &pool_files, right);
	object_release(entry);
	return error;
}

static error_t enter(struct exec_request *request, int *pid,
    mach_port_t *right)
{
	struct body *body;
	error_t error = begin(&body);

	if (error)
		return error;
	error = fill(body, request);
	if (!error)
		error = entry_make(body, right);
	souls_lock();
	*pid = body->process.pid;
	if (error) {
		body_end(body, life_status_signal(SIGNAL_KILL));
	} else {
		body->process.life = LIFE_RUNNING;
		task_begin_image(body);
		signal_settle(body);
	}
	souls_unlock();
	object_release(body);
	return error;
}

/* As many strings as are said to be there. */
static int strings_are(const char *strings, unsigned size, int count)
{
	int found = 0;

	for (unsigned i = 0; i < size; i++)
		found += !strings[i];
	return size && !strings[size - 1] && found == count;
}

error_t serve_process_control_enter(object_t object, const path_t path,
    mach_msg_type_number_t length, int arguments, int environment,
    large_data_t strings, mach_msg_type_number_t size, int *pid,
    mach_port_t *entry)
{
	struct exec_request *request;
	error_t error;

	if (object->class != &control_class || arguments < 1 ||
	    arguments > (int)size || environment < 0 ||
	    environment > (int)size ||
	    !strings_are(strings, size, arguments + environment))
		return E_INVAL;
	request = heap_alloc_zero(sizeof *request);
	if (!request)
		return E_NOMEM;
	if (!text_copy(request->path, sizeof request->path, path, length)) {
		error = E_NAMETOOLONG;
	} else {
		request->arguments = arguments;
		request->environment = environment;
		request->strings = strings;
		request->size = size;
		error = enter(request, pid, entry);
	}
	heap_free(request);
	if (!error)
		memory_free((vm_address_t)strings, size);
	return error;
}

error_t serve_process_control_await(object_t object, int *status)
{
	struct process *process;
	error_t error = 0;

	if (object->class != &entry_class)
		return E_INVAL;
	process = &((struct entry *)object)->body->process;
	souls_lock();
	if (process->life == LIFE_ZOMBIE)
		*status = process->status;
	else
		error = wait_cancelled() ? E_INTR : wait_park(&ends, 0);
	souls_unlock();
	return error;
}
