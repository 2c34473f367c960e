/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals on their way to a process. Core decides (core/signals.h); here it
 * is done: a task ends, stops, or a thread is sent to libmasix's signal entry.
 *
 * A signal that has a handler stays pending, visible in the process page,
 * until libmasix takes it. If the thread is in the program's code it is sent
 * to the entry at once. If it is in libmasix nothing is done, as libmasix
 * looks at the page on its way out; but it may just have looked. So a body
 * stays in the list of nudges until its signal is taken, and is looked at
 * again at growing intervals, up to a second.
 */
#include "process.h"
#include "core/group.h"
#include <base/memory.h>
#include <kernel/mach.client.h>
#include <mach/thread_status.h>

enum {
	NUDGE_MAX = 100, /* ticks */
	CHILD_NO_STOP = 1, /* child_flags of the page */
	CHILD_NO_WAIT = 2,
};

static struct list nudges = LIST_EMPTY(nudges);

void signal_masks_of(const struct body *body, struct signal_masks *masks)
{
	const struct process_page *page = body->page;

	masks->blocked = page->blocked;
	masks->ignored = page->ignored;
	masks->caught = page->caught;
	masks->is_first = body->process.pid == 1;
}

/* The thread that shall take a signal: the first, or if that has ended any
 * other. GIVEN a right of its own; null: there is none. */
static mach_port_t signal_thread(struct body *body)
{
	mach_port_t *threads, thread = MACH_PORT_NULL;
	mach_msg_type_number_t count;

	if (body->thread && !port_is_dead(body->thread)) {
		port_copy_send(body->thread);
		return body->thread;
	}
	if (!body->task || task_threads(body->task, &threads, &count))
		return MACH_PORT_NULL;
	for (unsigned i = 0; i < count; i++) {
		if (i == 0)
			thread = threads[i];
		else
			port_drop(threads[i]);
	}
	memory_free((vm_address_t)threads, count * sizeof *threads);
	return thread;
}

/* Changes the state of a suspended thread so that it meets the signal.
 * Returns 0 if it is libmasix's turn. */
static int redirect(struct body *body, mach_port_t thread)
{
	struct process_page *page = body->page;
	struct i386_thread_state state;
	mach_msg_type_number_t count = i386_THREAD_STATE_COUNT;

	if (page->waiting)
		thread_abort(thread);
	if (thread_get_state(thread, i386_REGS_SEGS_STATE,
	    (thread_state_t)&state, &count))
		return 0;
	if (state.eip >= page->text_start && state.eip < page->text_end) {
		if (!page->waiting || state.eip < page->wait_start ||
		    state.eip > page->wait_trap)
			return 0;
		state.eip = page->wait_interrupted;
	} else {
		if (!page->signal_entry)
			return 0;
		memcpy((void *)page->saved_registers, &state, sizeof state);
		page->fault.signal = 0;
		state.eip = page->signal_entry;
	}
	return !thread_set_state(thread, i386_REGS_SEGS_STATE,
	    (thread_state_t)&state, count);
}

/* Brings the process to look at its pending signals. */
static void kick(struct body *body)
{
	mach_port_t thread = signal_thread(body);

	if (!thread)
		return;
	if (!thread_suspend(thread)) {
		redirect(body, thread);
		thread_resume(thread);
	}
	port_drop(thread);
	if (list_empty(&body->nudge)) {
		list_append(&nudges, &body->nudge);
		body->nudge_delay = 1;
		clock_wake();
	}
}

int signal_nudges_wait(void)
{
	return !list_empty(&nudges);
}

/* Whether a signal with a handler still waits to be taken. */
static int is_owed(struct body *body)
{
	struct signal_masks masks;

	if (body->process.life != LIFE_RUNNING || !body->page)
		return 0;
	signal_masks_of(body, &masks);
	return (body->process.signals.pending & ~masks.blocked &
	    masks.caught) != 0;
}

void signal_nudge(void)
{
	static unsigned tick;
	struct body *body;

	tick++;
	list_each_safe(link, &nudges) {
		body = list_item(link, struct body, nudge);
		if (!is_owed(body)) {
			list_remove(link);
			continue;
		}
		if (tick % body->nudge_delay)
			continue;
		if (body->nudge_delay < NUDGE_MAX)
			body->nudge_delay *= 2;
		kick(body);
	}
}

void signal_stop(struct body *body, int signal)
{
	if (!life_stop(&body->process, signal))
		return;
	task_suspend(body->task);
	signal_parent(body, life_status_stop(signal));
}

void signal_continue(struct body *body)
{
	if (!life_continue(&body->process))
		return;
	task_resume(body->task);
	signal_parent(body, life_status_continue());
	signal_settle(body);
}

void signal_settle(struct body *body)
{
	struct process *process = &body->process;
	struct signal_masks masks;
	enum verdict verdict;
	int signal = 0, orphaned;

	if (process->life == LIFE_ZOMBIE || process->life == LIFE_NEW)
		return;
	if (process->life == LIFE_STOPPED) {
		if (process->signals.pending & SIGNAL_BIT(SIGNAL_KILL))
			body_end(body, life_status_signal(SIGNAL_KILL));
		return;
	}
	signal_masks_of(body, &masks);
	orphaned = group_is_orphaned(&souls->tree, process->group, 0);
	verdict = signals_judge(&process->signals, &masks, orphaned, &signal);
	body->page->pending = process->signals.pending;
	if (verdict == VERDICT_DELIVER)
		kick(body);
	else if (verdict == VERDICT_STOP)
		signal_stop(body, signal);
	else if (verdict == VERDICT_END)
		body_end(body, life_status_signal(signal));
}

error_t signal_post(struct body *body, const struct signal_record *record)
{
	struct process *process = &body->process;
	struct signal_masks masks;
	error_t error;
	int queued;

	if (process->life == LIFE_ZOMBIE)
		return 0;
	signal_masks_of(body, &masks);
	error = signals_post(&process->signals, record, &masks,
	    process->limits.of[LIMIT_SIGNALS].soft, &queued);
	if (error)
		return error;
	object_reference(body); /* it may end by this, and be forgotten */
	body->page->pending = process->signals.pending;
	if (record->signal == SIGNAL_CONTINUE)
		signal_continue(body);
	if (queued)
		signal_settle(body);
	object_release(body);
	return 0;
}

void signal_send(struct body *body, int signal)
{
	struct signal_record record = {
		.signal = signal,
		.code = 0x80, /* SI_KERNEL */
	};

	signal_post(body, &record);
}

/* The members may go while signals are sent, this one and others: they are
 * found anew by their numbers. */
unsigned signal_group(struct group *group, int signal)
{
	unsigned count = 0, sent = 0;
	struct body *body;
	int *pids;

	list_each(link, &group->members)
		count++;
	pids = heap_alloc(count * sizeof *pids);
	if (!pids)
		return 0;
	count = 0;
	list_each(link, &group->members)
		pids[count++] = list_item(link, struct process, member)->pid;
	for (unsigned i = 0; i < count; i++) {
		body = body_find(pids[i]);
		if (!body || body->process.life == LIFE_ZOMBIE)
			continue;
		signal_send(body, signal);
		sent++;
	}
	heap_free(pids);
	return sent;
}

/* Whether the parent wants no zombies. */
static int is_careless(const struct body *parent)
{
	return !parent->page ||
	    (parent->page->ignored & SIGNAL_BIT(SIGNAL_CHILD)) ||
	    (parent->page->child_flags & CHILD_NO_WAIT);
}

void signal_parent(struct body *body, int status)
{
	struct process *process = &body->process;
	struct body *parent = body_of_soul(process->parent);
	int ended = process->life == LIFE_ZOMBIE, reap;
	struct signal_record record;

	if (!parent->page)
		return;
	reap = ended && (process->exit_signal == -1 ||
	    (process->exit_signal == SIGNAL_CHILD && is_careless(parent)));
	life_child_record(process, status, &record);
	if (ended && process->exit_signal > 0)
		record.signal = process->exit_signal;
	if (!ended && (parent->page->child_flags & CHILD_NO_STOP))
		record.signal = 0;
	if (ended && process->exit_signal <= 0)
		record.signal = 0;
	if (reap)
		body_reap(body);
	if (record.signal)
		signal_post(parent, &record);
	wait_wake(&parent->waiters);
}
