/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that were done: which slot is whose, and which request is this. */
#include "internal.h"
#include <base/assert.h>
#include <server/once.h>

unsigned once_left;

static struct once_memory *memory;
static struct undo_log *undo;
static struct lock left_lock;
static struct once_slot *volatile slot_next;

void once_start(struct once_memory *where, struct undo_log *log)
{
	memory = where;
	undo = log;
	slot_next = where->slots;
	once_left = once_inherit(where);
}

static void request_fill(struct once_request *request, int number)
{
	const struct request *current = worker_self()->current;

	request->number = (uint32_t)number;
	request->object = current->object->handle & HANDLE_INDEX;
	request->id = current->header.msgh_id;
}

static __attribute__((noinline)) struct once_slot *slot_new(
    struct worker *worker)
{
	lock(&left_lock);
	if (slot_next < memory->slots + ONCE_THREADS)
		worker->once = slot_next++;
	unlock(&left_lock);
	assert(worker->once); /* else there are too many threads */
	return worker->once;
}

/* The calling thread's own. */
static inline struct once_slot *slot_own(struct worker *worker)
{
	return worker->once ? worker->once : slot_new(worker);
}

struct once_slot *once_begin(void)
{
	struct worker *worker = worker_self();
	const struct request *current = worker->current;
	struct once_slot *slot = slot_own(worker);

	slot->request.number = 0;
	__asm__ volatile("" : : : "memory");
	slot->request.object = current->object->handle & HANDLE_INDEX;
	slot->request.id = current->header.msgh_id;
	return slot;
}

uint32_t once_object(void)
{
	return worker_self()->current->object->handle & HANDLE_INDEX;
}

void once_gather(void)
{
	if (!memory)
		return;
	lock(&left_lock);
	once_left = once_inherit(memory);
	unlock(&left_lock);
}

unsigned once_threads(void)
{
	return (unsigned)(slot_next - memory->slots);
}

unsigned once_thread(void)
{
	return (unsigned)(slot_own(worker_self()) - memory->slots);
}

void once_note(int number, const void *answer, unsigned size)
{
	struct once_slot *slot;
	struct once_request request;

	if (!number)
		return;
	slot = slot_own(worker_self());
	request_fill(&request, number);
	if (undo) {
		slot->request.number = 0; /* over, and so it shall stay */
		undo_keep(undo, &slot->request.number,
		    sizeof slot->request.number);
	}
	once_write(slot, &request, answer, size);
}

int once_look(int number, void *answer, unsigned size)
{
	struct once_slot *own = slot_own(worker_self());
	struct once_request request;
	unsigned gone;
	int found;

	request_fill(&request, number);
	lock(&left_lock);
	found = once_find(memory, &request, own, answer, size, &gone);
	once_left -= gone;
	unlock(&left_lock);
	return found;
}
