/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signalfd: a file that gives the pending signals of who reads it. It has no
 * server: the mask is the open file's position, which processes share that
 * inherited it; the signals come from the process server, as for sigwait.
 */
#include <process.client.h>
#include <unix/core/signal_words.h>
#include <unix/file.h>
#include <unix/poll.h>
#include <unix/signal.h>

static uint64_t mask_of(const struct open_file *file)
{
	return (uint64_t)file->state->position;
}

/* One that is pending and in the mask; 0: none. */
static long take(struct open_file *file, char *to)
{
	struct signal_info info;
	struct signal_words words;
	int number;
	long result = signal_take(mask_of(file), &info, &number);

	if (result || !number)
		return result;
	signal_words_fill(&words, (const int32_t *)&info);
	if (user_copy(to, &words, sizeof words))
		return -EFAULT;
	return sizeof words;
}

static long take_all(struct open_file *file, char *to, size_t size)
{
	size_t done = 0;
	long result = 0;

	while (done + sizeof(struct signal_words) <= size) {
		result = take(file, to + done);
		if (result <= 0)
			break;
		done += (size_t)result;
	}
	return done ? (long)done : result;
}

long signals_read(struct open_file *file, void *buffer, size_t size)
{
	long result;

	if (size < sizeof(struct signal_words))
		return -EINVAL;
	for (;;) {
		result = take_all(file, buffer, size);
		if (result)
			return result;
		if (file->state->flags & O_NONBLOCK)
			return -EAGAIN;
		result = signal_await(mask_of(file), 0);
		if (result && !(PAGE->pending & mask_of(file)))
			return -UNIX_RESTART;
	}
}

uint32_t signals_ready(const struct open_file *file)
{
	return PAGE->pending & mask_of(file) ? POLLIN | POLLRDNORM : 0;
}

static long mask_change(int fd, uint64_t mask)
{
	struct open_file *file = descriptor_hold(fd);
	long result = fd;

	if (!file)
		return -EBADF;
	if (file->right->port || file->event != EVENT_SIGNALS)
		result = -EINVAL;
	else
		file->state->position = (int64_t)mask;
	descriptor_release(file);
	return result;
}

long unix_signalfd4(int fd, const uint64_t *set, size_t size, int flags)
{
	struct file_attributes attributes = { .mode = 0600 };
	struct open_file *file;
	uint64_t mask;

	if (size != sizeof mask || (flags & ~(O_CLOEXEC | O_NONBLOCK)))
		return -EINVAL;
	mask = *set & ~SIGNALS_FIRM;
	if (fd != -1)
		return mask_change(fd, mask);
	file = open_file_new(
	    MACH_PORT_NULL, &attributes, O_RDWR | (flags & O_NONBLOCK));
	if (!file)
		return -ENOMEM;
	file->event = EVENT_SIGNALS;
	file->state->position = (int64_t)mask;
	return descriptor_add(
	    file, 0, flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

long unix_signalfd(int fd, const uint64_t *set, size_t size)
{
	return unix_signalfd4(fd, set, size, 0);
}
