/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mach_msg() when somebody watches (trap.S has the direct way): writes what
 * was sent and what was received into the trace ring. And what is rare: the
 * kernel has no memory for a message, or the server has died.
 */
#include <base/fault.h>
#include <base/mach.h>
#include <base/port.h>
#include <base/thread.h>
#include <base/trace.h>
#include <mach/notify.h>

enum {
	REQUEST_FIRST = 50000,
	UNSENT_TRIES = 4, /* with 1, 4, 16, 64 ms before */
};

mach_msg_return_t mach_msg_traced(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify);

/* trap.S and the one below come here when the server died. A process has
 * another one. */
mach_msg_return_t mach_msg_died(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify) __attribute__((weak));

/* trap.S and mach_msg_traced() come here when the kernel had no memory for the
 * message: nothing of it was taken, so that it can be sent again as it is. */
mach_msg_return_t mach_msg_unsent(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify);

/* trap.S and message_pass() come here when a request went to no port: dead, or
 * none that the task knows. A server knows what it names: its memory is hurt,
 * and the next instance does what it was at. */
mach_msg_return_t mach_msg_nobody(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify);

static mach_port_t task_port;
void (*message_check)(void);

/* A request to another server, as mig/ids numbers them. */
static int is_request(int id)
{
	return id >= REQUEST_FIRST && id % 200 < 100;
}

/* One to a server or to the kernel; no reply. */
static int is_call(int id)
{
	return id < REQUEST_FIRST || is_request(id);
}

/* The trap, and what is to be done about its result. */
static mach_msg_return_t message_pass(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	int asks = option == (MACH_SEND_MSG | MACH_RCV_MSG);
	mach_msg_return_t result = MACH_SEND_NO_BUFFER;

	if (!asks || !is_call(message->msgh_id) || !fault_due(FAULT_MESSAGE))
		result = mach_msg_trap(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	if (asks && result == MACH_SEND_NO_BUFFER)
		return mach_msg_unsent(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	if (asks && result == MACH_SEND_INVALID_DEST)
		return mach_msg_nobody(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	if (asks && !result && message->msgh_id == MACH_NOTIFY_SEND_ONCE)
		return mach_msg_died(message, option, send_size, receive_size,
		    receive_name, timeout, notify);
	return result;
}

mach_msg_return_t mach_msg_traced(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	mach_msg_return_t result;

	if (message_check && option & MACH_SEND_MSG &&
	    is_request(message->msgh_id))
		message_check();
	if (option & MACH_SEND_MSG)
		trace_record(TRACE_SEND, message->msgh_id,
		    message->msgh_remote_port, (int)send_size);
	if (option & MACH_SEND_MSG) {
		struct message_sent *sent = &thread_self()->sent;

		sent->bits = message->msgh_bits;
		sent->remote = message->msgh_remote_port;
		sent->id = message->msgh_id;
		thread_self()->calls++;
	}
	result = message_pass(message, option, send_size, receive_size,
	    receive_name, timeout, notify);
	if (result)
		trace_record(TRACE_ERROR, message->msgh_id, receive_name,
		    result);
	else if (option & MACH_RCV_MSG)
		trace_record(TRACE_RECEIVE, message->msgh_id,
		    message->msgh_local_port, (int)message->msgh_size);
	return result;
}

mach_msg_return_t mach_msg_died(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	const struct message_sent *sent = &thread_self()->sent;
	mach_msg_return_t result;

	/* What asked for no answer was an answer itself; anybody may have sent
	 * what came after it. */
	if (!MACH_MSGH_BITS_LOCAL(sent->bits) || !message_may_repeat(sent->id))
		return 0;
	for (int tries = 0; tries < MESSAGE_REPEATS; tries++) {
		message_remake(message, sent, send_size, receive_name);
		result = mach_msg_trap(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
		if (result == MACH_SEND_INVALID_DEST)
			break;
		if (result || message->msgh_id != MACH_NOTIFY_SEND_ONCE)
			return result;
	}
	return message_died(message);
}

mach_msg_return_t mach_msg_unsent(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	mach_msg_return_t result = MACH_SEND_NO_BUFFER;
	unsigned pause = 1;

	for (int i = 0; i < UNSENT_TRIES && result == MACH_SEND_NO_BUFFER;
	     i++, pause *= 4) {
		thread_sleep(pause);
		result = mach_msg_trap(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	}
	if (!result && message->msgh_id == MACH_NOTIFY_SEND_ONCE)
		result = mach_msg_died(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
	return result;
}

mach_msg_return_t mach_msg_nobody(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	(void)option, (void)send_size, (void)receive_size;
	(void)receive_name, (void)timeout, (void)notify;
	if (message_check && MACH_PORT_VALID(message->msgh_remote_port) &&
	    !port_is_known(message->msgh_remote_port))
		__builtin_trap();
	return MACH_SEND_INVALID_DEST;
}

mach_port_t mach_task_self(void)
{
	if (!task_port)
		task_port = mach_task_self_trap();
	return task_port;
}

void mach_task_forget(void)
{
	task_port = MACH_PORT_NULL;
	thread_self()->reply_port = MACH_PORT_NULL;
}
