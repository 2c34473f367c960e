/* SPDX-License-Identifier: BSD-2-Clause */
/* file.defs on a terminal. */
#include "core/control.h"
#include "tty.h"
#include <base/memory.h>
#include <base/port.h>
#include <base/types.h>
#include <file.server.h>
#include <string.h>

enum {
	MODE_CHARACTER_DEVICE = 0020000,
	READ_LARGE_MAX = TTY_RING,
};

static struct terminal_file *file_of(object_t object)
{
	return (struct terminal_file *)object;
}

static error_t file_read_into(struct terminal_file *file, void *bytes,
    unsigned size, int flags, int ticket, unsigned *count)
{
	error_t error;

	if (!(file->access & OPEN_READ))
		return E_BADF;
	tty_lock();
	if (file->is_master)
		error = master_read(file, bytes, size, flags, ticket, count);
	else
		error = terminal_read(file, bytes, size, flags, ticket, count);
	tty_unlock();
	return error;
}

static error_t file_write_from(struct terminal_file *file, const void *bytes,
    unsigned size, int flags, int ticket, int *count)
{
	unsigned taken = 0;
	error_t error;

	if (!(file->access & OPEN_WRITE))
		return E_BADF;
	tty_lock();
	if (file->is_master)
		error = master_write(file, bytes, size, flags, ticket, &taken);
	else
		error =
		    terminal_write(file, bytes, size, flags, ticket, &taken);
	tty_unlock();
	*count = taken;
	return error;
}

error_t serve_file_read(object_t object, offset_t offset, int size, int flags,
    int ticket, small_data_t data, mach_msg_type_number_t *data_count)
{
	unsigned count = 0;
	error_t error;

	(void)offset;
	if (size < 0)
		return E_INVAL;
	if (size > IO_INLINE_MAX)
		size = IO_INLINE_MAX;
	error =
	    file_read_into(file_of(object), data, size, flags, ticket, &count);
	*data_count = count;
	return error;
}

error_t serve_file_read_large(object_t object, offset_t offset, int size,
    int flags, int ticket, GIVEN large_data_t *data,
    mach_msg_type_number_t *data_count)
{
	struct vm_buffer buffer;
	unsigned count = 0;
	error_t error;

	(void)offset;
	if (size < 0)
		return E_INVAL;
	if (size > READ_LARGE_MAX)
		size = READ_LARGE_MAX;
	error = vm_buffer_new(&buffer, size);
	if (error)
		return error;
	error = file_read_into(
	    file_of(object), buffer.start, size, flags, ticket, &count);
	if (error)
		vm_buffer_free(&buffer);
	else
		vm_buffer_give(&buffer, count, data, data_count);
	return error;
}

error_t serve_file_write(object_t object, offset_t offset, int flags,
    int ticket, const small_data_t data, mach_msg_type_number_t data_count,
    int *count)
{
	(void)offset;
	return file_write_from(
	    file_of(object), data, data_count, flags, ticket, count);
}

error_t serve_file_write_large(object_t object, offset_t offset, int flags,
    int ticket, CONSUMED large_data_t data, mach_msg_type_number_t data_count,
    int *count)
{
	error_t error;

	(void)offset;
	error = file_write_from(
	    file_of(object), data, data_count, flags, ticket, count);
	if (!error)
		memory_free((vm_address_t)data, data_count);
	return error;
}

error_t serve_file_cancel(object_t object, int ticket)
{
	struct terminal_file *file = file_of(object);
	struct terminal *terminal = file->terminal;

	if (!ticket)
		return E_INVAL;
	tty_lock();
	wait_cancel(&terminal->readers, ticket);
	wait_cancel(&terminal->writers, ticket);
	wait_cancel(&terminal->master_readers, ticket);
	wait_cancel(&terminal->master_writers, ticket);
	poll_cancel(file, ticket);
	tty_unlock();
	return 0;
}

error_t serve_file_stat(object_t object, file_attributes_t *attributes)
{
	struct terminal *terminal = file_of(object)->terminal;

	memset(attributes, 0, sizeof *attributes);
	attributes->mode = MODE_CHARACTER_DEVICE | 0620;
	attributes->links = 1;
	attributes->block_size = 1024;
	attributes->special = terminal->device;
	attributes->slot = -1;
	return 0;
}

/* What serves here can't be mapped, cut or extended. */
error_t serve_file_map(object_t object, GIVEN mach_port_t *memory,
    mach_msg_type_name_t *memory_type, GIVEN mach_port_t *attributes,
    mach_msg_type_name_t *attributes_type, int *slot)
{
	(void)object, (void)memory, (void)memory_type, (void)attributes;
	(void)attributes_type, (void)slot;
	return E_NODEV;
}

error_t serve_file_set_size(object_t object, offset_t size)
{
	(void)object, (void)size;
	return E_INVAL;
}

error_t serve_file_extend(
    object_t object, offset_t offset, int count, int request,
    offset_t *at, int *longer)
{
	(void)object, (void)offset, (void)count, (void)request, (void)at;
	(void)longer;
	return E_INVAL;
}

error_t serve_file_touch(object_t object, int what)
{
	(void)object, (void)what;
	return 0;
}

error_t serve_file_sync(object_t object, int all)
{
	(void)object, (void)all;
	return E_INVAL;
}

error_t serve_file_read_directory(object_t object, offset_t position,
    small_data_t data, mach_msg_type_number_t *data_count, offset_t *next)
{
	(void)object, (void)position, (void)data, (void)data_count, (void)next;
	return E_NOTDIR;
}

error_t serve_file_poll(object_t object, int events, int cookie, int ticket,
    CONSUMED mach_port_t notify, int *ready)
{
	struct terminal_file *file = file_of(object);
	error_t error = 0;

	tty_lock();
	*ready = terminal_ready(file) & (events | POLL_ERROR | POLL_HANG_UP);
	if (!*ready && notify != MACH_PORT_NULL)
		error = poll_add(file, events, cookie, ticket, notify);
	else
		port_drop(notify);
	tty_unlock();
	return error;
}

error_t serve_file_control(object_t object, int request, int flags,
    const control_data_t data, mach_msg_type_number_t data_count,
    control_data_t answer, mach_msg_type_number_t *answer_count, int *result)
{
	struct control control = {
		.request = request,
		.in = data,
		.in_size = data_count,
		.out = answer,
	};
	error_t error;

	tty_lock();
	error = terminal_control(file_of(object), &control, flags);
	tty_unlock();
	*answer_count = control.out_size;
	*result = control.result;
	return error;
}
