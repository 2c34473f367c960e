/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message that a server had in its hand when it was killed, crashed or hung
 * (base/guard.h): what is in the task and in no memory that survives is taken
 * out before the task ends. Nothing in the message is believed: the server may
 * have written anything there.
 */
#include "acs.h"
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/message_item.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <kernel/mach_port.client.h>
#include <mach/notify.h>
#include <stddef.h>
#include <string.h>

enum {
	RIGHTS_MAX = 8,
	LIVE_MAX = 256, /* bytes of a message that is fetched */
};

_Static_assert(offsetof(struct hand, data) == PAGE_SIZE, "whole pages");

/* A page of the vault's memory; null if there is none. */
static void *vault_read(mach_port_t vault, vm_address_t address)
{
	mach_msg_type_number_t size;
	vm_offset_t data;

	if (vm_read(vault, address, PAGE_SIZE, &data, &size))
		return NULL;
	return (void *)data;
}

/* Threads that are in the kernel come to its border: what they have received
 * is then in the hand, and nothing more comes: one that waits for a message
 * would still get it while the task ends, and that would be lost. */
static void threads_stop(mach_port_t task)
{
	thread_array_t threads;
	mach_msg_type_number_t count;

	task_suspend(task);
	if (task_threads(task, &threads, &count))
		return;
	for (unsigned i = 0; i < count; i++) {
		thread_abort(threads[i]);
		port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof(*threads));
}

static void right_rescue(mach_port_t vault, mach_port_t task, mach_port_t right,
    unsigned type, mach_port_t name)
{
	mach_msg_type_name_t got;
	mach_port_t own;

	if (mach_port_extract_right(task, right,
		type == MACH_MSG_TYPE_PORT_RECEIVE ?
		    MACH_MSG_TYPE_MOVE_RECEIVE : MACH_MSG_TYPE_COPY_SEND,
		&own, &got))
		return;
	mach_port_destroy(vault, name);
	mach_port_insert_right(vault, name, own,
	    got == MACH_MSG_TYPE_PORT_RECEIVE ? MACH_MSG_TYPE_MOVE_RECEIVE :
	                                        MACH_MSG_TYPE_MOVE_SEND);
}

/* A port that had come home to the server goes the way of its other ports, by
 * its D: the vault may have a right to it, and one name for it is enough. */
static void port_return(mach_port_t task, mach_port_t port)
{
	mach_port_t death, previous = MACH_PORT_NULL;
	mach_msg_type_name_t got;

	if (mach_port_extract_right(task, GUARD_PORT,
		MACH_MSG_TYPE_MAKE_SEND_ONCE, &death, &got))
		return;
	mach_port_request_notification(task, port, MACH_NOTIFY_PORT_DESTROYED,
	    0, death, MACH_MSG_TYPE_MOVE_SEND_ONCE, &previous);
	port_drop(previous);
}

static void data_rescue(mach_port_t vault, mach_port_t task, struct hand *hand,
    const struct message_item *item, vm_address_t to)
{
	mach_msg_type_number_t size;
	vm_offset_t data;

	if (item->bytes == 0 || item->bytes > HAND_DATA || hand->data_size ||
	    vm_read(task, (vm_address_t)item->data, page_round(item->bytes),
		&data, &size))
		return;
	if (!vm_write(vault, to, data, size))
		hand->data_size = item->bytes;
	memory_free(data, size);
}

static void message_rescue(mach_port_t vault, mach_port_t task,
    struct hand *hand, vm_address_t data)
{
	char *at = (char *)(&hand->message.header + 1);
	char *end = hand->message.bytes + hand->message.header.msgh_size;
	struct message_item item;
	unsigned rights = 0;

	if (hand->message.header.msgh_size > HAND_MESSAGE / 2)
		return;
	while (at < end && rights < RIGHTS_MAX) {
		message_item_read(&at, &item);
		if (item.place)
			data_rescue(vault, task, hand, &item, data);
		else if (hand->message.header.msgh_id ==
		    MACH_NOTIFY_PORT_DESTROYED)
			port_return(task, *(mach_port_t *)item.data);
		else if (MACH_MSG_TYPE_PORT_ANY_RIGHT(item.name) &&
		    item.number == 1)
			right_rescue(vault, task, *(mach_port_t *)item.data,
			    item.name, HAND_RIGHTS + rights++);
	}
}

/* The message is in the task's own memory. */
static void message_fetch(mach_port_t task, struct hand *hand)
{
	vm_address_t at = hand->live, page = page_trunc(at);
	const mach_msg_header_t *header;
	mach_msg_type_number_t size;
	vm_offset_t data;

	hand->message.header.msgh_id = 0;
	if (at > (vm_address_t)-LIVE_MAX || at % sizeof(int) ||
	    vm_read(task, page, page_round(at + LIVE_MAX) - page, &data, &size))
		return;
	header = (const mach_msg_header_t *)(data + (at - page));
	if (header->msgh_id && header->msgh_size >= sizeof(*header) &&
	    header->msgh_size <= LIVE_MAX)
		memcpy(&hand->message, header, header->msgh_size);
	memory_free(data, size);
}

void hand_rescue(const struct guard *guard, mach_port_t task)
{
	vm_address_t address = 0;
	struct hand *hand;
	uint32_t *head;

	threads_stop(task); /* first: see region_read() in crash.c */
	head = vault_read(guard->vault, REGION_ADDRESS);
	if (head)
		address = head[REGION_HAND / sizeof(*head)];
	memory_free((vm_address_t)head, head ? PAGE_SIZE : 0);
	if (address < REGION_ADDRESS || address % PAGE_SIZE ||
	    address - REGION_ADDRESS > REGION_SIZE - sizeof(*hand))
		return;
	hand = vault_read(guard->vault, address);
	if (!hand)
		return;
	if (hand->live && !hand->rescued)
		message_fetch(task, hand);
	if (hand->message.header.msgh_id && !hand->rescued) {
		hand->data_size = 0;
		message_rescue(guard->vault, task, hand,
		    address + offsetof(struct hand, data));
	}
	if (hand->message.header.msgh_id) {
		right_rescue(guard->vault, task, hand->port,
		    MACH_MSG_TYPE_PORT_RECEIVE, HAND_PORT);
		hand->rescued = 1;
		vm_write(guard->vault, address, (vm_offset_t)hand, PAGE_SIZE);
	}
	memory_free((vm_address_t)hand, PAGE_SIZE);
}
