/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of System V segments: files of a tmpfs that have lost their names,
 * to which this server keeps two rights, to read and write and to read only.
 * Who attaches a segment gets the one that he may have, and maps it.
 */
#include "ipc.h"
#include <base/mach.h>
#include <base/memory.h>
#include <process.server.h>
#include <server/recover.h>

extern error_t call_vfs_nameless(mach_port_t *whole, mach_port_t *reading);
extern error_t call_file_set_size(mach_port_t file, uint64_t size);

static struct memory_room offered; /* with souls_lock() */

static void room_drop(struct memory_room *room)
{
	port_drop(room->whole);
	port_drop(room->reading);
	room->whole = room->reading = MACH_PORT_NULL;
}

error_t memory_make(unsigned size, struct memory_room *room)
{
	error_t error = call_vfs_nameless(&room->whole, &room->reading);

	if (error)
		return E_NOSPC;
	error = call_file_set_size(room->whole, page_round(size));
	if (error)
		room_drop(room);
	return error ? E_NOSPC : 0;
}

void memory_offer(const struct memory_room *room)
{
	offered = *room;
}

/* Of its two rights in the vault. */
static unsigned number_of(const struct segment *segment)
{
	return (unsigned)(segment - souls->ipc.segments) * 2;
}

error_t memory_take(struct segment *segment)
{
	unsigned number = number_of(segment);
	error_t error;

	if (!offered.whole)
		return E_NOSPC;
	error = vault_keep_at(number, offered.whole);
	if (!error)
		error = vault_keep_at(number + 1, offered.reading);
	if (error)
		return error;
	segment->memory = offered.whole;
	segment->reading = offered.reading;
	offered.whole = offered.reading = MACH_PORT_NULL;
	return 0;
}

/* Its rights go when the step is done: if that is not, they are still named. */
static struct {
	struct memory_room room;
	unsigned number;
} gone[IPC_SEGMENTS];
unsigned memory_gone;

void memory_free_later(struct segment *segment)
{
	segment->object.used = 0;
	gone[memory_gone].room.whole = segment->memory;
	gone[memory_gone].room.reading = segment->reading;
	gone[memory_gone++].number = number_of(segment);
	segment->memory = segment->reading = MACH_PORT_NULL;
}

void memory_settle(void)
{
	if (offered.whole)
		room_drop(&offered);
}

void memory_bury(void)
{
	while (memory_gone) {
		memory_gone--;
		vault_drop_at(gone[memory_gone].number);
		vault_drop_at(gone[memory_gone].number + 1);
		room_drop(&gone[memory_gone].room);
	}
}

void memory_leave(struct body *body)
{
	struct ipc_caller caller = ipc_caller(body, 0);
	struct segment *segment;
	int is_gone;

	while ((segment = segment_leave(
	    &souls->ipc, caller.pid, caller.now, &is_gone)))
		if (is_gone)
			memory_free_later(segment);
}

void ipc_exec(struct body *body)
{
	if (body->process.uses_ipc)
		memory_leave(body);
}

error_t ipc_fork(struct body *parent, struct body *child)
{
	error_t error;

	if (!parent->process.uses_ipc)
		return 0;
	child->process.uses_ipc = 1;
	error = segments_fork(
	    &souls->ipc, parent->process.pid, child->process.pid);
	if (error)
		memory_leave(child);
	return error ? E_AGAIN : 0;
}

void ipc_recover(void)
{
	for (unsigned i = 0; i < IPC_SEGMENTS; i++) {
		struct segment *segment = &souls->ipc.segments[i];
		mach_port_t whole = MACH_PORT_NULL, reading = MACH_PORT_NULL;

		if (!segment->object.used)
			continue;
		if (vault_take_at(number_of(segment), &whole) ||
		    vault_take_at(number_of(segment) + 1, &reading))
			segment->object.used = 0;
		segment->memory = whole;
		segment->reading = reading;
	}
}

static error_t attach(struct body *body, int request, int id, int flags,
    struct segment **found)
{
	struct ipc_caller caller = ipc_caller(body, request);
	unsigned want = flags & MEMORY_READ_ONLY ? 0444 : 0666;
	struct ipc_object *object;
	error_t error;

	error = ipc_find(&souls->ipc, IPC_MEMORY, id, want, &caller, &object);
	if (error)
		return error;
	*found = (struct segment *)object;
	if (body_has_done(body, request, &id, sizeof id))
		return 0;
	error = segment_attach(&souls->ipc, *found, caller.pid);
	if (error)
		return error;
	body->process.uses_ipc = 1;
	object->times[0] = caller.now;
	body_did(body, request, &id, sizeof id);
	return 0;
}

error_t serve_process_memory_attach(object_t object, int request, int id,
    int flags, mach_port_t *memory, mach_msg_type_name_t *type, int *size)
{
	struct body *body = body_of(object);
	struct segment *segment = 0;
	error_t error;

	souls_lock();
	error = attach(body, request, id, flags, &segment);
	if (!error) {
		*memory = flags & MEMORY_READ_ONLY ? segment->reading :
						     segment->memory;
		*type = MACH_MSG_TYPE_MOVE_SEND;
		*size = (int)segment->size;
		error = port_copy_send(*memory);
	}
	souls_unlock();
	return error;
}

error_t serve_process_memory_detach(object_t object, int request, int id)
{
	struct body *body = body_of(object);
	struct ipc_caller caller;
	struct ipc_object *found;
	int is_gone = 0;
	error_t error = 0;

	souls_lock();
	caller = ipc_caller(body, request);
	if (!body_has_done(body, request, &error, sizeof error)) {
		error = ipc_find(&souls->ipc, IPC_MEMORY, id, 0, &caller,
		    &found);
		if (!error)
			error = segment_detach(&souls->ipc,
			    (struct segment *)found, caller.pid, caller.now,
			    &is_gone);
		if (!error)
			body_did(body, request, &error, sizeof error);
	}
	if (is_gone)
		memory_free_later((struct segment *)found);
	souls_unlock();
	return error;
}
