/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving up what a received message carries: rights by what they are, memory
 * out of line, and rights in memory out of line. The kernel has checked the
 * descriptors of every message that arrives, so sizes can be believed.
 */
#include <base/mach.h>
#include <base/message_item.h>
#include <base/port.h>
#include <stddef.h>

static void right_destroy(unsigned name, mach_port_t port)
{
	if (name == MACH_MSG_TYPE_PORT_RECEIVE)
		port_end(port);
	else
		port_drop(port);
}

void message_item_read(char **at, struct message_item *item)
{
	mach_msg_type_long_t *type = (mach_msg_type_long_t *)*at;

	item->is_inline = type->msgtl_header.msgt_inline;
	item->deallocate = type->msgtl_header.msgt_deallocate;
	if (type->msgtl_header.msgt_longform) {
		item->name = type->msgtl_name;
		item->size = type->msgtl_size;
		item->number = type->msgtl_number;
		*at += sizeof *type;
	} else {
		item->name = type->msgtl_header.msgt_name;
		item->size = type->msgtl_header.msgt_size;
		item->number = type->msgtl_header.msgt_number;
		*at += sizeof type->msgtl_header;
	}
	item->bytes = (item->number * item->size + 7) / 8;
	item->place = item->is_inline ? NULL : (void **)*at;
	item->data = item->is_inline ? *at : *item->place;
	*at += item->is_inline ? (item->bytes + 3) & ~3u : sizeof(void *);
}

static void item_destroy(const struct message_item *item)
{
	const mach_port_t *ports = item->data;

	if (MACH_MSG_TYPE_PORT_ANY_RIGHT(item->name))
		for (unsigned i = 0; i < item->number; i++)
			right_destroy(item->name, ports[i]);
	if (!item->is_inline && item->bytes)
		syscall_vm_deallocate(mach_task_self(),
		    (vm_address_t)item->data, item->bytes);
}

void message_destroy_body(mach_msg_header_t *message)
{
	char *at = (char *)(message + 1);
	char *end = (char *)message + message->msgh_size;
	struct message_item item;

	if (!(message->msgh_bits & MACH_MSGH_BITS_COMPLEX))
		return;
	while (at < end) {
		message_item_read(&at, &item);
		item_destroy(&item);
	}
	message->msgh_bits &= ~MACH_MSGH_BITS_COMPLEX;
}

size_t message_text(const mach_msg_header_t *message, const char **text)
{
	char *at = (char *)(message + 1);
	char *end = (char *)message + message->msgh_size;
	struct message_item item;

	while (at < end) {
		message_item_read(&at, &item);
		if (item.name == MACH_MSG_TYPE_CHAR && item.is_inline) {
			*text = item.data;
			return item.bytes;
		}
	}
	return 0;
}

void message_destroy(mach_msg_header_t *message)
{
	message_destroy_body(message);
	port_drop(message->msgh_remote_port);
	message->msgh_remote_port = MACH_PORT_NULL;
}

/* A right that would have been made is made and given up, so that the port's
 * make-send count is what its owner thinks and no-senders notices come. */
static void right_unsend(unsigned name, mach_port_t port)
{
	if (name == MACH_MSG_TYPE_MAKE_SEND && !port_make_send(port))
		port_drop(port);
	else if (name == MACH_MSG_TYPE_MOVE_SEND ||
	    name == MACH_MSG_TYPE_MOVE_SEND_ONCE)
		port_drop(port);
	else if (name == MACH_MSG_TYPE_MOVE_RECEIVE)
		port_end(port);
}

void message_unsend(mach_msg_header_t *message)
{
	char *at = (char *)(message + 1);
	char *end = (char *)message + message->msgh_size;
	struct message_item item;

	if (!(message->msgh_bits & MACH_MSGH_BITS_COMPLEX))
		return;
	while (at < end) {
		message_item_read(&at, &item);
		for (unsigned i = 0; i < item.number; i++)
			if (MACH_MSG_TYPE_PORT_ANY(item.name))
				right_unsend(item.name,
				    ((mach_port_t *)item.data)[i]);
		if (!item.is_inline && item.deallocate && item.bytes)
			syscall_vm_deallocate(mach_task_self(),
			    (vm_address_t)item.data, item.bytes);
	}
	message->msgh_bits &= ~MACH_MSGH_BITS_COMPLEX;
}
