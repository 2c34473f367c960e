/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX timers: timer_create and the rest. Names, clocks and events are ours;
 * the process server counts the time and sends the signal. A child of fork and
 * a new image have none.
 */
#include <base/layout.h>
#include <process.client.h>
#include <string.h>
#include <unix/signal.h>
#include <unix/time.h>

enum {
	TIMERS = 8, /* as the process server has */
	TIMER_ABSOLUTE = 1,
	NOTIFY_SIGNAL = 0,
	NOTIFY_NONE = 1,
	NOTIFY_THREAD = 4,
	CLOCK_REAL = 0,
	CLOCK_MONOTONIC = 1,
	CLOCK_BOOT = 7,
	MICROSECOND = 1000, /* nanoseconds */
};

/* struct sigevent of i386, as far as it is looked at. */
struct event {
	int value, signal, notify, thread;
};

struct moment {
	int64_t seconds, nanoseconds;
};

/* struct itimerspec */
struct setting {
	struct moment interval, value;
};

static struct unix_timer {
	int used, clock, signal, value;
} timers[TIMERS];

void timers_forget(void)
{
	memset(timers, 0, sizeof timers);
}

static struct unix_timer *timer_of(int id)
{
	return id >= 0 && id < TIMERS && timers[id].used ? &timers[id] : NULL;
}

static int event_is_good(const struct event *event)
{
	if (event->notify == NOTIFY_NONE)
		return 1;
	if (event->notify == NOTIFY_THREAD &&
	    event->thread != thread_current()->tid)
		return 0;
	return (event->notify == NOTIFY_SIGNAL ||
		   event->notify == NOTIFY_THREAD) &&
	    event->signal >= 1 && event->signal <= SIGNALS;
}

long unix_timer_create(int clock, const void *event, int *id)
{
	struct event wanted = { 0, SIGALRM, NOTIFY_SIGNAL, 0 };
	int free = 0;

	if (clock != CLOCK_REAL && clock != CLOCK_MONOTONIC &&
	    clock != CLOCK_BOOT)
		return -EINVAL;
	while (free < TIMERS && timers[free].used)
		free++;
	if (free == TIMERS)
		return -EAGAIN;
	wanted.value = free;
	if (event)
		memcpy(&wanted, event, sizeof wanted);
	if (!event_is_good(&wanted))
		return -EINVAL;
	*id = free;
	timers[free].used = 1;
	timers[free].clock = clock;
	timers[free].signal =
	    wanted.notify == NOTIFY_NONE ? 0 : wanted.signal;
	timers[free].value = wanted.value;
	return 0;
}

static int is_moment(const struct moment *moment)
{
	return moment->seconds >= 0 && moment->nanoseconds >= 0 &&
	    moment->nanoseconds < NANOSECONDS;
}

/* To whole microseconds and never to nothing. */
static void put_time(int *seconds, int *microseconds, uint64_t nanoseconds)
{
	uint64_t all = (nanoseconds + MICROSECOND - 1) / MICROSECOND;

	if (all > INT32_MAX * 1000000ULL)
		all = INT32_MAX * 1000000ULL;
	*seconds = (int)(all / 1000000);
	*microseconds = (int)(all % 1000000);
}

static uint64_t nanoseconds_of(const struct moment *moment)
{
	if (moment->seconds > INT32_MAX)
		return (uint64_t)INT32_MAX * NANOSECONDS;
	return (uint64_t)moment->seconds * NANOSECONDS +
	    (uint64_t)moment->nanoseconds;
}

/* What is left until an absolute moment; at least a nanosecond. */
static uint64_t until(int clock, uint64_t moment)
{
	uint64_t now = clock == CLOCK_REAL ? clock_real() : clock_monotonic();

	return moment > now ? moment - now : 1;
}

static void setting_put(struct setting *to, const struct timer_value *from)
{
	to->value.seconds = from->seconds;
	to->value.nanoseconds = from->microseconds * MICROSECOND;
	to->interval.seconds = from->interval_seconds;
	to->interval.nanoseconds = from->interval_microseconds * MICROSECOND;
}

static long set(int id, int flags, const struct setting *new,
    struct setting *old)
{
	struct unix_timer *timer = timer_of(id);
	struct timer_value value, was;
	uint64_t time;
	int overrun;
	error_t error;

	if (!timer || !is_moment(&new->value) || !is_moment(&new->interval))
		return -EINVAL;
	time = nanoseconds_of(&new->value);
	if (time && (flags & TIMER_ABSOLUTE))
		time = until(timer->clock, time);
	put_time(&value.seconds, &value.microseconds, time);
	put_time(&value.interval_seconds, &value.interval_microseconds,
	    nanoseconds_of(&new->interval));
	error = process_own_timer(PORT_PROCESS, thread_ticket(), id, 1,
	    timer->signal, timer->value, value, &was, &overrun);
	if (!error)
		setting_put(old, &was);
	return unix_error(error);
}

static long get(int id, struct setting *setting, int *overrun)
{
	struct timer_value none = { 0 }, was;
	error_t error;

	if (!timer_of(id))
		return -EINVAL;
	error = process_own_timer(PORT_PROCESS, thread_ticket(), id, 0, 0, 0,
	    none, &was, overrun);
	if (!error)
		setting_put(setting, &was);
	return unix_error(error);
}

static void narrow(int32_t words[4], const struct setting *setting)
{
	words[0] = (int32_t)setting->interval.seconds;
	words[1] = (int32_t)setting->interval.nanoseconds;
	words[2] = (int32_t)setting->value.seconds;
	words[3] = (int32_t)setting->value.nanoseconds;
}

long unix_timer_settime(int id, int flags, const int32_t *new, int32_t *old)
{
	struct setting setting, was;
	long result;

	if (!new)
		return -EINVAL;
	setting.interval.seconds = new[0];
	setting.interval.nanoseconds = new[1];
	setting.value.seconds = new[2];
	setting.value.nanoseconds = new[3];
	result = set(id, flags, &setting, &was);
	if (!result && old)
		narrow(old, &was);
	return result;
}

/* The upper half of a word of nanoseconds says nothing on i386. */
static int64_t low_half(int64_t word)
{
	return (int32_t)word;
}

long unix_timer_settime64(int id, int flags, const int64_t *new, int64_t *old)
{
	struct setting setting, was;
	long result;

	if (!new)
		return -EINVAL;
	memcpy(&setting, new, sizeof setting);
	setting.interval.nanoseconds = low_half(setting.interval.nanoseconds);
	setting.value.nanoseconds = low_half(setting.value.nanoseconds);
	result = set(id, flags, &setting, &was);
	if (!result && old)
		memcpy(old, &was, sizeof was);
	return result;
}

long unix_timer_gettime(int id, int32_t *value)
{
	struct setting setting;
	int overrun;
	long result = get(id, &setting, &overrun);

	if (!result)
		narrow(value, &setting);
	return result;
}

long unix_timer_gettime64(int id, int64_t *value)
{
	struct setting setting;
	int overrun;
	long result = get(id, &setting, &overrun);

	if (!result)
		memcpy(value, &setting, sizeof setting);
	return result;
}

long unix_timer_getoverrun(int id)
{
	struct setting setting;
	int overrun;
	long result = get(id, &setting, &overrun);

	return result ? result : overrun;
}

long unix_timer_delete(int id)
{
	static const struct setting none;
	struct setting was;
	long result = set(id, 0, &none, &was);

	if (!result)
		timers[id].used = 0;
	return result;
}
