/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending signals, and waiting for them. A signal to oneself that has a
 * handler and is not blocked needs nobody: it is delivered when the call
 * ends. All others are the process server's.
 */
#include <base/layout.h>
#include <base/mach.h>
#include <mach/mig_support.h>
#include <process.client.h>
#include <string.h>
#include <unix/signal.h>

static int is_signal(int number)
{
	return number >= 0 && number <= SIGNALS;
}

/* Returns 1 if the signal is dealt with here. */
static int send_here(const struct signal_info *info)
{
	struct unix_thread *thread = thread_current();
	uint64_t bit = signal_bit(info->signal);

	if (handlers[info->signal].function == SIG_IGN)
		return 1;
	if (handlers[info->signal].function == SIG_DFL ||
	    (PAGE->blocked & bit) || thread->local.signal)
		return 0;
	thread->local = *info;
	thread->work = 1;
	return 1;
}

static long send(int pid, struct signal_info *info)
{
	return unix_error(process_kill(PORT_PROCESS, thread_ticket(), pid,
	    info->signal, *info));
}

static void info_of_us(struct signal_info *info, int number, int code)
{
	memset(info, 0, sizeof *info);
	info->signal = number;
	info->code = code;
	info->sender.pid = PAGE->pid;
	info->sender.uid = PAGE->uid;
}

void signal_self(int number)
{
	struct signal_info info;

	info_of_us(&info, number, SI_USER);
	if (!send_here(&info))
		send(PAGE->pid, &info);
}

long unix_kill(int pid, int number)
{
	struct signal_info info;

	if (!is_signal(number))
		return -EINVAL;
	info_of_us(&info, number, SI_USER);
	if (pid == PAGE->pid && number && send_here(&info))
		return 0;
	return send(pid, &info);
}

long unix_tgkill(int group, int tid, int number)
{
	struct signal_info info;

	if (!is_signal(number) || group <= 0 || tid <= 0)
		return -EINVAL;
	info_of_us(&info, number, SI_TKILL);
	if (tid == thread_current()->tid && number && send_here(&info))
		return 0;
	return send(tid, &info);
}

long unix_tkill(int tid, int number)
{
	return unix_tgkill(tid, tid, number);
}

long unix_rt_sigqueueinfo(int pid, int number, const struct signal_info *info)
{
	struct signal_info copy = *info;

	if (!is_signal(number))
		return -EINVAL;
	copy.signal = number;
	if (copy.code >= 0 || copy.code == SI_TKILL) {
		if (pid != PAGE->pid)
			return -EPERM;
	}
	if (pid == PAGE->pid && number && send_here(&copy))
		return 0;
	return send(pid, &copy);
}

long unix_rt_tgsigqueueinfo(int group, int tid, int number,
    const struct signal_info *info)
{
	if (group <= 0 || tid <= 0)
		return -EINVAL;
	return unix_rt_sigqueueinfo(tid, number, info);
}

/* ---- waiting --------------------------------------------------------- */

void signal_mask_during_call(const uint64_t *mask)
{
	struct unix_thread *thread = thread_current();
	uint64_t new = *mask;

	if (!thread->restore_mask) {
		thread->saved_mask = PAGE->blocked;
		thread->restore_mask = 1;
		thread->work = 1;
	}
	signal_block(new);
}

/* A message to the reply port would be a late answer: there is none. */
long signal_pause(uint64_t deadline)
{
	struct {
		mach_msg_header_t head;
		char rest[64];
	} message;
	mach_port_t port = mig_get_reply_port();
	uint64_t now, left;
	error_t error = 0;

	while (!signal_is_due()) {
		left = 0;
		if (deadline) {
			now = clock_monotonic();
			if (now >= deadline)
				return 0;
			left = (deadline - now) / 1000000 + 1;
			if (left > 3600000)
				left = 3600000;
		}
		error = WAITING(NULL, MACH_PORT_NULL, mach_msg(&message.head,
		    MACH_RCV_MSG | (deadline ? MACH_RCV_TIMEOUT : 0), 0,
		    sizeof message, port, (unsigned)left, MACH_PORT_NULL));
		if (error && error != MACH_RCV_TIMED_OUT)
			break;
	}
	return -EINTR;
}

long unix_pause(void)
{
	signal_pause(0);
	return -UNIX_RESTART_NO_HANDLER;
}

long unix_rt_sigsuspend(const uint64_t *mask, size_t size)
{
	if (size != 8)
		return -EINVAL;
	signal_mask_during_call(mask);
	return unix_pause();
}

long unix_sigsuspend(int unused1, int unused2, uint32_t mask)
{
	uint64_t all = mask;

	(void)unused1;
	(void)unused2;
	signal_mask_during_call(&all);
	return unix_pause();
}

long signal_take(uint64_t set, struct signal_info *info, int *number)
{
	uint64_t mask = ~set;

	*number = 0;
	if (!(PAGE->pending & set))
		return 0;
	return unix_error(process_take_signal(PORT_PROCESS, thread_ticket(),
	    (int)mask, (int)(mask >> 32), number, info));
}

/* Takes a pending signal out of set, if there is one: its number or 0. */
static long take_one(uint64_t set, struct signal_info *info)
{
	struct signal_info found;
	int number;
	long error = signal_take(set, &found, &number);

	if (error)
		return error;
	if (number && info && user_copy(info, &found, sizeof found))
		return -EFAULT;
	return number;
}

/*
 * While it waits, the signals of set are neither blocked nor subject to their
 * default action: the page says that they are caught.
 */
long signal_await(uint64_t set, uint64_t deadline)
{
	uint64_t blocked = PAGE->blocked;
	long result;

	PAGE->ignored &= ~set;
	PAGE->caught |= set;
	PAGE->blocked = blocked & ~set;
	result = signal_pause(deadline);
	PAGE->blocked = blocked;
	handlers_publish();
	return result;
}

static long wait_for(uint64_t set, struct signal_info *info, uint64_t deadline)
{
	long result = take_one(set, info);

	while (!result) {
		if (!signal_await(set, deadline))
			return -EAGAIN;
		result = take_one(set, info);
		if (!result && signal_is_due())
			return -EINTR;
	}
	return result;
}

static long timed_wait(const uint64_t *set, struct signal_info *info,
    int has_time, int64_t seconds, long nanoseconds, size_t size)
{
	uint64_t deadline = 0;

	if (size != 8)
		return -EINVAL;
	if (has_time) {
		if (seconds < 0 || nanoseconds < 0 || nanoseconds > 999999999)
			return -EINVAL;
		if (seconds > 1000000000)
			seconds = 1000000000;
		deadline = clock_monotonic() +
		    (uint64_t)seconds * 1000000000 + (uint32_t)nanoseconds;
	}
	return wait_for(*set & ~SIGNALS_FIRM, info, deadline);
}

long unix_rt_sigtimedwait(const uint64_t *set, struct signal_info *info,
    const void *timespec, size_t size)
{
	const int32_t *time = timespec;

	return timed_wait(set, info, time != NULL, time ? time[0] : 0,
	    time ? time[1] : 0, size);
}

long unix_rt_sigtimedwait_time64(const uint64_t *set, struct signal_info *info,
    const void *timespec, size_t size)
{
	const int64_t *time = timespec;

	return timed_wait(set, info, time != NULL, time ? time[0] : 0,
	    time ? (long)time[1] : 0, size);
}
