/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the ACS gives every server so that it can outlive its task, and where
 * the server finds it (servers/lib/server/README.md, "Recovery").
 */
#pragma once
#include <mach/message.h>

/* Memory shared with the vault; pages that nobody touched don't exist. */
#define REGION_ADDRESS 0xa0000000
#define REGION_SIZE 0x08000000
#define REGION_TRACE 40 /* in it: where ring and last serial are (trace.h) */

#define REGION_HAND 48 /* in it: the address of a struct hand in it, or 0 */

enum {
	GUARD_PORT = 0x2001,  /* receive right of D, in the server */
	GUARD_VAULT = 0x2002, /* send right of the vault's task, there */
	VAULT_FIRST = 0x4000, /* names of kept rights in the vault: two … */
	VAULT_RANGE = 1 << 20, /* … ranges of that size */
	VAULT_OWN = 0x400000, /* from here on the server's own names */
	HAND_RIGHTS = 0x3000, /* in the vault: what was in the hand, and … */
	HAND_PORT = 0x3100,   /* … hand.port */
	HAND_MESSAGE = 4096 - 32,
	HAND_DATA = 8192,
};

/*
 * The message that a server works at, where a message that is lost is data
 * that is lost: received into surviving memory, with msgh_id 0 before and
 * after. Before the ACS ends the task it adds what is not in these bytes: the
 * n-th right that the message brought goes to the vault under HAND_RIGHTS + n
 * (a port that came home, to D),
 * its first memory out of line to data. So does the receive right port, which
 * is in between: neither sure to come back by D nor to end. A server that ends
 * its task itself has an empty hand. A pool's hand (server.h) says only where
 * in the task's memory the message is: the ACS fetches that, too.
 */
struct hand {
	uint32_t rescued;   /* the ACS was here */
	uint32_t data_size;
	uint32_t port;
	uint32_t live;      /* where in the task the message is, not here */
	uint32_t space[4];
	union {
		mach_msg_header_t header;
		char bytes[HAND_MESSAGE];
	} message;
	char data[HAND_DATA];
};
