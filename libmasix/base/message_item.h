/* SPDX-License-Identifier: BSD-2-Clause */
/* What a message carries, one descriptor after the other. */
#pragma once
#include <mach/message.h>
#include <stddef.h>

struct message_item {
	unsigned name, size; /* type; bits of one element */
	unsigned number;
	int is_inline, deallocate;
	void *data;   /* the elements, wherever they are */
	void **place; /* out of line: where the message has their address */
	size_t bytes;
};

/* Reads the descriptor at *at, moves *at behind it and its inline data. */
void message_item_read(char **at, struct message_item *item);
