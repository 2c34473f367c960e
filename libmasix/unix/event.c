/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * eventfd: a counter that is waited for. It needs no server: the counter is
 * the open file's position, which fork moves to memory that processes share;
 * the owner word, which only flock uses otherwise, is its lock.
 *
 * Who must wait sleeps on the low word of the counter, in the kernel, and
 * looks again now and then: a fork may have moved the counter meanwhile.
 */
#include <base/atomic.h>
#include <base/heap.h>
#include <base/mach.h>
#include <base/text.h>
#include <kernel/gnumach.client.h>
#include <unix/file.h>
#include <unix/poll.h>

enum {
	EVENT_BYTES = 8,
	EFD_SEMAPHORE = 1,
	SLEEP = 50, /* milliseconds until a sleeper looks again */
	GSYNC_SHARED = 1,
	GSYNC_TIMED = 4,
	GSYNC_BROADCAST = 8,
	MFD_CLOEXEC = 1,
	MFD_ALLOW_SEALING = 2,
	MEMORY_NAME = 249,
};

#define EVENT_MAX (UINT64_MAX - 1)

static void event_lock(struct shared_state *state)
{
	while (atomic_exchange(&state->owner, 1))
		thread_switch(MACH_PORT_NULL, SWITCH_DEPRESS, 1);
}

static void event_unlock(struct shared_state *state)
{
	atomic_exchange(&state->owner, 0);
}

static void event_wake(struct shared_state *state)
{
	gsync_wake(mach_task_self(), (vm_address_t)&state->position, 0,
	    GSYNC_SHARED | GSYNC_BROADCAST);
}

/* Takes from the counter what a read gives; 0: nothing is there. */
static uint64_t event_take(struct open_file *file)
{
	struct shared_state *state = file->state;
	uint64_t value, taken;

	event_lock(state);
	value = (uint64_t)state->position;
	taken = value && file->event == EVENT_SEMAPHORE ? 1 : value;
	state->position = (int64_t)(value - taken);
	event_unlock(state);
	return taken;
}

static int event_add(struct open_file *file, uint64_t amount)
{
	struct shared_state *state = file->state;
	int fits;

	event_lock(state);
	fits = amount <= EVENT_MAX - (uint64_t)state->position;
	if (fits)
		state->position += (int64_t)amount;
	event_unlock(state);
	return fits;
}

/* Until the counter may have changed: 0, or a signal. */
static long event_sleep(struct open_file *file, uint64_t value)
{
	struct shared_state *state = file->state;
	error_t error;

	if (file->state->flags & O_NONBLOCK)
		return -EAGAIN;
	if (signal_is_due())
		return -UNIX_RESTART;
	error = WAITING(NULL, MACH_PORT_NULL,
	    gsync_wait(mach_task_self(), (vm_address_t)&state->position,
		(unsigned)value, 0, SLEEP, GSYNC_SHARED | GSYNC_TIMED));
	if (error == KERN_TIMEDOUT || error == KERN_INVALID_ARGUMENT)
		error = 0;
	return unix_error(error);
}

long event_read(struct open_file *file, void *buffer, size_t size)
{
	uint64_t taken;
	long error;

	if (file->event == EVENT_SIGNALS)
		return signals_read(file, buffer, size);
	if (!file->event || file->event == EVENT_PROCESS || size < EVENT_BYTES)
		return -EINVAL;
	for (;;) {
		taken = event_take(file);
		if (taken)
			break;
		error = event_sleep(file, 0);
		if (error)
			return error;
	}
	event_wake(file->state);
	if (user_copy(buffer, &taken, sizeof(taken)))
		return -EFAULT;
	return EVENT_BYTES;
}

long event_write(struct open_file *file, const void *buffer, size_t size)
{
	uint64_t amount;
	long error;

	if (!file->event || file->event >= EVENT_SIGNALS ||
	    size < EVENT_BYTES)
		return -EINVAL;
	if (user_copy(&amount, buffer, sizeof(amount)))
		return -EFAULT;
	if (amount == UINT64_MAX)
		return -EINVAL;
	while (!event_add(file, amount)) {
		error = event_sleep(file, (uint64_t)file->state->position);
		if (error)
			return error;
	}
	event_wake(file->state);
	return EVENT_BYTES;
}

uint32_t event_ready(const struct open_file *file)
{
	uint64_t value = (uint64_t)file->state->position;

	if (file->event == EVENT_SIGNALS)
		return signals_ready(file);
	if (file->event == EVENT_PROCESS)
		return process_file_ready(file);
	if (!file->event)
		return 0;
	return (value ? POLLIN | POLLRDNORM : 0) |
	    (value < EVENT_MAX ? POLLOUT | POLLWRNORM : 0);
}

long unix_eventfd2(unsigned value, int flags)
{
	struct file_attributes attributes = { .mode = 0600 };
	struct open_file *file;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | EFD_SEMAPHORE))
		return -EINVAL;
	file = open_file_new(
	    MACH_PORT_NULL, &attributes, O_RDWR | (flags & O_NONBLOCK));
	if (!file)
		return -ENOMEM;
	file->event = flags & EFD_SEMAPHORE ? EVENT_SEMAPHORE : EVENT_COUNTER;
	file->state->position = value;
	return descriptor_add(
	    file, 0, flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

long unix_eventfd(unsigned value)
{
	return unix_eventfd2(value, 0);
}

/* A file without a name. /tmp is where files that nobody keeps lie. */
long unix_memfd_create(const char *name, unsigned flags)
{
	char path[48];
	uint32_t number;
	long fd = user_length(name, MEMORY_NAME);

	if (fd < 0)
		return fd == -ENAMETOOLONG ? -EINVAL : fd;
	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING))
		return -EINVAL;
	do {
		random_bytes(&number, sizeof(number));
		text_format(path, sizeof(path), "/tmp/.memory-%d-%08x",
		    PAGE->pid, number);
		fd = unix_open(path,
		    O_RDWR | O_CREAT | O_EXCL | O_LARGEFILE |
			(flags & MFD_CLOEXEC ? O_CLOEXEC : 0),
		    0600);
	} while (fd == -EEXIST);
	if (fd >= 0)
		unix_unlink(path);
	return fd;
}
