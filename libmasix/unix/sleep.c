/* SPDX-License-Identifier: BSD-2-Clause */
/* Sleeping, interval timers, and the times a process has used. */
#include <base/layout.h>
#include <process.client.h>
#include <string.h>
#include <unix/signal.h>
#include <unix/time.h>

enum {
	TIMER_ABSOLUTE = 1,
	WORDS_USAGE = 18,
};

void usage_put(void *to, const struct process_usage *usage);

long clock_sleep_until(uint64_t deadline)
{
	return signal_pause(deadline) ? -UNIX_RESTART : 0;
}

/* restart_words[0]: where to write what is left, or 0; [1]: its word size. */
static long sleep_on(struct unix_thread *thread)
{
	uint64_t now, left;
	int32_t words[2];
	int64_t wide[2];
	uint32_t to = thread->restart_words[0];

	if (!signal_pause(thread->restart_deadline))
		return 0;
	if (!to)
		return -UNIX_RESTART_BLOCK;
	now = clock_monotonic();
	left = now < thread->restart_deadline ?
	    thread->restart_deadline - now : 0;
	words[0] = (int32_t)(wide[0] = (int64_t)(left / NANOSECONDS));
	words[1] = (int32_t)(wide[1] = (int64_t)(left % NANOSECONDS));
	if (thread->restart_words[1] == 8)
		memcpy((void *)to, wide, sizeof wide);
	else
		memcpy((void *)to, words, sizeof words);
	return -UNIX_RESTART_BLOCK;
}

static long sleep_any(int clock, int flags, int64_t seconds,
    int64_t nanoseconds, void *left, uint32_t word)
{
	struct unix_thread *thread = thread_current();
	uint64_t time, now;

	if (seconds < 0 || nanoseconds < 0 || nanoseconds >= NANOSECONDS)
		return -EINVAL;
	if (clock == 3 || clock < 0 || clock > 11)
		return -EINVAL;
	if (seconds > 1LL << 32)
		seconds = 1LL << 32;
	time = (uint64_t)seconds * NANOSECONDS + (uint32_t)nanoseconds;
	if (flags & TIMER_ABSOLUTE) {
		if (clock == 0) {
			now = clock_real();
			time = clock_monotonic() +
			    (time > now ? time - now : 0);
		}
		return signal_pause(time ? time : 1) ?
		    -UNIX_RESTART_NO_HANDLER : 0;
	}
	thread->restart = sleep_on;
	thread->restart_deadline = clock_monotonic() + time;
	thread->restart_words[0] = (uint32_t)left;
	thread->restart_words[1] = word;
	return sleep_on(thread);
}

long unix_restart_syscall(void)
{
	struct unix_thread *thread = thread_current();

	return thread->restart ? thread->restart(thread) : -EINTR;
}

long unix_nanosleep(const void *want, void *left)
{
	const int32_t *time = want;

	return sleep_any(1, 0, time[0], time[1], left, 4);
}

long unix_clock_nanosleep(int clock, int flags, const void *want, void *left)
{
	const int32_t *time = want;

	return sleep_any(clock, flags, time[0], time[1], left, 4);
}

long unix_clock_nanosleep_time64(int clock, int flags, const void *want,
    void *left)
{
	const int64_t *time = want;

	return sleep_any(clock, flags, time[0], time[1], left, 8);
}

/* ---- interval timers ---------------------------------------------------- */

long unix_setitimer(int which, const void *value, void *old)
{
	struct timer_value new, was;
	error_t error;

	if (which < 0 || which > 2)
		return -EINVAL;
	memset(&new, 0, sizeof new);
	if (value)
		memcpy(&new, value, sizeof new);
	if (new.microseconds < 0 || new.microseconds > 999999 ||
	    new.interval_microseconds < 0 ||
	    new.interval_microseconds > 999999)
		return -EINVAL;
	error = process_timer(PORT_PROCESS, thread_ticket(), which, 1, new,
	    &was);
	if (error)
		return unix_error(error);
	if (old)
		memcpy(old, &was, sizeof was);
	return 0;
}

long unix_getitimer(int which, void *value)
{
	struct timer_value none, was;
	error_t error;

	memset(&none, 0, sizeof none);
	if (which < 0 || which > 2)
		return -EINVAL;
	error = process_timer(PORT_PROCESS, thread_ticket(), which, 0, none,
	    &was);
	if (error)
		return unix_error(error);
	memcpy(value, &was, sizeof was);
	return 0;
}

/* What was left of the old one, in seconds, at least 1. */
long unix_alarm(unsigned seconds)
{
	struct timer_value new = { 0, 0, 0, 0 }, was;
	error_t error;

	new.seconds = seconds > 0x7fffffff ? 0x7fffffff : (int32_t)seconds;
	error = process_timer(PORT_PROCESS, thread_ticket(), 0, 1, new, &was);
	if (error)
		return unix_error(error);
	if (was.seconds == 0 && was.microseconds)
		return 1;
	return was.seconds + (was.microseconds >= 500000);
}

/* ---- used ---------------------------------------------------------------- */

long unix_getrusage(int who, void *usage)
{
	struct process_usage numbers;
	error_t error;

	if (who == 1) /* RUSAGE_THREAD: while there is one thread */
		who = 0;
	if (who != 0 && who != -1)
		return -EINVAL;
	error = process_usage(PORT_PROCESS, who, &numbers);
	if (!error)
		usage_put(usage, &numbers);
	return unix_error(error);
}

static uint32_t ticks(int32_t seconds, int32_t microseconds)
{
	return (uint32_t)seconds * 100 + (uint32_t)microseconds / 10000;
}

/* Answers ticks since a start in the past: ours is boot. */
long unix_times(void *tms)
{
	struct process_usage own, children;
	uint32_t *to = tms;
	error_t error;

	if (to) {
		error = process_usage(PORT_PROCESS, 0, &own);
		if (!error)
			error = process_usage(PORT_PROCESS, -1, &children);
		if (error)
			return unix_error(error);
		to[0] = ticks(own.user_seconds, own.user_microseconds);
		to[1] = ticks(own.system_seconds, own.system_microseconds);
		to[2] = ticks(children.user_seconds,
		    children.user_microseconds);
		to[3] = ticks(children.system_seconds,
		    children.system_microseconds);
	}
	return (long)(clock_monotonic() / TICK);
}
