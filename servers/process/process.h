/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the process server share. A process has a soul and a
 * body: struct process (core/process.h) is what Unix knows of it, struct body
 * adds what Mach knows: its port, task, first thread, page, view of names.
 *
 * One lock guards all of it. It is not held across messages to other servers;
 * calls of the kernel are made under it. A function whose comment says
 * "locked" wants it held.
 *
 * All of it lies in memory that outlives the server (souls.c), and what is
 * done between souls_lock() and souls_unlock() is one step: a successor finds
 * it done or not begun. So what can't be taken back (a task is ended, a new
 * thread runs) is done after souls_commit().
 */
#pragma once
#include "core/ipc.h"
#include "core/life.h"
#include "core/tree.h"
#include "core/step.h"
#include <base/heap.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/port.h>
#include <base/process_page.h>
#include <server/server.h>
#include <server/wait.h>

enum {
	RANK_PROCESS = 1, /* souls_lock() */
	RANK_BODIES = 2,  /* bodies that are free */
	BODIES_MAX = 4096,
	BODY_PATH = 1024,
	PAGES_MORE = 512,
	DONE_WORDS = 33, /* of the longest answer: a signal and its record */
	SESSIONS_MAX = 64, /* ended sessions that wait to be told of */
	HOST_NAMES = 2,
	HOST_NAME_MAX = 64,
};

/* What was answered, should the request be repeated. */
struct done {
	int request; /* its number; 0: none */
	uint32_t answer[DONE_WORDS];
};

/* A process as Mach has it. Guarded by souls_lock(). */
struct body {
	/* of this instance of the server alone: a successor makes it anew */
	struct object object;   /* the port PORT_PROCESS of the process */
	mach_port_t task;       /* send right, owned; null: it has ended */
	mach_port_t thread;     /* its first thread; send right, owned */
	mach_port_t view;       /* of VFS; send right, owned */
	struct map_entry by_task;  /* key: the task's name */
	struct wait_queue waiters; /* its own calls of process_wait */
	struct wait_queue parents; /* its parent's vfork, until exec or exit */
	struct list doom;          /* in the list of tasks to be ended */
	struct list nudge;         /* in the list of those to be kicked again */
	unsigned nudge_delay;      /* ticks until the next try */
	uint32_t used;             /* 0: this is no process's body */
	/* what outlives it, and is zero at first */
	struct done done;          /* the last request that says "once" */
	int exec_done;             /* the number of the last exec */
	struct process process;    /* the soul */
	struct usage before;       /* of tasks that it had before (anew.c) */
	struct process_page *page; /* its own (page.c); null: it has ended */
	int cancelled;             /* ticket of a wait not parked yet, or 0 */
	int vforked;               /* the child a vfork waits for, 0 none */
	int starting;              /* exec: the new thread is all there is */
	/* of the last exec, for people who read /proc */
	uint32_t arguments, arguments_size;     /* in its stack */
	uint32_t environment, environment_size; /* behind them */
	uint32_t start_code, end_code, start_stack, start_brk;
	char path[BODY_PATH];      /* of the executable; "": not known */
};

/* What outlives the server; behind it lie the process pages. */
struct souls {
	struct step_record record;
	struct tree tree;
	struct signal_store signals;
	struct ipc ipc;
	char host_names[HOST_NAMES][HOST_NAME_MAX + 1];
	int ended_sessions[SESSIONS_MAX];
	unsigned ended_count;
	int end_wanted, end_restart; /* of the system */
	uint8_t more_pages[PAGES_MORE]; /* 1: of that number is used */
	unsigned end; /* bodies from here on were never used, nor touched */
	struct body bodies[BODIES_MAX];
};

extern struct souls *souls;
extern struct pool pool_exceptions, pool_info;
/* Send rights for threads, and for tasks: see task_make_thread(). */
extern mach_port_t exception_right, exception_last;
extern int process_native; /* only native programs run here */

static inline struct body *body_of(object_t object)
{
	return (struct body *)object;
}

static inline struct body *body_of_soul(struct process *process)
{
	return list_item(process, struct body, process);
}

/* souls.c: the memory, the lock, what is one step */

extern const unsigned souls_size; /* of server_memory */
/* It is there now; takes back what a dead instance had begun. E_UCLEAN. */
error_t souls_place(void);
void souls_lock(void);
void souls_unlock(void);
/* What was done since souls_lock() stays done, whatever happens. Locked. */
void souls_commit(void);
/* Unlocks and sleeps until changed is signalled, at most so long. Locked. */
void souls_wait(struct condition *changed, unsigned milliseconds);
/* The task of body ends when this step is committed. Locked. */
void souls_doom(struct body *body);

/* Bodies and their pages have numbers. */
struct body *souls_take_body(void); /* zeroed; null: all are used */
void souls_free_body(struct body *body);
unsigned souls_number(const struct body *body);
struct process_page *souls_page(unsigned number);

/* recover.c */

extern const struct recovery body_recovery;
/* After all ports are there again: tasks, threads and pages as the souls say.
 * Errors are of the kernel's host interface. */
error_t recover_tasks(void);
/* What survived, put in order; once. Nothing else is called before. */
error_t recover_souls(void);
/* The body that bore that number, or null. */
struct body *recover_body(uint32_t number);

/* body.c: the objects */

extern const struct object_class body_class;

/* What is this instance's own of a body. */
void body_prepare(struct body *body);

/* A new process below parent (null: the first), with a page that is a copy of
 * its parent's; it has no task yet. Locked. GIVEN: the tree's reference. */
error_t body_new(struct body *parent, struct body **body);

/* Undoes body_new, for a process that never ran, or a zombie that was
 * reaped: out of the tree, the tree's reference dropped. Locked. */
void body_forget(struct body *body);

struct body *body_find(int pid);               /* locked */
struct body *body_of_task(mach_port_t task);   /* locked */
void body_bind_task(struct body *body, mach_port_t task); /* locked */

/*
 * Requests that must not be done twice. The change and body_did() are one
 * step; body_has_done() says that an instance which died has done the request
 * and gives its answer. Locked.
 */
int body_has_done(const struct body *body, int request, void *answer,
    size_t size);
void body_did(struct body *body, int request, const void *answer, size_t size);

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

/* shortage.c: when memory runs short the largest process ends. */
error_t shortage_watch_start(void);

/* orphan.c: is there an ACS? */
error_t orphan_watch_start(void);

/* main.c: all programs end; nobody else works any more. */
void tasks_end(void);
void session_ended(int session); /* locked */
void system_ends(int restart);   /* locked */

/* page.c */

error_t page_take(struct body *body); /* locked */
void page_drop(struct body *body);    /* locked */
/* Another page instead of body's, with what a new image keeps. Locked. */
error_t page_renew(struct body *body);
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

/* body->thread begins a new image; the old threads go. Locked. */
void task_begin_image(struct body *body);

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

/* Waits for VFS and the code pager. */
error_t first_prepare(void);

/* Starts pid 1 from a thread of its own when the system is up. */
error_t first_start(int argc, char **argv);

/* serve_process_ipc.c, shared_memory.c: System V IPC. All locked. */

void ipc_prepare(void);
/* body has ended, or begins a new image. */
void ipc_end(struct body *body);
void ipc_exec(struct body *body);
/* A child has what its parent has attached. */
error_t ipc_fork(struct body *parent, struct body *child);
/* Cancels who waits with that ticket; how many. */
int ipc_cancel(int ticket);
/* Wakes who waited long enough; microseconds until then, at most least. */
uint64_t ipc_expire(uint64_t now, uint64_t least);
/* The rights that segments have are those of an instance before us. */
void ipc_recover(void);
/* Gives up the rights of so many segments that are no more: after a commit. */
extern unsigned memory_gone;
void memory_bury(void);

/* enter.c: programs from outside. entries_wake: a process has ended; locked. */
void entries_prepare(void);
void entries_wake(void);
extern const struct object_class control_class;
extern const struct recovery entry_recovery;

/* exception.c, serve_process_info.c, serve_signal_notice.c: classes */
extern const struct object_class exception_class, exception_last_class;
extern const struct object_class info_class, notice_class;
int exception_demux(mach_msg_header_t *in, mach_msg_header_t *out);
