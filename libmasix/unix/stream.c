/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data by messages: pipes, sockets, terminals, devices, and regular files
 * whose server has no memory object for them (/proc).
 *
 * Up to 4096 bytes travel inside the message; more, out of line. A page out
 * of line costs what a page inside costs only if there are many: so a pipe is
 * read with small messages until one comes back full.
 *
 * Whatever a read took from a pipe is gone from it: so the buffer is touched
 * before the request, and a bad one is EFAULT with nothing lost.
 */
#include <base/mach.h>
#include <file.client.h>
#include <process.client.h>
#include <unix/file.h>

enum {
	LARGE_FROM = 32768,  /* writes: bytes that are worth a mapping */
	LARGE_MAX = 1 << 20, /* bytes of one message out of line */
	PAGE_BYTES = 4096,
};

/* Faults if the program can't write there, as the copy itself would. */
static void touch_for_writing(char *at, size_t size)
{
	char *end = at + size;

	while (at < end) {
		__asm__ volatile("lock; orb $0, %0" : "+m"(*at) : : "memory");
		at = (char *)((uintptr_t)at & ~(PAGE_BYTES - 1ul)) + PAGE_BYTES;
	}
}

long terminal_background(int signal)
{
	error_t error = process_background(PORT_PROCESS, thread_ticket(),
	    signal);

	if (error == E_RESTART || error == 0)
		return -UNIX_RESTART;
	return unix_error(error);
}

/* Job control is only for the terminal of the own session. /dev/tty and
 * /dev/console have numbers of their own. */
static int right_is_controlling(const struct file_right *right)
{
	uint32_t device = right->attributes.special;

	return right_is_terminal(right) && PAGE->terminal &&
	    (device == PAGE->terminal || device_major(device) == 5);
}

int terminal_group(const struct file_right *right, int signal)
{
	if (!right_is_controlling(right))
		return 0;
	if (signal == SIGTTOU && signal_is_hidden(SIGTTOU))
		return 0;
	return PAGE->group << FILE_GROUP_SHIFT;
}

static int stream_flags(const struct open_file *file, int flags, int signal)
{
	if (file->state->flags & O_NONBLOCK)
		flags |= FILE_NONBLOCK;
	if (file->right->kind != S_IFCHR)
		return flags;
	return flags | terminal_group(file->right, signal);
}

/* Devices and files give all that was asked for, unless it is not there. */
static int stream_fills(const struct file_right *right)
{
	return right->kind == S_IFBLK || right->kind == S_IFREG ||
	    (right->kind == S_IFCHR && !right_is_terminal(right));
}

/* Disks and the like answer at once, and are not interrupted: a program may
 * rely on it that they never take less than all. */
static void stream_wait_begin(const struct file_right *right)
{
	if (!stream_fills(right))
		wait_begin(file_cancel, right->port);
}

/* ---- reading ---------------------------------------------------------- */

static error_t read_inline(const struct file_right *right, char *buffer,
    size_t size, int64_t offset, int flags, size_t *done)
{
	mach_msg_type_number_t count =
	    size < IO_INLINE_MAX ? size : IO_INLINE_MAX;
	error_t error;

	touch_for_writing(buffer, count);
	stream_wait_begin(right);
	error = file_read(right->port, offset, (int)count, flags,
	    thread_ticket(), buffer, &count);
	wait_end();
	*done = count;
	return error;
}

static error_t read_large(const struct file_right *right, char *buffer,
    size_t size, int64_t offset, int flags, size_t *done)
{
	mach_msg_type_number_t count = 0;
	char *data = NULL;
	error_t error;

	if (size > LARGE_MAX)
		size = LARGE_MAX;
	touch_for_writing(buffer, 1);
	stream_wait_begin(right);
	error = file_read_large(right->port, offset, (int)size, flags,
	    thread_ticket(), &data, &count);
	wait_end();
	if (error)
		return error;
	if (count && user_copy(buffer, data, count))
		error = E_FAULT;
	if (count)
		syscall_vm_deallocate(
		    mach_task_self(), (vm_address_t)data, count);
	*done = count;
	return error;
}

/* One message; *full: there may be more at once. */
static error_t read_once(struct open_file *file, char *buffer, size_t size,
    int64_t offset, int flags, size_t *done, int *full)
{
	struct file_right *right = file->right;
	error_t error;

	if (size > IO_INLINE_MAX && right->bulk) {
		error = read_large(right, buffer, size, offset, flags, done);
		right->bulk = !error && *done >= IO_INLINE_MAX;
		*full = !error && *done == LARGE_MAX;
		return error;
	}
	error = read_inline(right, buffer, size, offset, flags, done);
	*full = !error && *done == IO_INLINE_MAX;
	right->bulk = *full && size > IO_INLINE_MAX;
	return error;
}

long stream_read(struct open_file *file, char *buffer, size_t size,
    int64_t offset, int flags)
{
	size_t total = 0, done;
	error_t error = 0;
	int full = 1;

	flags = stream_flags(file, flags, SIGTTIN);
	while (full && total < size) {
		error = read_once(file, buffer + total, size - total,
		    offset + (int64_t)total, flags, &done, &full);
		if (error)
			break;
		total += done;
		if (!full || right_is_terminal(file->right))
			break;
		if (!stream_fills(file->right))
			flags |= FILE_NONBLOCK; /* what is there now, no more */
	}
	if (total)
		return (long)total;
	if (error == E_BACKGROUND)
		return terminal_background(SIGTTIN);
	return unix_error(error);
}

long stream_peek(struct open_file *file, char *buffer, size_t size, int flags)
{
	error_t error;
	size_t done;

	flags = stream_flags(file, flags | FILE_PEEK, SIGTTIN);
	error = size > IO_INLINE_MAX
	    ? read_large(file->right, buffer, size, 0, flags, &done)
	    : read_inline(file->right, buffer, size, 0, flags, &done);
	return error ? unix_error(error) : (long)done;
}

/* ---- writing ---------------------------------------------------------- */

static error_t write_once(const struct file_right *right, const char *buffer,
    size_t size, int64_t offset, int flags, size_t *done)
{
	error_t error;
	int count = 0;

	stream_wait_begin(right);
	if (size <= IO_INLINE_MAX)
		error = file_write(right->port, offset, flags, thread_ticket(),
		    buffer, size, &count);
	else
		error = file_write_large(right->port, offset, flags,
		    thread_ticket(), (char *)(uintptr_t)buffer, size, &count);
	wait_end();
	if (error == MACH_SEND_INVALID_MEMORY)
		error = E_FAULT;
	*done = (size_t)count;
	return error;
}

long stream_write(struct open_file *file, const char *buffer, size_t size,
    int64_t offset, int flags)
{
	size_t most = IO_INLINE_MAX, total = 0;
	int quiet = flags & STREAM_NO_SIGNAL;
	error_t error = 0;

	flags = stream_flags(file, flags & ~STREAM_NO_SIGNAL, SIGTTOU);
	if (size >= LARGE_FROM && !right_is_terminal(file->right))
		most = LARGE_MAX;
	do {
		size_t part = size - total < most ? size - total : most;
		size_t done;

		error = write_once(file->right, buffer + total, part,
		    offset + (int64_t)total, flags, &done);
		if (error)
			break;
		total += done;
		/* a server takes what it has room for: go on with the rest */
		if (done < part &&
		    (!done || (flags & FILE_NONBLOCK) || signal_is_due()))
			break;
	} while (total < size);
	if (total || !error)
		return (long)total;
	if (error == E_PIPE && !quiet)
		signal_self(SIGPIPE);
	if (error == E_BACKGROUND)
		return terminal_background(SIGTTOU);
	return unix_error(error);
}
