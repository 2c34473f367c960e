/* SPDX-License-Identifier: BSD-2-Clause */
/* Semaphores: see ipc.h. */
#include "core/ipc.h"
#include <string.h>

static uint16_t index_of(const struct ipc *ipc, const struct semaphore_set *set)
{
	return (uint16_t)(set - ipc->sets);
}

static struct semaphore_undo *undo_find(struct ipc *ipc, int32_t pid,
    unsigned set, unsigned number)
{
	for (unsigned i = 0; i < IPC_UNDOS; i++) {
		struct semaphore_undo *undo = &ipc->undos[i];

		if (undo->pid == pid && (!pid ||
		    (undo->set == set && undo->number == number)))
			return undo;
	}
	return 0;
}

/* Notes that change is to be taken back. E_NOSPC, E_RANGE. */
static error_t undo_add(struct ipc *ipc, int32_t pid, unsigned set,
    unsigned number, int change)
{
	struct semaphore_undo *undo = undo_find(ipc, pid, set, number);
	int sum = undo ? undo->change - change : -change;

	if (sum > SEMAPHORE_TOP || sum < -SEMAPHORE_TOP - 1)
		return E_RANGE;
	if (!undo) {
		undo = undo_find(ipc, 0, 0, 0);
		if (!undo)
			return E_NOSPC;
		undo->set = (uint16_t)set;
		undo->number = (uint16_t)number;
		undo->pid = pid;
	}
	undo->change = sum;
	if (!sum)
		undo->pid = 0;
	return 0;
}

static void undo_clear(struct ipc *ipc, unsigned set, int number)
{
	for (unsigned i = 0; i < IPC_UNDOS; i++)
		if (ipc->undos[i].pid && ipc->undos[i].set == set &&
		    (number < 0 || ipc->undos[i].number == number))
			ipc->undos[i].pid = 0;
}

void semaphores_waited(struct ipc *ipc, const struct ipc_caller *caller)
{
	for (unsigned i = 0; i < IPC_WAITS; i++)
		if (ipc->waits[i].pid == caller->pid &&
		    ipc->waits[i].request == caller->request)
			ipc->waits[i].pid = 0;
}

/* If the table is full it waits all the same, and is not counted. */
static void wait_note(struct ipc *ipc, const struct ipc_caller *caller,
    unsigned set, const struct semaphore_operation *operation)
{
	for (unsigned i = 0; i < IPC_WAITS; i++) {
		if (ipc->waits[i].pid)
			continue;
		ipc->waits[i] = (struct semaphore_wait){ caller->pid,
			caller->request, (uint16_t)set, operation->number,
			operation->change == 0 };
		return;
	}
}

static int waits_count(const struct ipc *ipc, unsigned set, unsigned number,
    int zero)
{
	int count = 0;

	for (unsigned i = 0; i < IPC_WAITS; i++)
		count += ipc->waits[i].pid && ipc->waits[i].set == set &&
		    ipc->waits[i].number == number &&
		    ipc->waits[i].zero == zero;
	return count;
}

static error_t operations_check(const struct semaphore_set *set,
    const struct semaphore_operation *operations, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (operations[i].number >= set->count)
			return E_FBIG;
	return 0;
}

/* E_PARKED: this one has to wait. */
static error_t operation_try(struct ipc *ipc, struct semaphore_set *set,
    const struct semaphore_operation *operation, int32_t pid)
{
	struct semaphore *semaphore = &set->semaphores[operation->number];
	int value = semaphore->value + operation->change;
	error_t error = 0;

	if ((!operation->change && semaphore->value) || value < 0)
		return E_PARKED;
	if (value > SEMAPHORE_TOP)
		return E_RANGE;
	if ((operation->flags & SEMAPHORE_UNDO) && operation->change)
		error = undo_add(ipc, pid, index_of(ipc, set),
		    operation->number, operation->change);
	if (!error)
		semaphore->value = (uint16_t)value;
	return error;
}

static void operation_back(struct ipc *ipc, struct semaphore_set *set,
    const struct semaphore_operation *operation, int32_t pid)
{
	struct semaphore *semaphore = &set->semaphores[operation->number];

	semaphore->value = (uint16_t)(semaphore->value - operation->change);
	if ((operation->flags & SEMAPHORE_UNDO) && operation->change)
		undo_add(ipc, pid, index_of(ipc, set), operation->number,
		    -operation->change);
}

error_t semaphores_change(struct ipc *ipc, struct semaphore_set *set,
    const struct semaphore_operation *operations, unsigned count,
    const struct ipc_caller *caller)
{
	error_t error = operations_check(set, operations, count);
	unsigned done = 0;

	while (!error && done < count) {
		error = operation_try(ipc, set, &operations[done], caller->pid);
		if (!error)
			done++;
	}
	if (!error) {
		for (unsigned i = 0; i < count; i++)
			set->semaphores[operations[i].number].pid = caller->pid;
		set->object.times[0] = caller->now;
		return 0;
	}
	if (error == E_PARKED && (operations[done].flags & IPC_NO_WAIT))
		error = E_AGAIN;
	if (error == E_PARKED)
		wait_note(ipc, caller, index_of(ipc, set),
		    &operations[done]);
	while (done--)
		operation_back(ipc, set, &operations[done], caller->pid);
	return error;
}

error_t semaphore_control(struct ipc *ipc, struct semaphore_set *set,
    int command, unsigned number, int value, const struct ipc_caller *caller,
    int *result)
{
	struct semaphore *semaphore = &set->semaphores[number];

	if (number >= set->count)
		return E_INVAL;
	*result = 0;
	switch (command) {
	case SEMAPHORE_VALUE:
		*result = semaphore->value;
		return 0;
	case SEMAPHORE_PID:
		*result = semaphore->pid;
		return 0;
	case SEMAPHORE_COUNT:
	case SEMAPHORE_ZERO_COUNT:
		*result = waits_count(ipc, index_of(ipc, set), number,
		    command == SEMAPHORE_ZERO_COUNT);
		return 0;
	case SEMAPHORE_SET:
		if (value < 0 || value > SEMAPHORE_TOP)
			return E_RANGE;
		undo_clear(ipc, index_of(ipc, set), (int)number);
		semaphore->value = (uint16_t)value;
		semaphore->pid = caller->pid;
		set->object.times[1] = caller->now;
		return 0;
	}
	return E_INVAL;
}

error_t semaphores_set_all(struct ipc *ipc, struct semaphore_set *set,
    const uint16_t *values, const struct ipc_caller *caller)
{
	for (unsigned i = 0; i < set->count; i++)
		if (values[i] > SEMAPHORE_TOP)
			return E_RANGE;
	undo_clear(ipc, index_of(ipc, set), -1);
	for (unsigned i = 0; i < set->count; i++) {
		set->semaphores[i].value = values[i];
		set->semaphores[i].pid = caller->pid;
	}
	set->object.times[1] = caller->now;
	return 0;
}

void semaphores_removed(struct ipc *ipc, const struct semaphore_set *set)
{
	undo_clear(ipc, index_of(ipc, set), -1);
}

void semaphores_end(struct ipc *ipc, int32_t pid, int64_t now,
    void (*changed)(unsigned set))
{
	for (unsigned i = 0; i < IPC_WAITS; i++)
		if (ipc->waits[i].pid == pid)
			ipc->waits[i].pid = 0;
	for (unsigned i = 0; i < IPC_UNDOS; i++) {
		struct semaphore_undo *undo = &ipc->undos[i];
		struct semaphore_set *set = &ipc->sets[undo->set];
		int value;

		if (undo->pid != pid)
			continue;
		undo->pid = 0;
		value = set->semaphores[undo->number].value + undo->change;
		value = value < 0 ? 0 :
		    value > SEMAPHORE_TOP ? SEMAPHORE_TOP : value;
		set->semaphores[undo->number].value = (uint16_t)value;
		set->semaphores[undo->number].pid = pid;
		set->object.times[0] = now;
		changed(undo->set);
	}
}
