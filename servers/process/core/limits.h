/* SPDX-License-Identifier: BSD-2-Clause */
/* Resource limits: Linux's numbers, 32-bit values, all bits set: no limit. */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum limit_kind {
	LIMIT_CPU,
	LIMIT_FILE_SIZE,
	LIMIT_DATA,
	LIMIT_STACK,
	LIMIT_CORE,
	LIMIT_RESIDENT,
	LIMIT_PROCESSES,
	LIMIT_FILES,
	LIMIT_LOCKED,
	LIMIT_SPACE,
	LIMIT_LOCKS,
	LIMIT_SIGNALS,
	LIMIT_QUEUES,
	LIMIT_NICE,
	LIMIT_REALTIME,
	LIMIT_REALTIME_TIME,
	LIMIT_COUNT,
};

#define LIMIT_INFINITY 0xffffffffu

struct limit_value {
	uint32_t soft, hard;
};

struct limits {
	struct limit_value of[LIMIT_COUNT];
};

/* What pid 1 starts with. processes: how many this machine can hold. */
void limits_init(struct limits *limits, uint32_t processes);

/* setrlimit. E_INVAL: soft above hard; E_PERM: raises hard unprivileged. */
error_t limits_set(struct limits *limits, unsigned kind,
    struct limit_value limit, int privileged);
