/* SPDX-License-Identifier: BSD-2-Clause */
/* read, write and their relatives; positions. */
#include <file.client.h>
#include <string.h>
#include <unix/file.h>
#include <unix/local/window.h>

long file_read_from(struct open_file *file, void *buffer, size_t size,
    int64_t offset, int use_position)
{
	struct file_right *right = file->right;
	long result = -ENODEV;

	if (right->kind == S_IFDIR)
		return -EISDIR;
	if (!right->port)
		return event_read(file, buffer, size);
	if (right_is_null(right))
		return 0;
	if (right_takes_all(right)) { /* /dev/zero */
		memset(buffer, 0, size);
		return (long)size;
	}
	if (use_position)
		offset = file->state->position;
	if (right->kind == S_IFREG && !right->unmappable)
		result = window_read(right, buffer, size, offset);
	if (result == -ENODEV)
		result = stream_read(file, buffer, size, offset, 0);
	if (result > 0 && use_position)
		file->state->position = offset + result;
	return result;
}

static long write_regular(struct open_file *file, const void *buffer,
    size_t size, int64_t offset, int use_position)
{
	int64_t at = offset;
	long result;

	result = window_write(
	    file->right, buffer, size, offset, file->state->flags, &at);
	if (result > 0 && use_position)
		file->state->position = at + result;
	return result;
}

long file_write_to(struct open_file *file, const void *buffer, size_t size,
    int64_t offset, int use_position)
{
	struct file_right *right = file->right;
	long result = -ENODEV;
	int flags = 0;

	if (!right->port)
		return event_write(file, buffer, size);
	if (right_takes_all(right))
		return (long)size;
	if (use_position)
		offset = file->state->position;
	if (right->kind == S_IFREG && !right->unmappable)
		result =
		    write_regular(file, buffer, size, offset, use_position);
	if (result != -ENODEV)
		return result;
	if (file->state->flags & O_APPEND)
		flags |= FILE_APPEND;
	result = stream_write(file, buffer, size, offset, flags);
	if (result > 0 && use_position && file_has_position(file))
		file->state->position = offset + result;
	return result;
}

/* ---- one buffer ------------------------------------------------------- */

static long file_io(int fd, void *buffer, size_t size, int64_t offset,
    int use_position, int writing)
{
	struct open_file *file = descriptor_hold(fd);
	long result;

	if (!file)
		return -EBADF;
	if ((long)size < 0)
		result = -EINVAL;
	else if (writing ? !open_file_writable(file)
			 : !open_file_readable(file))
		result = -EBADF;
	else if (!use_position && !file_has_position(file))
		result = -ESPIPE;
	else if (writing)
		result =
		    file_write_to(file, buffer, size, offset, use_position);
	else
		result =
		    file_read_from(file, buffer, size, offset, use_position);
	descriptor_release(file);
	return result;
}

long unix_read(int fd, void *buffer, size_t size)
{
	return file_io(fd, buffer, size, 0, 1, 0);
}

long unix_write(int fd, const void *buffer, size_t size)
{
	return file_io(fd, (void *)(uintptr_t)buffer, size, 0, 1, 1);
}

long unix_pread64(int fd, void *buffer, size_t size, int64_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return file_io(fd, buffer, size, offset, 0, 0);
}

long unix_pwrite64(int fd, const void *buffer, size_t size, int64_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return file_io(fd, (void *)(uintptr_t)buffer, size, offset, 0, 1);
}

/* ---- positions -------------------------------------------------------- */

static long seek_end(struct open_file *file, int64_t *end)
{
	struct file_attributes attributes;
	error_t error;
	long result = -ENODEV;

	if (file->right->kind == S_IFREG && !file->right->unmappable)
		result = right_size(file->right, end);
	if (result != -ENODEV)
		return result;
	*end = 0;
	if (file->right->kind == S_IFCHR)
		return 0;
	error = file_stat(file->right->port, &attributes);
	if (!error)
		*end = (int64_t)attributes.size;
	return unix_error(error);
}

/* SEEK_DATA and SEEK_HOLE. A file of which nothing is missing is all data. */
static long seek_run(struct open_file *file, int64_t *offset, int64_t end,
    int hole)
{
	struct file_attributes now;
	error_t error;

	if (*offset < 0 || *offset >= end)
		return -ENXIO;
	if (file->right->kind == S_IFREG && !file->right->unmappable &&
	    (window_attributes(file->right, &now) ||
		now.blocks * 512 < now.size)) {
		error = file_find(file->right->port, *offset, hole, offset);
		if (error != E_OPNOTSUPP)
			return unix_error(error);
	}
	if (hole)
		*offset = end;
	return 0;
}

/* Where whence and offset lead. */
static long seek_target(struct open_file *file, int64_t *offset, int whence)
{
	int64_t end = 0;
	long error = 0;

	if (file->right->kind == S_IFCHR) { /* /dev/null and its like */
		*offset = 0;
		return 0;
	}
	if (whence == SEEK_CUR)
		*offset += file->state->position;
	else if (whence != SEEK_SET)
		error = seek_end(file, &end);
	if (error)
		return error;
	if (whence == SEEK_END)
		*offset += end;
	if (whence == SEEK_DATA || whence == SEEK_HOLE)
		return seek_run(file, offset, end, whence == SEEK_HOLE);
	return *offset < 0 ? -EINVAL : 0;
}

static long file_seek(int fd, int64_t *offset, int whence, int64_t most)
{
	struct open_file *file = descriptor_hold(fd);
	long error = 0;

	if (!file)
		return -EBADF;
	if (whence < SEEK_SET || whence > SEEK_HOLE)
		error = -EINVAL;
	else if (!file->right->kind) /* one that is not of a file system */
		*offset = file->state->position = 0;
	else if (!file_has_position(file))
		error = -ESPIPE;
	if (!error && file->right->kind)
		error = seek_target(file, offset, whence);
	if (!error) {
		file->state->position = *offset;
		file->end = -1;
		if (*offset > most)
			error = -EOVERFLOW;
	}
	descriptor_release(file);
	return error;
}

long unix_lseek(int fd, long offset, int whence)
{
	int64_t target = offset;
	long error = file_seek(fd, &target, whence, 0x7fffffff);

	return error ? error : (long)target;
}

long unix_llseek(
    int fd, uint32_t high, uint32_t low, int64_t *result, int whence)
{
	int64_t target = (int64_t)((uint64_t)high << 32 | low);
	long error = file_seek(fd, &target, whence, INT64_MAX);

	if (!error)
		*result = target;
	return error;
}
