/* SPDX-License-Identifier: BSD-2-Clause */
/* Interval timers: the arithmetic. */
#include "core/timers.h"

void timer_set(struct timer *timer, uint64_t now, uint64_t value,
    uint64_t interval)
{
	timer->due = value ? now + value : 0;
	timer->interval = interval;
}

uint64_t timer_left(const struct timer *timer, uint64_t now)
{
	if (!timer->due)
		return 0;
	return timer->due > now ? timer->due - now : 1;
}

uint64_t timer_missed(const struct timer *timer, uint64_t now)
{
	if (!timer->due || timer->due > now || !timer->interval)
		return 0;
	return (now - timer->due) / timer->interval;
}

int timer_expire(struct timer *timer, uint64_t now)
{
	uint64_t missed;

	if (!timer->due || timer->due > now)
		return 0;
	if (!timer->interval) {
		timer->due = 0;
		return 1;
	}
	missed = (now - timer->due) / timer->interval;
	timer->due += (missed + 1) * timer->interval;
	return 1;
}
