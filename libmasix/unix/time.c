/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that tell the time. The clocks themselves: local/clock.c. */
#include <base/layout.h>
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach.client.h>
#include <mach/task_info.h>
#include <mach/thread_info.h>
#include <process.client.h>
#include <unix/time.h>

enum {
	CLOCK_REAL = 0,
	CLOCK_MONOTONIC = 1,
	CLOCK_PROCESS = 2,
	CLOCK_THREAD = 3,
	CLOCK_MONOTONIC_RAW = 4,
	CLOCK_REAL_COARSE = 5,
	CLOCK_MONOTONIC_COARSE = 6,
	CLOCK_BOOT = 7,
	CLOCK_REAL_ALARM = 8,
	CLOCK_BOOT_ALARM = 9,
	CLOCK_TAI = 11,
};

static uint64_t nanoseconds_of(const time_value_t *time)
{
	return (uint64_t)time->seconds * NANOSECONDS +
	    (uint64_t)time->microseconds * 1000;
}

static uint64_t thread_time(void)
{
	struct unix_thread *thread = thread_current();
	struct thread_basic_info info;
	mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
	time_value_t user, system;

	if (!thread->self)
		thread->self = mach_thread_self();
	if (thread_info(thread->self, THREAD_BASIC_INFO, (int *)&info, &count))
		return 0;
	user.seconds = info.user_time.seconds;
	user.microseconds = info.user_time.microseconds;
	system.seconds = info.system_time.seconds;
	system.microseconds = info.system_time.microseconds;
	return nanoseconds_of(&user) + nanoseconds_of(&system);
}

/* Threads that have ended are in the task's own times. */
static uint64_t process_time(void)
{
	struct task_basic_info info;
	mach_msg_type_number_t count = TASK_BASIC_INFO_COUNT;

	if (task_info(mach_task_self(), TASK_BASIC_INFO, (int *)&info, &count))
		return thread_time();
	return thread_time() +
	    (uint64_t)info.user_time.seconds * NANOSECONDS +
	    (uint64_t)info.user_time.microseconds * 1000 +
	    (uint64_t)info.system_time.seconds * NANOSECONDS +
	    (uint64_t)info.system_time.microseconds * 1000;
}

struct moment {
	int64_t seconds;
	uint32_t nanoseconds;
};

static void moment_of(uint64_t time, struct moment *moment)
{
	moment->seconds = (int64_t)(time / NANOSECONDS);
	moment->nanoseconds = (uint32_t)(time % NANOSECONDS);
}

/* -EINVAL: no such clock. */
static long clock_read(int clock, struct moment *moment)
{
	switch (clock) {
	case CLOCK_REAL:
	case CLOCK_REAL_COARSE:
	case CLOCK_REAL_ALARM:
	case CLOCK_TAI:
		clock_split(1, &moment->seconds, &moment->nanoseconds);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOT:
	case CLOCK_BOOT_ALARM:
		clock_split(0, &moment->seconds, &moment->nanoseconds);
		return 0;
	case CLOCK_PROCESS:
		moment_of(process_time(), moment);
		return 0;
	case CLOCK_THREAD:
		moment_of(thread_time(), moment);
		return 0;
	default:
		/* of a process, as clock_getcpuclockid makes them: our own */
		if (clock >= 0 || (clock & 4))
			return -EINVAL;
		moment_of(process_time(), moment);
		return ~(clock >> 3) == 0 || ~(clock >> 3) == PAGE->pid ? 0 :
		    -EINVAL;
	}
}

long unix_clock_gettime(int clock, void *timespec)
{
	int32_t *to = timespec;
	struct moment moment;
	long error = clock_read(clock, &moment);

	if (error)
		return error;
	to[0] = (int32_t)moment.seconds;
	to[1] = (int32_t)moment.nanoseconds;
	return 0;
}

long unix_clock_gettime64(int clock, void *timespec)
{
	int64_t *to = timespec;
	struct moment moment;
	long error = clock_read(clock, &moment);

	if (error)
		return error;
	to[0] = moment.seconds;
	to[1] = moment.nanoseconds;
	return 0;
}

static long resolution(int clock)
{
	struct moment moment;
	long error = clock_read(clock, &moment);

	if (error)
		return error;
	return clock == CLOCK_REAL_COARSE ||
	    clock == CLOCK_MONOTONIC_COARSE ||
	    clock == CLOCK_PROCESS || clock == CLOCK_THREAD ? TICK : 1;
}

long unix_clock_getres(int clock, void *timespec)
{
	long value = resolution(clock);
	int32_t *to = timespec;

	if (value < 0)
		return value;
	if (to) {
		to[0] = 0;
		to[1] = value;
	}
	return 0;
}

long unix_clock_getres_time64(int clock, void *timespec)
{
	long value = resolution(clock);
	int64_t *to = timespec;

	if (value < 0)
		return value;
	if (to) {
		to[0] = 0;
		to[1] = value;
	}
	return 0;
}

long unix_time(long *result)
{
	struct moment moment;

	clock_split(1, &moment.seconds, &moment.nanoseconds);
	if (result)
		*result = (long)moment.seconds;
	return (long)moment.seconds;
}

long unix_gettimeofday(void *timeval, void *zone)
{
	int32_t *to = timeval, *minutes = zone;
	struct moment moment;

	if (to) {
		clock_split(1, &moment.seconds, &moment.nanoseconds);
		to[0] = (int32_t)moment.seconds;
		to[1] = (int32_t)(moment.nanoseconds / 1000);
	}
	if (minutes)
		minutes[0] = minutes[1] = 0;
	return 0;
}

static long set_time(int64_t seconds, int64_t microseconds)
{
	if (microseconds < 0 || microseconds > 999999 || seconds < 0)
		return -EINVAL;
	return unix_error(process_set_time(PORT_PROCESS, (int)seconds,
	    (int)microseconds));
}

long unix_stime(const long *seconds)
{
	return set_time(*seconds, 0);
}

/* The zone alone is accepted and means nothing, as on Linux today. */
long unix_settimeofday(const void *timeval, const void *zone)
{
	const int32_t *from = timeval;

	(void)zone;
	return from ? set_time(from[0], from[1]) : 0;
}

long unix_clock_settime(int clock, const void *timespec)
{
	const int32_t *from = timespec;

	return clock ? -EINVAL : set_time(from[0], from[1] / 1000);
}

long unix_clock_settime64(int clock, const void *timespec)
{
	const int64_t *from = timespec;

	return clock ? -EINVAL : set_time(from[0], from[1] / 1000);
}

/* Asking only: nobody but the kernel can make the clock run otherwise. The
 * words of struct timex: modes, offset, freq, maxerror, esterror, status... */
long unix_adjtimex(void *timex)
{
	uint32_t *words = timex;
	uint64_t time;

	if (words[0])
		return -EPERM;
	for (int i = 1; i < 32; i++)
		words[i] = 0;
	time = clock_real();
	words[5] = 0x40;   /* not synchronized */
	words[7] = 1;      /* precision in us */
	words[9] = (uint32_t)(time / NANOSECONDS);
	words[10] = (uint32_t)(time % NANOSECONDS / 1000);
	words[11] = 10000; /* us between ticks */
	return 5;          /* TIME_ERROR: not synchronized */
}
