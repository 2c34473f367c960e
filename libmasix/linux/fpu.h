/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point state and what the processor can do. */
#pragma once
#include <linux/frame.h>

enum {
	CPU_TSC = 1 << 4,
	CPU_FXSR = 1 << 24,
};

/* A bit of cpuid's feature word; 0 where there is no cpuid. */
int cpu_has(uint32_t feature);

/* Writes the state down, then clears it for the handler. */
void fpu_save(struct fpu_state *state);
void fpu_restore(const struct fpu_state *state);
