/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ACS and its twin start each other again. If both end in the same moment
 * nobody is left who could: no other server could be started, nothing be
 * mounted, the machine not be halted, and whoever asks the ACS waits for ever.
 * Then the paper's rule for an essential server holds: what runs ends, what is
 * to be on disks goes there, the machine reboots.
 *
 *	pinged ──SILENT──> asks it ──PATIENCE, no answer──> saves ──> reboot
 *	   ^                  │ answer
 *	   └──────────────────┘
 */
#include "process.h"
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/mach_host.client.h>

enum {
	LOOK = 5,      /* seconds between two looks */
	SILENT = 60,   /* seconds; the ACS pings every 2 */
	PATIENCE = 60, /* seconds: an ACS that hangs has long been ended */
	SAVING = 20,   /* seconds for programs to end and disks */
};

extern error_t call_acs_find(const char *name, int wait, mach_port_t *port);
extern error_t call_vfs_sync(mach_port_t view);

static volatile int answered, saved;

/* Whether that happened within so many seconds. */
static int comes(const volatile int *what, int seconds)
{
	for (; !*what && seconds > 0; seconds--)
		thread_sleep(1000);
	return *what;
}

static void ask(void *argument)
{
	mach_port_t port;

	(void)argument;
	if (!call_acs_find("process-info", 0, &port))
		port_drop(port);
	answered = 1;
}

/* May wait for ever: nobody starts again what dies now. */
static void save(void *argument)
{
	mach_port_t view = MACH_PORT_NULL;

	(void)argument;
	souls_lock();
	if (souls->tree.first)
		view = body_of_soul(souls->tree.first)->view;
	souls_unlock();
	tasks_end();
	thread_self()->rank_count = 0; /* its lock stays */
	if (view)
		call_vfs_sync(view);
	saved = 1;
}

static void __attribute__((noreturn)) give_up(void)
{
	/* by log_line() it would wait for the ACS */
	mach_print("process: nobody administers the machine: it reboots\n");
	if (!thread_start(save, 0))
		comes(&saved, SAVING);
	for (;;) {
		host_reboot(server_host, 0);
		thread_sleep(1000);
	}
}

static void watch(void *argument)
{
	unsigned pings = server_pings;
	int silent = 0;

	(void)argument;
	thread_name("orphan");
	for (;;) {
		thread_sleep(LOOK * 1000);
		silent = server_pings == pings ? silent + LOOK : 0;
		pings = server_pings;
		if (silent < SILENT)
			continue;
		answered = 0;
		if (!thread_start(ask, 0) && !comes(&answered, PATIENCE))
			give_up();
		silent = 0;
	}
}

error_t orphan_watch_start(void)
{
	return server_host ? thread_start(watch, 0) : 0;
}
