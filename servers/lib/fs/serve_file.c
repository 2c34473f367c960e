/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.defs on regular files (and on generated ones, which can't be mapped).
 * Data in the request or the answer is our own memory, never a mapping of a
 * file: it may be touched with the lock held, once it was touched without.
 */
#include "survive.h"
#include <base/memory.h>
#include <base/port.h>
#include <file.server.h>
#include <string.h>

enum {
	POLL_FILE = 0x1 | 0x4 | 0x40 | 0x100, /* IN OUT RDNORM WRNORM */
	READ_LARGE_MAX = 1024 * 1024,
};

static struct file_right *right_of(object_t object)
{
	return (struct file_right *)object;
}

/* The file of a right that allows access, locked; end_use() afterwards. */
static error_t use(object_t object, int access, struct file **file)
{
	if (access & ~right_of(object)->access)
		return E_BADF;
	lock(&fs_lock);
	*file = right_of(object)->file;
	(*file)->uses++;
	return 0;
}

static void end_use(struct file *file)
{
	file_put(file);
	fs_unlock();
}

static error_t use_to_write(object_t object, struct file **file)
{
	error_t error = use(object, OPEN_WRITE, file);

	if (!error && fs_volume->read_only) {
		end_use(*file);
		error = E_ROFS;
	}
	return error;
}

error_t serve_file_read(object_t object, offset_t offset, int size, int flags,
    int ticket, small_data_t data, mach_msg_type_number_t *count)
{
	size_t bytes = (size_t)size;
	struct file *file;
	error_t error;

	(void)flags, (void)ticket;
	if (size < 0 || offset < 0)
		return E_INVAL;
	if (bytes > IO_INLINE_MAX)
		bytes = IO_INLINE_MAX;
	error = use(object, OPEN_READ, &file);
	if (error)
		return error;
	error = file_get_data(file, (uint64_t)offset, data, &bytes);
	if (!error && bytes)
		watch_happened(file, WATCH_READ);
	end_use(file);
	*count = bytes;
	return error;
}

error_t serve_file_read_large(object_t object, offset_t offset, int size,
    int flags, int ticket, GIVEN large_data_t *data,
    mach_msg_type_number_t *count)
{
	struct vm_buffer buffer;
	size_t bytes = (size_t)size;
	struct file *file;
	error_t error;

	(void)flags, (void)ticket;
	if (size < 0 || offset < 0)
		return E_INVAL;
	if (bytes > READ_LARGE_MAX)
		bytes = READ_LARGE_MAX;
	error = vm_buffer_new(&buffer, bytes);
	if (error)
		return error;
	error = use(object, OPEN_READ, &file);
	if (!error) {
		error = file_get_data(file, (uint64_t)offset, buffer.start,
		    &bytes);
		end_use(file);
	}
	if (error)
		vm_buffer_free(&buffer);
	else
		vm_buffer_give(&buffer, bytes, data, count);
	return error;
}

/* Room at offset, -1: at the end; that only once for a request. */
static error_t grow_once(int request, struct file *file, int64_t offset,
    uint64_t count, uint64_t *at, int *longer)
{
	const struct outcome *outcome = offset < 0 ? outcome_find(request) : 0;
	error_t error;

	*longer = 0;
	if (outcome) {
		*at = outcome->other;
		return 0;
	}
	error = file_grow(file, offset, count, request, at, longer);
	if (!error && offset < 0)
		outcome_note(request, file->node->number, *at, 0);
	return error;
}

static error_t file_write_bytes(object_t object, offset_t offset, int flags,
    int ticket, const void *data, size_t bytes, int *count)
{
	uint64_t at = 0;
	struct file *file;
	error_t error = use_to_write(object, &file);
	int longer = 0;

	if (error)
		return error;
	if (flags & FILE_APPEND)
		offset = -1;
	else if (offset < 0)
		error = E_INVAL;
	if (!error && bytes)
		error = grow_once(ticket, file, offset, bytes, &at, &longer);
	if (!error && bytes)
		error = file_put_data(file, at, data, bytes);
	if (longer)
		writing_end(file, ticket);
	if (!error && bytes)
		watch_happened(file, WATCH_WRITTEN);
	end_use(file);
	*count = (int)bytes;
	return error;
}

error_t serve_file_write(object_t object, offset_t offset, int flags,
    int ticket, const small_data_t data, mach_msg_type_number_t bytes,
    int *count)
{
	return file_write_bytes(object, offset, flags, ticket, data, bytes,
	    count);
}

error_t serve_file_write_large(object_t object, offset_t offset, int flags,
    int ticket, CONSUMED large_data_t data, mach_msg_type_number_t bytes,
    int *count)
{
	struct vm_buffer copy;
	error_t error;

	/* The client's memory may be a file of ours: no lock while it is
	 * brought in. */
	error = vm_buffer_new(&copy, bytes);
	if (error)
		return error;
	memcpy(copy.start, data, bytes);
	error = file_write_bytes(object, offset, flags, ticket, copy.start,
	    bytes, count);
	vm_buffer_free(&copy);
	if (!error)
		memory_free((vm_address_t)data, bytes);
	return error;
}

/* Nothing here ever waits for another client. */
error_t serve_file_cancel(object_t object, int ticket)
{
	(void)object, (void)ticket;
	return 0;
}

static error_t map_right(struct file *file, int access, mach_port_t *object,
    mach_msg_type_name_t *type)
{
	error_t error = file_pager(file);
	mach_port_t proxy;

	if (error)
		return error;
	if (access & OPEN_WRITE)
		return pager_answer(file->pager, object, type);
	/* What the last writer left open is nobody's to write now. */
	if (!file->pager->writable)
		pager_lock_pages(file->pager);
	if (!file->proxy) {
		error = pager_proxy(file->pager, &proxy);
		if (!error)
			file_proxy(file, proxy);
	}
	*object = file->proxy;
	*type = MACH_MSG_TYPE_COPY_SEND;
	return error;
}

error_t serve_file_map(object_t object, GIVEN mach_port_t *memory,
    mach_msg_type_name_t *memory_type, GIVEN mach_port_t *attributes,
    mach_msg_type_name_t *attributes_type, int *slot)
{
	struct file *file;
	error_t error;

	if (fs_type->flags & FS_TYPE_GENERATED)
		return E_NODEV;
	error = use(object, 0, &file);
	if (error)
		return error;
	error = map_right(file, right_of(object)->access, memory, memory_type);
	*attributes = file->slot < 0 ? MACH_PORT_NULL : slots_right();
	*attributes_type = MACH_MSG_TYPE_COPY_SEND;
	*slot = file->slot;
	end_use(file);
	return error;
}

error_t serve_file_stat(object_t object, file_attributes_t *attributes)
{
	struct file *file;
	error_t error = use(object, 0, &file);

	if (error)
		return error;
	if (file->writing)
		writings_forget(0);
	file_attributes_fill(file, (struct file_attributes *)attributes);
	end_use(file);
	return 0;
}

error_t serve_file_set_size(object_t object, offset_t size)
{
	struct file *file;
	error_t error;

	if (size < 0)
		return E_INVAL;
	error = use_to_write(object, &file);
	if (error)
		return error;
	error = file->node->attributes.flags & FS_FLAG_APPEND ? E_PERM :
	    file_resize(file, (uint64_t)size);
	if (!error)
		watch_happened(file, WATCH_WRITTEN);
	end_use(file);
	return error;
}

error_t serve_file_extend(object_t object, offset_t offset, int count,
    int request, offset_t *at, int *longer)
{
	uint64_t start = 0;
	struct file *file;
	error_t error;

	if (offset < -1 || count < 0)
		return E_INVAL;
	error = use_to_write(object, &file);
	if (error)
		return error;
	error = grow_once(request, file, offset, (uint64_t)count, &start,
	    longer);
	end_use(file);
	*at = (offset_t)start;
	return error;
}

error_t serve_file_touch(object_t object, int what)
{
	struct file *file;

	if (use(object, what & WATCH_WRITTEN ? OPEN_WRITE : OPEN_READ, &file))
		return 0;
	watch_happened(file, (unsigned)what & (WATCH_READ | WATCH_WRITTEN));
	if (!fs_volume->read_only) {
		if (what & WATCH_WRITTEN)
			file_stamp(file, 1);
		if (what & WATCH_READ &&
		    !(file->node->attributes.flags & FS_FLAG_NOATIME)) {
			fs_now(&file->node->attributes.atime);
			file_changed(file);
		}
	}
	end_use(file);
	return 0;
}

error_t serve_file_written(object_t object, int request)
{
	struct file *file;
	error_t error = use(object, OPEN_WRITE, &file);

	if (error)
		return error;
	writing_end(file, request);
	watch_happened(file, WATCH_WRITTEN);
	end_use(file);
	return 0;
}

error_t serve_file_report(object_t object, int what)
{
	return serve_file_touch(object, what);
}

error_t serve_file_sync(object_t object, int all)
{
	struct file *file;
	error_t error = use(object, 0, &file), other = 0;

	(void)all; /* data without its inode is of no use to anybody */
	if (error)
		return error;
	if (file->pager) {
		fs_unlock();
		error = pager_clean(file->pager);
		lock(&fs_lock);
	}
	if (fs_type->ops->sync && !fs_volume->read_only)
		other = fs_type->ops->sync(fs_volume);
	end_use(file);
	return error ? error : other;
}

error_t serve_file_poll(object_t object, int events, int cookie, int ticket,
    CONSUMED mach_port_t notify, int *ready)
{
	(void)object, (void)cookie, (void)ticket;
	port_drop(notify);
	*ready = events & POLL_FILE;
	return 0;
}

error_t serve_file_control(object_t object, int request, int flags,
    const control_data_t data, mach_msg_type_number_t count,
    control_data_t answer, mach_msg_type_number_t *answer_count, int *result)
{
	(void)object, (void)request, (void)flags, (void)data, (void)count;
	(void)answer, (void)answer_count, (void)result;
	return E_NOTTY;
}

error_t serve_file_read_directory(object_t object, offset_t position,
    small_data_t data, mach_msg_type_number_t *count, offset_t *next)
{
	(void)object, (void)position, (void)data, (void)count, (void)next;
	return E_NOTDIR;
}

error_t serve_file_find(object_t object, offset_t offset, int hole,
    offset_t *found)
{
	uint64_t at = 0;
	struct file *file;
	error_t error;

	if (offset < 0)
		return E_NXIO;
	error = use(object, 0, &file);
	if (error)
		return error;
	error = file_find_run(file, (uint64_t)offset, hole, &at);
	end_use(file);
	*found = (offset_t)at;
	return error;
}

error_t serve_file_allocate(object_t object, int mode, offset_t offset,
    offset_t count, offset_t *done)
{
	struct file *file;
	uint64_t bytes;
	error_t error;

	if (offset < 0 || count <= 0)
		return E_INVAL;
	error = use_to_write(object, &file);
	if (error)
		return error;
	error = file_allocate_range(file, mode, (uint64_t)offset,
	    (uint64_t)count, &bytes);
	*done = (offset_t)bytes;
	if (!error)
		watch_happened(file, WATCH_WRITTEN);
	end_use(file);
	return error;
}

error_t serve_file_advise(object_t object, offset_t offset, offset_t count,
    int advice)
{
	struct file *file;

	if (offset < 0 || count < 0 || use(object, 0, &file))
		return 0;
	file_advise_range(file, (uint64_t)offset, (uint64_t)count, advice);
	end_use(file);
	return 0;
}
