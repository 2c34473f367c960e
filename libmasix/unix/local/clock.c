/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time without a message: the kernel keeps a page up to date at every tick of
 * 10 ms; in between the processor's cycle counter tells how much has passed.
 *
 *	base + (cycles now - cycles at base) * nanoseconds a cycle
 *
 * never below the page's value, and slower when it is more than a tick above:
 * the page is right, the counter divides its ticks. A processor without a
 * counter has ticks.
 * How long a cycle takes is measured once, in a fresh task (pid 1), and then
 * with more and more precision by whoever lives long; children inherit it.
 * No result is ever less than one given before.
 */
#include <base/layout.h>
#include <base/lock.h>
#include <mach/time_value.h>
#include <unix/cpu.h>
#include <unix/time.h>

enum {
	SHIFT = 24, /* of the factor */
	FIRST_TICKS = 4,
};

static struct {
	struct lock lock;
	uint32_t factor;        /* nanoseconds a cycle, 8.24; 0: no counter */
	uint64_t base, base_cycles;
	uint64_t start, start_cycles; /* of the measurement */
	uint64_t measured;      /* how long it was when factor was set */
	uint64_t last;          /* the last result */
} state;

static volatile const struct mapped_time_value *time_page(void)
{
	return (void *)(LAYOUT_PROCESS_PAGE + 0x1000);
}

static uint64_t cycles(void)
{
	uint64_t count;

	__asm__ volatile("rdtsc" : "=A"(count));
	return count;
}

struct reading {
	uint64_t up;     /* nanoseconds since boot, at the last tick */
	int64_t up_seconds; /* the same in two parts */
	uint32_t up_nanoseconds;
	int64_t seconds; /* since 1970, at the same tick */
	uint32_t nanoseconds;
	uint64_t cycles; /* now */
};

/* The page changes under our eyes: read until two readings agree. */
static void read_page(struct reading *reading)
{
	volatile const struct mapped_time_value *now = time_page();
	int64_t up;
	uint32_t fraction;

	do {
		up = now->uptime_value.seconds;
		fraction = (uint32_t)now->uptime_value.nanoseconds;
		reading->seconds = now->time_value.seconds;
		reading->nanoseconds = (uint32_t)now->time_value.nanoseconds;
		reading->cycles = state.factor ? cycles() : 0;
	} while (up != now->uptime_value.seconds ||
	    fraction != (uint32_t)now->uptime_value.nanoseconds ||
	    up != now->check_upseconds64 ||
	    reading->seconds != now->time_value.seconds ||
	    reading->nanoseconds != (uint32_t)now->time_value.nanoseconds);
	reading->up_seconds = up;
	reading->up_nanoseconds = fraction;
	reading->up = (uint64_t)(uint32_t)up * NANOSECONDS + fraction;
}

/* The moment a tick comes, within a few cycles. */
static void wait_tick(struct reading *reading)
{
	uint64_t before;

	read_page(reading);
	before = reading->up;
	while (reading->up == before)
		read_page(reading);
}

static void set_factor(uint64_t time, uint64_t count)
{
	uint64_t factor;

	/* keep the product below 64 bits: time < 2^40 */
	while (time >> 39) {
		time >>= 1;
		count >>= 1;
	}
	factor = count ? (time << SHIFT) / count : 0;
	if (factor == 0 || factor >> 32)
		return;
	state.factor = (uint32_t)factor;
}

void clock_start(void)
{
	struct reading first, now;

	if (!cpu_has(CPU_TSC))
		return;
	state.factor = 1;
	wait_tick(&first);
	do
		wait_tick(&now);
	while (now.up - first.up < FIRST_TICKS * (uint64_t)TICK);
	state.start = first.up;
	state.start_cycles = first.cycles;
	state.measured = now.up - first.up;
	set_factor(state.measured, now.cycles - first.cycles);
	state.base = now.up;
	state.base_cycles = now.cycles;
}

/* The longer it was measured the better: again at twice the length. */
static void measure_again(const struct reading *reading)
{
	uint64_t length = reading->up - state.start;

	if (length < 2 * state.measured || length < NANOSECONDS / 2)
		return;
	state.measured = length;
	set_factor(length, reading->cycles - state.start_cycles);
}

/* Ahead of the page by more than a tick: the kernel has lost ticks, or factor
 * is too large. Going on more slowly hides that better than to stand still. */
static uint64_t slow_down(uint64_t result, uint64_t passed, uint64_t limit)
{
	uint64_t ahead = result - limit;
	uint64_t less = ahead > 10 * TICK ? passed / 2 : passed / 8;

	return result - (less < ahead ? less : ahead);
}

static uint64_t estimate(const struct reading *reading)
{
	uint64_t count = reading->cycles - state.base_cycles, result, passed;

	if (!state.factor)
		return reading->up;
	if (count >> 32) {
		measure_again(reading);
		result = reading->up;
	} else {
		passed = ((uint64_t)(uint32_t)count * state.factor) >> SHIFT;
		result = state.base + passed;
		if (result >= reading->up && result < reading->up + TICK)
			return result;
		if (result < reading->up)
			result = reading->up;
		else
			result = slow_down(result, passed,
			    reading->up + TICK - 1);
	}
	state.base = result;
	state.base_cycles = reading->cycles;
	return result;
}

static uint64_t now(struct reading *reading)
{
	uint64_t result;

	lock(&state.lock);
	read_page(reading);
	result = estimate(reading);
	if (result < state.last)
		result = state.last;
	else
		state.last = result;
	unlock(&state.lock);
	return result;
}

/* Without a division: the page has the seconds already. */
void clock_split(int real, int64_t *seconds, uint32_t *nanoseconds)
{
	struct reading reading;
	uint64_t passed = now(&reading) - reading.up;
	uint64_t sum = passed + (real ? reading.nanoseconds :
	    reading.up_nanoseconds);

	*seconds = real ? reading.seconds : reading.up_seconds;
	while (sum >= NANOSECONDS) {
		sum -= NANOSECONDS;
		++*seconds;
	}
	*nanoseconds = (uint32_t)sum;
}

uint64_t clock_monotonic(void)
{
	struct reading reading;

	return now(&reading);
}

uint64_t clock_real(void)
{
	struct reading reading;
	uint64_t passed = now(&reading) - reading.up;

	return (uint64_t)reading.seconds * NANOSECONDS + reading.nanoseconds +
	    passed;
}
