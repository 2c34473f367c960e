/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to servers that die: what mach_msg() keeps of one to repeat it. */
#pragma once
#include <mach/message.h>

struct message_sent {
	uint32_t bits;
	mach_port_t remote;
	int id;
};

enum {
	MESSAGE_REPEATS = 20, /* deaths of one server under one request */
};

/* The .defs mark the routine: doing it twice is doing it once. */
int message_may_repeat(int id);

/* The header as it was sent, in front of a body that is still there. */
void message_remake(mach_msg_header_t *message, const struct message_sent *sent,
    mach_msg_size_t size, mach_port_t reply);

/* Nobody will answer: as if the notification had just come. */
mach_msg_return_t message_died(mach_msg_header_t *message);
