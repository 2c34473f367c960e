/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System V IPC: who asks, who waits. What it all means is in core/ipc.h;
 * shared_memory.c has the memory itself. All of it is in the souls, and each
 * request one step.
 */
#include "ipc.h"
#include <base/memory.h>
#include <process.server.h>

static struct wait_queue set_waiters[IPC_SETS], queue_waiters[IPC_QUEUES];
static uint64_t next_deadline; /* of who waits; 0: none. With souls_lock() */

void ipc_prepare(void)
{
	for (unsigned i = 0; i < IPC_SETS; i++)
		wait_queue_init(&set_waiters[i]);
	for (unsigned i = 0; i < IPC_QUEUES; i++)
		wait_queue_init(&queue_waiters[i]);
}

int ipc_cancel(int ticket)
{
	int count = 0;

	for (unsigned i = 0; i < IPC_SETS; i++)
		count += (int)wait_cancel(&set_waiters[i], ticket);
	for (unsigned i = 0; i < IPC_QUEUES; i++)
		count += (int)wait_cancel(&queue_waiters[i], ticket);
	return count;
}

uint64_t ipc_expire(uint64_t now, uint64_t least)
{
	if (!next_deadline)
		return least;
	if (now < next_deadline)
		return next_deadline - now < least ? next_deadline - now :
						     least;
	next_deadline = 0; /* those that go on waiting say so again */
	for (unsigned i = 0; i < IPC_SETS; i++)
		wait_wake(&set_waiters[i]);
	return least;
}

struct ipc_caller ipc_caller(struct body *body, int request)
{
	return (struct ipc_caller){ &body->process.credentials,
		body->process.pid, request,
		(int64_t)(clock_boot_seconds() + clock_uptime() / 1000000) };
}

static void set_changed(unsigned set)
{
	wait_wake(&set_waiters[set]);
}

void ipc_end(struct body *body)
{
	struct ipc_caller caller;

	if (!body->process.uses_ipc)
		return;
	caller = ipc_caller(body, 0);
	body->process.uses_ipc = 0;
	semaphores_end(&souls->ipc, caller.pid, caller.now, set_changed);
	messages_forget(&souls->ipc, caller.pid);
	memory_leave(body);
}

/* ---- get -------------------------------------------------------------- */

/* Memory is made without the lock: and so before it is known whether it is
 * needed. */
static error_t get_made(struct body *body, enum ipc_kind kind, int key,
    unsigned size, unsigned flags, struct ipc_caller *caller, int *id)
{
	struct ipc_object *object;
	int made;
	error_t error = ipc_get(&souls->ipc, kind, key, size, flags, caller,
	    &object, &made);

	if (error)
		return error;
	if (made && kind == IPC_MEMORY) {
		error = memory_take((struct segment *)object);
		if (error) {
			object->used = 0;
			return error;
		}
	}
	*id = ipc_id(&souls->ipc, kind, object);
	body_did(body, caller->request, id, sizeof *id);
	return 0;
}

error_t serve_process_ipc_get(object_t object, int request, int kind, int key,
    int size, int flags, int *id)
{
	struct body *body = body_of(object);
	struct ipc_caller caller;
	struct memory_room room = { 0 };
	error_t error = 0;

	if (kind < 0 || kind >= IPC_KINDS || size < 0)
		return E_INVAL;
	if (kind == IPC_MEMORY && (flags & IPC_CREATE || !key) && size)
		error = memory_make((unsigned)size, &room);
	if (error)
		return error;
	souls_lock();
	memory_offer(&room);
	if (!body_has_done(body, request, id, sizeof *id)) {
		caller = ipc_caller(body, request);
		error = get_made(body, (enum ipc_kind)kind, key,
		    (unsigned)size, (unsigned)flags, &caller, id);
	}
	memory_settle();
	souls_unlock();
	return error;
}

/* ---- control ---------------------------------------------------------- */

struct control {
	enum ipc_kind kind;
	int command, number, value;
	const char *data;
	unsigned data_size;
	char *answer;
	mach_msg_type_number_t *answer_size;
	int *result;
};

static void answer_with(struct control *control, const void *what,
    unsigned size)
{
	memcpy(control->answer, what, size);
	*control->answer_size = size;
}

static error_t removed(struct body *body, struct control *control,
    struct ipc_object *object, struct ipc_caller *caller)
{
	error_t error = ipc_own(object, caller);
	struct ipc *ipc = &souls->ipc;

	if (error)
		return error;
	if (control->kind == IPC_SEMAPHORES)
		wait_wake(&set_waiters[(struct semaphore_set *)object -
		    ipc->sets]);
	if (control->kind == IPC_MESSAGES)
		wait_wake(&queue_waiters[(struct message_queue *)object -
		    ipc->queues]);
	if (ipc_remove(ipc, control->kind, object) &&
	    control->kind == IPC_MEMORY)
		memory_free_later((struct segment *)object);
	body_did(body, caller->request, control->result,
	    sizeof *control->result);
	return 0;
}

static error_t status_at(struct control *control, int index,
    struct ipc_caller *caller)
{
	struct ipc_object *object =
	    ipc_at(&souls->ipc, control->kind, (unsigned)index);
	struct ipc_status status;
	unsigned want = control->command == IPC_STATUS_ANY ? 0 : 0444;
	int id;
	error_t error;

	if (index < 0 || !object || !object->used)
		return E_INVAL;
	id = ipc_id(&souls->ipc, control->kind, object);
	error = ipc_find(
	    &souls->ipc, control->kind, id, want, caller, &object);
	if (error)
		return error;
	ipc_status(object, control->kind, &status);
	answer_with(control, &status, sizeof status);
	*control->result = id;
	return 0;
}

static error_t inform(struct control *control)
{
	struct ipc_totals totals;

	ipc_totals(&souls->ipc, control->kind, &totals, control->result);
	answer_with(control, &totals, sizeof totals);
	return 0;
}

/* Those that semaphores have. */
static error_t semaphores_control(struct control *control,
    struct semaphore_set *set, struct ipc_caller *caller)
{
	uint16_t values[SEMAPHORES_MAX];
	error_t error;

	if (control->command == SEMAPHORE_ALL) {
		for (unsigned i = 0; i < set->count; i++)
			values[i] = set->semaphores[i].value;
		answer_with(control, values, set->count * sizeof *values);
		return 0;
	}
	if (control->command == SEMAPHORE_SET_ALL) {
		if (control->data_size < set->count * sizeof *values)
			return E_INVAL;
		error = semaphores_set_all(&souls->ipc, set,
		    (const uint16_t *)(const void *)control->data, caller);
	} else {
		error = semaphore_control(&souls->ipc, set, control->command,
		    (unsigned)control->number, control->value, caller,
		    control->result);
	}
	if (!error && control->command >= SEMAPHORE_SET)
		set_changed((unsigned)(set - souls->ipc.sets));
	return error;
}

static unsigned wanted_by(int command)
{
	switch (command) {
	case IPC_REMOVE:
	case IPC_CHANGE:
		return 0;
	case SEMAPHORE_SET:
	case SEMAPHORE_SET_ALL:
		return 0222;
	default:
		return 0444;
	}
}

static error_t control_object(struct body *body, struct control *control,
    struct ipc_object *object, struct ipc_caller *caller)
{
	struct ipc_status status;
	error_t error;

	switch (control->command) {
	case IPC_REMOVE:
		return removed(body, control, object, caller);
	case IPC_CHANGE:
		if (control->data_size < sizeof status)
			return E_INVAL;
		memcpy(&status, control->data, sizeof status);
		error = ipc_change(object, control->kind, &status, caller);
		if (!error && control->kind == IPC_MESSAGES)
			wait_wake(&queue_waiters[(struct message_queue *)
			    object - souls->ipc.queues]);
		return error;
	case IPC_STATUS:
		ipc_status(object, control->kind, &status);
		answer_with(control, &status, sizeof status);
		return 0;
	case IPC_LOCK: /* nothing of it is ever locked, all is permitted */
		return control->kind == IPC_MEMORY ?
		    ipc_own(object, caller) : E_INVAL;
	}
	return control->kind == IPC_SEMAPHORES ? semaphores_control(control,
	    (struct semaphore_set *)object, caller) : E_INVAL;
}

static error_t control_locked(struct body *body, struct control *control,
    int id, struct ipc_caller *caller)
{
	struct ipc_object *object;
	error_t error;

	if (control->command == IPC_INFORM)
		return inform(control);
	if (control->command == IPC_STATUS_AT ||
	    control->command == IPC_STATUS_ANY)
		return status_at(control, id, caller);
	error = ipc_find(&souls->ipc, control->kind, id,
	    wanted_by(control->command), caller, &object);
	return error ? error : control_object(body, control, object, caller);
}

error_t serve_process_ipc_control(object_t object, int request, int kind,
    int id, int command, int number, int value, const control_data_t data,
    mach_msg_type_number_t data_size, control_data_t answer,
    mach_msg_type_number_t *answer_size, int *result)
{
	struct body *body = body_of(object);
	struct control control = { (enum ipc_kind)kind, command, number, value,
		data, data_size, answer, answer_size, result };
	struct ipc_caller caller;
	error_t error = 0;

	if (kind < 0 || kind >= IPC_KINDS)
		return E_INVAL;
	*answer_size = 0;
	*result = 0;
	souls_lock();
	if (!body_has_done(body, request, result, sizeof *result)) {
		caller = ipc_caller(body, request);
		error = control_locked(body, &control, id, &caller);
	}
	souls_unlock();
	return error;
}

/* ---- semop, msgsnd, msgrcv -------------------------------------------- */

/* It has to wait. Locked. */
static error_t park(struct body *body, struct wait_queue *queue, int request)
{
	if (wait_cancelled() || (request && body->cancelled == request)) {
		body->cancelled = 0;
		return E_INTR;
	}
	return wait_park(queue, request);
}

/* What it waited for was removed. */
static error_t find_waited(enum ipc_kind kind, int id, unsigned want,
    struct ipc_caller *caller, struct ipc_object **object)
{
	error_t error =
	    ipc_find(&souls->ipc, kind, id, want, caller, object);

	return error == E_INVAL && wait_repeated() ? E_IDRM : error;
}

static unsigned operations_want(const struct semaphore_operation *operations,
    unsigned count)
{
	unsigned want = 0444;

	for (unsigned i = 0; i < count; i++)
		if (operations[i].change)
			want = 0222;
	return want;
}

static error_t semaphores_locked(struct body *body, struct ipc_caller *caller,
    int id, int64_t deadline, const struct semaphore_operation *operations,
    unsigned count)
{
	struct ipc_object *object;
	struct semaphore_set *set;
	unsigned index;
	error_t error;

	semaphores_waited(&souls->ipc, caller);
	error = find_waited(IPC_SEMAPHORES, id,
	    operations_want(operations, count), caller, &object);
	if (error)
		return error;
	set = (struct semaphore_set *)object;
	index = (unsigned)(set - souls->ipc.sets);
	body->process.uses_ipc = 1;
	error = semaphores_change(
	    &souls->ipc, set, operations, count, caller);
	if (!error) {
		body_did(body, caller->request, &error, sizeof error);
		set_changed(index);
		return 0;
	}
	if (error != E_PARKED)
		return error;
	if (deadline && clock_uptime() >= (uint64_t)deadline)
		error = E_AGAIN;
	else
		error = park(body, &set_waiters[index], caller->request);
	if (error != E_PARKED) {
		semaphores_waited(&souls->ipc, caller);
	} else if (deadline &&
	    (!next_deadline || (uint64_t)deadline < next_deadline)) {
		next_deadline = (uint64_t)deadline;
		clock_wake();
	}
	return error;
}

error_t serve_process_semaphores(object_t object, int request, int id,
    offset_t deadline, const control_data_t operations,
    mach_msg_type_number_t size)
{
	struct semaphore_operation list[SEMAPHORE_OPERATIONS];
	unsigned count = size / sizeof *list;
	struct body *body = body_of(object);
	struct ipc_caller caller;
	error_t error = 0;

	if (!count)
		return E_INVAL;
	if (count > SEMAPHORE_OPERATIONS)
		return E_2BIG;
	memcpy(list, operations, count * sizeof *list);
	souls_lock();
	caller = ipc_caller(body, request);
	if (!body_has_done(body, request, &error, sizeof error))
		error = semaphores_locked(
		    body, &caller, id, deadline, list, count);
	souls_unlock();
	return error;
}

static error_t send_locked(struct body *body, struct ipc_caller *caller,
    int id, int type, int flags, const char *text, unsigned size)
{
	struct ipc_object *object;
	struct message_queue *queue;
	struct wait_queue *waiters;
	error_t error = find_waited(IPC_MESSAGES, id, 0222, caller, &object);

	if (error)
		return error;
	queue = (struct message_queue *)object;
	waiters = &queue_waiters[queue - souls->ipc.queues];
	body->process.uses_ipc = 1;
	error = message_send(&souls->ipc, queue, type, text, size, caller);
	if (!error) {
		body_did(body, caller->request, &error, sizeof error);
		wait_wake(waiters);
	}
	if (error == E_AGAIN && !(flags & IPC_NO_WAIT))
		error = park(body, waiters, caller->request);
	return error;
}

error_t serve_process_message_send(object_t object, int request, int id,
    int type, int flags, const small_data_t text,
    mach_msg_type_number_t text_size, const small_data_t more,
    mach_msg_type_number_t more_size)
{
	struct body *body = body_of(object);
	struct ipc_caller caller;
	char whole[MESSAGE_MAX];
	error_t error = 0;

	if (text_size + more_size > sizeof whole)
		return E_INVAL;
	memcpy(whole, text, text_size);
	memcpy(whole + text_size, more, more_size);
	souls_lock();
	caller = ipc_caller(body, request);
	if (!body_has_done(body, request, &error, sizeof error))
		error = send_locked(body, &caller, id, type, flags, whole,
		    text_size + more_size);
	souls_unlock();
	return error;
}

static error_t receive_locked(struct body *body, struct ipc_caller *caller,
    int id, int wanted, int flags, char *text, unsigned *size, int *type)
{
	struct ipc_object *object;
	struct message_queue *queue;
	struct wait_queue *waiters;
	error_t error;

	messages_forget(&souls->ipc, caller->pid);
	error = find_waited(IPC_MESSAGES, id, 0444, caller, &object);
	if (error)
		return error;
	queue = (struct message_queue *)object;
	waiters = &queue_waiters[queue - souls->ipc.queues];
	body->process.uses_ipc = 1;
	error = message_receive(&souls->ipc, queue, wanted, (unsigned)flags,
	    text, size, type, caller);
	if (!error)
		wait_wake(waiters);
	if (error == E_NOMSG && !(flags & IPC_NO_WAIT))
		error = park(body, waiters, caller->request);
	return error;
}

error_t serve_process_message_receive(object_t object, int request, int id,
    int room, int wanted, int flags, int *type, large_data_t *text,
    mach_msg_type_number_t *text_size)
{
	struct body *body = body_of(object);
	unsigned size = room < MESSAGE_MAX ? (unsigned)room : MESSAGE_MAX;
	struct ipc_caller caller;
	char whole[MESSAGE_MAX];
	error_t error = 0;

	if (room < 0)
		return E_INVAL;
	souls_lock();
	caller = ipc_caller(body, request);
	if (!message_given(&souls->ipc, &caller, whole, &size, type))
		error = receive_locked(
		    body, &caller, id, wanted, flags, whole, &size, type);
	souls_unlock();
	/* If there is no memory for it it is given at the next try. */
	return error ? error :
		       vm_buffer_give_copy(whole, size, text, text_size);
}
