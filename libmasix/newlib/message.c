/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mach_msg() of a native program. Its stack is not one of base's, so what is
 * sent is kept here and not at the stack's end: a request whose server dies is
 * sent again, if that does no harm (base/message_repeat.c).
 */
#include <base/mach.h>
#include <base/message_repeat.h>
#include <mach/notify.h>

mach_msg_return_t mach_msg(mach_msg_header_t *message,
    mach_msg_option_t option, mach_msg_size_t send_size,
    mach_msg_size_t receive_size, mach_port_t receive_name,
    mach_msg_timeout_t timeout, mach_port_t notify)
{
	struct message_sent sent = { 0, 0, 0 };
	mach_msg_return_t result;

	if (option & MACH_SEND_MSG)
		sent = (struct message_sent){ message->msgh_bits,
			message->msgh_remote_port, message->msgh_id };
	for (int tries = 0;; tries++) {
		result = mach_msg_trap(message, option, send_size,
		    receive_size, receive_name, timeout, notify);
		if (tries && result == MACH_SEND_INVALID_DEST)
			return message_died(message);
		if (result || option != (MACH_SEND_MSG | MACH_RCV_MSG) ||
		    message->msgh_id != MACH_NOTIFY_SEND_ONCE ||
		    !message_may_repeat(sent.id) || tries == MESSAGE_REPEATS)
			return result;
		message_remake(message, &sent, send_size, receive_name);
	}
}
