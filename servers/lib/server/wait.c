/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parked requests. A request is in one of these states:
 *
 *	current ---wait_park---> parked ---wake, cancel---> woken ---> current
 *	                           |                          |
 *	                           +---------sweep, caller gone---> dropped
 *
 *	current	a worker's; nobody else knows it
 *	parked	in a wait queue and in the list of all parked ones
 *	woken	in the list of the worker that woke it, which runs it
 *		after its own reply; or, if the waker is no worker of that
 *		pool, in the pool's list, with a message on its wake port
 *
 * wait_lock guards queues and list. The server's own lock makes the test of
 * the condition and wait_park() one step against whoever makes it true.
 */
#include "internal.h"
#include <base/mach.h>
#include <base/port.h>

enum {
	SWEEP_FIRST = 8,
};

static struct lock wait_lock;
static struct list parked = LIST_EMPTY(parked);
unsigned wait_parked;
unsigned wait_sweep_at = SWEEP_FIRST;

void wait_queue_init(struct wait_queue *queue)
{
	list_init(&queue->requests);
	queue->count = 0;
}

error_t wait_park(struct wait_queue *queue, int ticket)
{
	struct worker *worker = worker_self();
	struct request *request = worker->current;

	if (request->cancelled || server_stopping)
		return E_INTR;
	if (!worker->spare)
		worker->spare = request_new();
	if (!worker->spare)
		return E_NOMEM;
	lock(&wait_lock);
	request->ticket = ticket;
	request->queue = queue;
	list_append(&queue->requests, &request->link);
	queue->count++;
	list_append(&parked, &request->parked);
	wait_parked++;
	unlock(&wait_lock);
	return E_PARKED;
}

/* wait_lock held. */
static void unpark(struct request *request)
{
	list_remove(&request->link);
	list_remove(&request->parked);
	request->queue->count--;
	request->queue = 0;
	wait_parked--;
}

/* Gives woken requests of one pool to those who will run them. */
void wait_run(struct list *requests, struct pool *pool)
{
	struct worker *worker = worker_self();
	mach_msg_header_t wake;

	if (list_empty(requests))
		return;
	if (worker && worker->pool == pool) {
		list_append_all(&worker->woken, requests);
		return;
	}
	lock(&pool->lock);
	list_append_all(&pool->woken, requests);
	unlock(&pool->lock);
	wake.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
	wake.msgh_remote_port = pool->wake;
	wake.msgh_local_port = MACH_PORT_NULL;
	wake.msgh_id = WAKE_ID;
	/* A full queue says that the pool will look anyway. */
	mach_msg(&wake, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof wake, 0,
	    MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* The requests of a list, in order, each to its pool. */
static void run_all(struct list *requests)
{
	struct worker *worker = worker_self();
	struct list same;
	struct pool *pool;

	/* one, as a rule */
	if (worker && requests->next == requests->previous &&
	    requests->next != requests) {
		struct request *request =
		    list_item(requests->next, struct request, link);

		if (request->pool == worker->pool) {
			list_remove(&request->link);
			list_append(&worker->woken, &request->link);
			return;
		}
	}
	while (!list_empty(requests)) {
		list_init(&same);
		pool = list_item(requests->next, struct request, link)->pool;
		list_each_safe(link, requests)
			if (list_item(link, struct request, link)->pool ==
			    pool) {
				list_remove(link);
				list_append(&same, link);
			}
		wait_run(&same, pool);
	}
}

/* The only one that waits, as a rule: it is for the thread that wakes it. */
static inline int wake_own(struct wait_queue *queue)
{
	struct worker *worker = worker_self();
	struct request *request;
	int own = 0;

	if (!worker)
		return 0;
	lock(&wait_lock);
	if (queue->count == 1) {
		request = list_item(list_first(&queue->requests),
		    struct request, link);
		own = request->pool == worker->pool;
	}
	if (own) {
		unpark(request);
		request->again = 1;
		list_append(&worker->woken, &request->link);
	}
	unlock(&wait_lock);
	return own;
}

void wait_wake(struct wait_queue *queue)
{
	struct list woken;

	if (!queue->count || wake_own(queue))
		return;
	list_init(&woken);
	lock(&wait_lock);
	list_each_safe(link, &queue->requests) {
		struct request *request =
		    list_item(link, struct request, link);

		unpark(request);
		request->again = 1;
		list_append(&woken, &request->link);
	}
	unlock(&wait_lock);
	run_all(&woken);
}

unsigned wait_cancel(struct wait_queue *queue, int ticket)
{
	struct list woken;
	unsigned count = 0;

	list_init(&woken);
	lock(&wait_lock);
	list_each_safe(link, &queue->requests) {
		struct request *request =
		    list_item(link, struct request, link);

		if (ticket && request->ticket != ticket)
			continue;
		unpark(request);
		request->again = request->cancelled = 1;
		list_append(&woken, &request->link);
		count++;
	}
	unlock(&wait_lock);
	run_all(&woken);
	return count;
}

/* object null: of all objects. */
static void cancel_of(const struct object *object)
{
	struct list woken;

	if (!wait_parked)
		return;
	list_init(&woken);
	lock(&wait_lock);
	list_each_safe(link, &parked) {
		struct request *request =
		    list_item(link, struct request, parked);

		if (object && request->object != object)
			continue;
		unpark(request);
		request->again = request->cancelled = 1;
		list_append(&woken, &request->link);
	}
	unlock(&wait_lock);
	run_all(&woken);
}

void wait_cancel_all(void)
{
	cancel_of(0);
}

void wait_cancel_object(struct object *object)
{
	cancel_of(object);
}

/* Drops parked requests whose callers are gone. No lock may be held: an
 * object may end with its last request. */
void wait_drop_dead(struct object *object)
{
	struct list gone;
	struct list *link;

	if (!wait_parked)
		return;
	list_init(&gone);
	lock(&wait_lock);
	list_each_safe(each, &parked) {
		struct request *request =
		    list_item(each, struct request, parked);

		if (object && request->object != object)
			continue;
		if (!port_is_dead_once(request->header.msgh_remote_port))
			continue;
		unpark(request);
		list_append(&gone, &request->link);
	}
	unlock(&wait_lock);
	while ((link = list_take(&gone)))
		request_drop(list_item(link, struct request, link));
}

void wait_sweep_now(void)
{
	wait_drop_dead(0);
	wait_sweep_at = wait_parked * 2;
	if (wait_sweep_at < SWEEP_FIRST)
		wait_sweep_at = SWEEP_FIRST;
}

int wait_knows(mach_port_t reply)
{
	int knows = 0;

	lock(&wait_lock);
	list_each(link, &parked)
		if (list_item(link, struct request, parked)
			->header.msgh_remote_port == reply)
			knows = 1;
	unlock(&wait_lock);
	return knows;
}

unsigned wait_count(void)
{
	return wait_parked;
}

int wait_cancelled(void)
{
	return worker_self()->current->cancelled || server_stopping;
}

int wait_caller_gone(void)
{
	return port_is_dead_once(
	    worker_self()->current->header.msgh_remote_port);
}

int wait_repeated(void)
{
	return worker_self()->current->again;
}
