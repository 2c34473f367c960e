/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks: a word that says free, held, or held and wanted.
 *
 * Who finds the lock held exchanges 2 into it until it finds 0. An exchange of
 * 1 may hide another's 2 for a moment; the one who hid it puts 2 there before
 * it sleeps, so whenever somebody sleeps, the word is 2 or will be made 2 by
 * one who is awake: the holder's release, or the next holder's, wakes one.
 */
#include <base/assert.h>
#include <base/lock.h>
#include <base/mach.h>
#include <base/thread.h>
#include <kernel/gnumach.client.h>

enum {
	GSYNC_TIMED = 4,
	GSYNC_BROADCAST = 8,
};

/* Threads of a server's own wait here nearly all the time. What their functions
 * have in registers lies on the stack meanwhile: a thread that came back with
 * another condition or lock than it left would wait for ever, and nobody would
 * see that it is missing. */
static __attribute__((noinline)) error_t word_wait(volatile uint32_t *word,
    uint32_t value, unsigned milliseconds, int flags)
{
	error_t error = gsync_wait(mach_task_self(), (vm_address_t)word, value,
	    0, milliseconds, flags);

	__asm__ volatile("" : : : "ebx", "esi", "edi");
	return error;
}

void lock_wait(struct lock *lock)
{
	while (atomic_exchange(&lock->word, 2))
		word_wait(&lock->word, 2, 0, 0);
}

void lock_wake(struct lock *lock)
{
	gsync_wake(mach_task_self(), (vm_address_t)&lock->word, 0, 0);
}

void condition_wait(struct condition *condition, struct lock *lock)
{
	condition_wait_timed(condition, lock, 0);
}

int condition_wait_timed(struct condition *condition, struct lock *guard,
    unsigned milliseconds)
{
	uint32_t turn = condition->turn;
	error_t error;

	condition->waiters++;
	unlock(guard);
	error = word_wait(&condition->turn, turn, milliseconds,
	    milliseconds ? GSYNC_TIMED : 0);
	lock(guard);
	condition->waiters--;
	return error != KERN_TIMEDOUT;
}

void condition_signal(struct condition *condition)
{
	condition->turn++;
	if (condition->waiters)
		gsync_wake(mach_task_self(), (vm_address_t)&condition->turn,
		    0, 0);
}

void condition_broadcast(struct condition *condition)
{
	condition->turn++;
	if (condition->waiters)
		gsync_wake(mach_task_self(), (vm_address_t)&condition->turn,
		    0, GSYNC_BROADCAST);
}

uint32_t atomic_add(volatile uint32_t *at, uint32_t amount)
{
	static volatile uint32_t busy;
	uint32_t before;

	while (atomic_exchange(&busy, 1))
		thread_yield();
	before = *at;
	*at = before + amount;
	atomic_exchange(&busy, 0);
	return before;
}

#ifdef MASIX_DEBUG
/* Only servers are checked (they set message_check): what is kept in struct
 * thread would not survive a fork, and libmasix has one for all threads. */
void lock_entered(struct lock *lock)
{
	struct thread *self = thread_self();

	if (!lock->rank || !message_check)
		return;
	assert(self->rank_count < THREAD_RANKS);
	assert(!self->rank_count ||
	    self->ranks[self->rank_count - 1] < lock->rank);
	self->ranks[self->rank_count++] = (unsigned char)lock->rank;
}

void lock_left(struct lock *lock)
{
	struct thread *self = thread_self();
	unsigned i = self->rank_count;

	if (!lock->rank || !message_check)
		return;
	while (i > 0 && self->ranks[i - 1] != lock->rank)
		i--;
	if (i == 0)
		return; /* taken before the checks began */
	for (; i < self->rank_count; i++)
		self->ranks[i - 1] = self->ranks[i];
	self->rank_count--;
}

void lock_check_none(void)
{
	assert(thread_self()->rank_count == 0);
}
#endif
