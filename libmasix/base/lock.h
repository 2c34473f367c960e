/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks and conditions between the threads of one task. Free locks cost one
 * exchange; threads that must wait sleep in the kernel (gsync).
 *
 * Rules: locks are taken in rising rank; none is held across a message to
 * another server or across a wait. Debug builds (MASIX_DEBUG) check both.
 * A zeroed struct lock is a free lock of rank 0, which is not checked.
 */
#pragma once
#include <base/atomic.h>
#include <stdint.h>

struct lock {
	volatile uint32_t word; /* 0 free, 1 held, 2 held and wanted */
	uint32_t rank;
};

/* Waiting for something to become true under a lock. Zeroed: ready. */
struct condition {
	volatile uint32_t turn;
	volatile uint32_t waiters; /* guarded by the lock */
};

#define LOCK_INIT(rank) { 0, rank }

static inline void lock_init(struct lock *lock, unsigned rank)
{
	lock->word = 0;
	lock->rank = rank;
}

void lock_wait(struct lock *lock);
void lock_wake(struct lock *lock);

#ifdef MASIX_DEBUG
void lock_entered(struct lock *lock);
void lock_left(struct lock *lock);
/* Asserts that the calling thread holds no lock. */
void lock_check_none(void);
#else
static inline void lock_entered(struct lock *lock)
{
	(void)lock;
}

static inline void lock_left(struct lock *lock)
{
	(void)lock;
}

static inline void lock_check_none(void)
{
}
#endif

static inline void lock(struct lock *lock)
{
	if (__builtin_expect(atomic_exchange(&lock->word, 1), 0))
		lock_wait(lock);
	lock_entered(lock);
}

/* Returns 0 if the lock is held by somebody. */
static inline int lock_try(struct lock *lock)
{
	uint32_t was = atomic_exchange(&lock->word, 1);

	if (was == 2) /* it is wanted: say so again */
		was = atomic_exchange(&lock->word, 2);
	if (was)
		return 0;
	lock_entered(lock);
	return 1;
}

static inline void unlock(struct lock *lock)
{
	lock_left(lock);
	if (__builtin_expect(atomic_exchange(&lock->word, 0) == 2, 0))
		lock_wake(lock);
}

/* Releases lock, sleeps until signalled, takes lock again. May return for no
 * reason: look at what you wait for in a loop. */
void condition_wait(struct condition *condition, struct lock *lock);

/* The same, but at most that many milliseconds; 0 if the time is over. */
int condition_wait_timed(struct condition *condition, struct lock *lock,
    unsigned milliseconds);

/* Wakes one waiter, or all. The lock must be held. */
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);
