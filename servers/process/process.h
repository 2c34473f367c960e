/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the process server share. A process has a soul and a
 * body: struct process (core/process.h) is what Unix knows of it, struct body
 * adds what Mach knows: its port, task, first thread, page, view of names.
 *
 * One lock guards all of it. It is not held across messages to other servers;
 * calls of the kernel are made under it. A function whose comment says
 * "locked" wants it held.
 */
#pragma once
#include "core/life.h"
#include "core/tree.h"
#include <base/heap.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/port.h>
#include <base/process_page.h>
#include <server/server.h>
#include <server/wait.h>

enum {
	RANK_PROCESS = 1,  /* process_lock */
	RANK_SESSIONS = 2, /* work for session_worker */
};

struct page_slab;

/* A process as Mach has it. Guarded by process_lock. */
struct body {
	struct object object;   /* the port PORT_PROCESS of the process */
	struct process process; /* the soul */
	mach_port_t task;       /* send right, owned; null: it has ended */
	mach_port_t thread;     /* its first thread; send right, owned */
	mach_port_t view;       /* of VFS; send right, owned */
	struct process_page *page; /* owned (page.c); null: it has ended */
	struct page_slab *slab;    /* which has the page */
	struct map_entry by_task;  /* key: the task's name */
	struct wait_queue waiters; /* its own calls of process_wait */
	struct wait_queue parents; /* its parent's vfork, until exec or exit */
	int cancelled;             /* ticket of a wait not parked yet, or 0 */
	int vforked;               /* the child a vfork waits for, 0 none */
	struct list nudge;         /* in the list of those to be kicked again */
	unsigned nudge_delay;      /* ticks until the next try */
	struct usage before;       /* of tasks that it had before (anew.c) */
	/* of the last exec, for people who read /proc */
	char *path;                /* of the executable; owned */
	uint32_t arguments, arguments_size;     /* in its stack */
	uint32_t environment, environment_size; /* behind them */
	uint32_t start_code, end_code, start_stack, start_brk;
};

extern struct lock process_lock;
extern struct tree process_tree;
extern struct pool pool_exceptions, pool_info;
extern mach_port_t exception_right; /* send right for tasks */
extern int process_native; /* only native programs run here */

static inline struct body *body_of(object_t object)
{
	return (struct body *)object;
}

static inline struct body *body_of_soul(struct process *process)
{
	return list_item(process, struct body, process);
}

/* body.c: the objects */

/* A new process below parent (null: the first), with a page that is a copy of
 * its parent's; it has no task yet. Locked. GIVEN: the tree's reference. */
error_t body_new(struct body *parent, struct body **body);

/* Undoes body_new, for a process that never ran, or a zombie that was
 * reaped: out of the tree, the tree's reference dropped. Locked. */
void body_forget(struct body *body);

struct body *body_find(int pid);               /* locked */
struct body *body_of_task(mach_port_t task);   /* locked */
void body_bind_task(struct body *body, mach_port_t task); /* locked */

/* Writes what the page shows of ids, groups and limits. Locked. */
void body_show(struct body *body);

/* exit.c */

/* The process ends now with that wait status. Locked. */
void body_end(struct body *body, int status);

/* Brings body->process.usage up to date. Locked. */
void body_measure(struct body *body);

/* A wait has told of this zombie: its time is the parent's. Locked. */
void body_reap(struct body *body);

/* Work that needs messages, done by a thread of its own: the session's
 * terminal is told of its end; the first process has ended. */
error_t session_worker_start(void);
void session_ended(int session); /* locked */
void system_ends(int restart);   /* locked */

/* page.c */

error_t page_take(struct body *body); /* locked */
/* Another page instead of body's, with what a new image keeps. Locked. */
error_t page_renew(struct body *body);
void page_give_back(struct body *body); /* locked */
/* Where body's page is for vm_map. */
mach_port_t page_object(const struct body *body, vm_offset_t *offset);

/* task.c: calls of the kernel. Errors leave nothing behind. */

/* A task for body: a copy of parent's, or (parent null) an empty one. */
error_t task_make(struct body *body, struct body *parent);

/* The kernel's priority for that nice value: always below servers', so that
 * a server has heard of what a process did (closed the last writer of a pipe,
 * say: a notice of the kernel) before the process goes on. */
void task_set_nice(mach_port_t task, int nice);

/* A task that belongs to nobody yet, with nothing in it. GIVEN. */
error_t task_make_empty(int nice, mach_port_t *task);

/* Fixed ports, page and time for a task just made. */
error_t task_equip(struct body *body);

/* Puts copies of the rights under these names into body's task. */
error_t task_give_rights(struct body *body, const int *names,
    const mach_port_t *rights, unsigned count);

/* A thread at entry; stopped. registers: eax, ebx, … may be null. */
struct task_start {
	uint32_t entry, stack;
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
	uint32_t tls[4]; /* two GDT descriptors */
};
error_t task_make_thread(struct body *body, const struct task_start *start);

/* The old threads go (all but body->thread). */
void task_drop_threads(struct body *body);

/* exec.c */

struct exec_request {
	mach_port_t file; /* BORROWED */
	struct file_attributes attributes;
	char path[4096];
	int arguments, environment;
	const char *strings;
	size_t size;
	/* of process_exec_anew: all BORROWED; carried is null otherwise */
	const int *names;
	const mach_port_t *rights;
	unsigned count, pages; /* pages: they come after count others */
	char *carried; /* its first word is set to its size */
	size_t carried_size;
};

/* A new image in body's task, or anew. fresh: the task is new and empty. On
 * success body runs it. After an error *lost says that the old image is gone.
 * E_ANEW: it changes who body is, and request carries nothing. */
error_t exec_run(struct body *body, const struct exec_request *request,
    int fresh, int *lost);

/* anew.c: body goes on in task, where its new image is, as credentials say,
 * with what request carries. After an error it must end. task: CONSUMED in any
 * case. */
error_t anew_take(struct body *body, mach_port_t task,
    const struct credentials *credentials,
    const struct exec_request *request);

/* signal.c. All locked. */

/* A signal for body, from the system (no sender). */
void signal_send(struct body *body, int signal);

/* The same with a record. E_AGAIN: queue full. */
error_t signal_post(struct body *body, const struct signal_record *record);

/* To all of a group; how many there were. */
unsigned signal_group(struct group *group, int signal);

/* Does what the pending signals of body ask for. */
void signal_settle(struct body *body);

/* Stops body by signal, continues it; its parent is told. */
void signal_stop(struct body *body, int signal);
void signal_continue(struct body *body);

/* Tells the parent that body changed: SIGCHLD, waiters. */
void signal_parent(struct body *body, int status);

void signal_masks_of(const struct body *body, struct signal_masks *masks);

/* Threads that were in libmasix when a signal came are looked at again. */
void signal_nudge(void);
int signal_nudges_wait(void);

/* clock.c */

error_t clock_start(void);     /* maps the clock */
error_t clock_run_start(void); /* starts the thread */
uint64_t clock_uptime(void);         /* microseconds since boot */
uint32_t clock_boot_seconds(void);   /* when that was, UTC */
void clock_random(void *bytes, unsigned size); /* for AT_RANDOM */
uint32_t clock_load(unsigned which); /* 1, 5, 15 minutes, times 65536 */
void clock_wake(void);               /* a timer was set: look again */
extern mach_port_t clock_object;     /* the kernel's time page, to map */

/* libmasix.c: the image that every process has */

struct libmasix_header;
error_t libmasix_load(void);
const struct libmasix_header *libmasix_header(void);
error_t libmasix_map(mach_port_t task);

/* first.c */

/* Starts pid 1 from a thread of its own when the system is up. */
error_t first_start(int argc, char **argv);

/* enter.c: programs from outside. entries_wake: a process has ended; locked. */
void entries_prepare(void);
void entries_wake(void);
extern const struct object_class control_class;

/* exception.c, serve_process_info.c, serve_signal_notice.c: classes */
extern const struct object_class exception_class, info_class, notice_class;
int exception_demux(mach_msg_header_t *in, mach_msg_header_t *out);
