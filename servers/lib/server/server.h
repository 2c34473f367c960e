/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The framework of every Masix server: start, pools of threads, dispatch,
 * waiting, stopping. See README.md here for the life of a message.
 *
 * A handler (serve_IFACE_VERB) runs with a reference on its object. It returns
 * 0 and has taken everything in the request, or an error and has kept nothing:
 * check, then take. Any thread may run any handler: shared data needs a lock,
 * and no lock may be held across a message or a wait.
 */
#pragma once
#include <base/list.h>
#include <base/lock.h>
#include <base/types.h>
#include <server/object.h>

struct recovery;
struct recovery_ports;

enum {
	POOL_REQUEST_MAX = 8192 + 1024, /* bytes of the largest message */
	HAND_IDS = 3,
};

/* A port set and its threads. A thread is added when none listens. */
struct pool {
	const char *name;
	unsigned threads_max;
	/* Messages on ports that are not objects: gets a request and a reply
	 * whose header is ready, as a MIG stub does; returns 0 if it does not
	 * know the message. May take in->msgh_remote_port, set it to null and
	 * say MIG_NO_REPLY in RetCode: then it answers later by itself. */
	int (*demux)(mach_msg_header_t *in, mach_msg_header_t *out);
	/* Its threads may use the last pages there are, because others wait
	 * for what they do to get pages: a pager's. Needs server_host. */
	int privileged;
	/* In server_memory: a message that its one thread was at when the task
	 * died is received again (recover_hand_again()) if its number is one
	 * of hand_ids. Null: such messages are lost. So it is if the thread is
	 * done with one and no handler has seen it: memory of ours is hurt. */
	struct hand *hand;
	mach_msg_id_t hand_ids[HAND_IDS];
	unsigned handled; /* a handler of such a message says 1 */
	/* private */
	mach_port_t set;
	mach_port_t wake;      /* port in the set: look at woken */
	struct lock lock;
	struct list woken;     /* requests to run again; guarded by lock */
	unsigned threads;      /* guarded by lock */
	volatile int idle;     /* threads that listen */
	unsigned char kept;    /* its set is that of the instance before */
	unsigned requests;     /* since start, about */
};

struct server {
	const char *name;
	int essential;
	unsigned version; /* of what it is and of its records; 0 means 1 */
	/* What the public port answers besides server.defs; 0 at the end.
	 * Its object is public_object (or one of the framework's own). */
	const interface_t *interfaces;
	struct object *public_object;
	/* What outlives the task (recover.h), with a null at the end; null:
	 * nothing, the server is not started again. */
	const struct recovery *const *recovers;
	unsigned rows;        /* most objects with ports; 0: 32768 */
	unsigned memory_size; /* of server_memory */
	/* Of that, what is zeroed when it was damaged; 0: all of it. */
	unsigned memory_clear;
	const struct recovery_ports *ports; /* recover.h; optional */
	/* Restored in the same task, objects are served before anybody has
	 * looked whether they have senders: there are many. */
	int senders_later;
	/* Optional: for restoring in the same task: calls keep with each send
	 * right that server_memory names, besides those of records and of
	 * the vault. Before prepare(). */
	void (*holds)(void (*keep)(mach_port_t right));
	/* Another version wrote the region: makes server_memory fit, and has
	 * restore() read records of that version. An error refuses: the other
	 * version goes on. Null: refuses. Must be able to be cut off. */
	error_t (*convert)(unsigned version);
	/* Before anything is taken over: an error refuses. Optional. */
	error_t (*self_test)(void);
	/* The task will end, another instance goes on (hand over). Optional. */
	void (*quiesce)(void);
	/* Runs first, before objects are restored: makes no rights; starts
	 * all pools whose objects are declared. Optional. */
	error_t (*prepare)(int argc, char **argv);
	/* server_memory is there, and server_recovered says whether it is an
	 * earlier instance's; its objects are not restored yet. An error
	 * refuses to take over, and touches nothing. Optional. */
	error_t (*begin)(void);
	/* Runs after check-in, before registration: argc, argv from ACS. */
	error_t (*start)(int argc, char **argv);
	/* After the last request, before the end: bring data to safety. */
	void (*flush)(void);
	/* For server_describe: appends text of at most size bytes. */
	void (*describe)(char *text, unsigned size);
};

/* The ports this server was given. Null where not granted. */
extern volatile unsigned server_pings; /* that have come from the ACS */
extern mach_port_t server_acs;    /* its ACS right */
extern mach_port_t server_host;   /* privileged host port */
extern mach_port_t server_device; /* device master port */

/* The pool for clients' requests. */
extern struct pool pool_files;

/* Makes the calling thread privileged as a pool's of that kind. */
void server_thread_wire(void);

/* Makes a pool and its first thread. A stack overflow or a handler that never
 * returns costs one thread of threads_max (0: 8). */
error_t pool_start(struct pool *pool);

/* Puts a port that is no object (or a plain receive right) into pool; its
 * messages go to pool->demux. */
error_t pool_add_port(struct pool *pool, mach_port_t port);

/* main() of a server is: return server_run(&server, argc, argv). Checks in,
 * calls start, registers under the instance name, serves. Never returns. */
int server_run(struct server *server, int argc, char **argv);

/* Asked at each ping if it is set: something that no thread of a pool waits for
 * hangs. */
extern int (*server_stuck)(void);

/* Ends the task if its image is hurt: said before something is written that
 * stays. 45,000 instructions, four times between two pings. */
void server_sound(void);

/* Orderly end from inside: unregister, flush, exit. */
void server_end(void) __attribute__((noreturn));
