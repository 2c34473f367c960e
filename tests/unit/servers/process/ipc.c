/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/ipc.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>

static struct ipc *ipc;
static struct credentials root, user = { .user = { 7, 7, 7, 7 },
	.group = { 8, 8, 8, 8 } };
static struct ipc_caller by_root = { &root, 10, 10 << 16 | 1, 100 };
static struct ipc_caller by_user = { &user, 20, 20 << 16 | 1, 200 };
static unsigned changes;

static void begin(void)
{
	ipc = calloc(1, sizeof *ipc);
	changes = 0;
}

static void end(void)
{
	free(ipc);
}

static void count_changes(unsigned set)
{
	changes += set == 0;
}

static struct ipc_object *get(enum ipc_kind kind, int key, unsigned size,
    unsigned flags, const struct ipc_caller *caller, error_t expected)
{
	struct ipc_object *object = NULL;
	int made;

	CHECK(ipc_get(ipc, kind, key, size, flags, caller, &object, &made) ==
	    expected);
	return object;
}

TEST(ipc_keys_and_ids)
{
	struct ipc_object *one, *found;
	int id;

	begin();
	get(IPC_SEMAPHORES, 5, 3, 0600, &by_root, E_NOENT);
	one = get(IPC_SEMAPHORES, 5, 3, IPC_CREATE | 0600, &by_root, 0);
	CHECK(get(IPC_SEMAPHORES, 5, 2, 0600, &by_root, 0) == one);
	get(IPC_SEMAPHORES, 5, 4, 0600, &by_root, E_INVAL);
	get(IPC_SEMAPHORES, 5, 3, IPC_CREATE | IPC_EXCLUSIVE, &by_root,
	    E_EXIST);
	get(IPC_SEMAPHORES, 5, 3, 0400, &by_user, E_ACCES);
	get(IPC_SEMAPHORES, 0, 0, 0600, &by_root, E_INVAL);
	CHECK(get(IPC_SEMAPHORES, 0, 1, 0600, &by_root, 0) != one);
	id = ipc_id(ipc, IPC_SEMAPHORES, one);
	CHECK(ipc_find(ipc, IPC_SEMAPHORES, id, 0444, &by_root, &found) == 0);
	CHECK(found == one);
	CHECK(ipc_find(ipc, IPC_SEMAPHORES, id, 0444, &by_user, &found) ==
	    E_ACCES);
	CHECK(ipc_own(one, &by_user) == E_PERM);
	CHECK(ipc_remove(ipc, IPC_SEMAPHORES, one));
	CHECK(ipc_find(ipc, IPC_SEMAPHORES, id, 0, &by_root, &found) ==
	    E_INVAL);
	one = get(IPC_SEMAPHORES, 5, 3, IPC_CREATE | 0600, &by_root, 0);
	CHECK(ipc_id(ipc, IPC_SEMAPHORES, one) != id);
	end();
}

TEST(ipc_there_is_an_end_to_objects)
{
	begin();
	for (int i = 0; i < IPC_QUEUES; i++)
		get(IPC_MESSAGES, 0, 0, 0600, &by_root, 0);
	get(IPC_MESSAGES, 0, 0, 0600, &by_root, E_NOSPC);
	end();
}

static error_t change(struct semaphore_set *set, int number, int by, int flags,
    const struct ipc_caller *caller)
{
	struct semaphore_operation operation = { (uint16_t)number, (int16_t)by,
		(int16_t)flags };

	return semaphores_change(ipc, set, &operation, 1, caller);
}

TEST(semaphores_change_all_or_none)
{
	struct semaphore_operation both[] = { { 0, 2, SEMAPHORE_UNDO },
		{ 1, -1, SEMAPHORE_UNDO } };
	struct semaphore_set *set;
	struct ipc_caller other;
	int result;

	begin();
	set = (struct semaphore_set *)get(
	    IPC_SEMAPHORES, 0, 2, 0600, &by_root, 0);
	CHECK(semaphores_change(ipc, set, both, 2, &by_root) == E_PARKED);
	CHECK(set->semaphores[0].value == 0);
	CHECK(semaphore_control(ipc, set, SEMAPHORE_COUNT, 1, 0, &by_root,
		  &result) == 0 && result == 1);
	other = by_user;
	other.request = by_root.request;
	semaphores_waited(ipc, &other); /* not his */
	CHECK(semaphore_control(ipc, set, SEMAPHORE_COUNT, 1, 0, &by_root,
		  &result) == 0 && result == 1);
	semaphores_waited(ipc, &by_root);
	semaphore_control(
	    ipc, set, SEMAPHORE_COUNT, 1, 0, &by_root, &result);
	CHECK(result == 0);
	for (int i = 0; i < IPC_UNDOS; i++)
		CHECK(!ipc->undos[i].pid);
	CHECK(change(set, 1, 1, 0, &by_user) == 0);
	CHECK(semaphores_change(ipc, set, both, 2, &by_root) == 0);
	CHECK(set->semaphores[0].value == 2 && set->semaphores[1].value == 0);
	CHECK(set->semaphores[0].pid == 10);
	CHECK(change(set, 0, 32767, 0, &by_root) == E_RANGE);
	CHECK(change(set, 2, 1, 0, &by_root) == E_FBIG);
	CHECK(change(set, 0, 0, IPC_NO_WAIT, &by_root) == E_AGAIN);
	end();
}

TEST(semaphores_are_undone_at_the_end)
{
	struct semaphore_set *set;

	begin();
	set = (struct semaphore_set *)get(
	    IPC_SEMAPHORES, 0, 1, 0600, &by_root, 0);
	CHECK(change(set, 0, 5, SEMAPHORE_UNDO, &by_root) == 0);
	CHECK(change(set, 0, -1, SEMAPHORE_UNDO, &by_root) == 0);
	CHECK(change(set, 0, -3, 0, &by_user) == 0);
	CHECK(set->semaphores[0].value == 1);
	semaphores_end(ipc, 20, 300, count_changes);
	CHECK(changes == 0 && set->semaphores[0].value == 1);
	semaphores_end(ipc, 10, 300, count_changes);
	CHECK(changes == 1 && set->semaphores[0].value == 0); /* not -3 */
	CHECK(set->semaphores[0].pid == 10 && set->object.times[0] == 300);
	/* SETVAL forgets what was to be undone. */
	CHECK(change(set, 0, 5, SEMAPHORE_UNDO, &by_root) == 0);
	semaphore_control(ipc, set, SEMAPHORE_SET, 0, 9, &by_root,
	    &(int){ 0 });
	semaphores_end(ipc, 10, 300, count_changes);
	CHECK(set->semaphores[0].value == 9);
	end();
}

static error_t receive(struct message_queue *queue, int wanted, unsigned flags,
    unsigned room, int type, const char *expected)
{
	char text[MESSAGE_MAX];
	unsigned size = room;
	int found = 0;
	error_t error = message_receive(
	    ipc, queue, wanted, flags, text, &size, &found, &by_root);

	if (!error) {
		CHECK(found == type);
		CHECK(size == strlen(expected));
		CHECK(!memcmp(text, expected, size));
		messages_forget(ipc, by_root.pid);
	}
	return error;
}

TEST(messages_by_type)
{
	struct message_queue *queue;

	begin();
	queue = (struct message_queue *)get(
	    IPC_MESSAGES, 0, 0, 0600, &by_root, 0);
	CHECK(receive(queue, 0, 0, 10, 0, "") == E_NOMSG);
	CHECK(message_send(ipc, queue, 0, "x", 1, &by_root) == E_INVAL);
	CHECK(message_send(ipc, queue, 3, "three", 5, &by_root) == 0);
	CHECK(message_send(ipc, queue, 1, "one", 3, &by_root) == 0);
	CHECK(message_send(ipc, queue, 2, "two", 3, &by_root) == 0);
	CHECK(message_send(ipc, queue, 3, "", 0, &by_root) == 0);
	CHECK(queue->count == 4 && queue->bytes == 11);
	CHECK(receive(queue, 4, 0, 10, 0, "") == E_NOMSG);
	CHECK(receive(queue, -2, 0, 10, 1, "one") == 0);
	CHECK(receive(queue, 3, MESSAGE_EXCEPT, 10, 2, "two") == 0);
	CHECK(receive(queue, 0, 0, 4, 0, "") == E_2BIG);
	CHECK(receive(queue, 0, MESSAGE_ANY_LENGTH, 4, 3, "thre") == 0);
	CHECK(queue->bytes == 0 && queue->count == 1);
	CHECK(receive(queue, 3, 0, 4, 3, "") == 0);
	CHECK(!queue->first && !queue->last);
	end();
}

TEST(messages_that_were_given_wait_for_the_next_request)
{
	struct ipc_caller next = by_root, other = by_user;
	struct message_queue *queue;
	char text[MESSAGE_MAX];
	unsigned size = 10;
	int type;

	next.request++;
	other.request = by_root.request; /* he may say so */
	begin();
	queue = (struct message_queue *)get(
	    IPC_MESSAGES, 0, 0, 0600, &by_root, 0);
	message_send(ipc, queue, 6, "once", 4, &by_root);
	CHECK(message_receive(ipc, queue, 0, 0, text, &size, &type,
		  &by_root) == 0);
	size = 0;
	CHECK(!message_given(ipc, &other, text, &size, &type));
	CHECK(message_given(ipc, &by_root, text, &size, &type));
	CHECK(size == 4 && type == 6 && !memcmp(text, "once", 4));
	CHECK(!message_given(ipc, &next, text, &size, &type));
	messages_forget(ipc, by_root.pid);
	CHECK(!message_given(ipc, &by_root, text, &size, &type));
	end();
}

TEST(messages_fill_the_queue_and_the_store)
{
	static char text[MESSAGE_MAX];
	struct message_queue *queue;
	unsigned sent = 0;

	begin();
	for (int i = 0; i < IPC_QUEUES; i++) {
		queue = (struct message_queue *)get(
		    IPC_MESSAGES, 0, 0, 0600, &by_root, 0);
		while (!message_send(
		    ipc, queue, 1, text, sizeof text, &by_root))
			sent++;
	}
	CHECK(sent == IPC_BLOCKS * IPC_BLOCK / MESSAGE_MAX);
	for (int i = 0; i < IPC_QUEUES; i++)
		CHECK(ipc_remove(ipc, IPC_MESSAGES, &ipc->queues[i].object));
	for (int i = 0; i < IPC_BLOCKS; i++)
		CHECK(!ipc->block_used[i]);
	for (int i = 0; i < IPC_MESSAGES_MAX; i++)
		CHECK(!ipc->messages[i].used);
	end();
}

TEST(segments_live_as_long_as_somebody_has_them)
{
	struct segment *segment;
	int gone = 0;

	begin();
	segment = (struct segment *)get(
	    IPC_MEMORY, 9, 5000, IPC_CREATE | 0600, &by_root, 0);
	get(IPC_MEMORY, 9, 5001, 0600, &by_root, E_INVAL);
	CHECK(segment_attach(ipc, segment, 10) == 0);
	CHECK(segment_attach(ipc, segment, 10) == 0);
	CHECK(segments_fork(ipc, 10, 20) == 0);
	CHECK(segment->attached == 4);
	CHECK(!ipc_remove(ipc, IPC_MEMORY, &segment->object));
	get(IPC_MEMORY, 9, 100, 0600, &by_root, E_NOENT);
	CHECK(segment_detach(ipc, segment, 10, 1, &gone) == 0 && !gone);
	CHECK(segment_leave(ipc, 20, 2, &gone) == segment && !gone);
	CHECK(segment_leave(ipc, 20, 2, &gone) == NULL);
	CHECK(segment_detach(ipc, segment, 30, 1, &gone) == E_INVAL);
	CHECK(segment_detach(ipc, segment, 10, 3, &gone) == 0 && gone);
	CHECK(segment->last == 10 && segment->object.times[1] == 3);
	end();
}

TEST(ipc_text_has_a_line_for_each)
{
	char text[4096];
	unsigned size;

	begin();
	get(IPC_MEMORY, 9, 5000, IPC_CREATE | 0600, &by_root, 0);
	get(IPC_MEMORY, 0, 5000, 0644, &by_user, 0);
	size = ipc_text(ipc, IPC_MEMORY, text, sizeof text);
	CHECK(size == strlen(text));
	CHECK(strstr(text, "nattch") && strstr(text, "\n         9 "));
	CHECK(strstr(text, "  644       5000    20     0      0     7     8"));
	end();
}
