/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl. What concerns the descriptor is done here; what concerns sessions and
 * foreground groups goes to the process server, which knows them; all else is
 * one message to the file's server.
 */
#include <base/mach.h>
#include <file.client.h>
#include <process.client.h>
#include <string.h>
#include <unix/core/control.h>
#include <unix/file.h>
#include <unix/local/window.h>

static long descriptor_close_on_exec(int fd, int set)
{
	return unix_fcntl64(fd, F_SETFD, set ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

/* Local requests with an int at the argument. */
static long set_nonblocking(struct open_file *file, const int *argument)
{
	int on;

	if (user_copy(&on, argument, sizeof(on)))
		return -EFAULT;
	if (on)
		file->state->flags |= O_NONBLOCK;
	else
		file->state->flags &= ~(uint32_t)O_NONBLOCK;
	return 0;
}

static long bytes_left(struct open_file *file, int *argument)
{
	int64_t size = 0;
	long error = right_size(file->right, &size);
	int left;

	if (error)
		return error == -ENODEV ? -ENOTTY : error;
	size -= file->state->position;
	left = size < 0 ? 0 : size > INT32_MAX ? INT32_MAX : (int)size;
	return user_copy(argument, &left, sizeof(left));
}

/* ---- by message ------------------------------------------------------- */

/* A request that names another open file: its right goes along. */
static error_t control_with(mach_port_t port, uint32_t request,
    const char *in, unsigned size, char *answer,
    mach_msg_type_number_t *count, int *result)
{
	struct open_file *other;
	error_t error;
	int fd;

	memcpy(&fd, in, sizeof(fd));
	other = descriptor_hold(fd);
	if (!other)
		return E_BADF;
	error = E_INVAL;
	if (other->right->port)
		error = file_control_with(port, (int)request,
		    other->right->port, (int)other->right->access, in, size,
		    answer, count, result);
	descriptor_release(other);
	return error;
}

static long control_send(struct file_right *right, uint32_t request,
    const struct control_sizes *sizes, const char *in, char *out)
{
	control_data_t answer;
	mach_msg_type_number_t count = sizeof(answer);
	unsigned in_size = sizes->value ? sizeof(uint32_t) : sizes->in;
	int result = 0;
	error_t error;

	if (control_names_file(request) && right->kind == S_IFBLK)
		error = control_with(right->port, request, in, in_size, answer,
		    &count, &result);
	else
		error = file_control(right->port, (int)request,
		    terminal_group(right, SIGTTOU), in, in_size, answer,
		    &count, &result);
	if (error == E_BACKGROUND)
		return terminal_background(SIGTTOU);
	if (error == E_OPNOTSUPP)
		return -ENOTTY;
	if (error)
		return unix_error(error);
	if (count > sizes->out)
		count = sizes->out;
	memcpy(out, answer, count);
	memset(out + count, 0, sizes->out - count);
	return result;
}

static long control(
    struct open_file *file, uint32_t request, unsigned long argument)
{
	struct control_sizes sizes;
	control_data_t in, out;
	uint32_t value = (uint32_t)argument;
	long result;

	control_sizes(request, &sizes);
	if (sizes.value)
		memcpy(in, &value, sizeof(value));
	else if (sizes.in && user_copy(in, (void *)argument, sizes.in))
		return -EFAULT;
	result = control_send(file->right, request, &sizes, in, out);
	if (result >= 0 && sizes.out &&
	    user_copy((void *)argument, out, sizes.out))
		return -EFAULT;
	return result;
}

/* ---- sessions --------------------------------------------------------- */

static long set_foreground(struct open_file *file, const int *argument)
{
	error_t error;
	int group;

	if (user_copy(&group, argument, sizeof(group)))
		return -EFAULT;
	if (group < 0)
		return -EINVAL;
	error = process_set_foreground(PORT_PROCESS, file->right->port, group);
	if (error == E_BACKGROUND)
		return terminal_background(SIGTTOU);
	return unix_error(error);
}

static long control_terminal(
    struct open_file *file, uint32_t request, unsigned long argument)
{
	mach_port_t terminal = file->right->port;

	switch (request) {
	case TIOCSCTTY:
		return unix_error(process_set_terminal(
		    PORT_PROCESS, terminal, (int)argument));
	case TIOCSPGRP:
		return set_foreground(file, (const int *)argument);
	case TIOCNOTTY:
		return unix_error(
		    process_set_foreground(PORT_PROCESS, terminal, -1));
	}
	return control(file, request, argument);
}

static long control_file(
    struct open_file *file, uint32_t request, unsigned long argument)
{
	uint32_t kind = file->right->kind;

	if (request == FIONBIO)
		return set_nonblocking(file, (const int *)argument);
	if (request == FIOASYNC)
		return 0;
	if (kind == S_IFREG && request == FIONREAD)
		return bytes_left(file, (int *)argument);
	if (kind == S_IFREG || kind == S_IFDIR)
		return file_flags(file, request, (uint32_t *)argument);
	if (!file->right->port)
		return -ENOTTY;
	return control_terminal(file, request, argument);
}

long unix_ioctl(int fd, unsigned request, unsigned long argument)
{
	struct open_file *file;
	long result;

	if (request == FIOCLEX || request == FIONCLEX)
		return descriptor_close_on_exec(fd, request == FIOCLEX);
	file = descriptor_hold(fd);
	if (!file)
		return -EBADF;
	result = control_file(file, request, argument);
	descriptor_release(file);
	return result;
}
