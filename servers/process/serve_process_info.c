/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process table, to read: for pfs-proc. Its pool waits for nobody: the
 * lock is only ever held for calls of the kernel.
 */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/task_info.h>
#include <process_info.server.h>

enum {
	TICK_MICROSECONDS = 10000, /* 1/100 s */
	TEXT_MAX = 1 << 20,
	TEXT_IPC = 4,
	IPC_TEXT = 32768,
};

static routine_t info_interface(const mach_msg_header_t *request)
{
	return (routine_t)process_info_server_routine(request);
}

static void info_destroy(object_t object)
{
	(void)object; /* static: lives as long as the server */
}

static const interface_t info_interfaces[] = { info_interface, 0 };

const struct object_class info_class = {
	.name = "process table",
	.interfaces = info_interfaces,
	.destroy = info_destroy,
};

error_t serve_process_info_list(object_t object, int_array_t *pids,
    mach_msg_type_number_t *count)
{
	struct vm_buffer buffer;
	struct process *process = 0;
	unsigned filled = 0, room;
	char *data;
	int *to;
	error_t error;

	(void)object;
	room = souls->tree.count + 64; /* some may come meanwhile */
	error = vm_buffer_new(&buffer, room * sizeof(int));
	if (error)
		return error;
	to = buffer.start;
	souls_lock();
	while (filled < room && (process = tree_next(&souls->tree, process)))
		to[filled++] = process->pid;
	souls_unlock();
	/* oldest first is not lowest first once the numbers have wrapped */
	for (unsigned i = 1; i < filled; i++)
		for (unsigned j = i; j && to[j - 1] > to[j]; j--) {
			int larger = to[j - 1];

			to[j - 1] = to[j];
			to[j] = larger;
		}
	vm_buffer_give(&buffer, filled * sizeof(int), &data, count);
	*pids = (int *)data;
	*count = filled;
	return 0;
}

static void put_identity(const struct process *process,
    process_record_t *record)
{
	const struct credentials *own = &process->credentials;

	record->uid = own->user.real;
	record->euid = own->user.effective;
	record->suid = own->user.saved;
	record->gid = own->group.real;
	record->egid = own->group.effective;
	record->sgid = own->group.saved;
	record->group_count = own->group_count;
	memcpy(record->groups, own->groups, sizeof record->groups);
}

static void put_place(const struct process *process, process_record_t *record)
{
	const struct group *group = process->group;

	record->pid = process->pid;
	record->parent = process->parent ? process->parent->pid : 0;
	record->group = group->id;
	record->session = group->session->id;
	record->terminal = (int)group->session->terminal;
	record->foreground = group->session->foreground;
}

/* Whether one of its threads wants the processor, or a server works for it (the
 * kernel would, if this were one); and how many there are. */
static void put_threads(const struct body *body, process_record_t *record)
{
	mach_port_t *threads;
	mach_msg_type_number_t count, info_count;
	struct thread_basic_info info;

	record->threads = 1;
	if (!body->task || task_threads(body->task, &threads, &count))
		return;
	record->threads = (int)count;
	for (unsigned i = 0; i < count; i++) {
		info_count = THREAD_BASIC_INFO_COUNT;
		if (!thread_info(threads[i], THREAD_BASIC_INFO,
		    (thread_info_t)&info, &info_count) &&
		    (info.run_state == TH_STATE_RUNNING ||
			(body->page && !body->page->waiting)) &&
		    record->state == 'S')
			record->state = 'R';
		port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof *threads);
}

static void put_memory(struct body *body, process_record_t *record)
{
	struct task_basic_info basic;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

	if (!body->task || task_info(body->task, TASK_BASIC_INFO,
	    (task_info_t)&basic, &count))
		return;
	record->virtual_size = basic.virtual_size;
	record->resident = basic.resident_size;
	record->start_code = body->start_code;
	record->end_code = body->end_code;
	record->start_stack = body->start_stack;
	record->start_brk = body->start_brk;
}

static void put_usage(struct body *body, process_record_t *record)
{
	const struct process *process = &body->process;

	body_measure(body);
	record->start = process->start / TICK_MICROSECONDS;
	record->user = process->usage.user / TICK_MICROSECONDS;
	record->system = process->usage.system / TICK_MICROSECONDS;
	record->child_user = process->children_usage.user / TICK_MICROSECONDS;
	record->child_system =
	    process->children_usage.system / TICK_MICROSECONDS;
	record->minor_faults = process->usage.minor_faults;
	record->major_faults = process->usage.major_faults;
}

static void put_state(const struct body *body, process_record_t *record)
{
	const struct process *process = &body->process;
	struct signal_masks masks;

	record->state = process->life == LIFE_ZOMBIE ? 'Z' :
	    process->life == LIFE_STOPPED ? 'T' : 'S';
	record->exit_status = process->status;
	record->nice = process->nice;
	record->pending = process->signals.pending;
	memcpy(record->name, process->name, sizeof record->name);
	if (!body->page)
		return;
	signal_masks_of(body, &masks);
	record->blocked = masks.blocked;
	record->ignored = masks.ignored;
	record->caught = masks.caught;
	record->umask = body->page->umask;
}

error_t serve_process_info_get(object_t object, int pid,
    process_record_t *record)
{
	struct body *body;
	error_t error = 0;

	(void)object;
	memset(record, 0, sizeof *record);
	souls_lock();
	body = body_find(pid);
	if (body && body->task && body->process.life != LIFE_NEW &&
	    port_is_dead(body->task)) {
		body_end(body, life_status_signal(SIGNAL_KILL));
		body = body_find(pid);
	}
	if (!body || !body->process.group) {
		error = E_SRCH;
	} else {
		put_place(&body->process, record);
		put_identity(&body->process, record);
		put_state(body, record);
		put_threads(body, record);
		put_memory(body, record);
		put_usage(body, record);
	}
	souls_unlock();
	return error;
}

/* Bytes of the process's memory, however they lie to the pages. */
static error_t read_memory(mach_port_t task, uint32_t address, uint32_t size,
    char **text, mach_msg_type_number_t *count)
{
	vm_address_t start = page_trunc(address);
	vm_size_t whole = page_round(address + size) - start;
	vm_offset_t data;
	mach_msg_type_number_t got;
	error_t error;

	if (!size)
		return vm_buffer_give_copy("", 0, text, count);
	error = vm_read(task, start, whole, &data, &got);
	if (error)
		return E_SRCH;
	error = vm_buffer_give_copy((char *)data + (address - start), size,
	    text, count);
	memory_free(data, got);
	return error;
}

/* /proc/sysvipc. */
static error_t ipc_show(int kind, large_data_t *text,
    mach_msg_type_number_t *count)
{
	char *made;
	unsigned size;
	error_t error;

	if (kind >= IPC_KINDS)
		return E_INVAL;
	made = heap_alloc(IPC_TEXT);
	if (!made)
		return E_NOMEM;
	souls_lock();
	size = ipc_text(&souls->ipc, (enum ipc_kind)kind, made, IPC_TEXT);
	souls_unlock();
	error = vm_buffer_give_copy(made, size, text, count);
	heap_free(made);
	return error;
}

error_t serve_process_info_text(object_t object, int pid, int what,
    large_data_t *text, mach_msg_type_number_t *count)
{
	struct body *body;
	uint32_t address, size;
	mach_port_t task;
	error_t error;

	(void)object;
	if (what >= TEXT_IPC)
		return ipc_show(what - TEXT_IPC, text, count);
	souls_lock();
	body = body_find(pid);
	if (!body) {
		souls_unlock();
		return E_SRCH;
	}
	if (what == 3) {
		const struct limits *limits = &body->process.limits;

		error = vm_buffer_give_copy((const char *)limits->of,
		    sizeof limits->of, text, count);
		souls_unlock();
		return error;
	}
	if (what == 2 || !body->task) {
		const char *path = what == 2 ? body->path : "";

		error = vm_buffer_give_copy(path, strlen(path), text, count);
		souls_unlock();
		return error;
	}
	address = what ? body->environment : body->arguments;
	size = what ? body->environment_size : body->arguments_size;
	task = body->task;
	port_copy_send(task);
	souls_unlock();
	if (size > TEXT_MAX)
		size = TEXT_MAX;
	error = read_memory(task, address, size, text, count);
	port_drop(task);
	return error;
}

error_t serve_process_info_task(object_t object, int pid, mach_port_t *task)
{
	struct body *body;
	error_t error = E_SRCH;

	(void)object;
	souls_lock();
	body = body_find(pid);
	if (body && body->task) {
		*task = body->task;
		error = port_copy_send(body->task);
	}
	souls_unlock();
	return error;
}

/* Words: processes made since boot, running, total, loads[3] (times 65536). */
error_t serve_process_info_system(object_t object, process_usage_t *numbers)
{
	uint32_t *words = (uint32_t *)numbers;
	struct process *process = 0;

	(void)object;
	memset(numbers, 0, sizeof *numbers);
	souls_lock();
	words[0] = souls->tree.made;
	while ((process = tree_next(&souls->tree, process)))
		words[1] += process->life == LIFE_RUNNING;
	words[2] = souls->tree.count;
	souls_unlock();
	for (unsigned i = 0; i < 3; i++)
		words[3 + i] = clock_load(i);
	return 0;
}
