/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the framework share. A request is a buffer that a message
 * was received into; it stays the request's home while it is parked. A worker
 * is a thread of a pool with two buffers: the request it works at, and the
 * one in which the reply grows, which the next request is received into.
 */
#pragma once
#include <base/guard.h>
#include <base/thread.h>
#include <mach/mig_errors.h>
#include <server/recover.h>
#include <server/server.h>
#include <server/wait.h>

struct request {
	struct list link;         /* in a wait queue or a list of woken ones */
	struct list parked;       /* in the list of all parked requests */
	struct wait_queue *queue; /* where it is parked, or null */
	struct object *object;    /* a reference, owned; null: none */
	unsigned handle;          /* its, if it was looked for */
	struct pool *pool;
	int ticket;
	unsigned char again;     /* a repeated run */
	unsigned char cancelled; /* the last run */
	union {
		mach_msg_header_t header;
		mig_reply_header_t reply;
		char bytes[POOL_REQUEST_MAX];
	};
};

struct worker {
	struct worker *self;     /* not so: who works here has lost its way */
	struct pool *pool;
	struct request *current; /* being handled; null once it is parked */
	struct request *answer;  /* where the reply is made */
	struct request *spare;   /* taken by wait_park() for current's place */
	int answer_ready;        /* answer holds a reply to be sent */
	struct list woken;       /* requests this thread will run next */
	struct once_slot *once;  /* what it did last; null: not yet */
	mach_port_t set;         /* the pool's */
	unsigned turn;           /* of its loop */
	unsigned char listens;   /* went to receive and is not back */
	/* stuck.c, what it saw at the ping before */
	struct worker *next;
	const struct thread *thread;
	unsigned seen_turn, seen_calls, seen_ran, still;
	unsigned looked_turn; /* at the last look for lost requests */
};

/* The worker that the calling thread is, or null. thread_self() without the
 * call: every stub asks. */
static inline struct worker *worker_self(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	return ((struct thread *)((here | (THREAD_STACK_SIZE - 1)) + 1) - 1)
	    ->request;
}

struct request *request_new(void);
void request_free(struct request *request);

/* Gives up all that a request holds, then its buffer. No lock may be held. */
void request_drop(struct request *request);

/* table.c: handles. The lock guards the table and all objects. */
extern struct lock table_lock;
error_t table_add(struct object *object); /* gives it a handle */
void table_remove(struct object *object);
/* The object that a message is for, with a reference. */
struct object *object_of_handle(unsigned handle);
/* The object that has the handle's place now, with a reference. */
struct object *object_of_place(unsigned handle);
struct object *table_find_port(mach_port_t port); /* lock held; without */
unsigned table_size(void); /* lock held */
error_t table_restore(struct object *object, unsigned handle, mach_port_t port);
/* Its place stays taken, for table_unpark: the port's next object has the same
 * handle, but none of the messages that are older than the park. */
void table_park(struct object *object);
error_t table_unpark(struct object *object, unsigned index, mach_port_t port);
void table_restored(void); /* after the last one */
/* 0: no index is that high. Lock held. */
int table_at(unsigned index, struct object **object);
unsigned table_count(const struct object_class **class, unsigned *index);

/* object.c: senders of a restored object, as the kernel knows them: at once, or
 * when they first matter. All that were not looked for yet. */
void object_restored(struct object *object, int later);
void objects_settle(void);

/* dispatch.c */
void dispatch(struct worker *worker);

/* object.c: a message said that object has no senders; believed if true. */
void object_no_senders(struct object *object);

/* recover.c; lock held. recover_closes: ends the port if it is a declared
 * one, and says so. */
error_t recover_prepare(void); /* before prepare() */
error_t recover_begin(void); /* before start(): objects are restored */
void recover_end(void);      /* after it: they are served */
error_t recover_opened(struct object *object, struct pool *pool);
int recover_closes(struct object *object);
/* The port of a declared object that has no senders is kept for the next one,
 * with its row: 1 if so. An object gets such a port: 1 if there is one. */
int recover_parks(struct object *object);
int recover_unparks(struct object *object, struct pool *pool);
unsigned recover_spares(void); /* ports kept for objects to come; no lock */

/* sound.c: at the start; at a ping. */
void sound_begin(void);
void sound_ping(void);

/* stuck.c: a worker begins; at a ping: not 0 if a request hangs. */
void stuck_add(struct worker *worker);
int stuck_look(void);
/* A worker is at the request that is answered by that right, or there are woken
 * ones that have not had their turn, which nobody else may look at. */
int stuck_knows(mach_port_t reply);
/* All rights were asked for. */
void stuck_looked(void);

/* lost.c: at a ping: ends the task if a request was lost. */
void lost_look(void);

/* hand.c: the worker is about to receive; it is done with what it received. */
void hand_open(struct worker *worker);
void hand_done(const struct worker *worker);
static inline void hand_close(const struct worker *worker)
{
	if (__builtin_expect(worker->pool->hand != NULL, 0))
		hand_done(worker);
}

/* place.c: in the task of an instance that died, with its ports. */
extern int place_is_old; /* whatever became of them */
void place_begin(void); /* before anything has a name */
mach_port_t place_port_set(unsigned pool); /* that pool's set, or null */
int place_take(mach_port_t name); /* 1: it is received here: the caller's now */
void place_end(void); /* ports that nobody took end */
void place_drop(mach_port_t name); /* all send rights of that name */

/* vault.c: the region changed hands so often; it is in the same task's still;
 * after the last take. */
void vault_begin(unsigned turn);
void vault_stay(unsigned turn);
void vault_end(void);

/* wait.c */
void wait_run(struct list *requests, struct pool *pool);
void wait_sweep_now(void);
int wait_knows(mach_port_t reply); /* of a parked request */
extern unsigned wait_parked, wait_sweep_at;

/* Called by workers after a request; looks only when the number of parked
 * requests has doubled since the last time. */
static inline void wait_sweep(void)
{
	if (wait_parked >= wait_sweep_at)
		wait_sweep_now();
}

unsigned wait_count(void);
void wait_cancel_all(void);
void wait_cancel_object(struct object *object);
void wait_drop_dead(struct object *object); /* null: of all objects */

/* start.c: set by server_run() */
extern struct server *server_running;
extern struct object *server_public; /* the public port's object */
extern volatile int server_stopping;
void server_order_stop(int deadline);
void server_order_hand_over(int deadline);
extern volatile int server_handing_over; /* threads take no more */

/* pool.c. pools_run: the threads of those that were not to begin yet. */
void pools_run(void);
extern struct pool *pools[];
extern unsigned pool_count;
enum {
	POOLS_MAX = 8,
	KIND_BITS = 6, /* a row's class: pool << KIND_BITS | recovery */
	KINDS_MAX = 1 << KIND_BITS,
	HANDLE_INDEX = (1 << 20) - 1, /* bits of a handle */
	WAKE_ID = 49999, /* message on a pool's wake port */
};
