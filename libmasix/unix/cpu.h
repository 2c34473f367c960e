/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor can do. */
#pragma once
#include <unix/unix.h>

enum {
	CPU_TSC = 1 << 4,
	CPU_FXSR = 1 << 24,
};

/* A bit of cpuid's feature word; 0 where there is no cpuid. */
int cpu_has(uint32_t feature);
