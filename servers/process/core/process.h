/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process as Unix knows it: plain values and links, nothing of Mach. The
 * shell embeds it in its own structure (process/process.h, struct body).
 * Everything here is guarded by the one lock of the process server.
 *
 * The life of a process:
 *
 *	NEW --start--> RUNNING --stop--> STOPPED
 *	 |                | ^--continue----'  |
 *	 |                '----end----.  .----' end (SIGKILL only)
 *	 |                            v  v
 *	 '---- fork failed         ZOMBIE --reaped by parent--> (gone)
 *
 * Invariants:
 * 1. Every process but the first has a living parent (or the first one).
 * 2. A zombie has no children: they went to the first process.
 * 3. A process is in exactly one group, a group in exactly one session.
 * 4. A number is held by the process, group and session that bear it.
 */
#pragma once
#include "core/credentials.h"
#include "core/limits.h"
#include "core/signals.h"
#include "core/timers.h"
#include <base/list.h>
#include <base/map.h>

enum life {
	LIFE_NEW,
	LIFE_RUNNING,
	LIFE_STOPPED,
	LIFE_ZOMBIE,
};

/* processor time in microseconds, and faults */
struct usage {
	uint64_t user, system;
	uint32_t minor_faults, major_faults;
	uint32_t resident_max; /* KB */
};

struct session {
	int id;
	unsigned groups;    /* how many groups are in it */
	uint32_t terminal;  /* device number, 0 none */
	int foreground;     /* group, as far as we were told */
	struct list free;
};

struct group {
	int id;
	struct session *session;
	struct list members;
	struct map_entry entry;
	struct list free;
};

struct process {
	int pid;
	enum life life;
	int status;      /* of a zombie: as wait gives it */
	int stop_signal; /* what stopped it */
	unsigned report_stop : 1;     /* a wait may tell of the stop */
	unsigned report_continue : 1; /* and of the continuation */
	unsigned has_execed : 1;
	unsigned uses_ipc : 1; /* something in struct ipc is its own */
	int exit_signal; /* to the parent; 0: none, -1: no zombie either */

	struct process *parent;
	struct list children; /* by sibling */
	struct list sibling;
	struct group *group;
	struct list member;   /* of group */
	struct map_entry entry;
	struct list all;      /* of the tree, by rising age */

	struct credentials credentials;
	struct limits limits;
	uint32_t processor_told; /* seconds at the last SIGXCPU */
	struct signals signals;
	struct timer timers[TIMER_COUNT];
	unsigned has_own_timers; /* not 0: one of them was set */
	struct own_timer own_timers[OWN_TIMERS];
	int nice;
	char name[16];
	uint64_t start; /* microseconds since boot */
	struct usage usage, children_usage;
};
