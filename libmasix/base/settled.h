/* SPDX-License-Identifier: BSD-2-Clause */
/* A word that is set once and believed for good, such as the name of a port
 * that all clients get: with its complement, so that a bit that was turned over
 * ends the task and reaches nobody. Zeroed: not set. */
#pragma once
#include <stdint.h>

struct settled {
	uint32_t value, complement;
};

static inline void settled_set(struct settled *settled, uint32_t value)
{
	settled->value = value;
	settled->complement = ~value;
}

/* 0: not set. */
static inline uint32_t settled_get(const struct settled *settled)
{
	if (settled->value && settled->value != ~settled->complement)
		__builtin_trap();
	return settled->value;
}
