/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * futex on the kernel's gsync. The kernel does not say how many it woke, so
 * the waiters of this process are counted here, by a hash of the address; that
 * count is what the answer of a wake is made of.
 */
#include <base/atomic.h>
#include <base/mach.h>
#include <kernel/gnumach.client.h>
#include <unix/time.h>

enum {
	FUTEX_WAIT = 0,
	FUTEX_WAKE = 1,
	FUTEX_REQUEUE = 3,
	FUTEX_CMP_REQUEUE = 4,
	FUTEX_WAKE_OP = 5,
	FUTEX_WAIT_BITSET = 9,
	FUTEX_WAKE_BITSET = 10,
	FUTEX_PRIVATE = 128,
	FUTEX_REALTIME = 256,
	GSYNC_IS_SHARED = 1,
	GSYNC_TIMED_WAIT = 4,
	GSYNC_ALL = 8,
	MANY = 64, /* more wakes than that are a broadcast */
	HASHES = 64,
	MILLISECOND = 1000000,
};

static volatile uint32_t waiters[HASHES];

static volatile uint32_t *waiters_of(const uint32_t *word)
{
	uint32_t address = (uint32_t)word;

	return &waiters[(address >> 2 ^ address >> 12) % HASHES];
}

static long wait_once(uint32_t *word, uint32_t value, uint64_t deadline,
    int flags)
{
	uint64_t now, left = 0;
	error_t error;

	if (*(volatile uint32_t *)word != value)
		return -EAGAIN;
	if (deadline) {
		now = clock_monotonic();
		if (now >= deadline)
			return -ETIMEDOUT;
		left = (deadline - now + MILLISECOND - 1) / MILLISECOND;
		if (left > 3600000)
			left = 3600000;
		flags |= GSYNC_TIMED_WAIT;
	}
	error = WAITING(NULL, MACH_PORT_NULL, gsync_wait(mach_task_self(),
	    (vm_address_t)word, value, 0, (natural_t)left, flags));
	switch (error) {
	case 0:
		return 0;
	case KERN_TIMEDOUT:
		return left < 3600000 && clock_monotonic() >= deadline ?
		    -ETIMEDOUT : 1;
	case KERN_INVALID_ARGUMENT:
		return -EAGAIN;
	case KERN_INVALID_ADDRESS:
		return -EFAULT;
	default:
		return unix_error(error);
	}
}

static long futex_wait(uint32_t *word, uint32_t value, uint64_t deadline,
    int flags)
{
	volatile uint32_t *count = waiters_of(word);
	long result;

	/* no fault may come between the two: the word is read once before */
	(void)*(volatile uint32_t *)word;
	atomic_add(count, 1);
	do
		result = wait_once(word, value, deadline, flags);
	while (result > 0);
	atomic_add(count, -1u);
	return result;
}

static long futex_wake(uint32_t *word, uint32_t number, int flags)
{
	uint32_t waiting = *waiters_of(word);
	uint32_t woken = number < waiting ? number : waiting;

	if (!waiting && !(flags & GSYNC_IS_SHARED))
		return 0;
	if (number > MANY)
		gsync_wake(mach_task_self(), (vm_address_t)word, 0,
		    flags | GSYNC_ALL);
	else
		while (number--)
			gsync_wake(mach_task_self(), (vm_address_t)word, 0,
			    flags);
	return (long)woken;
}

/* Waiters move from word to word2. */
static long futex_requeue(uint32_t *word, uint32_t number, uint32_t move,
    uint32_t *word2, int flags)
{
	long woken = number ? futex_wake(word, number, flags) : 0;

	if (move)
		gsync_requeue(mach_task_self(), (vm_address_t)word,
		    (vm_address_t)word2, FALSE,
		    flags | (move > 1 ? GSYNC_ALL : 0));
	return woken;
}

/* operation: 4 bits each of what to do and to compare, 12 bits each of
 * their arguments. Returns whether the old value compared true. */
static int change(uint32_t *word, uint32_t operation)
{
	int argument = (int)(operation << 8) >> 20;
	int other = (int)(operation << 20) >> 20;
	int old = (int)*word;

	if (operation >> 28 & 8)
		argument = 1 << (argument & 31);
	switch (operation >> 28 & 7) {
	case 0:
		*word = (uint32_t)argument;
		break;
	case 1:
		*word = (uint32_t)(old + argument);
		break;
	case 2:
		*word = (uint32_t)(old | argument);
		break;
	case 3:
		*word = (uint32_t)(old & ~argument);
		break;
	default:
		*word = (uint32_t)(old ^ argument);
	}
	switch (operation >> 24 & 15) {
	case 0:
		return old == other;
	case 1:
		return old != other;
	case 2:
		return old < other;
	case 3:
		return old <= other;
	case 4:
		return old > other;
	default:
		return old >= other;
	}
}

static long futex(uint32_t *word, int operation, uint32_t value,
    uint32_t value2, uint64_t deadline, uint32_t *word2, uint32_t value3)
{
	int flags = operation & FUTEX_PRIVATE ? 0 : GSYNC_IS_SHARED;
	long result;

	if ((uint32_t)word & 3)
		return -EINVAL;
	switch (operation & 127) {
	case FUTEX_WAIT_BITSET:
		if (!value3)
			return -EINVAL;
		/* fall through */
	case FUTEX_WAIT:
		return futex_wait(word, value, deadline, flags);
	case FUTEX_WAKE_BITSET:
		if (!value3)
			return -EINVAL;
		/* fall through */
	case FUTEX_WAKE:
		return futex_wake(word, value, flags);
	case FUTEX_CMP_REQUEUE:
		if (*word != value3)
			return -EAGAIN;
		/* fall through */
	case FUTEX_REQUEUE:
		return futex_requeue(word, value, value2, word2, flags);
	case FUTEX_WAKE_OP:
		result = change(word2, value3);
		return futex_wake(word, value, flags) +
		    (result ? futex_wake(word2, value2, flags) : 0);
	default:
		return -ENOSYS;
	}
}

/* WAIT has a time span, WAIT_BITSET a moment of one of two clocks. */
static uint64_t deadline_of(int operation, int64_t seconds, int64_t fraction)
{
	uint64_t time = (uint64_t)seconds * NANOSECONDS + (uint64_t)fraction;
	uint64_t now = clock_monotonic(), real;

	if ((operation & 127) == FUTEX_WAIT)
		return now + time;
	if (operation & FUTEX_REALTIME) {
		real = clock_real();
		return time > real ? now + (time - real) : 1;
	}
	return time ? time : 1;
}

static int is_wait(int operation)
{
	return (operation & 127) == FUTEX_WAIT ||
	    (operation & 127) == FUTEX_WAIT_BITSET;
}

long unix_futex(uint32_t *word, int operation, uint32_t value,
    const void *timespec, uint32_t *word2, uint32_t value3)
{
	const int32_t *time = timespec;
	uint64_t deadline = 0;

	if (time && is_wait(operation)) {
		if (time[0] < 0 || time[1] < 0 || time[1] >= NANOSECONDS)
			return -EINVAL;
		deadline = deadline_of(operation, time[0], time[1]);
	}
	return futex(word, operation, value, (uint32_t)timespec, deadline,
	    word2, value3);
}

long unix_futex_time64(uint32_t *word, int operation, uint32_t value,
    const void *timespec, uint32_t *word2, uint32_t value3)
{
	const int64_t *time = timespec;
	uint64_t deadline = 0;

	if (time && is_wait(operation)) {
		if (time[0] < 0 || time[1] < 0 || time[1] >= NANOSECONDS)
			return -EINVAL;
		deadline = deadline_of(operation, time[0], time[1]);
	}
	return futex(word, operation, value, (uint32_t)timespec, deadline,
	    word2, value3);
}
