/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.defs, for what VFS itself is the server of: directories (and files that
 * were opened by path only), and ends of channels.
 */
#include "channel.h"
#include "core/numbers.h"
#include "text_file.h"
#include "watch.h"
#include <base/heap.h>
#include <base/memory.h>
#include <base/port.h>
#include <file.server.h>
#include <mach/mig_errors.h>
#include <string.h>

enum {
	IOCTL_FIONREAD = 0x541b,
};

static struct end *end_of(object_t object)
{
	return object->class == &end_class ? (struct end *)object : NULL;
}

static struct handle *handle_of(object_t object)
{
	return object->class == &handle_class ? (struct handle *)object : NULL;
}

static struct text_file *text_of(object_t object)
{
	return object->class == &text_file_class ? (struct text_file *)object
						 : NULL;
}

static int is_path_only(object_t object)
{
	return handle_of(object) && handle_of(object)->kind == HANDLE_PATH;
}

/* Reading or writing what is no channel. */
static error_t not_a_channel(object_t object, int writing)
{
	struct handle *handle = handle_of(object);

	if (writing || !handle || handle->kind == HANDLE_PATH)
		return E_BADF;
	return E_ISDIR;
}

/* Lock held. Takes bytes, or says how the request goes on. */
static error_t end_read(struct end *end, char *data, unsigned *size, int flags,
    int ticket, struct list *fired)
{
	struct stream *stream = &end->channel->streams[end->in];
	int peek = flags & FILE_PEEK;
	unsigned moved;

	stream->reader = (uint32_t)ticket >> 16;
	if (end->channel->watcher && !pipe_readable(stream->pipe))
		watches_pull_all();
	if (transfer_begin(ticket) && !peek &&
	    read_is_known(end, ticket, data, size))
		return 0;
	if (end->channel->watcher && pipe_readable(stream->pipe)) {
		error_t error = watch_fit(stream->pipe, *size, size);

		if (error)
			return error;
	}
	if (pipe_readable(stream->pipe)) {
		*size = pipe_look(stream->pipe, data, *size, &moved);
		if (peek)
			return 0;
		transfer_note(
		    stream, ticket, stream->pipe->head, moved, *size);
		pipe_take(stream->pipe, moved);
		stream_drained(end->channel, stream, fired);
		return 0;
	}
	if (!stream->writers || !*size) {
		*size = 0;
		return 0;
	}
	if (flags & FILE_NONBLOCK) {
		if (stream_is_written(end->channel, end->in))
			return E_AGAIN;
		*size = 0;
		return 0;
	}
	if (wait_cancelled())
		return E_INTR;
	return wait_park(&stream->reading, ticket);
}

/* Who waits to read is there. And what another process may have closed is left
 * to the kernel's message: asking costs as much as the rest of a write. */
static int has_reader(
    const struct end *end, const struct stream *stream, int ticket)
{
	if (!stream->readers || stream->reading.count)
		return stream->readers != 0;
	if (stream->reader && stream->reader != (uint32_t)ticket >> 16)
		return 1;
	return stream_is_read(end->channel, end->out);
}

static error_t end_write(struct end *end, const char *data, unsigned size,
    int flags, int ticket, unsigned *taken, struct list *fired)
{
	struct stream *stream = &end->channel->streams[end->out];
	unsigned moved;
	error_t error;

	if (transfer_begin(ticket) && write_is_known(end, ticket, taken))
		return 0;
	if (!has_reader(end, stream, ticket))
		return E_PIPE;
	if (!size && !stream->pipe->packets) {
		*taken = 0;
		return 0;
	}
	error = pipe_put(stream->pipe, data, size, taken, &moved);
	if (!error) {
		transfer_note(
		    stream, ticket, stream->pipe->tail, moved, *taken);
		pipe_add(stream->pipe, moved);
		stream_filled(end->channel, stream, fired);
	}
	if (error != E_AGAIN || (flags & FILE_NONBLOCK))
		return error;
	if (wait_cancelled())
		return E_INTR;
	return wait_park(&stream->writing, ticket);
}

/* Watchers may have got something, and others of other watchers. */
static void end_unlock(const struct end *end)
{
	if (end->channel->watcher)
		vfs_leave();
	else
		unlock(&vfs_lock);
}

error_t serve_file_read(object_t file, offset_t offset, int size, int flags,
    int ticket, small_data_t data, mach_msg_type_number_t *count)
{
	struct end *end = end_of(file);
	unsigned wanted = (unsigned)size;
	struct list fired;
	error_t error;

	if (size < 0)
		return E_INVAL;
	if (wanted > IO_INLINE_MAX)
		wanted = IO_INLINE_MAX;
	if (!end && text_of(file)) {
		*count = text_file_read(text_of(file), offset, data, wanted);
		return 0;
	}
	if (!end)
		return not_a_channel(file, 0);
	if (end->in == STREAM_NONE)
		return E_BADF;
	list_init(&fired);
	lock(&vfs_lock);
	error = end_read(end, data, &wanted, flags, ticket, &fired);
	end_unlock(end);
	if (!error)
		*count = wanted;
	if (!list_empty(&fired))
		pollers_tell(&fired);
	return error;
}

error_t serve_file_read_large(object_t file, offset_t offset, int size,
    int flags, int ticket, large_data_t *data, mach_msg_type_number_t *count)
{
	struct end *end = end_of(file);
	unsigned wanted = (unsigned)size;
	struct vm_buffer buffer;
	struct list fired;
	error_t error;

	if (size < 0)
		return E_INVAL;
	if (!end && !text_of(file))
		return not_a_channel(file, 0);
	if (end && end->in == STREAM_NONE)
		return E_BADF;
	if (wanted > PIPE_SIZE)
		wanted = PIPE_SIZE;
	error = vm_buffer_new(&buffer, wanted);
	if (error)
		return error;
	if (text_of(file)) {
		wanted =
		    text_file_read(text_of(file), offset, buffer.start, wanted);
		vm_buffer_give(&buffer, wanted, data, count);
		return 0;
	}
	list_init(&fired);
	lock(&vfs_lock);
	error = end_read(end, buffer.start, &wanted, flags, ticket, &fired);
	end_unlock(end);
	if (!list_empty(&fired))
		pollers_tell(&fired);
	if (error)
		vm_buffer_free(&buffer);
	else
		vm_buffer_give(&buffer, wanted, data, count);
	return error;
}

/* What both kinds of read look like in messages. */
struct read_request {
	mach_msg_header_t head;
	mach_msg_type_t offset_type;
	uint32_t offset[2];
	mach_msg_type_t size_type;
	int size;
	mach_msg_type_t flags_type;
	int flags;
};

struct read_reply {
	mig_reply_header_t head;
	mach_msg_type_long_t type;
	union {
		char bytes[sizeof(char *)];
		const char *pointer;
	} data;
};

enum {
	ID_READ = 51400,
	ID_READ_LARGE = 51401,
};

/* The reader died while it waited: the bytes are the next reader's. */
void end_reply_lost(object_t object, const mach_msg_header_t *request,
    const mach_msg_header_t *answer)
{
	struct end *end = (struct end *)object;
	const struct read_reply *reply = (const struct read_reply *)answer;
	struct stream *stream;
	struct list fired;

	if (request->msgh_id != ID_READ && request->msgh_id != ID_READ_LARGE)
		return;
	if (((const struct read_request *)request)->flags & FILE_PEEK ||
	    !reply->type.msgtl_number || end->in == STREAM_NONE)
		return;
	list_init(&fired);
	vfs_enter();
	stream = &end->channel->streams[end->in];
	pipe_unread(stream->pipe,
	    request->msgh_id == ID_READ ? reply->data.bytes
					: reply->data.pointer,
	    reply->type.msgtl_number);
	stream_filled(end->channel, stream, &fired);
	vfs_leave();
	if (!list_empty(&fired))
		pollers_tell(&fired);
}

static error_t file_write_any(object_t file, int flags, int ticket,
    const char *data, unsigned size, int *count)
{
	struct end *end = end_of(file);
	struct list fired;
	unsigned taken;
	error_t error;

	if (!end)
		return not_a_channel(file, 1);
	if (end->out == STREAM_NONE)
		return E_BADF;
	list_init(&fired);
	lock(&vfs_lock);
	error = end_write(end, data, size, flags, ticket, &taken, &fired);
	unlock(&vfs_lock);
	if (!error)
		*count = (int)taken;
	if (!list_empty(&fired))
		pollers_tell(&fired);
	return error;
}

error_t serve_file_write(object_t file, offset_t offset, int flags, int ticket,
    const small_data_t data, mach_msg_type_number_t size, int *count)
{
	(void)offset;
	return file_write_any(file, flags, ticket, data, size, count);
}

error_t serve_file_write_large(object_t file, offset_t offset, int flags,
    int ticket, large_data_t data, mach_msg_type_number_t size, int *count)
{
	unsigned part = size > PIPE_SIZE ? PIPE_SIZE : size;
	char *copy = heap_alloc(part);
	error_t error;

	(void)offset;
	if (!copy)
		return E_NOMEM;
	/* The memory may be a mapped file, or that of a pager that never
	 * answers: only this thread may wait for it, without the lock. */
	memcpy(copy, data, part);
	error = file_write_any(file, flags, ticket, copy, part, count);
	heap_free(copy);
	if (!error)
		memory_free((vm_address_t)data, size);
	return error;
}

error_t serve_file_cancel(object_t file, int ticket)
{
	struct end *end = end_of(file);

	if (!end || !ticket)
		return 0;
	vfs_enter();
	pollers_forget(end->channel, end, ticket);
	vfs_leave();
	for (int i = 0; i < 2; i++) {
		wait_cancel(&end->channel->streams[i].reading, ticket);
		wait_cancel(&end->channel->streams[i].writing, ticket);
	}
	return 0;
}

error_t serve_file_map(object_t file, mach_port_t *object,
    mach_msg_type_name_t *object_type, mach_port_t *attributes,
    mach_msg_type_name_t *attributes_type, int *slot)
{
	(void)file;
	(void)object;
	(void)object_type;
	(void)attributes;
	(void)attributes_type;
	(void)slot;
	return E_NODEV;
}

error_t serve_file_stat(object_t file, file_attributes_t *attributes)
{
	struct end *end = end_of(file);
	error_t error;

	vfs_enter();
	if (end)
		error = end_attributes(end, attributes);
	else
		error = node_current(object_node(file), attributes);
	vfs_leave();
	return error;
}

error_t serve_file_set_size(object_t file, offset_t size)
{
	(void)size;
	return is_path_only(file) ? E_BADF : E_INVAL;
}

error_t serve_file_extend(
    object_t file, offset_t offset, int count, int request,
    offset_t *at, int *longer)
{
	(void)offset;
	(void)count;
	(void)request;
	(void)at;
	(void)longer;
	return end_of(file) ? E_SPIPE : E_BADF;
}

error_t serve_file_touch(object_t file, int what)
{
	(void)file;
	(void)what;
	return 0;
}

error_t serve_file_sync(object_t file, int all)
{
	struct node *node = object_node(file);
	error_t error;

	(void)all;
	if (!node)
		return E_INVAL;
	if (is_path_only(file))
		return E_BADF;
	vfs_enter();
	error = tell_sync(node->mount);
	vfs_leave();
	return error;
}

/* On success notify is ours: given up at once unless it is kept. */
error_t serve_file_poll(object_t file, int events, int cookie, int ticket,
    mach_port_t notify, int *ready)
{
	unsigned wanted = (unsigned)events | POLL_ERROR | POLL_HANG_UP;
	struct end *end = end_of(file);
	error_t error = 0;
	int kept = 0;

	if (!end) {
		*ready = events &
		    (POLL_IN | POLL_OUT | POLL_READ_NORMAL | POLL_WRITE_NORMAL);
		port_drop(notify);
		return 0;
	}
	vfs_enter();
	if (end->channel->watcher && !end_events(end))
		watches_pull_all();
	*ready = (int)(end_events(end) & wanted);
	if (!*ready && MACH_PORT_VALID(notify)) {
		error =
		    poller_add(end, (unsigned)events, cookie, ticket, notify);
		kept = !error;
	}
	vfs_leave();
	if (!error && !kept)
		port_drop(notify);
	return error;
}

error_t serve_file_control(object_t file, int request, int flags,
    const control_data_t data, mach_msg_type_number_t data_size,
    control_data_t answer, mach_msg_type_number_t *answer_size, int *result)
{
	struct end *end = end_of(file);
	unsigned bytes;

	(void)flags;
	(void)data;
	(void)data_size;
	if (is_path_only(file))
		return E_BADF;
	if (!end || request != IOCTL_FIONREAD)
		return E_NOTTY;
	vfs_enter();
	if (end->channel->watcher)
		watches_pull_all();
	bytes = end->in == STREAM_NONE
	    ? pipe_available(end->channel->streams[end->out].pipe)
	    : pipe_available(end->channel->streams[end->in].pipe);
	vfs_leave();
	memcpy(answer, &bytes, sizeof bytes);
	*answer_size = sizeof bytes;
	*result = 0;
	return 0;
}

error_t serve_file_read_directory(object_t file, offset_t position,
    small_data_t data, mach_msg_type_number_t *size, offset_t *next)
{
	struct handle *handle = handle_of(file);
	error_t error;

	if (!handle)
		return E_NOTDIR;
	if (handle->kind != HANDLE_READ)
		return E_BADF;
	vfs_enter();
	if (handle->node->flags & NODE_REMOVED)
		error = E_NOENT;
	else
		error = ask_directory(handle->node, position, data, size, next);
	if (!error)
		event_of(handle->node, EVENT_ACCESS);
	vfs_leave();
	return error;
}
