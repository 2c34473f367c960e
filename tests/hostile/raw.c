/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that only the kernel should send: requests to pagers, notices,
 * exceptions; and any number at all. Their bodies are strings of items:
 * i word, b bytes inline, o memory, p right (copied), m a receive right.
 */
#include "hostile.h"
#include <base/port.h>
#include <string.h>

static const struct shape {
	int id;
	const char *items;
} shapes[] = {
	{ 2200, "ppi" },      /* memory_object_init */
	{ 2201, "mm" },       /* terminate */
	{ 2202, "piim" },     /* copy */
	{ 2203, "piii" },     /* data_request */
	{ 2204, "piii" },     /* data_unlock */
	{ 2206, "pii" },      /* lock_completed */
	{ 2207, "piiii" },    /* supply_completed */
	{ 2208, "pioii" },    /* data_return */
	{ 2209, "iii" },      /* change_completed */
	{ 2250, "pppi" },     /* memory_object_create */
	{ 2251, "pio" },      /* data_initialize */
	{ 65, "i" },          /* port deleted */
	{ 69, "m" },          /* port destroyed */
	{ 70, "i" },          /* no senders */
	{ 71, "" },           /* send once */
	{ 72, "i" },          /* dead name */
	{ 2400, "ppiii" },    /* exception_raise */
	{ 4400, "pp" },       /* task_notify */
	{ 2900, "io" },       /* device replies */
	{ 100, "i" },         /* an interrupt */
};

struct writer {
	uint8_t *at;
	int complex;
};

static void item_write(struct writer *writer, unsigned name, unsigned bits,
    unsigned number, int is_inline, const void *data, unsigned size)
{
	mach_msg_type_t type = {
		.msgt_name = name,
		.msgt_size = bits,
		.msgt_number = number,
		.msgt_inline = is_inline,
	};

	memcpy(writer->at, &type, sizeof type);
	memcpy(writer->at + sizeof type, data, size);
	writer->at += sizeof type + ((size + 3) & ~3u);
}

static void item_make(struct writer *writer, char kind)
{
	mach_msg_type_number_t count;
	uint32_t word;
	char *bytes;

	switch (kind) {
	case 'i':
		word = (uint32_t)value_int();
		item_write(writer, MACH_MSG_TYPE_INTEGER_32, 32, 1, TRUE,
		    &word, 4);
		break;
	case 'b':
		bytes = value_bytes(&count, 256);
		item_write(writer, MACH_MSG_TYPE_CHAR, 8, count, TRUE, bytes,
		    count);
		break;
	case 'o':
		bytes = value_memory(&count);
		item_write(writer, MACH_MSG_TYPE_CHAR, 8, count & 4095, FALSE,
		    &bytes, 4);
		writer->complex = 1;
		break;
	case 'm':
		if (port_new(&word))
			word = 0;
		item_write(writer, MACH_MSG_TYPE_MOVE_RECEIVE, 32, 1, TRUE,
		    &word, 4);
		writer->complex = 1;
		break;
	default:
		word = value_port();
		item_write(writer, MACH_MSG_TYPE_COPY_SEND, 32, 1, TRUE, &word,
		    4);
		writer->complex = 1;
	}
}

void raw_send(mach_port_t target)
{
	static union {
		mach_msg_header_t head;
		uint8_t bytes[4096];
	} message;
	const struct shape *shape =
	    &shapes[value_random(sizeof shapes / sizeof *shapes)];
	struct writer writer = { message.bytes + sizeof message.head, 0 };
	const char *items = shape->items;
	char any[8] = "";
	unsigned length = value_random(7);

	if (value_random(4) == 0) {
		for (unsigned i = 0; i < length; i++)
			any[i] = "ibopm"[value_random(5)];
		items = any;
	}
	for (; *items; items++)
		item_make(&writer, *items);
	message.head.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0) |
	    (writer.complex ? MACH_MSGH_BITS_COMPLEX : 0);
	message.head.msgh_size = writer.at - message.bytes;
	message.head.msgh_remote_port = target;
	message.head.msgh_local_port = MACH_PORT_NULL;
	message.head.msgh_id =
	    value_random(8) ? shape->id : (int)value_random(5000);
	if (mach_msg(&message.head, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
	        message.head.msgh_size, 0, MACH_PORT_NULL, 30,
	        MACH_PORT_NULL) == MACH_SEND_TIMED_OUT)
		message_destroy(&message.head);
}
