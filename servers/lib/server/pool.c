/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools: a port set and the threads that receive from it. A thread sends its
 * reply and receives the next request by one trap, into the buffer that held
 * the reply; requests and replies so change buffers and nothing is copied or
 * allocated. When a thread begins to work and no other listens, it first
 * starts another one, up to the pool's limit.
 */
#include "internal.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach_host.client.h>

enum {
	THREADS_DEFAULT = 8,
	RECEIVE_ERROR = 0x4000, /* bit of message errors: not of sending */
	ERRORS = 0x10000000,    /* what the errors of mach_msg have in common */
	ERRORS_LAST = 0x1000001f,
};

struct pool pool_files = { .name = "files", .threads_max = 16 };
struct pool *pools[POOLS_MAX];
unsigned pool_count;

struct request *request_new(void)
{
	struct request *request = heap_alloc(sizeof *request);

	if (!request)
		return 0;
	list_init(&request->link);
	list_init(&request->parked);
	request->queue = 0;
	request->object = 0;
	request->again = request->cancelled = 0;
	return request;
}

void request_free(struct request *request)
{
	heap_free(request);
}

void request_drop(struct request *request)
{
	message_destroy(&request->header);
	if (request->object)
		object_release(request->object);
	request_free(request);
}

/* idle: one instruction each, so no lock; returns whether it became 0. */
static int idle_leave(struct pool *pool)
{
	uint8_t zero;

	__asm__ volatile("lock decl %0\n\tsete %1"
			 : "+m"(pool->idle), "=q"(zero)
			 :
			 : "memory", "cc");
	return zero;
}

static void idle_enter(struct pool *pool)
{
	__asm__ volatile("lock incl %0" : "+m"(pool->idle) : : "memory", "cc");
}

static void worker_main(void *argument);

static void pool_grow(struct pool *pool)
{
	int grow;

	lock(&pool->lock);
	grow = pool->threads < pool->threads_max;
	if (grow)
		pool->threads++;
	unlock(&pool->lock);
	if (!grow || !thread_start(worker_main, pool))
		return;
	lock(&pool->lock);
	pool->threads--;
	unlock(&pool->lock);
}

static int is_send_error(error_t error)
{
	return error && !(error & RECEIVE_ERROR);
}

/* Tells the class of the object that answered. */
static void reply_lost(const struct worker *worker)
{
	const mach_msg_header_t *request = &worker->current->header;
	struct object *object;

	if (worker->answer->reply.RetCode ||
	    MACH_MSGH_BITS_LOCAL(request->msgh_bits) !=
		MACH_MSG_TYPE_PROTECTED_PAYLOAD)
		return;
	object = object_of_handle(worker->current->handle);
	if (!object)
		return;
	if (object->class->reply_lost)
		object->class->reply_lost(object, request,
		    &worker->answer->header);
	object_release(object);
}

/* The reply could not be sent: the caller is gone, or named no fit port. The
 * request is still the current one. */
static void reply_failed(struct worker *worker)
{
	mach_msg_header_t *reply = &worker->answer->header;

	reply_lost(worker);
	message_unsend(reply);
	port_drop(reply->msgh_remote_port);
	worker->answer_ready = 0;
}

/* A send-once right takes its message at once. A send right whose queue is full
 * is the caller's mistake, for which nobody waits. */
static int reply_never_waits(const mach_msg_header_t *reply)
{
	return MACH_MSGH_BITS_REMOTE(reply->msgh_bits) ==
	    MACH_MSG_TYPE_MOVE_SEND_ONCE;
}

/* A result that no trap gives, a reply with rights or memory that we have
 * not, a set that is none: memory or registers of ours are hurt. Who asked asks
 * the next instance. */
static void result_look(error_t error)
{
	int number = error & ~MACH_MSG_MASK & ~RECEIVE_ERROR;

	if (number <= ERRORS || number > ERRORS_LAST ||
	    error == MACH_SEND_INVALID_RIGHT ||
	    error == MACH_SEND_INVALID_MEMORY ||
	    error == MACH_SEND_INVALID_TYPE ||
	    error == MACH_RCV_INVALID_NAME || error == MACH_RCV_PORT_DIED)
		__builtin_trap();
}

/* Sends the reply alone. */
static void reply_send(struct worker *worker)
{
	mach_msg_header_t *reply = &worker->answer->header;
	mach_msg_option_t option = MACH_SEND_MSG;
	error_t error;

	if (!worker->answer_ready)
		return;
	if (!reply_never_waits(reply))
		option |= MACH_SEND_TIMEOUT;
	error = mach_msg(reply, option, reply->msgh_size, 0, MACH_PORT_NULL, 0,
	    MACH_PORT_NULL);
	if (error) {
		result_look(error);
		reply_failed(worker);
	}
	worker->answer_ready = 0;
}

/* One trap: sends the reply if there is one and receives into its buffer. */
static error_t receive(struct worker *worker)
{
	mach_msg_header_t *buffer = &worker->answer->header;
	error_t error;

	/* It came back another way: what it received would be lost. Or it
	 * would receive for others. */
	if (__builtin_expect(worker->listens ||
	    worker->set != worker->pool->set, 0))
		__builtin_trap();
	if (worker->answer_ready && !reply_never_waits(buffer))
		reply_send(worker);
	idle_enter(worker->pool);
	worker->listens = 1;
	if (worker->answer_ready)
		error = mach_msg(buffer, MACH_SEND_MSG | MACH_RCV_MSG,
		    buffer->msgh_size, POOL_REQUEST_MAX, worker->pool->set, 0,
		    MACH_PORT_NULL);
	else
		error = mach_msg(buffer, MACH_RCV_MSG, 0, POOL_REQUEST_MAX,
		    worker->pool->set, 0, MACH_PORT_NULL);
	worker->listens = 0;
	if (idle_leave(worker->pool) && !error)
		pool_grow(worker->pool);
	if (error)
		result_look(error);
	if (is_send_error(error))
		reply_failed(worker);
	/* received, but what came with it had no place */
	if ((error & ~MACH_MSG_MASK) == MACH_RCV_BODY_ERROR)
		port_drop(buffer->msgh_remote_port);
	worker->answer_ready = 0;
	return error;
}

/* Takes what others have woken for this pool. */
static void take_woken(struct worker *worker)
{
	struct pool *pool = worker->pool;

	if (list_empty(&pool->woken))
		return;
	lock(&pool->lock);
	list_append_all(&worker->woken, &pool->woken);
	unlock(&pool->lock);
}

static int caller_waits(const struct request *request)
{
	return (request->object && request->object->class->reply_lost) ||
	    !port_is_dead_once(request->header.msgh_remote_port);
}

/* The next woken request whose caller still waits, or null. */
static struct request *next_woken(struct worker *worker)
{
	struct request *request;
	struct list *link;

	take_woken(worker);
	while ((link = list_take(&worker->woken))) {
		request = list_item(link, struct request, link);
		if (caller_waits(request))
			return request;
		request_drop(request);
	}
	return 0;
}

/* Makes a woken request the current one; its buffer stays with the worker and
 * the one that was current is kept as the spare. */
static void take_request(struct worker *worker, struct request *request)
{
	reply_send(worker);
	if (!worker->spare)
		worker->spare = worker->current;
	else
		request_free(worker->current);
	worker->current = request;
}

/* A thread waits for messages nearly all the time. If what it finds when it
 * comes back is not its own, it ends the task before it answers nobody, or the
 * wrong one: the next instance gets the request again. */
static void worker_look(const struct worker *worker,
    const struct request *received)
{
	if (__builtin_expect(worker->self != worker ||
	    worker_self() != worker || worker->answer != received, 0))
		__builtin_trap();
}

/* Receives the next request; the buffers change places. */
static int receive_request(struct worker *worker)
{
	struct request *request = worker->answer;

	if (__builtin_expect(worker->pool->hand != NULL, 0)) {
		reply_send(worker);
		hand_open(worker);
	}
	if (receive(worker))
		return 0;
	worker_look(worker, request);
	worker->answer = worker->current;
	worker->current = request;
	request->pool = worker->pool;
	request->object = 0;
	request->again = request->cancelled = 0;
	worker->pool->requests++;
	return 1;
}

void server_thread_wire(void)
{
	if (server_host)
		thread_wire(server_host, thread_self()->port, TRUE);
}

/* Another instance will go on: the last reply, then nothing more. */
static void worker_rest(struct worker *worker)
{
	reply_send(worker);
	idle_enter(worker->pool);
	for (;;)
		thread_sleep(1000);
}

static void worker_main(void *argument)
{
	struct worker worker = { .pool = argument };
	struct request *request;

	worker.self = &worker;
	worker.set = worker.pool->set;
	list_init(&worker.woken);
	thread_self()->request = &worker;
	thread_name(worker.pool->name);
	stuck_add(&worker);
	if (worker.pool->privileged)
		server_thread_wire();
	while (!(worker.current = request_new()))
		thread_sleep(100);
	while (!(worker.answer = request_new()))
		thread_sleep(100);
	for (;;) {
		worker.turn++;
		if (server_handing_over)
			worker_rest(&worker);
		request = next_woken(&worker);
		if (request)
			take_request(&worker, request);
		else if (!receive_request(&worker))
			continue;
		dispatch(&worker);
		hand_close(&worker);
		wait_sweep();
	}
}

error_t pool_start(struct pool *pool)
{
	if (pool_count >= POOLS_MAX)
		return E_NOMEM;
	pool->set = place_port_set(pool_count);
	pool->kept = pool->set != MACH_PORT_NULL;
	if (!pool->kept && port_set_new(&pool->set))
		return E_NOMEM;
	list_init(&pool->woken);
	if (port_new(&pool->wake) ||
	    port_move_to_set(pool->wake, pool->set))
		return E_NOMEM;
	if (!pool->threads_max)
		pool->threads_max = THREADS_DEFAULT;
	if (!pool->name)
		pool->name = "pool";
	pools[pool_count++] = pool;
	if (pool->kept) /* what waits there is nobody's before pools_run() */
		return 0;
	pool_grow(pool);
	return pool->threads ? 0 : E_NOMEM;
}

void pools_run(void)
{
	for (unsigned i = 0; i < pool_count; i++)
		if (!pools[i]->threads)
			pool_grow(pools[i]);
}

error_t pool_add_port(struct pool *pool, mach_port_t port)
{
	return port_move_to_set(port, pool->set);
}
