/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request whose server died before it answered. The kernel then says "send
 * once" (71) at the reply port: a message of a bare header, so what stood
 * behind the header of the request is still there. If the routine may be
 * repeated (mig/README.md) the header is made again and the request sent once
 * more: it waits in the port's queue until the server's next instance takes
 * it. If the port has died with its server the sender is told so.
 */
#include <base/mach.h>
#include <base/message_repeat.h>
#include <mach/notify.h>
#include <message_again.h>

int message_may_repeat(int id)
{
	int low = 0, high = sizeof message_again / sizeof *message_again;

	while (low < high) {
		int middle = (low + high) / 2;

		if (message_again[middle] == id)
			return 1;
		if (message_again[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

void message_remake(mach_msg_header_t *message, const struct message_sent *sent,
    mach_msg_size_t size, mach_port_t reply)
{
	message->msgh_bits = sent->bits;
	message->msgh_size = size;
	message->msgh_remote_port = sent->remote;
	message->msgh_local_port = reply;
	message->msgh_seqno = 0;
	message->msgh_id = sent->id;
}

mach_msg_return_t message_died(mach_msg_header_t *message)
{
	message->msgh_id = MACH_NOTIFY_SEND_ONCE;
	return MACH_MSG_SUCCESS;
}
