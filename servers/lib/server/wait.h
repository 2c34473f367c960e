/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting inside a handler without a thread: parking.
 *
 * A handler that can't answer yet calls wait_park() while it still holds the
 * lock that guards the condition, unlocks and returns what wait_park() gave
 * (E_PARKED). The dispatcher keeps the request. When somebody makes the
 * condition true it calls wait_wake() (lock held or not) and the handler is
 * called again with the same message and object, by a thread of the pool: it
 * looks at the condition anew, and answers or parks again. It must have taken
 * nothing from the request when it parks.
 *
 * The waker's own thread runs the woken requests if it is one of their pool,
 * after its handler has returned and its reply is sent: a handler that wakes
 * must not wait long afterwards.
 *
 * A parked request whose caller is gone is dropped, never run again. A
 * cancelled one (wait_cancel, or object_close_port) is run again with
 * wait_cancelled() true: the handler must answer, E_INTR as a rule. All are
 * cancelled when the server stops.
 */
#pragma once
#include <base/list.h>
#include <server/server.h>

struct wait_queue {
	struct list requests;
	unsigned count;
};

void wait_queue_init(struct wait_queue *queue);

/* Parks the current request on queue; ticket names it for wait_cancel.
 * Returns E_PARKED, or why it can't wait: E_INTR, E_NOMEM. */
error_t wait_park(struct wait_queue *queue, int ticket);

/* All requests on queue are run again, in the order they came. */
void wait_wake(struct wait_queue *queue);

/* Cancels the requests on queue with that ticket (0: all); how many. */
unsigned wait_cancel(struct wait_queue *queue, int ticket);

/* In a handler: this run is the last; answer now. */
int wait_cancelled(void);

/* In a handler: nobody waits for the answer any more. 1300 instructions. */
int wait_caller_gone(void);

/* In a handler: this is a repeated run of a parked request. */
int wait_repeated(void);
