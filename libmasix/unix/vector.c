/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * readv, writev and their relatives. A small writev is gathered first: one
 * message instead of several, and for a pipe it must be one.
 */
#include <unix/file.h>

enum {
	GATHER = 4096,
	RWF_APPEND = 0x10,
	RWF_ALL = 0x1f,
};

struct vector {
	struct iovec parts[IOVECS];
	int count;
	size_t total;
};

static long vector_read(
    struct vector *vector, const struct iovec *from, int count)
{
	if (count < 0 || count > IOVECS)
		return -EINVAL;
	if (user_copy(
		vector->parts, from, (unsigned)count * sizeof(struct iovec)))
		return -EFAULT;
	vector->count = count;
	vector->total = 0;
	for (int i = 0; i < count; i++) {
		size_t size = vector->parts[i].size;

		if ((long)size < 0)
			return -EINVAL;
		if (size > IO_SIZE_MAX - vector->total)
			vector->parts[i].size = IO_SIZE_MAX - vector->total;
		vector->total += vector->parts[i].size;
	}
	return 0;
}

static long write_gathered(struct open_file *file, struct vector *vector,
    int64_t offset, int use_position)
{
	char data[GATHER];
	size_t done = 0;

	for (int i = 0; i < vector->count; i++) {
		struct iovec *part = &vector->parts[i];

		if (user_copy(data + done, part->base, part->size))
			return -EFAULT;
		done += part->size;
	}
	return file_write_to(file, data, done, offset, use_position);
}

static long vector_write_parts(struct open_file *file, struct vector *vector,
    int64_t offset, int use_position)
{
	long total = 0, done;

	for (int i = 0; i < vector->count; i++) {
		struct iovec *part = &vector->parts[i];

		if (!part->size)
			continue;
		done = file_write_to(
		    file, part->base, part->size, offset + total, use_position);
		if (done < 0)
			return total ? total : done;
		total += done;
		if ((size_t)done < part->size)
			break;
	}
	return total;
}

/* Pipes and terminals: what is there now, but the first part may wait. */
static long vector_read_parts(struct open_file *file, struct vector *vector,
    int64_t offset, int use_position)
{
	long total = 0, done;

	for (int i = 0; i < vector->count; i++) {
		struct iovec *part = &vector->parts[i];

		if (!part->size)
			continue;
		if (total && !file_has_position(file))
			done = stream_read(
			    file, part->base, part->size, 0, FILE_NONBLOCK);
		else
			done = file_read_from(file, part->base, part->size,
			    offset + total, use_position);
		if (done < 0)
			return total ? total : done;
		total += done;
		if ((size_t)done < part->size)
			break;
	}
	return total;
}

static long vector_io(int fd, const struct iovec *from, int count,
    int64_t offset, int use_position, int writing)
{
	struct open_file *file = descriptor_hold(fd);
	struct vector vector;
	long result;

	if (!file)
		return -EBADF;
	result = vector_read(&vector, from, count);
	if (result)
		;
	else if (writing ? !open_file_writable(file)
			 : !open_file_readable(file))
		result = -EBADF;
	else if (!use_position && !file_has_position(file))
		result = -ESPIPE;
	else if (!writing)
		result = vector_read_parts(file, &vector, offset, use_position);
	else if (vector.total <= GATHER && vector.total)
		result = write_gathered(file, &vector, offset, use_position);
	else
		result =
		    vector_write_parts(file, &vector, offset, use_position);
	descriptor_release(file);
	return result;
}

long unix_readv(int fd, const struct iovec *vector, int count)
{
	return vector_io(fd, vector, count, 0, 1, 0);
}

long unix_writev(int fd, const struct iovec *vector, int count)
{
	return vector_io(fd, vector, count, 0, 1, 1);
}

long unix_preadv(int fd, const struct iovec *vector, int count, int64_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return vector_io(fd, vector, count, offset, 0, 0);
}

long unix_pwritev(int fd, const struct iovec *vector, int count, int64_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return vector_io(fd, vector, count, offset, 0, 1);
}

long unix_preadv2(
    int fd, const struct iovec *vector, int count, int64_t offset, int flags)
{
	if (flags & ~(RWF_ALL & ~RWF_APPEND))
		return -EOPNOTSUPP;
	if (offset < -1)
		return -EINVAL;
	return vector_io(fd, vector, count, offset, offset == -1, 0);
}

long unix_pwritev2(
    int fd, const struct iovec *vector, int count, int64_t offset, int flags)
{
	if (flags & ~(RWF_ALL & ~RWF_APPEND))
		return -EOPNOTSUPP;
	if (offset < -1)
		return -EINVAL;
	return vector_io(fd, vector, count, offset, offset == -1, 1);
}
