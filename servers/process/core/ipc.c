/* SPDX-License-Identifier: BSD-2-Clause */
/* What the three kinds of System V IPC have in common. */
#include "core/ipc.h"
#include <base/text.h>
#include <string.h>

enum {
	MODE_ALL = 0777,
	READ = 0444,
	PAGE_BYTES = 4096,
};

unsigned ipc_most(enum ipc_kind kind)
{
	static const unsigned most[IPC_KINDS] = { IPC_SETS, IPC_QUEUES,
		IPC_SEGMENTS };

	return most[kind];
}

struct ipc_object *ipc_at(struct ipc *ipc, enum ipc_kind kind, unsigned index)
{
	if (index >= ipc_most(kind))
		return 0;
	switch (kind) {
	case IPC_SEMAPHORES:
		return &ipc->sets[index].object;
	case IPC_MESSAGES:
		return &ipc->queues[index].object;
	default:
		return &ipc->segments[index].object;
	}
}

int ipc_id(struct ipc *ipc, enum ipc_kind kind, const struct ipc_object *object)
{
	unsigned index = 0;

	while (ipc_at(ipc, kind, index) != object)
		index++;
	return (int)(object->sequence * IPC_INDICES + index);
}

static int is_in_group(const struct credentials *who, uint32_t gid)
{
	for (unsigned i = 0; i < who->group_count; i++)
		if (who->groups[i] == gid)
			return 1;
	return who->group.effective == gid;
}

/* want: rights for anybody of the three, as Linux takes them. */
static error_t permit(const struct ipc_object *object, unsigned want,
    const struct ipc_caller *caller)
{
	const struct credentials *who = caller->who;
	uint32_t uid = who->user.effective;
	unsigned granted = object->mode;

	want = (want >> 6 | want >> 3 | want) & 7;
	if (uid == object->cuid || uid == object->uid)
		granted >>= 6;
	else if (is_in_group(who, object->cgid) ||
	    is_in_group(who, object->gid))
		granted >>= 3;
	return (want & ~granted) && uid ? E_ACCES : 0;
}

error_t ipc_find(struct ipc *ipc, enum ipc_kind kind, int id, unsigned want,
    const struct ipc_caller *caller, struct ipc_object **object)
{
	struct ipc_object *found;

	if (id < 0)
		return E_INVAL;
	found = ipc_at(ipc, kind, (unsigned)id % IPC_INDICES);
	if (!found || !found->used ||
	    found->sequence != (unsigned)id / IPC_INDICES)
		return E_INVAL;
	*object = found;
	return want ? permit(found, want, caller) : 0;
}

static error_t size_check(enum ipc_kind kind, unsigned size)
{
	if (kind == IPC_SEMAPHORES)
		return !size || size > SEMAPHORES_MAX ? E_INVAL : 0;
	if (kind == IPC_MEMORY)
		return !size || size > MEMORY_MOST ? E_INVAL : 0;
	return 0;
}

static void size_set(struct ipc_object *object, enum ipc_kind kind,
    unsigned size, const struct ipc_caller *caller)
{
	switch (kind) {
	case IPC_SEMAPHORES:
		((struct semaphore_set *)object)->count = size;
		object->times[1] = caller->now;
		break;
	case IPC_MESSAGES:
		((struct message_queue *)object)->most = MESSAGE_QUEUE_BYTES;
		object->times[2] = caller->now;
		break;
	default:
		((struct segment *)object)->size = size;
		((struct segment *)object)->maker = caller->pid;
		object->times[2] = caller->now;
	}
}

static unsigned size_of_kind(enum ipc_kind kind)
{
	static const unsigned sizes[IPC_KINDS] = {
		sizeof(struct semaphore_set), sizeof(struct message_queue),
		sizeof(struct segment) };

	return sizes[kind];
}

static error_t make(struct ipc *ipc, enum ipc_kind kind, int key,
    unsigned size, unsigned mode, const struct ipc_caller *caller,
    struct ipc_object **made)
{
	struct ipc_object *object;
	unsigned index = 0;

	while ((object = ipc_at(ipc, kind, index)) && object->used)
		index++;
	if (!object)
		return E_NOSPC;
	memset(object, 0, size_of_kind(kind));
	object->key = key;
	object->uid = object->cuid = caller->who->user.effective;
	object->gid = object->cgid = caller->who->group.effective;
	object->mode = mode & MODE_ALL;
	/* An id is positive. */
	object->sequence = ++ipc->sequence & 0xffff;
	size_set(object, kind, size, caller);
	object->used = 1;
	*made = object;
	return 0;
}

static unsigned size_now(const struct ipc_object *object, enum ipc_kind kind)
{
	if (kind == IPC_SEMAPHORES)
		return ((const struct semaphore_set *)object)->count;
	return kind == IPC_MEMORY ? ((const struct segment *)object)->size : 0;
}

static struct ipc_object *find_key(struct ipc *ipc, enum ipc_kind kind, int key)
{
	struct ipc_object *object;

	for (unsigned i = 0; key && (object = ipc_at(ipc, kind, i)); i++)
		if (object->used && object->key == key)
			return object;
	return 0;
}

error_t ipc_get(struct ipc *ipc, enum ipc_kind kind, int key, unsigned size,
    unsigned flags, const struct ipc_caller *caller,
    struct ipc_object **object, int *made)
{
	struct ipc_object *found = find_key(ipc, kind, key);
	error_t error;

	*made = 0;
	if (kind == IPC_SEMAPHORES && size > SEMAPHORES_MAX)
		return E_INVAL;
	if (!found && key && !(flags & IPC_CREATE))
		return E_NOENT;
	if (!found) {
		error = size_check(kind, size);
		if (!error)
			error = make(ipc, kind, key, size, flags, caller,
			    object);
		*made = !error;
		return error;
	}
	if ((flags & IPC_CREATE) && (flags & IPC_EXCLUSIVE))
		return E_EXIST;
	if (size > size_now(found, kind) && kind != IPC_MESSAGES)
		return E_INVAL;
	*object = found;
	return permit(found, flags & MODE_ALL, caller);
}

static void numbers_of(const struct ipc_object *object, enum ipc_kind kind,
    struct ipc_status *status)
{
	const struct message_queue *queue = (const void *)object;
	const struct segment *segment = (const void *)object;

	if (kind == IPC_SEMAPHORES) {
		status->numbers[0] =
		    ((const struct semaphore_set *)object)->count;
	} else if (kind == IPC_MESSAGES) {
		status->numbers[0] = queue->bytes;
		status->numbers[1] = queue->count;
		status->numbers[2] = queue->most;
		status->pids[0] = queue->sender;
		status->pids[1] = queue->receiver;
	} else {
		status->numbers[0] = segment->size;
		status->numbers[1] = segment->attached;
		status->pids[0] = segment->maker;
		status->pids[1] = segment->last;
	}
}

void ipc_status(const struct ipc_object *object, enum ipc_kind kind,
    struct ipc_status *status)
{
	memset(status, 0, sizeof *status);
	memcpy(status->times, object->times, sizeof status->times);
	status->key = object->key;
	status->uid = object->uid;
	status->gid = object->gid;
	status->cuid = object->cuid;
	status->cgid = object->cgid;
	status->mode = object->mode;
	status->sequence = object->sequence;
	numbers_of(object, kind, status);
}

void ipc_totals(struct ipc *ipc, enum ipc_kind kind, struct ipc_totals *totals,
    int *last)
{
	struct ipc_object *object;
	struct ipc_status status;

	memset(totals, 0, sizeof *totals);
	*last = 0;
	totals->most = ipc_most(kind);
	for (unsigned i = 0; (object = ipc_at(ipc, kind, i)); i++) {
		if (!object->used)
			continue;
		*last = (int)i;
		totals->used++;
		ipc_status(object, kind, &status);
		if (kind == IPC_SEMAPHORES)
			totals->parts += status.numbers[0];
		else if (kind == IPC_MESSAGES)
			totals->parts += status.numbers[1];
		else
			totals->parts += (status.numbers[0] + PAGE_BYTES - 1) /
			    PAGE_BYTES;
		if (kind == IPC_MESSAGES)
			totals->bytes += status.numbers[0];
	}
}

error_t ipc_own(const struct ipc_object *object,
    const struct ipc_caller *caller)
{
	uint32_t uid = caller->who->user.effective;

	return uid && uid != object->uid && uid != object->cuid ? E_PERM : 0;
}

error_t ipc_change(struct ipc_object *object, enum ipc_kind kind,
    const struct ipc_status *status, const struct ipc_caller *caller)
{
	struct message_queue *queue = (struct message_queue *)object;
	error_t error = ipc_own(object, caller);

	if (error)
		return error;
	if (kind == IPC_MESSAGES) {
		if (status->numbers[2] > MESSAGE_QUEUE_BYTES &&
		    caller->who->user.effective)
			return E_PERM;
		queue->most = status->numbers[2];
	}
	object->uid = status->uid;
	object->gid = status->gid;
	object->mode = (object->mode & ~(uint32_t)MODE_ALL) |
	    (status->mode & MODE_ALL);
	object->times[kind == IPC_SEMAPHORES ? 1 : 2] = caller->now;
	return 0;
}

int ipc_remove(struct ipc *ipc, enum ipc_kind kind, struct ipc_object *object)
{
	if (kind == IPC_SEMAPHORES)
		semaphores_removed(ipc, (struct semaphore_set *)object);
	if (kind == IPC_MESSAGES)
		messages_removed(ipc, (struct message_queue *)object);
	if (kind == IPC_MEMORY && ((struct segment *)object)->attached) {
		object->mode |= MEMORY_DESTROYED;
		object->key = 0; /* nobody finds it any more */
		return 0;
	}
	object->used = 0;
	return 1;
}

static const char *const heads[IPC_KINDS] = {
	"       key      semid perms      nsems   uid   gid  cuid  cgid"
	"      otime      ctime\n",
	"       key      msqid perms      cbytes       qnum lspid lrpid   uid"
	"   gid  cuid  cgid      stime      rtime      ctime\n",
	"       key      shmid perms       size  cpid  lpid nattch   uid   gid"
	"  cuid  cgid      atime      dtime      ctime        rss       swap\n",
};

static void line_add(char *text, unsigned size, enum ipc_kind kind, int id,
    const struct ipc_status *of)
{
	text_append(text, size, "%10d %10d  %4o ", of->key, id, of->mode);
	if (kind == IPC_SEMAPHORES)
		text_append(text, size, "%10u ", of->numbers[0]);
	else if (kind == IPC_MESSAGES)
		text_append(text, size, "%10u %10u %5d %5d ", of->numbers[0],
		    of->numbers[1], of->pids[0], of->pids[1]);
	else
		text_append(text, size, "%10u %5d %5d  %5u ", of->numbers[0],
		    of->pids[0], of->pids[1], of->numbers[1]);
	text_append(text, size, "%5u %5u %5u %5u %10lld %10lld", of->uid,
	    of->gid, of->cuid, of->cgid, (long long)of->times[0],
	    (long long)of->times[1]);
	if (kind != IPC_SEMAPHORES)
		text_append(text, size, " %10lld", (long long)of->times[2]);
	if (kind == IPC_MEMORY)
		text_append(text, size, " %10u %10u",
		    (of->numbers[0] + PAGE_BYTES - 1) & -PAGE_BYTES, 0);
	text_append(text, size, "\n");
}

unsigned ipc_text(struct ipc *ipc, enum ipc_kind kind, char *text,
    unsigned size)
{
	struct ipc_object *object;
	struct ipc_status status;

	text[0] = 0;
	text_append(text, size, "%s", heads[kind]);
	for (unsigned i = 0; (object = ipc_at(ipc, kind, i)); i++) {
		if (!object->used)
			continue;
		ipc_status(object, kind, &status);
		line_add(text, size, kind, ipc_id(ipc, kind, object), &status);
	}
	return (unsigned)strlen(text);
}
