/* SPDX-License-Identifier: BSD-2-Clause */
/* Resource limits. */
#include "core/limits.h"

void limits_init(struct limits *limits, uint32_t processes)
{
	struct limit_value *of = limits->of;

	for (unsigned i = 0; i < LIMIT_COUNT; i++)
		of[i].soft = of[i].hard = LIMIT_INFINITY;
	of[LIMIT_STACK].soft = 8 << 20;
	of[LIMIT_CORE].soft = 0;
	of[LIMIT_PROCESSES].soft = of[LIMIT_PROCESSES].hard = processes / 2;
	of[LIMIT_SIGNALS].soft = of[LIMIT_SIGNALS].hard = processes / 2;
	of[LIMIT_FILES].soft = 1024;
	of[LIMIT_FILES].hard = 4096;
	of[LIMIT_LOCKED].soft = of[LIMIT_LOCKED].hard = 8 << 20;
	of[LIMIT_QUEUES].soft = of[LIMIT_QUEUES].hard = 819200;
	of[LIMIT_NICE].soft = of[LIMIT_NICE].hard = 0;
	of[LIMIT_REALTIME].soft = of[LIMIT_REALTIME].hard = 0;
}

error_t limits_set(struct limits *limits, unsigned kind,
    struct limit_value limit, int privileged)
{
	if (kind >= LIMIT_COUNT || limit.soft > limit.hard)
		return E_INVAL;
	if (limit.hard > limits->of[kind].hard && !privileged)
		return E_PERM;
	limits->of[kind] = limit;
	return 0;
}
