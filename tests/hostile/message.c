/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the client stubs of this program call in place of mach_msg (the linker
 * sees to it): spoils requests, doesn't wait long for answers, keeps or gives
 * up what they bring, and tells the stub that the call failed, so that its
 * reply port is used again.
 */
#include "hostile.h"
#include <base/error.h>
#include <base/port.h>
#include <mach/mig_errors.h>
#include <mach/thread_switch.h>
#include <mach/mig_support.h>
#include <string.h>

mach_msg_return_t __real_mach_msg(mach_msg_header_t *, mach_msg_option_t,
    mach_msg_size_t, mach_msg_size_t, mach_port_t, mach_msg_timeout_t,
    mach_port_t);
mach_msg_return_t __wrap_mach_msg(mach_msg_header_t *, mach_msg_option_t,
    mach_msg_size_t, mach_msg_size_t, mach_port_t, mach_msg_timeout_t,
    mach_port_t);

enum {
	REQUEST_FIRST = 50000,
	ORDERS_END = 50100, /* of server.defs */
	LARGEST = 16384,
	PATIENCE = 10, /* milliseconds */
	TURNS = 3,
	BODY = sizeof(mach_msg_header_t),
};

unsigned message_spoil;
int message_no_orders;

static union {
	mach_msg_header_t head;
	uint8_t bytes[LARGEST];
	uint32_t words[LARGEST / 4];
} request, answer;

/* One descriptor of the request, if the walk finds it before the end. */
static mach_msg_type_long_t *type_pick(unsigned size)
{
	unsigned at = BODY, steps = value_random(6);

	for (;;) {
		mach_msg_type_long_t *type = (void *)(request.bytes + at);
		unsigned length = sizeof type->msgtl_header, bits;

		if (at + sizeof *type > size)
			return NULL;
		if (steps-- == 0)
			return type;
		bits = type->msgtl_header.msgt_size *
		    type->msgtl_header.msgt_number;
		if (type->msgtl_header.msgt_longform) {
			length = sizeof *type;
			bits = type->msgtl_size * type->msgtl_number;
		}
		if (!type->msgtl_header.msgt_inline)
			bits = 32;
		at += length + (bits + 31) / 32 * 4;
	}
}

static void type_spoil(unsigned size)
{
	mach_msg_type_long_t *type = type_pick(size);
	static const uint8_t names[] = { 0, 1, 2, 8, 9, 11, 15, 16, 17, 18, 19,
		20, 21, 22 };

	if (!type)
		return;
	switch (value_random(6)) {
	case 0:
		type->msgtl_header.msgt_name =
		    names[value_random(sizeof names)];
		break;
	case 1:
		type->msgtl_header.msgt_number = value_random(4096);
		break;
	case 2:
		type->msgtl_header.msgt_inline ^= 1;
		break;
	case 3:
		type->msgtl_header.msgt_longform ^= 1;
		break;
	case 4:
		type->msgtl_number = (unsigned)value_int();
		break;
	default:
		type->msgtl_header.msgt_size = value_random(256);
	}
}

static unsigned size_spoil(unsigned size)
{
	switch (value_random(3)) {
	case 0:
		return BODY + (value_random(size - BODY + 4) & ~3u);
	case 1:
		return size + 4 * value_random(32);
	default:
		return BODY + (value_random(LARGEST - BODY) & ~3u);
	}
}

/* size: of the request; the new size. */
static unsigned request_spoil(unsigned size)
{
	mach_msg_header_t *head = &request.head;

	switch (value_random(9)) {
	case 0:
	case 1:
		type_spoil(size);
		break;
	case 2:
		size = size_spoil(size);
		break;
	case 3: /* another routine's message */
		head->msgh_id = REQUEST_FIRST + (int)value_random(3000);
		break;
	case 4:
		head->msgh_id = value_int();
		break;
	case 5:
		head->msgh_bits ^= MACH_MSGH_BITS_COMPLEX;
		break;
	case 6:
		head->msgh_remote_port = right_pick(value_random(2)
		        ? RIGHTS_TARGET
		        : RIGHTS_ANY);
		break;
	case 7: /* nobody to answer */
		head->msgh_local_port = MACH_PORT_NULL;
		head->msgh_bits =
		    (head->msgh_bits & MACH_MSGH_BITS_COMPLEX) |
		    MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0);
		break;
	default:
		if (size > BODY)
			request.words[BODY / 4 +
			    value_random((size - BODY) / 4)] ^=
			    1u << value_random(32);
	}
	return size;
}

/* Some of the rights of an answer are kept to be used later. */
static void answer_take(void)
{
	mach_msg_type_t *type = (void *)(answer.bytes + BODY);
	uint32_t *words = answer.words + BODY / 4;

	/* return code, then the first item */
	if (answer.head.msgh_bits & MACH_MSGH_BITS_COMPLEX &&
	    answer.head.msgh_size >= BODY + 16 &&
	    type[2].msgt_name == MACH_MSG_TYPE_PORT_SEND &&
	    type[2].msgt_number == 1 && value_random(4) == 0) {
		right_keep(words[3], value_random(2));
		port_copy_send(words[3]);
	}
	message_destroy(&answer.head);
}

static mach_msg_return_t stub_satisfy(mach_msg_header_t *message, int id,
    mach_port_t reply)
{
	mig_reply_header_t *failed = (mig_reply_header_t *)message;

	memset(failed, 0, sizeof *failed);
	failed->Head.msgh_size = sizeof *failed;
	failed->Head.msgh_local_port = reply;
	failed->Head.msgh_id = id + 100;
	failed->RetCodeType.msgt_name = MACH_MSG_TYPE_INTEGER_32;
	failed->RetCodeType.msgt_size = 32;
	failed->RetCodeType.msgt_number = 1;
	failed->RetCodeType.msgt_inline = TRUE;
	failed->RetCode = KERN_FAILURE;
	return MACH_MSG_SUCCESS;
}

/* An answer that others have to be waited for before it comes is not waited for
 * most of the time: a tick is as long as 100 messages. */
static mach_msg_return_t answer_receive(mach_port_t reply)
{
	unsigned patience = value_random(64) ? 0 : PATIENCE;
	mach_msg_return_t error;

	for (int i = 0; i < TURNS; i++) {
		error = __real_mach_msg(&answer.head,
		    MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, sizeof answer, reply,
		    patience, MACH_PORT_NULL);
		if (error != MACH_RCV_TIMED_OUT)
			return error;
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_NONE, 0);
	}
	return error;
}

mach_msg_return_t __wrap_mach_msg(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	int id = message->msgh_id;
	mach_msg_return_t error;

	if (!message_spoil || id < REQUEST_FIRST || send_size > LARGEST / 2)
		return __real_mach_msg(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	memcpy(&request, message, send_size);
	if (value_random(256) < message_spoil)
		send_size = request_spoil(send_size);
	request.head.msgh_size = send_size;
	if (message_no_orders && request.head.msgh_id >= REQUEST_FIRST &&
	    request.head.msgh_id < ORDERS_END)
		request.head.msgh_id += ORDERS_END - REQUEST_FIRST;
	error = __real_mach_msg(&request.head,
	    MACH_SEND_MSG | MACH_SEND_TIMEOUT, send_size, 0, MACH_PORT_NULL,
	    PATIENCE, MACH_PORT_NULL);
	if (error == MACH_SEND_TIMED_OUT)
		message_destroy(&request.head);
	if (!(option & MACH_RCV_MSG))
		return error;
	if (!error && receive_name)
		error = answer_receive(receive_name);
	if (error) /* a late answer finds no port */
		mig_dealloc_reply_port(receive_name);
	else
		answer_take();
	return error ? error : stub_satisfy(message, id, receive_name);
}
