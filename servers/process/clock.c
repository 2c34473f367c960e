/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: the kernel's page with the clock, and the thread that lets timers
 * expire. It sleeps until the next real timer is due; every tick while a
 * virtual timer runs (processor time can only be sampled) or a nudge waits.
 */
#include "process.h"
#include <base/mach.h>
#include <base/memory.h>
#include <base/thread.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <kernel/mach_host.client.h>
#include <mach/host_info.h>
#include <mach/time_value.h>
#include <mach/vm_prot.h>

enum {
	CODE_TIMER = -2, /* si_code */
	MICROSECONDS = 1000000,
	TICK = 10,             /* milliseconds */
	LIMIT_LOOK = 200,      /* milliseconds, while RLIMIT_CPU is set */
	SLEEP_MAX = 60 * 1000, /* milliseconds */
	LOAD_SHIFT = 16,
};

mach_port_t clock_object;
static volatile struct mapped_time_value *mapped;
static struct condition changed; /* with souls_lock() */

error_t clock_start(void)
{
	mach_port_t device;
	vm_address_t address;
	error_t error;

	error = device_open(server_device, D_READ, "time", &device);
	if (error)
		return error;
	error = device_map(device, VM_PROT_READ, 0, PAGE_SIZE, &clock_object,
	    0);
	port_drop(device);
	if (error)
		return error;
	error = memory_map(clock_object, 0, PAGE_SIZE, VM_PROT_READ, &address);
	if (error)
		return error;
	mapped = (volatile struct mapped_time_value *)address;
	return 0;
}

uint64_t clock_uptime(void)
{
	int64_t seconds;
	uint64_t part;

	do {
		seconds = mapped->uptime_value.seconds;
		part = (uint64_t)mapped->uptime_value.nanoseconds;
	} while (seconds != mapped->check_upseconds64);
	return (uint64_t)seconds * MICROSECONDS + part / 1000;
}

static uint64_t clock_now(void)
{
	int64_t seconds;
	uint64_t part;

	do {
		seconds = mapped->time_value.seconds;
		part = (uint64_t)mapped->time_value.nanoseconds;
	} while (seconds != mapped->check_seconds64);
	return (uint64_t)seconds * MICROSECONDS + part / 1000;
}

uint32_t clock_boot_seconds(void)
{
	return (uint32_t)((clock_now() - clock_uptime()) / MICROSECONDS);
}

/* Not for secrets that matter: there is no good source at hand here, and
 * /dev/urandom is another server's. It seeds stack protectors. */
void clock_random(void *bytes, unsigned size)
{
	static uint64_t state;
	uint8_t *to = bytes;

	state ^= clock_now() * 0x9e3779b97f4a7c15ULL ^ clock_uptime() ^ 1;
	for (unsigned i = 0; i < size; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		to[i] = (uint8_t)(state >> 32);
	}
}

uint32_t clock_load(unsigned which)
{
	struct host_load_info load;
	mach_msg_type_number_t count = HOST_LOAD_INFO_COUNT;

	if (host_info(server_host, HOST_LOAD_INFO, (host_info_t)&load, &count))
		return 0;
	return ((uint32_t)load.avenrun[which] << LOAD_SHIFT) / LOAD_SCALE;
}

void clock_wake(void)
{
	condition_signal(&changed);
}

/* RLIMIT_CPU: SIGXCPU each second beyond the soft limit, SIGKILL at the hard
 * one. Returns whether there is such a limit. */
static int processor_limit(struct body *body)
{
	const struct limit_value *limit = &body->process.limits.of[LIMIT_CPU];
	const struct usage *usage = &body->process.usage;
	uint32_t seconds;

	if (limit->soft == LIMIT_INFINITY && limit->hard == LIMIT_INFINITY)
		return 0;
	body_measure(body);
	seconds = (uint32_t)((usage->user + usage->system) / MICROSECONDS);
	if (seconds >= limit->hard) {
		signal_send(body, SIGNAL_KILL);
	} else if (seconds >= limit->soft &&
	    seconds > body->process.processor_told) {
		body->process.processor_told = seconds;
		signal_send(body, SIGNAL_CPU);
	}
	return 1;
}

/* A timer of timer_create is due: its signal, or one more overrun if the last
 * one has not been taken. */
static void expire_own(struct body *body, int number, uint64_t now)
{
	struct own_timer *own = &body->process.own_timers[number];
	uint64_t pending = body->process.signals.pending;
	unsigned missed = (unsigned)timer_missed(&own->timer, now);
	struct signal_record record = {
		.signal = own->signal,
		.code = CODE_TIMER,
		.words = { number, (int)missed, own->value },
	};

	if (!timer_expire(&own->timer, now) || !own->signal)
		return;
	if (own->signal < SIGNAL_REALTIME &&
	    (pending & SIGNAL_BIT(own->signal))) {
		own->overrun += missed + 1;
		return;
	}
	own->overrun = missed;
	signal_post(body, &record);
}

static uint64_t expire_all_own(struct body *body, uint64_t now, uint64_t least)
{
	uint64_t left;

	for (int i = 0; i < OWN_TIMERS; i++) {
		if (!body->process.own_timers[i].timer.due)
			continue;
		expire_own(body, i, now);
		left = timer_left(&body->process.own_timers[i].timer, now);
		if (left && left < least)
			least = left;
	}
	return least;
}

/* Lets body's timers expire; returns microseconds to the next one, at most
 * least. */
static uint64_t expire(struct body *body, uint64_t now, uint64_t least)
{
	struct timer *timers = body->process.timers;
	struct usage *usage = &body->process.usage;
	uint64_t left;

	if (timers[TIMER_VIRTUAL].due || timers[TIMER_PROFILING].due) {
		body_measure(body);
		if (timer_expire(&timers[TIMER_VIRTUAL], usage->user))
			signal_send(body, SIGNAL_VIRTUAL);
		if (timer_expire(&timers[TIMER_PROFILING],
		    usage->user + usage->system))
			signal_send(body, SIGNAL_PROFILING);
		least = TICK * 1000;
	}
	if (processor_limit(body) && least > LIMIT_LOOK * 1000)
		least = LIMIT_LOOK * 1000;
	if (timer_expire(&timers[TIMER_REAL], now))
		signal_send(body, SIGNAL_ALARM);
	left = timer_left(&timers[TIMER_REAL], now);
	if (left && left < least)
		least = left;
	return body->process.has_own_timers ?
	    expire_all_own(body, now, least) : least;
}

/* One look at all processes; returns how many milliseconds to sleep. */
static unsigned look(void)
{
	uint64_t now = clock_uptime(), least = (uint64_t)SLEEP_MAX * 1000;
	struct process *process, *next;
	struct body *body;

	for (process = tree_next(&souls->tree, 0); process; process = next) {
		body = body_of_soul(process);
		object_reference(body); /* its signal may end it */
		if (process->life == LIFE_RUNNING ||
		    process->life == LIFE_STOPPED)
			least = expire(body, now, least);
		next = process->parent || process == souls->tree.first ?
		    tree_next(&souls->tree, process) : 0;
		object_release(body);
	}
	least = ipc_expire(now, least);
	signal_nudge();
	if (signal_nudges_wait())
		least = TICK * 1000;
	return (unsigned)((least + 999) / 1000);
}

static void clock_run(void *argument)
{
	unsigned milliseconds;

	(void)argument;
	thread_name("clock");
	souls_lock();
	for (;;) {
		milliseconds = look();
		souls_wait(&changed, milliseconds);
	}
}

error_t clock_run_start(void)
{
	return thread_start(clock_run, 0);
}
