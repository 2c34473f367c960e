/* SPDX-License-Identifier: BSD-2-Clause */
/* What outlives the task. */
#pragma once
#include "core/loop.h"
#include "core/random.h"
#include <server/recover.h>

enum {
	LOOPS = 64,
	LOOPS_FIRST = 8, /* that there are from the start */
};

/* bound is written last, and taken away first. */
struct kept_loop {
	uint32_t bound;
	uint32_t closing; /* it has been let go; who has it open reads on */
	mach_port_t file; /* send right, owned; in the vault */
	uint64_t size;    /* bytes */
	struct loop_settings settings;
};

struct kept {
	struct random random;
	uint64_t loops_there, loops_listed; /* bit n: loop device n */
	struct kept_loop loops[LOOPS];
};

static inline struct kept *kept(void)
{
	return server_memory;
}
