/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's cycle counter, where there is one. */
#pragma once
#include <stdint.h>

/* Whether the processor has it: from the Pentium on. */
int cycles_exist(void);

/* Cycles since some time in the past; 0 if there is no counter. */
uint64_t cycles_now(void);
