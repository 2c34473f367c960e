/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks, inside libmasix/unix. */
#pragma once
#include <unix/unix.h>

/* A fresh task: how fast does the processor count? Takes some clock ticks. */
void clock_start(void);

/* clock_real() or clock_monotonic() in two parts: quicker. */
void clock_split(int real, int64_t *seconds, uint32_t *nanoseconds);

enum {
	TICK = 10000000, /* nanoseconds of the kernel's clock */
	NANOSECONDS = 1000000000,
};
