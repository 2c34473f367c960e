/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the ACS share. One lock guards everything below; it is
 * never held while a message is sent to a server (those to the kernel may be).
 */
#pragma once
#include "core/environments.h"
#include "core/names.h"
#include "core/policy.h"
#include <base/list.h>
#include <base/lock.h>
#include <server/server.h>
#include <server/wait.h>

enum {
	LEVEL_PROCESS = 0, /* an ordinary process */
	LEVEL_ROOT = 1,    /* a root process */
	LEVEL_SERVER = 2,
	SERVER_NAME_MAX = NAME_MAX_SIZE,
	STOP_DEADLINE = 10000, /* milliseconds to save and stop */
	HANGS = 1000, /* unanswered pings of one that says itself: it hangs */
	LOCK_ACS = 1, /* rank of acs_lock, the only one */
};

struct conf_line;

enum child_state {
	CHILD_STARTING, /* runs, has not registered yet */
	CHILD_SERVING,
	CHILD_STOPPING, /* was told to stop, or has unregistered */
	CHILD_PAUSED,   /* its task has died, a new one takes over */
	CHILD_DEAD,
};

/* Another version takes over: replace.c. */
enum replacement {
	REPLACE_NONE,
	REPLACE_LEAVING,  /* the old one ends what is in progress */
	REPLACE_TAKING,   /* the new one starts */
	REPLACE_TRIAL,    /* it serves; if it dies soon the old one goes on */
	REPLACE_BACK,     /* the old one starts again */
};

/* What of a server outlives its task: guard.c. */
struct guard {
	mach_port_t vault; /* send right of the vault's task, owned */
	mach_port_t death; /* D: send right, owned */
	int home;          /* HOME_*: D's receive right is here, too */
};
enum {
	HOME_NOT = 0,
	HOME_HERE = 1,  /* if the ACS dies it goes to the next one */
	HOME_DOUBT = 2, /* perhaps */
};

struct image {
	const char *data;
	size_t size;
};

/* How far the next instance in the same task is: if we die then, our next
 * one goes on from there. */
enum halt {
	HALT_NONE,
	HALT_BEGUN, /* the threads are being stopped */
	HALT_DONE,  /* no threads, but all its names; it is to begin again */
};

/* A server that was started here. It stays in the list while its client
 * object lives; a dead one is only remembered for acs_list and acs_start. */
struct child {
	struct list link;
	unsigned number;        /* of this child and no other, never 0 */
	int begun;              /* the task runs */
	enum halt halted;
	int whole;              /* when it is killed its task ends, too */
	int doomed;             /* a halted one's task ends: 1 + the verdict */
	char name[SERVER_NAME_MAX];
	char image[SERVER_NAME_MAX];
	char arguments[1024];
	char environment[ENVIRONMENT_MAX_SIZE]; /* "": the host system's */
	char may_register[128]; /* patterns of names */
	unsigned flags;         /* CONF_* */
	enum child_state state;
	mach_port_t task;       /* send right, owned */
	struct client *client;  /* a reference, owned */
	struct guard guard;
	struct image held;      /* what the next instance is started from */
	struct policy policy;
	int recovers;
	int killed;             /* by acs_kill: no fault of its own */
	enum replacement replacement;
	int rolled_back;        /* the last replacement was */
	struct image next;      /* in a replacement: the new image, or */
	struct image previous;  /* the one to go back to; both owned */
	unsigned patience;      /* milliseconds */
	unsigned until;         /* milliseconds since boot: then it is late */
	unsigned pinged;        /* seconds since boot */
	unsigned unanswered;    /* pings since then; HANGS: it says so itself */
	int hung_told;
	unsigned restarts;
	unsigned paused;        /* milliseconds since boot: when it died */
	unsigned started;       /* seconds since boot */
	unsigned deadline;      /* the same, if stopping; 0: none */
	int crashed;
};

/* Whoever may ask: a server, or processes by level. */
struct client {
	struct object object;
	int level;
	struct child *child; /* of a server; null else */
	char environment[ENVIRONMENT_MAX_SIZE];
	int entered; /* by env_enter */
};

extern struct lock acs_lock;
extern const struct object_class client_class;
extern const interface_t client_interfaces[];
extern const struct recovery client_recovery;
extern mach_port_t acs_host, acs_device; /* privileged ports, owned */

static inline struct client *client_of(object_t object)
{
	return (struct client *)object;
}

/* serve_acs.c: a name that came with a message, as a string. */
error_t text_take(char *to, size_t size, const char *from,
    mach_msg_type_number_t length);

/* serve_acs_change.c: whom a root client names: its environment's,
 * or, if it may, "ENVIRONMENT/NAME" or the host system's. Lock held. */
error_t child_named(object_t object, const char *name,
    mach_msg_type_number_t length, struct child **child);

/* object.c */
error_t client_new(int level, const char *environment, struct child *child,
    struct client **client);

/* image.c: the archive and what was added to it; lock held. */
error_t image_archive_open(void);
error_t image_find(const char *environment, const char *name,
    struct image *image);
error_t image_add(const char *environment, const char *name, const char *data,
    size_t size);
void images_forget(const char *environment);
/* It outlives the ACS; not for those of the archive. */
void image_keep(struct image *image);
/* After the ACS itself has died: it is here again, at the same place. */
void image_fetch(const struct image *image);
/* Frees an image that is neither of the archive nor an added one. */
void image_drop(struct image *image);
void image_sweep(void); /* frees those that nobody needs any more */

/* How a server is to be started. */
struct child_plan {
	const char *name, *image, *environment, *arguments, *may_register;
	unsigned flags; /* CONF_* */
};
/* Takes flags and may_register from the image's line in boot.conf, if it has
 * one; text is where the words lie. */
void image_plan(struct child_plan *plan, struct conf_line *text);

/* child.c; lock held. */
error_t child_start(const struct child_plan *plan, struct child **child);
struct child *child_new(const struct child_plan *plan);
/* As people read it: with its environment before it, if that is neither the
 * host system's nor one that administers. */
const char *child_title(const struct child *child,
    char title[SERVER_NAME_MAX + ENVIRONMENT_MAX_SIZE]);
struct child *child_find(const char *environment, const char *name);
struct child *child_of_task(mach_port_t task);
struct child *child_next(struct child *child); /* null: the first */
struct child *child_last(void);
struct child *child_before(struct child *child);
void child_forget(struct child *child); /* a dead one */
error_t child_kill(struct child *child);
/* The only way to end a task: what of it another instance can take over stays,
 * and that begins at once. */
error_t child_terminate(struct child *child);
void child_pause(struct child *child); /* its task will end, another begins */
void child_died(struct child *child); /* its task is gone */
void children_look(void); /* of those without one */
void child_serves(struct child *child, int flags); /* it has registered */

/* task.c */
void task_halt(mach_port_t task); /* no thread any more */
error_t task_clear(mach_port_t task); /* nor memory, but what survives */
error_t task_load(mach_port_t task, const struct image *image, uint32_t *entry);
int task_can_run(const struct image *image);
error_t task_begin(mach_port_t task, uint32_t entry);
/* From now on that thread runs before all programs. */
void thread_hurry(mach_port_t thread);

/* guard.c; lock held. guard_task: a new task that shares the vault's memory;
 * guard_arm: it gets D, and all ports that wait there. */
error_t guard_new(struct guard *guard, const char *name);
error_t guard_task(struct guard *guard, mach_port_t *task);
error_t guard_arm(struct guard *guard, mach_port_t task);
error_t guard_returned(struct guard *guard); /* D has come home */
void guard_empty(struct guard *guard);
void guard_end(struct guard *guard);

/* hand.c: before the task is ended by force; it does not run any more. */
void hand_rescue(const struct guard *guard, mach_port_t task);

/* names.c; lock held. */
extern struct names names;
error_t name_register(struct child *child, const char *text, unsigned version,
    mach_port_t port);
int name_unregister(struct child *child, const char *text);
void names_of_owner_remove(const void *owner);
void names_of_child_tell(struct child *child, int what); /* to watchers */
/* Its public port, which answers server.defs: the one under its own name. */
mach_port_t name_of_child(struct child *child);
extern struct wait_queue name_waiters; /* acs_lookup, acs_start */
extern struct condition child_changed; /* boot.c, shutdown.c */

/* list.c; lock held: which servers client sees, and how it names one: with its
 * environment, if that is another one than its own. */
int child_seen(const struct child *child, const struct client *client);
void child_name_append(const struct child *child, const struct client *client,
    char *text, size_t size);

/* watch.c; lock held. */
error_t watch_add(const char *environment, const char *pattern,
    mach_port_t notify);
void watch_tell(const char *environment, const char *text, unsigned version,
    int what);

/* crash.c; lock held. thread null: all of them. */
void crash_report(const char *name, const char *what, mach_port_t task,
    mach_port_t thread);
error_t crash_texts(char **text, mach_msg_type_number_t *size);

/* replace.c; lock held: another version of a running server. */
error_t replace_begin(struct child *child, const char *data, size_t size,
    unsigned patience);
/* Its task has ended in a replacement or on trial: which image goes on. */
void replace_died(struct child *child);
void replace_served(struct child *child);
void replace_look(struct child *child); /* now and then */

/* events.c: dead tasks and exceptions. events_port may be there: restored. */
extern mach_port_t events_port;
error_t events_start(void);
error_t events_serve(void);
void events_look(void); /* after what waits: have servers died? */

/* keep.c: after each change of what is to outlive the ACS; lock held. */
void keep_write(void);
int keep_is_on(void); /* not in the twin */

/* twin.c: whoever watches the ACS. */
int twin_main(int argc, char **argv);  /* a server of the ACS */
int twin_first(int argc, char **argv); /* the first task */
int twin_is_over(void); /* this task is not needed any more */
int twin_is(const char *name);
error_t twin_start(void); /* the ACS's side; lock held */

/* keeper.c */
#define PAGER_IMAGE "datapager"
int pages_come(void); /* the data pager serves and answers; lock held */
error_t keeper_start(void);

/* log.c */
void log_start(int verbose, void *ring, void *began); /* null: none */
/* Lines go there, too. */
extern void (*log_forward)(const char *line, size_t length);
/* Reports lie there: core/… of keep.h. */
void crash_start(char *texts, unsigned *count);
void log_add(int loud, const char *who, const char *line, size_t length);
error_t log_text(char **text, size_t *size); /* vm memory, GIVEN */
unsigned uptime_seconds(void);
unsigned uptime_milliseconds(void);

/* boot.c */
extern char command_line[1024];
int command_line_has(const char *word);
void boot_servers(void);

/* shutdown.c: ends the system in order, in a thread of its own. how: 0 power
 * off, 1 reboot. Later calls do nothing. */
void shutdown_begin(int how);
/* Orders the servers of that environment (null: all) to save and stop, the
 * youngest first, and waits. Lock held, but not meanwhile. */
void children_stop(const char *environment);

/* environment.c; lock held. "" is the host system's. */
extern struct environments environments;
int environment_administers(const char *name);
int environment_is_essential(const char *name);
int environment_sees(const char *name, const char *text);
error_t environment_starts(const struct child_plan *plan); /* may it? */
error_t environment_end(const char *name, const char *why);

/* share.c; lock held. */
void shares_count(void); /* what is used, for who wants to know */
void shares_look(void);  /* now and then */
void share_end(struct environment *environment); /* its programs' tasks end */

