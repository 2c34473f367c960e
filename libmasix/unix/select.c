/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poll, ppoll, select, pselect as programs call them: their structures to
 * struct polled and back. The program's memory is copied with user_copy(),
 * since there is memory of the heap to give back.
 */
#include <string.h>
#include <unix/poll.h>

/* ---- poll ------------------------------------------------------------- */

static long poll_in(
    const struct pollfd *fds, unsigned count, struct polled *polled)
{
	struct pollfd one;

	for (unsigned i = 0; i < count; i++) {
		if (user_copy(&one, &fds[i], sizeof(one)))
			return -EFAULT;
		polled[i].fd = one.fd;
		polled[i].events = (uint16_t)one.events;
	}
	return 0;
}

static long poll_out(
    struct pollfd *fds, unsigned count, const struct polled *polled)
{
	short ready;

	for (unsigned i = 0; i < count; i++) {
		ready = (short)polled[i].ready;
		if (user_copy(&fds[i].revents, &ready, sizeof(ready)))
			return -EFAULT;
	}
	return 0;
}

static long poll_until(struct pollfd *fds, unsigned count, uint64_t deadline)
{
	struct polled room[POLL_STACK], *polled;
	long result, error;

	if (count > limit_soft(RLIMIT_NOFILE))
		return -EINVAL;
	polled = poll_room(room, count);
	if (!polled)
		return -ENOMEM;
	result = poll_in(fds, count, polled);
	if (!result)
		result = poll_wait(polled, count, deadline);
	if (result >= 0) {
		error = poll_out(fds, count, polled);
		if (error)
			result = error;
	}
	poll_room_end(room, polled);
	return result;
}

/* A restarted poll must not wait for the whole time again. */
static long poll_restart(struct unix_thread *thread)
{
	long result = poll_until((struct pollfd *)thread->restart_words[0],
	    thread->restart_words[1], thread->restart_deadline);

	return result == -UNIX_RESTART_NO_HANDLER ? -UNIX_RESTART_BLOCK
						  : result;
}

long unix_poll(struct pollfd *fds, unsigned count, int milliseconds)
{
	struct unix_thread *thread = thread_current();
	uint64_t deadline = deadline_milliseconds(milliseconds);
	long result = poll_until(fds, count, deadline);

	if (result != -UNIX_RESTART_NO_HANDLER)
		return result;
	thread->restart = poll_restart;
	thread->restart_words[0] = (uint32_t)fds;
	thread->restart_words[1] = count;
	thread->restart_deadline = deadline;
	return -UNIX_RESTART_BLOCK;
}

/* null: for ever. */
static long timespec_deadline(
    const void *timespec, int wide, uint64_t *deadline)
{
	const int32_t *narrow = timespec;
	const int64_t *words = timespec;

	*deadline = POLL_FOREVER;
	if (!timespec)
		return 0;
	if (wide)
		return deadline_after(words[0], (int32_t)words[1], deadline);
	return deadline_after(narrow[0], narrow[1], deadline);
}

/* ppoll and pselect write back how much of the time was left. */
static void timespec_left(void *timespec, int wide, uint64_t deadline)
{
	uint64_t now = clock_monotonic();
	uint64_t left = deadline > now ? deadline - now : 0;
	int64_t words[2] = { (int64_t)(left / 1000000000u),
		(int64_t)(left % 1000000000u) };
	int32_t narrow[2] = { (int32_t)words[0], (int32_t)words[1] };

	if (!timespec || deadline == POLL_FOREVER)
		return;
	if (wide)
		user_copy(timespec, words, sizeof(words));
	else
		user_copy(timespec, narrow, sizeof(narrow));
}

static long mask_hold(const uint64_t *mask, size_t size)
{
	uint64_t copy;

	if (!mask)
		return 0;
	if (size != sizeof(copy))
		return -EINVAL;
	copy = *mask;
	signal_mask_during_call(&copy);
	return 0;
}

static long ppoll(struct pollfd *fds, unsigned count, const void *timespec,
    int wide, const uint64_t *mask, size_t mask_size)
{
	uint64_t deadline;
	long result = timespec_deadline(timespec, wide, &deadline);

	if (!result)
		result = mask_hold(mask, mask_size);
	if (!result)
		result = poll_until(fds, count, deadline);
	timespec_left((void *)(uintptr_t)timespec, wide, deadline);
	return result;
}

long unix_ppoll(struct pollfd *fds, unsigned count, const void *timespec,
    const uint64_t *mask, size_t mask_size)
{
	return ppoll(fds, count, timespec, 0, mask, mask_size);
}

long unix_ppoll_time64(struct pollfd *fds, unsigned count, const void *timespec,
    const uint64_t *mask, size_t mask_size)
{
	return ppoll(fds, count, timespec, 1, mask, mask_size);
}

/* ---- select ----------------------------------------------------------- */

enum {
	WORD_BITS = 32,
	SET_WORDS = 32, /* FD_SETSIZE 1024 */
	/* what each of the three sets means in poll's words */
	SELECT_IN = POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR,
	SELECT_OUT = POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR,
	SELECT_EXCEPT = POLLPRI,
};

struct sets {
	uint32_t words[3][SET_WORDS];
};

static const uint32_t select_events[3] = { SELECT_IN, SELECT_OUT,
	SELECT_EXCEPT };

static long sets_in(struct sets *sets, void *const from[3], unsigned count)
{
	unsigned bytes = (count + WORD_BITS - 1) / WORD_BITS * 4;

	memset(sets, 0, sizeof(*sets));
	for (int i = 0; i < 3; i++) {
		if (from[i] && user_copy(sets->words[i], from[i], bytes))
			return -EFAULT;
	}
	return 0;
}

/* The descriptors in any set. -1: one of them is not open. */
static int sets_to_polled(
    const struct sets *sets, unsigned count, struct polled *polled)
{
	int used = 0;

	for (unsigned fd = 0; fd < count; fd++) {
		uint32_t events = 0;

		for (int i = 0; i < 3; i++)
			if (sets->words[i][fd / WORD_BITS] >> fd % WORD_BITS &
			    1)
				events |= select_events[i];
		if (!events)
			continue;
		if (!descriptors_find(&descriptors, fd))
			return -1;
		if (polled) {
			polled[used].fd = (int)fd;
			polled[used].events = events;
		}
		used++;
	}
	return used;
}

/* Back to sets; how many bits are set. */
static long polled_to_sets(
    const struct polled *polled, int used, struct sets *sets)
{
	struct sets wanted = *sets;
	long bits = 0;

	memset(sets, 0, sizeof(*sets));
	for (int j = 0; j < used; j++) {
		unsigned fd = (unsigned)polled[j].fd;
		uint32_t bit = 1u << fd % WORD_BITS;

		for (int i = 0; i < 3; i++) {
			if (!(wanted.words[i][fd / WORD_BITS] & bit) ||
			    !(polled[j].ready & select_events[i]))
				continue;
			sets->words[i][fd / WORD_BITS] |= bit;
			bits++;
		}
	}
	return bits;
}

static long sets_out(const struct sets *sets, void *const to[3], unsigned count)
{
	unsigned bytes = (count + WORD_BITS - 1) / WORD_BITS * 4;

	for (int i = 0; i < 3; i++) {
		if (to[i] && user_copy(to[i], sets->words[i], bytes))
			return -EFAULT;
	}
	return 0;
}

static long select_sets(struct sets *sets, unsigned count, uint64_t deadline)
{
	struct polled room[POLL_STACK], *polled;
	int used = sets_to_polled(sets, count, NULL);
	long result;

	if (used < 0)
		return -EBADF;
	polled = poll_room(room, (unsigned)used);
	if (!polled)
		return -ENOMEM;
	sets_to_polled(sets, count, polled);
	result = poll_wait(polled, (unsigned)used, deadline);
	if (result >= 0)
		result = polled_to_sets(polled, used, sets);
	poll_room_end(room, polled);
	return result;
}

static long select_until(
    int count, void *in, void *out, void *except, uint64_t deadline)
{
	void *const given[3] = { in, out, except };
	struct sets sets;
	long result, error;

	if (count < 0)
		return -EINVAL;
	if ((unsigned)count > descriptors.end)
		count = (int)descriptors.end;
	if (count > SET_WORDS * WORD_BITS)
		count = SET_WORDS * WORD_BITS;
	error = sets_in(&sets, given, (unsigned)count);
	if (error)
		return error;
	result = select_sets(&sets, (unsigned)count, deadline);
	if (result < 0)
		return result;
	error = sets_out(&sets, given, (unsigned)count);
	return error ? error : result;
}

long unix_select(int count, void *in, void *out, void *except, void *timeval)
{
	uint64_t deadline = POLL_FOREVER, now, left;
	int32_t *words = timeval;
	int32_t rest[2];
	long result;

	if (words) {
		if (words[1] < 0)
			return -EINVAL;
		result =
		    deadline_after(words[0] + (int64_t)(words[1] / 1000000),
			(words[1] % 1000000) * 1000, &deadline);
		if (result)
			return result;
	}
	result = select_until(count, in, out, except, deadline);
	if (words) {
		now = clock_monotonic();
		left = deadline > now ? deadline - now : 0;
		rest[0] = (int32_t)(left / 1000000000u);
		rest[1] = (int32_t)(left % 1000000000u / 1000);
		user_copy(words, rest, sizeof(rest));
	}
	return result;
}

long unix_old_select(const void *arguments)
{
	uint32_t words[5];

	memcpy(words, arguments, sizeof(words));
	return unix_select((int)words[0], (void *)words[1], (void *)words[2],
	    (void *)words[3], (void *)words[4]);
}

static long pselect(int count, void *in, void *out, void *except,
    void *timespec, int wide, const void *mask)
{
	const uint32_t *pair = mask; /* address and size of the mask */
	uint64_t deadline;
	long result = timespec_deadline(timespec, wide, &deadline);

	if (!result && pair)
		result = mask_hold((const uint64_t *)pair[0], pair[1]);
	if (!result)
		result = select_until(count, in, out, except, deadline);
	timespec_left(timespec, wide, deadline);
	return result;
}

long unix_pselect6(int count, void *in, void *out, void *except, void *timespec,
    const void *mask)
{
	return pselect(count, in, out, except, timespec, 0, mask);
}

long unix_pselect6_time64(int count, void *in, void *out, void *except,
    void *timespec, const void *mask)
{
	return pselect(count, in, out, except, timespec, 1, mask);
}
