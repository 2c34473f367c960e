/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals to the process server: one-way, and by a thread of its own, since
 * that server starts after this one and its queue may be full. A signal that
 * finds TTY_SIGNALS_MAX others waiting is dropped: that many ^C are one.
 */
#include "tty.h"
#include <acs.client.h>
#include <base/log.h>
#include <base/port.h>
#include <base/thread.h>
#include <server/server.h>
#include <signal_notice.client.h>
#include <string.h>

static struct signal {
	int to, signal;
	int is_group;
} signals[TTY_SIGNALS_MAX];
static unsigned first, count;
static struct condition signals_needed;
static mach_port_t notice; /* send right, owned */

static void signals_add(int to, int signal, int is_group)
{
	unsigned index = (first + count) % TTY_SIGNALS_MAX;

	if (to <= 0 || count == TTY_SIGNALS_MAX)
		return;
	signals[index] = (struct signal){ to, signal, is_group };
	count++;
	condition_signal(&signals_needed);
}

void signals_group(int group, int signal)
{
	signals_add(group, signal, 1);
}

void signals_process(int pid, int signal)
{
	signals_add(pid, signal, 0);
}

static error_t signals_find_server(void)
{
	static const char name[] = "process-signals";

	if (notice != MACH_PORT_NULL)
		return 0;
	return acs_lookup(server_acs, name, sizeof name - 1, 1, &notice);
}

static error_t signal_send(const struct signal *signal)
{
	if (signal->is_group)
		return signal_notice_group(notice, signal->to, signal->signal);
	return signal_notice_process(notice, signal->to, signal->signal);
}

/* A server that was restarted has a new port: one more try. */
static void signal_deliver(const struct signal *signal)
{
	error_t error = signals_find_server();

	if (!error)
		error = signal_send(signal);
	if (error && notice != MACH_PORT_NULL) {
		port_drop(notice);
		notice = MACH_PORT_NULL;
		error = signals_find_server();
		if (!error)
			error = signal_send(signal);
	}
	if (error)
		log_line("signal %d to %d: %s", signal->signal, signal->to,
		    error_name(error));
}

static void signals_run(void *argument)
{
	struct signal signal;

	(void)argument;
	thread_name("signals");
	tty_lock();
	for (;;) {
		while (count == 0)
			tty_wait(&signals_needed);
		signal = signals[first];
		first = (first + 1) % TTY_SIGNALS_MAX;
		count--;
		tty_unlock();
		signal_deliver(&signal);
		tty_lock();
	}
}

error_t signals_start(void)
{
	return thread_start(signals_run, NULL);
}
