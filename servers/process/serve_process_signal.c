/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals and timers as a process asks for them. */
#include "process.h"
#include "core/group.h"
#include <process.server.h>

enum {
	MICROSECONDS = 1000000,
	TIMER_SECONDS_MAX = 0x7fffffff,
};

/* Whether from may signal to. SIGCONT goes to the whole session. */
static int may_signal(const struct process *from, const struct process *to,
    int signal)
{
	if (signal == SIGNAL_CONTINUE && to->group &&
	    from->group->session == to->group->session)
		return 1;
	return credentials_may_signal(&from->credentials, &to->credentials);
}

static error_t kill_one(struct process *from, struct process *to,
    const struct signal_record *record)
{
	if (!may_signal(from, to, record->signal))
		return E_PERM;
	if (!record->signal || to->life == LIFE_ZOMBIE)
		return 0;
	return signal_post(body_of_soul(to), record);
}

/* Who is meant by kill's pid, by number: posting may end any of them. */
static unsigned choose(struct process *from, int which, int *pids)
{
	int group = which == 0 ? from->group->id : -which;
	struct process *process = 0;
	unsigned count = 0;

	while ((process = tree_next(&souls->tree, process))) {
		if (which == -1 ? process->pid > 1 && process != from :
		    process->group && process->group->id == group)
			pids[count++] = process->pid;
	}
	return count;
}

/* Linux's rule for many: no error if it could be sent to one at least; of
 * kill(-1) only other errors than E_PERM count. */
static error_t kill_many(struct process *from, int which,
    const struct signal_record *record)
{
	int *pids = heap_alloc(souls->tree.count * sizeof *pids);
	unsigned count, sent = 0;
	error_t error = E_SRCH, one;
	int own = 0;

	if (!pids)
		return E_NOMEM;
	count = choose(from, which, pids);
	if (which == -1 && count)
		error = 0;
	for (unsigned i = 0; i < count; i++) {
		struct body *to = body_find(pids[i]);

		if (!to)
			continue;
		if (&to->process == from) { /* last: it may be our end */
			own = 1;
			continue;
		}
		one = kill_one(from, &to->process, record);
		sent += !one;
		if (which != -1 || one != E_PERM)
			error = one;
	}
	if (own) {
		error = kill_one(from, from, record);
		sent += !error;
	}
	heap_free(pids);
	return sent ? 0 : error;
}

error_t serve_process_kill(object_t object, int request, int which,
    int signal, signal_info_t info)
{
	struct body *body = body_of(object), *to;
	struct signal_record record;
	error_t error;

	if (signal < 0 || signal > SIGNAL_MAX)
		return E_INVAL;
	memcpy(&record, &info, sizeof record);
	record.signal = signal;
	record.error = 0;
	souls_lock();
	if (!body->page || body_has_done(body, request, 0, 0)) {
		error = body->page ? 0 : E_SRCH;
		souls_unlock();
		return error;
	}
	/* sigqueue says what it likes to itself; who sent it is a fact */
	if (record.code >= 0)
		record.code = 0;
	record.words[0] = body->process.pid;
	record.words[1] = (int32_t)body->process.credentials.user.real;
	to = which > 0 ? body_find(which) : 0;
	if (which <= 0)
		error = kill_many(&body->process, which, &record);
	else
		error = to ? kill_one(&body->process, &to->process, &record) :
		    E_SRCH;
	if (!error)
		body_did(body, request, 0, 0);
	souls_unlock();
	return error;
}

error_t serve_process_take_signal(object_t object, int request, int mask_low,
    int mask_high, int *signal, signal_info_t *info)
{
	struct body *body = body_of(object);
	struct {
		int signal;
		struct signal_record record;
	} taken = { 0 };
	uint64_t mask = (uint32_t)mask_low |
	    (uint64_t)(uint32_t)mask_high << 32;

	souls_lock();
	if (!body_has_done(body, request, &taken, sizeof taken)) {
		taken.signal = signals_take(&body->process.signals, mask,
		    &taken.record);
		if (taken.signal)
			body_did(body, request, &taken, sizeof taken);
	}
	if (body->page)
		body->page->pending = body->process.signals.pending;
	souls_unlock();
	*signal = taken.signal;
	memcpy(info, &taken.record, sizeof *info);
	return 0;
}

error_t serve_process_default_action(object_t object, int request, int signal)
{
	struct body *body = body_of(object);
	struct process *process = &body->process;

	if (signal < 1 || signal > SIGNAL_MAX)
		return E_INVAL;
	souls_lock();
	if (process->life != LIFE_RUNNING ||
	    body_has_done(body, request, 0, 0)) {
		souls_unlock();
		return 0;
	}
	body_did(body, request, 0, 0);
	switch (signal_default(signal)) {
	case EFFECT_END:
	case EFFECT_CORE:
		if (process->pid != 1)
			body_end(body, life_status_signal(signal));
		break;
	case EFFECT_STOP:
		/* the answer is received when the task goes on */
		if (process->pid != 1 && (signal == SIGNAL_STOP ||
		    !group_is_orphaned(&souls->tree, process->group, 0)))
			signal_stop(body, signal);
		break;
	default:
		break;
	}
	souls_unlock();
	return 0;
}

error_t serve_process_background(object_t object, int request, int signal)
{
	struct body *body = body_of(object);
	struct process *process = &body->process;
	struct signal_masks masks;
	uint64_t bit;
	error_t error = E_RESTART;

	if (signal != SIGNAL_TTIN && signal != SIGNAL_TTOU)
		return E_INVAL;
	bit = SIGNAL_BIT(signal);
	souls_lock();
	if (!body->page) {
		souls_unlock();
		return E_INTR;
	}
	signal_masks_of(body, &masks);
	if (body_has_done(body, request, 0, 0)) {
		/* the group has got it */
	} else if (((masks.blocked | masks.ignored) & bit) ||
	    group_is_orphaned(&souls->tree, process->group, 0)) {
		error = E_IO;
	} else {
		body_did(body, request, 0, 0);
		signal_group(process->group, signal);
	}
	souls_unlock();
	return error;
}

static int is_time(int seconds, int microseconds)
{
	return seconds >= 0 && microseconds >= 0 && microseconds < MICROSECONDS;
}

static uint64_t microseconds_of(int seconds, int microseconds)
{
	return (uint64_t)seconds * MICROSECONDS + (uint64_t)microseconds;
}

/* The present of a timer's clock. Locked. */
static uint64_t timer_clock(struct body *body, int which)
{
	if (which == TIMER_REAL)
		return clock_uptime();
	body_measure(body);
	return body->process.usage.user +
	    (which == TIMER_PROFILING ? body->process.usage.system : 0);
}

/* What is left of a timer, and its interval. */
static void put_timer(const struct timer *timer, uint64_t now,
    timer_value_t *old)
{
	uint64_t left = timer_left(timer, now);

	old->seconds = (int)(left / MICROSECONDS);
	old->microseconds = (int)(left % MICROSECONDS);
	old->interval_seconds = (int)(timer->interval / MICROSECONDS);
	old->interval_microseconds = (int)(timer->interval % MICROSECONDS);
}

static int is_timer_value(const timer_value_t *value)
{
	return is_time(value->seconds, value->microseconds) &&
	    is_time(value->interval_seconds, value->interval_microseconds);
}

static void take_timer(struct timer *timer, uint64_t now,
    const timer_value_t *new)
{
	timer_set(timer, now, microseconds_of(new->seconds, new->microseconds),
	    microseconds_of(new->interval_seconds,
	    new->interval_microseconds));
	clock_wake();
}

error_t serve_process_timer(object_t object, int request, int which, int set,
    timer_value_t new, timer_value_t *old)
{
	struct body *body = body_of(object);
	struct timer *timer;
	uint64_t now;

	if (which < 0 || which >= TIMER_COUNT)
		return E_INVAL;
	if (set && !is_timer_value(&new))
		return E_INVAL;
	souls_lock();
	if (body_has_done(body, request, old, sizeof *old)) {
		souls_unlock();
		return 0;
	}
	timer = &body->process.timers[which];
	now = timer_clock(body, which);
	put_timer(timer, now, old);
	if (set && body->process.life != LIFE_ZOMBIE) {
		take_timer(timer, now, &new);
		body_did(body, request, old, sizeof *old);
	}
	souls_unlock();
	return 0;
}

error_t serve_process_own_timer(object_t object, int request, int number,
    int set, int signal, int value, timer_value_t new, timer_value_t *old,
    int *overrun)
{
	struct body *body = body_of(object);
	struct own_timer *own;
	uint64_t now = clock_uptime();

	*overrun = 0;
	if (number < 0 || number >= OWN_TIMERS || signal < 0 ||
	    signal > SIGNAL_MAX || (set && !is_timer_value(&new)))
		return E_INVAL;
	souls_lock();
	if (body_has_done(body, request, old, sizeof *old)) {
		souls_unlock();
		return 0;
	}
	own = &body->process.own_timers[number];
	put_timer(&own->timer, now, old);
	*overrun = (int)own->overrun;
	if (set && body->process.life != LIFE_ZOMBIE) {
		body->process.has_own_timers = 1;
		own->signal = signal;
		own->value = value;
		own->overrun = 0;
		take_timer(&own->timer, now, &new);
		body_did(body, request, old, sizeof *old);
	}
	souls_unlock();
	return 0;
}
