/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits, priorities, scheduling: what a process may use. */
#include <base/layout.h>
#include <base/mach.h>
#include <process.client.h>
#include <string.h>
#include <unix/time.h>

enum {
	LIMITS = 16,
	INFINITY_OLD = 0x7fffffff, /* of the first getrlimit */
	PRIO_PROCESS = 0,
	SCHED_OTHER = 0,
	SCHED_FIFO = 1,
	SCHED_ROUND_ROBIN = 2,
	SCHED_BATCH = 3,
	SCHED_IDLE = 5,
};

static uint64_t widen(uint32_t value)
{
	return value == 0xffffffff ? ~0ULL : value;
}

long unix_getrlimit(unsigned which, uint32_t *limit)
{
	if (which >= LIMITS)
		return -EINVAL;
	limit[0] = PAGE->limits[which][0];
	limit[1] = PAGE->limits[which][1];
	return 0;
}

long unix_old_getrlimit(unsigned which, uint32_t *limit)
{
	long error = unix_getrlimit(which, limit);

	for (int i = 0; !error && i < 2; i++)
		if (limit[i] > INFINITY_OLD)
			limit[i] = INFINITY_OLD;
	return error;
}

static long limit(int pid, unsigned which, const uint64_t *new, uint64_t *old)
{
	struct limit_pair from, was;
	error_t error;

	memset(&from, 0, sizeof from);
	if (new) {
		from.current = new[0];
		from.maximum = new[1];
		if (from.current > from.maximum)
			return -EINVAL;
	}
	error = process_limit(PORT_PROCESS, thread_ticket(), pid, (int)which,
	    new != NULL, from, &was);
	if (error)
		return unix_error(error);
	if (old) {
		old[0] = was.current;
		old[1] = was.maximum;
	}
	return 0;
}

long unix_setrlimit(unsigned which, const uint32_t *new)
{
	uint64_t words[2];

	if (which >= LIMITS)
		return -EINVAL;
	words[0] = widen(new[0]);
	words[1] = widen(new[1]);
	return limit(0, which, words, NULL);
}

long unix_prlimit64(int pid, unsigned which, const uint64_t *new,
    uint64_t *old)
{
	if (which >= LIMITS)
		return -EINVAL;
	if (pid == 0 || pid == PAGE->pid) {
		uint64_t was[2] = { widen(PAGE->limits[which][0]),
			widen(PAGE->limits[which][1]) };
		long error = new ? limit(0, which, new, NULL) : 0;

		if (!error && old)
			memcpy(old, was, sizeof was);
		return error;
	}
	return limit(pid, which, new, old);
}

/* ---- priorities --------------------------------------------------------- */

/* Answers 20 - nice, so that it is never negative. */
long unix_getpriority(int kind, int who)
{
	int nice = 0;
	error_t error;

	if (kind < 0 || kind > 2)
		return -EINVAL;
	error = process_priority(PORT_PROCESS, kind, who, 0, &nice);
	return error ? unix_error(error) : 20 - nice;
}

long unix_setpriority(int kind, int who, int nice)
{
	if (kind < 0 || kind > 2)
		return -EINVAL;
	return unix_error(process_priority(PORT_PROCESS, kind, who, 1, &nice));
}

long unix_nice(int increment)
{
	long now = unix_getpriority(PRIO_PROCESS, 0);
	long error;

	if (now < 0)
		return now;
	error = unix_setpriority(PRIO_PROCESS, 0,
	    (int)(20 - now) + increment);
	return error == -EACCES ? -EPERM : error;
}

/* ---- scheduling: one policy, one processor ------------------------------- */

static long check_pid(int pid)
{
	int id;

	if (pid < 0)
		return -EINVAL;
	if (pid == 0 || pid == PAGE->pid || pid == thread_current()->tid)
		return 0;
	return unix_error(process_get_id(PORT_PROCESS, pid, 2, &id));
}

long unix_sched_yield(void)
{
	thread_switch(MACH_PORT_NULL, SWITCH_NONE, 0);
	return 0;
}

long unix_sched_getaffinity(int pid, unsigned size, void *mask)
{
	uint32_t one = 1;
	long error = check_pid(pid);

	if (error)
		return error;
	if (size < sizeof one)
		return -EINVAL;
	memcpy(mask, &one, sizeof one);
	return sizeof one;
}

long unix_sched_setaffinity(int pid, unsigned size, const void *mask)
{
	const unsigned char *bytes = mask;
	long error = check_pid(pid);

	if (error)
		return error;
	return size && (bytes[0] & 1) ? 0 : -EINVAL;
}

long unix_sched_getscheduler(int pid)
{
	long error = check_pid(pid);

	return error ? error : SCHED_OTHER;
}

long unix_sched_setscheduler(int pid, int policy, const int *parameter)
{
	long error = check_pid(pid);

	if (error)
		return error;
	if (policy == SCHED_FIFO || policy == SCHED_ROUND_ROBIN)
		return -EPERM;
	if (policy != SCHED_OTHER && policy != SCHED_BATCH &&
	    policy != SCHED_IDLE)
		return -EINVAL;
	return *parameter ? -EINVAL : 0;
}

long unix_sched_getparam(int pid, int *parameter)
{
	long error = check_pid(pid);

	if (!error)
		*parameter = 0;
	return error;
}

long unix_sched_setparam(int pid, const int *parameter)
{
	long error = check_pid(pid);

	return error ? error : *parameter ? -EINVAL : 0;
}

long unix_sched_get_priority_max(int policy)
{
	if (policy == SCHED_FIFO || policy == SCHED_ROUND_ROBIN)
		return 99;
	return policy >= 0 && policy <= 6 && policy != 4 ? 0 : -EINVAL;
}

long unix_sched_get_priority_min(int policy)
{
	if (policy == SCHED_FIFO || policy == SCHED_ROUND_ROBIN)
		return 1;
	return policy >= 0 && policy <= 6 && policy != 4 ? 0 : -EINVAL;
}

long unix_sched_rr_get_interval(int pid, void *timespec)
{
	int32_t *to = timespec;
	long error = check_pid(pid);

	if (!error) {
		to[0] = 0;
		to[1] = TICK;
	}
	return error;
}
