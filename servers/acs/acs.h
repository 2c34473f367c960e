/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the ACS share. One lock guards everything below; it is
 * never held while a message is sent to a server (those to the kernel may be).
 */
#pragma once
#include <base/list.h>
#include <base/lock.h>
#include <server/server.h>
#include <server/wait.h>

enum {
	LEVEL_PROCESS = 0, /* an ordinary process */
	LEVEL_ROOT = 1,    /* a root process */
	LEVEL_SERVER = 2,
	SERVER_NAME_MAX = 64,
	LOCK_ACS = 1, /* rank of acs_lock, the only one */
};

enum child_state {
	CHILD_STARTING, /* runs, has not registered yet */
	CHILD_SERVING,
	CHILD_STOPPING, /* was told to stop, or has unregistered */
	CHILD_DEAD,
};

/* A server that was started here. It stays in the list while its client
 * object lives; a dead one is only remembered for acs_list and acs_start. */
struct child {
	struct list link;
	char name[SERVER_NAME_MAX];
	char image[SERVER_NAME_MAX];
	char arguments[1024];
	unsigned flags; /* CONF_* */
	enum child_state state;
	mach_port_t task;       /* send right, owned */
	struct client *client;  /* a reference, owned */
	unsigned started;       /* seconds since boot */
	int crashed;
};

/* One name that can be looked up. */
struct name {
	struct list link;
	char text[SERVER_NAME_MAX];
	mach_port_t port;    /* send right, owned */
	struct child *child; /* who registered it */
};

/* Whoever may ask: a server, or processes by level. */
struct client {
	struct object object;
	int level;
	struct child *child; /* of a server; null else */
};

extern struct lock acs_lock;
extern const struct object_class client_class;
extern mach_port_t acs_host, acs_device; /* privileged ports, owned */

/* object.c */
error_t client_new(int level, struct child *child, struct client **client);

/* image.c: the archive and what was added to it; lock held. */
struct image {
	const char *data;
	size_t size;
};
error_t image_archive_open(void);
error_t image_find(const char *name, struct image *image);
error_t image_add(const char *name, const char *data, size_t size);
unsigned image_flags(const char *name); /* CONF_* of its boot.conf line */

/* child.c; lock held. */
error_t child_start(const char *name, const char *image, unsigned flags,
    const char *arguments, struct child **child);
struct child *child_find(const char *name); /* alive or dead */
struct child *child_of_task(mach_port_t task);
struct child *child_next(struct child *child); /* null: the first */
struct child *child_last(void);
struct child *child_before(struct child *child);
void child_died(struct child *child); /* its task is gone */

/* names.c; lock held. */
struct name *name_find(const char *text);
error_t name_add(const char *text, mach_port_t port, struct child *child);
int name_remove(const char *text, struct child *child);
void names_of_child_remove(struct child *child);
/* Its public port, which answers server.defs: the one under its own name. */
mach_port_t name_of_child(struct child *child);
extern struct wait_queue name_waiters; /* acs_lookup, acs_start */
extern struct condition child_changed; /* boot.c, shutdown.c */

/* events.c: dead tasks and exceptions. */
extern mach_port_t events_port;
error_t events_start(void);

/* log.c */
void log_start(int verbose);
void log_add(int loud, const char *who, const char *line, size_t length);
error_t log_text(char **text, size_t *size); /* vm memory, GIVEN */
unsigned uptime_seconds(void);

/* boot.c */
extern char command_line[1024];
void boot_servers(void);

/* shutdown.c: ends the system in order, in a thread of its own. how: 0 power
 * off, 1 reboot. Later calls do nothing. */
void shutdown_begin(int how);
