/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sendfile, copy_file_range, splice, tee: from one open file to another without
 * the program's memory. The bytes pass through a buffer on libmasix's stack:
 * the source is a window, that is memory already, so one copy is all there is.
 */
#include <file.client.h>
#include <unix/file.h>

enum {
	PASS = 16384,
	SPLICE_NONBLOCK = 2,
};

/* One end of a transfer. */
struct end {
	struct open_file *file;
	int64_t offset;
	int use_position;
};

static long end_begin(struct end *end, int fd, const int64_t *offset)
{
	end->file = descriptor_hold(fd);
	if (!end->file)
		return -EBADF;
	end->use_position = !offset;
	end->offset = offset ? *offset : 0;
	if (end->offset < 0)
		return -EINVAL;
	if (offset && !file_has_position(end->file))
		return -ESPIPE;
	return 0;
}

static long ends_begin(struct end *in, int in_fd, const int64_t *in_offset,
    struct end *out, int out_fd, const int64_t *out_offset)
{
	long error;

	in->file = out->file = NULL;
	error = end_begin(in, in_fd, in_offset);
	if (!error)
		error = end_begin(out, out_fd, out_offset);
	if (!error &&
	    (!open_file_readable(in->file) || !open_file_writable(out->file)))
		error = -EBADF;
	return error;
}

static void ends_finish(struct end *in, struct end *out)
{
	descriptor_release(out->file);
	descriptor_release(in->file);
}

/* What was read but not written stays unread, if the source has a position. */
static void take_back(struct end *in, long bytes)
{
	if (bytes <= 0 || !file_has_position(in->file))
		return;
	if (in->use_position)
		in->file->state->position -= bytes;
	else
		in->offset -= bytes;
}

static long write_all(struct end *out, const char *data, long size)
{
	long done = 0, part;

	while (done < size) {
		part = file_write_to(out->file, data + done,
		    (size_t)(size - done), out->offset, out->use_position);
		if (part <= 0)
			return done ? done : part;
		done += part;
		if (!out->use_position)
			out->offset += part;
	}
	return done;
}

static long transfer(struct end *in, struct end *out, size_t size)
{
	char data[PASS];
	long total = 0, got, put;

	while ((size_t)total < size) {
		size_t part =
		    size - (size_t)total < PASS ? size - (size_t)total : PASS;

		got = file_read_from(
		    in->file, data, part, in->offset, in->use_position);
		if (got <= 0)
			return total ? total : got;
		if (!in->use_position)
			in->offset += got;
		put = write_all(out, data, got);
		take_back(in, put < 0 ? got : got - put);
		if (put < 0)
			return total ? total : put;
		total += put;
		if (put < got ||
		    ((size_t)got < part && !file_has_position(in->file)))
			break;
	}
	return total;
}

static size_t size_limited(size_t size)
{
	return size > IO_SIZE_MAX ? IO_SIZE_MAX : size;
}

long unix_sendfile64(int out_fd, int in_fd, int64_t *offset, size_t count)
{
	struct end in, out;
	int64_t from = offset ? *offset : 0;
	long result;

	result =
	    ends_begin(&in, in_fd, offset ? &from : NULL, &out, out_fd, NULL);
	if (!result && in.file->right->kind != S_IFREG &&
	    in.file->right->kind != S_IFBLK)
		result = -EINVAL;
	if (!result && (out.file->state->flags & O_APPEND))
		result = -EINVAL;
	if (!result)
		result = transfer(&in, &out, size_limited(count));
	from = in.offset;
	ends_finish(&in, &out);
	if (offset && result >= 0)
		*offset = from;
	return result;
}

long unix_sendfile(int out, int in, long *offset, size_t count)
{
	int64_t wide = offset ? *offset : 0;
	long result = unix_sendfile64(out, in, offset ? &wide : NULL, count);

	if (offset && result >= 0)
		*offset = (long)wide;
	return result;
}

long unix_copy_file_range(int in_fd, int64_t *in_offset, int out_fd,
    int64_t *out_offset, size_t size, unsigned flags)
{
	int64_t from = in_offset ? *in_offset : 0;
	int64_t to = out_offset ? *out_offset : 0;
	struct end in, out;
	long result;

	if (flags)
		return -EINVAL;
	result = ends_begin(&in, in_fd, in_offset ? &from : NULL, &out, out_fd,
	    out_offset ? &to : NULL);
	if (!result &&
	    (in.file->right->kind == S_IFDIR ||
		out.file->right->kind == S_IFDIR))
		result = -EISDIR;
	if (!result &&
	    (in.file->right->kind != S_IFREG ||
		out.file->right->kind != S_IFREG))
		result = -EINVAL;
	if (!result && (out.file->state->flags & O_APPEND))
		result = -EBADF;
	if (!result)
		result = transfer(&in, &out, size_limited(size));
	from = in.offset;
	to = out.offset;
	ends_finish(&in, &out);
	if (in_offset && result >= 0)
		*in_offset = from;
	if (out_offset && result >= 0)
		*out_offset = to;
	return result;
}

long unix_splice(int in_fd, int64_t *in_offset, int out_fd, int64_t *out_offset,
    size_t size, unsigned flags)
{
	int64_t from = in_offset ? *in_offset : 0;
	int64_t to = out_offset ? *out_offset : 0;
	struct end in, out;
	long result;

	if (flags & ~15u)
		return -EINVAL;
	result = ends_begin(&in, in_fd, in_offset ? &from : NULL, &out, out_fd,
	    out_offset ? &to : NULL);
	if (!result && in.file->right->kind != S_IFIFO &&
	    out.file->right->kind != S_IFIFO)
		result = -EINVAL;
	if (!result && size)
		result = transfer(&in, &out, size < PASS ? size : PASS);
	from = in.offset;
	to = out.offset;
	ends_finish(&in, &out);
	if (in_offset && result >= 0)
		*in_offset = from;
	if (out_offset && result >= 0)
		*out_offset = to;
	return result;
}

static int is_same_pipe(const struct end *in, const struct end *out)
{
	struct file_attributes from, to;

	return in->file->right == out->file->right ||
	    (!file_stat(in->file->right->port, &from) &&
		!file_stat(out->file->right->port, &to) &&
		from.node == to.node && from.device == to.device);
}

/* What is in one pipe is in the other, too, as far as there is room. */
static long duplicate(struct end *in, struct end *out, size_t size, int wait)
{
	int flags = wait ? 0 : FILE_NONBLOCK;
	char data[PASS];
	long got, put;

	got = stream_peek(in->file, data, size < PASS ? size : PASS, flags);
	if (got <= 0)
		return got;
	put = stream_write(out->file, data, (size_t)got, 0, FILE_NONBLOCK);
	if (put == -EAGAIN && wait)
		put = stream_write(out->file, data,
		    got < IO_INLINE_MAX ? (size_t)got : IO_INLINE_MAX, 0, 0);
	return put;
}

long unix_tee(int in_fd, int out_fd, size_t size, unsigned flags)
{
	struct end in, out;
	long result;
	int wait;

	if (flags & ~15u)
		return -EINVAL;
	if (!size)
		return 0;
	result = ends_begin(&in, in_fd, NULL, &out, out_fd, NULL);
	if (!result &&
	    (in.file->right->kind != S_IFIFO ||
		out.file->right->kind != S_IFIFO || is_same_pipe(&in, &out)))
		result = -EINVAL;
	if (!result) {
		wait = !(flags & SPLICE_NONBLOCK) &&
		    !((in.file->state->flags | out.file->state->flags) &
			O_NONBLOCK);
		result = duplicate(&in, &out, size, wait);
	}
	ends_finish(&in, &out);
	return result;
}

/* Pages are never lent to a pipe: what is gifted is written. */
long unix_vmsplice(int fd, const struct iovec *vector, int count,
    unsigned flags)
{
	struct open_file *file = descriptor_hold(fd);
	int writing;

	if (!file)
		return -EBADF;
	writing = open_file_writable(file);
	if (file->right->kind != S_IFIFO) {
		descriptor_release(file);
		return -EBADF;
	}
	descriptor_release(file);
	if (flags & ~15u)
		return -EINVAL;
	return writing ? unix_writev(fd, vector, count) :
			 unix_readv(fd, vector, count);
}
