/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the dead instance was at. Its message is made whole again, with rights
 * and memory out of the vault and the hand, and served once more: each change
 * can be made twice.
 *
 * But not a request for a page: it may have been answered, and the page may
 * have been changed and sent out again since, in a message that waits. So it is
 * put behind what waits at its object's port; then, if the kernel still waits
 * for that page, no message about it can be left, and it is supplied.
 */
#include "datapager.h"
#include <base/mach.h>
#include <base/message_item.h>
#include <base/port.h>
#include <kernel/mach_debug.client.h>
#include <kernel/mach_port.client.h>
#include <mach_debug/vm_info.h>
#include <server/server.h>
#include <string.h>

enum {
	DATA_REQUEST = 2203, /* memory_object.defs */
};

/* A right that the message brought, in the vault since. */
static mach_port_t right_take(unsigned number, unsigned type)
{
	mach_msg_type_name_t got;
	mach_port_t right;

	if (type != MACH_MSG_TYPE_PORT_RECEIVE) {
		if (!mach_port_extract_right(GUARD_VAULT, HAND_RIGHTS + number,
			MACH_MSG_TYPE_COPY_SEND, &right, &got))
			return right;
	} else if (!mach_port_extract_right(GUARD_VAULT, HAND_RIGHTS + number,
		       MACH_MSG_TYPE_MOVE_RECEIVE, &right, &got) ||
	    !mach_port_extract_right(GUARD_VAULT, HAND_PORT,
		MACH_MSG_TYPE_MOVE_RECEIVE, &right, &got)) {
		return right; /* the second: an instance died at this */
	}
	return MACH_PORT_NULL;
}

static void *data_take(size_t bytes)
{
	vm_address_t copy;

	if (bytes > kept->hand.data_size ||
	    memory_allocate(page_round(bytes), &copy))
		return NULL;
	memcpy((void *)copy, kept->hand.data, bytes);
	return (void *)copy;
}

/* Returns 0 if memory that the message brought is lost. */
static int message_remade(mach_msg_header_t *message)
{
	char *at = (char *)(message + 1);
	char *end = (char *)message + message->msgh_size;
	struct message_item item;
	unsigned right = 0;

	message->msgh_remote_port = MACH_PORT_NULL;
	while (at < end) {
		message_item_read(&at, &item);
		if (item.place) {
			*item.place = data_take(item.bytes);
			if (!*item.place && item.bytes)
				return 0;
		} else if (MACH_MSG_TYPE_PORT_ANY_RIGHT(item.name)) {
			mach_port_t *port = item.data;

			*port = right_take(right++, item.name);
		}
	}
	return 1;
}

/* The object's port and the kernel's rights may be left in the vault. */
static void vault_clear(void)
{
	for (mach_port_t name = HAND_RIGHTS; name < HAND_RIGHTS + 8; name++)
		mach_port_destroy(GUARD_VAULT, name);
	mach_port_destroy(GUARD_VAULT, HAND_PORT);
}

/* The dead task ended in a way that nobody could see: what it held of this
 * object is not to be had again, which nobody may take for the old content. */
static void object_lost(const mach_msg_header_t *message)
{
	uint32_t object = message->msgh_protected_payload;
	mach_port_t control;

	if (MACH_MSGH_BITS_LOCAL(message->msgh_bits) !=
		MACH_MSG_TYPE_PROTECTED_PAYLOAD || !object_valid(object))
		return;
	control = object_control(object);
	page_lost(control);
	port_drop(control);
}

/* The request is kept apart; the hand is free. */
static void request_keep(const mach_msg_header_t *message)
{
	struct kept_request *request = kept->requests;
	const vm_offset_t *offset;
	struct message_item item;
	char *at = (char *)(message + 1);

	message_item_read(&at, &item); /* the control port */
	message_item_read(&at, &item);
	offset = item.data;
	while (request->object && request < &kept->requests[REQUESTS_MAX - 1])
		request++;
	request->page = (uint32_t)(*offset / PAGE_SIZE);
	__asm__ volatile("" : : : "memory");
	request->object = message->msgh_protected_payload;
}

void hand_resume(void)
{
	mach_msg_header_t *message = &kept->hand.message.header;

	if (message->msgh_id == 0) {
		hand_empty();
	} else if (message->msgh_size > HAND_MESSAGE) {
		hand_empty();
	} else if (message->msgh_id == DATA_REQUEST) {
		request_keep(message);
		hand_empty();
	} else if (kept->hand.rescued && message_remade(message)) {
		hand_serve();
	} else {
		object_lost(message);
		hand_empty();
	}
	vault_clear();
}

/* Nothing is before it any more. */
static int request_is_next(struct kept_request *request)
{
	struct mach_port_status status;

	if (!object_valid(request->object)) {
		request->object = 0;
		return 0;
	}
	return !mach_port_get_receive_status(mach_task_self(),
	    object_port(request->object), &status) && !status.mps_msgcount;
}

static int page_is_awaited(mach_port_t name, vm_offset_t offset)
{
	vm_page_info_array_t pages = NULL;
	mach_msg_type_number_t count = 0;
	int awaited = 0;

	if (mach_vm_object_pages(name, &pages, &count))
		return 0;
	for (unsigned i = 0; i < count; i++)
		if (pages[i].vpi_offset == offset)
			awaited = pages[i].vpi_state & VPI_STATE_ABSENT &&
			    pages[i].vpi_state & VPI_STATE_BUSY;
	memory_free((vm_address_t)pages, count * sizeof *pages);
	return awaited;
}

static void request_resume(struct kept_request *request)
{
	vm_offset_t offset = request->page * PAGE_SIZE;
	mach_port_t control = object_control(request->object);
	mach_port_t name = object_name(request->object);

	if (control && name && page_is_awaited(name, offset))
		page_in(request->object, control, offset);
	request->object = 0;
	port_drop(control);
	port_drop(name);
}

void requests_resume(void)
{
	for (unsigned i = 0; i < REQUESTS_MAX; i++)
		if (kept->requests[i].object &&
		    request_is_next(&kept->requests[i]))
			request_resume(&kept->requests[i]);
}
