/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand of a pool (server.h): messages that nobody sends again and whose
 * rights are to be had once only. While the pool's thread is at one, surviving
 * memory says where it is; if the task dies then, the ACS (servers/acs/hand.c)
 * takes its bytes to the hand and its rights to the vault. The next instance
 * sends it to its object once more.
 */
#include "internal.h"
#include <base/mach.h>
#include <base/message_item.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>
#include <server/recover.h>

enum {
	RIGHTS_MAX = 8,
};

void hand_open(struct worker *worker)
{
	mach_msg_header_t *header = &worker->answer->header;

	header->msgh_id = 0;
	atomic_barrier();
	worker->pool->hand->live = (uint32_t)(uintptr_t)header;
}

static int is_handed(const struct pool *pool, mach_msg_id_t id)
{
	for (unsigned i = 0; i < HAND_IDS; i++)
		if (id && pool->hand_ids[i] == id)
			return 1;
	return 0;
}

void hand_done(const struct worker *worker)
{
	struct pool *pool = worker->pool;
	error_t result = worker->answer->reply.RetCode;

	if (is_handed(pool, worker->current->header.msgh_id) &&
	    !pool->handled && (!result || result == MIG_NO_REPLY))
		__builtin_trap();
	pool->handled = 0;
	pool->hand->live = 0;
}

static mach_port_t right_take(unsigned number)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	return mach_port_extract_right(GUARD_VAULT, HAND_RIGHTS + number,
	    MACH_MSG_TYPE_COPY_SEND, &right, &type) ? MACH_PORT_NULL : right;
}

/* Its rights, out of the vault. 0: there is something else in it. */
static int rights_take(mach_msg_header_t *message)
{
	char *at = (char *)(message + 1);
	char *end = (char *)message + message->msgh_size;
	unsigned right = 0;

	while (at < end) {
		struct message_item item;

		message_item_read(&at, &item);
		if (item.place)
			return 0;
		if (!MACH_MSG_TYPE_PORT_ANY_RIGHT(item.name))
			continue;
		if (item.name != MACH_MSG_TYPE_PORT_SEND || item.number != 1)
			return 0;
		*(mach_port_t *)item.data = right_take(right++);
	}
	return 1;
}

static void message_again(struct pool *pool, mach_msg_header_t *message)
{
	unsigned handle = message->msgh_protected_payload;
	struct object *object = object_of_place(handle);
	mach_port_t port;

	if (!object)
		return;
	if (rights_take(message) &&
	    !object_make_right(object, pool, &port)) {
		message->msgh_bits = MACH_MSGH_BITS_COMPLEX |
		    MACH_MSGH_BITS(MACH_MSG_TYPE_MOVE_SEND, 0);
		message->msgh_remote_port = port;
		message->msgh_local_port = MACH_PORT_NULL;
		if (mach_msg(message, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
			message->msgh_size, 0, MACH_PORT_NULL, 1000,
			MACH_PORT_NULL))
			message_destroy(message);
	}
	object_release(object);
}

void recover_hand_again(struct pool *pool)
{
	struct hand *hand = pool->hand;
	mach_msg_header_t *message = &hand->message.header;

	if (hand->rescued && is_handed(pool, message->msgh_id) &&
	    MACH_MSGH_BITS_LOCAL(message->msgh_bits) ==
		MACH_MSG_TYPE_PROTECTED_PAYLOAD)
		message_again(pool, message);
	for (unsigned i = 0; i < RIGHTS_MAX; i++)
		mach_port_destroy(GUARD_VAULT, HAND_RIGHTS + i);
	message->msgh_id = 0;
	atomic_barrier();
	hand->rescued = 0;
}
