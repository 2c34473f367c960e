/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared memory: who has attached what. See ipc.h. */
#include "core/ipc.h"

static struct attach *attach_find(
    struct ipc *ipc, int32_t pid, unsigned segment)
{
	for (unsigned i = 0; i < IPC_ATTACHES; i++) {
		struct attach *attach = &ipc->attaches[i];

		if (attach->pid == pid && (!pid || attach->segment == segment))
			return attach;
	}
	return 0;
}

static error_t attach_more(struct ipc *ipc, unsigned segment, int32_t pid,
    uint32_t count)
{
	struct attach *attach = attach_find(ipc, pid, segment);

	if (!attach) {
		attach = attach_find(ipc, 0, 0);
		if (!attach)
			return E_NOSPC;
		*attach = (struct attach){ pid, segment, 0 };
	}
	attach->count += count;
	ipc->segments[segment].attached += count;
	return 0;
}

error_t segment_attach(struct ipc *ipc, struct segment *segment, int32_t pid)
{
	error_t error = attach_more(ipc, (unsigned)(segment - ipc->segments),
	    pid, 1);

	if (!error)
		segment->last = pid;
	return error;
}

/* Whether it goes: it was removed, and nobody has it any more. */
static int leave(struct segment *segment, int32_t pid, uint32_t count,
    int64_t now)
{
	segment->attached -= count;
	segment->last = pid;
	segment->object.times[1] = now;
	return !segment->attached && (segment->object.mode & MEMORY_DESTROYED);
}

error_t segment_detach(struct ipc *ipc, struct segment *segment, int32_t pid,
    int64_t now, int *gone)
{
	struct attach *attach =
	    attach_find(ipc, pid, (unsigned)(segment - ipc->segments));

	if (!attach)
		return E_INVAL;
	if (!--attach->count)
		attach->pid = 0;
	*gone = leave(segment, pid, 1, now);
	return 0;
}

error_t segments_fork(struct ipc *ipc, int32_t parent, int32_t child)
{
	error_t error = 0;

	for (unsigned i = 0; i < IPC_ATTACHES && !error; i++)
		if (ipc->attaches[i].pid == parent)
			error = attach_more(ipc, ipc->attaches[i].segment,
			    child, ipc->attaches[i].count);
	return error;
}

struct segment *segment_leave(struct ipc *ipc, int32_t pid, int64_t now,
    int *gone)
{
	for (unsigned i = 0; i < IPC_ATTACHES; i++) {
		struct attach *attach = &ipc->attaches[i];
		struct segment *segment = &ipc->segments[attach->segment];

		if (attach->pid != pid)
			continue;
		attach->pid = 0;
		*gone = leave(segment, pid, attach->count, now);
		return segment;
	}
	return 0;
}
