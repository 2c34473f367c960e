/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <mach/mach_types.h>

enum {
	WAITS_MAX = 128,
};

/* A thread of a server that waits for the answer to a message. */
struct wait {
	char server[96], interface[24], message[40];
};

struct waits {
	struct wait all[WAITS_MAX];
	int count;
};

/* None, if one may not know. */
void waits_read(struct waits *waits, mach_port_t acs);

/* The messages that server waits for, as text; in memory that is reused. */
const char *waits_of(const struct waits *waits, const char *server);
