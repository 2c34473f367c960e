/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pidfd: a process as a file, ready when it has ended. It has no server: the
 * open file's position says which process, and when it began, so that another
 * one with its number is not taken for it. Who waits asks now and then, as for
 * all files without a server (poll.c).
 */
#include <process.client.h>
#include <unix/file.h>
#include <unix/poll.h>
#include <unix/signal.h>

static int pid_of(const struct open_file *file)
{
	return (int)(uint32_t)file->state->position;
}

/* It is not reaped yet. */
static int is_there(const struct open_file *file, int *ended)
{
	int born = 0;

	return !process_state(PORT_PROCESS, pid_of(file), ended, &born) &&
	    (uint32_t)born == (uint64_t)file->state->position >> 32;
}

uint32_t process_file_ready(const struct open_file *file)
{
	int ended = 0;

	return !is_there(file, &ended) || ended ? POLLIN | POLLRDNORM : 0;
}

long process_file_pid(int fd)
{
	struct open_file *file = descriptor_hold(fd);
	long result = -EBADF;
	int ended;

	if (!file)
		return -EBADF;
	if (!file->right->port && file->event == EVENT_PROCESS)
		result = is_there(file, &ended) ? pid_of(file) : -ESRCH;
	descriptor_release(file);
	return result;
}

long unix_pidfd_open(int pid, unsigned flags)
{
	struct file_attributes attributes = { .mode = 0600 };
	struct open_file *file;
	int ended = 0, born = 0;
	error_t error;

	if (pid <= 0 || (flags & ~(unsigned)O_NONBLOCK))
		return -EINVAL;
	error = process_state(PORT_PROCESS, pid, &ended, &born);
	if (error)
		return unix_error(error);
	file = open_file_new(
	    MACH_PORT_NULL, &attributes, O_RDWR | (int)flags);
	if (!file)
		return -ENOMEM;
	file->event = EVENT_PROCESS;
	file->state->position =
	    (int64_t)((uint64_t)(uint32_t)born << 32 | (uint32_t)pid);
	return descriptor_add(file, 0, DESCRIPTOR_CLOSE_ON_EXEC);
}

long unix_pidfd_send_signal(
    int fd, int number, const struct signal_info *info, unsigned flags)
{
	long pid = flags ? -EINVAL : process_file_pid(fd);

	if (pid < 0)
		return pid;
	return info ? unix_rt_sigqueueinfo((int)pid, number, info)
		    : unix_kill((int)pid, number);
}
