/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interval timers. A timer counts on a clock of microseconds that only rises:
 * the system's uptime (real) or the processor time that the process has used
 * (virtual: user; profiling: user and system).
 */
#pragma once
#include <stdint.h>

enum timer_kind {
	TIMER_REAL,
	TIMER_VIRTUAL,
	TIMER_PROFILING,
	TIMER_COUNT,
};

struct timer {
	uint64_t due;      /* on its clock; 0: not running */
	uint64_t interval; /* 0: once */
};

enum {
	OWN_TIMERS = 8, /* of timer_create, a process */
};

/* A POSIX timer: it says which signal and what comes with it. */
struct own_timer {
	struct timer timer;
	int signal, value;
	unsigned overrun; /* expirations beyond that of the last signal */
};

/* Starts (value != 0) or stops it. A value below a tick is honoured by the
 * clock's grain, never lost. */
void timer_set(struct timer *timer, uint64_t now, uint64_t value,
    uint64_t interval);

/* What is left of it; 0 when it is not running, at least 1 when it is. */
uint64_t timer_left(const struct timer *timer, uint64_t now);

/* How many further times it has been due by now; before timer_expire. */
uint64_t timer_missed(const struct timer *timer, uint64_t now);

/* Whether it has expired; if so it is set for its next time, or stopped.
 * However many intervals have passed: one expiration, as Unix wants it. */
int timer_expire(struct timer *timer, uint64_t now);
