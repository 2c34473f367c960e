/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.defs on a device. One message a call; nothing here waits but for the
 * disk, so tickets mean nothing and poll is always ready.
 */
#include "devices.h"
#include <base/memory.h>
#include <base/port.h>
#include <file.server.h>
#include <string.h>

enum {
	MODE_CHARACTER_DEVICE = 0020000,
	MODE_BLOCK_DEVICE = 0060000,
	POLL_ALWAYS = 1 | 4 | 0x40 | 0x100, /* IN OUT RDNORM WRNORM */
};

static struct device_file *file_of(object_t object)
{
	return (struct device_file *)object;
}

/* count: in the room, out what there is. */
static error_t read_into(const struct device_file *file, offset_t offset,
    int flags, void *bytes, size_t *count)
{
	const struct device_ops *ops = file->device->ops;
	error_t error = ops->read(file->device, offset, bytes, count);

	if (!error && !*count && ops->grows && (flags & FILE_NONBLOCK))
		error = E_AGAIN;
	return error;
}

error_t serve_file_read(object_t object, offset_t offset, int size, int flags,
    int ticket, small_data_t data, mach_msg_type_number_t *data_count)
{
	struct device_file *file = file_of(object);
	size_t count = size < IO_INLINE_MAX ? size : IO_INLINE_MAX;
	error_t error;

	(void)ticket;
	if (!(file->access & OPEN_READ))
		return E_BADF;
	if (size < 0 || offset < 0)
		return E_INVAL;
	error = read_into(file, offset, flags, data, &count);
	*data_count = count;
	return error;
}

error_t serve_file_read_large(object_t object, offset_t offset, int size,
    int flags, int ticket, GIVEN large_data_t *data,
    mach_msg_type_number_t *data_count)
{
	struct device_file *file = file_of(object);
	size_t count = size < IO_LARGE_MAX ? size : IO_LARGE_MAX;
	struct vm_buffer buffer;
	error_t error;

	(void)ticket;
	if (!(file->access & OPEN_READ))
		return E_BADF;
	if (size < 0 || offset < 0)
		return E_INVAL;
	error = vm_buffer_new(&buffer, count);
	if (error)
		return error;
	if (!file->device->ops->reads_zeros)
		error = read_into(file, offset, flags, buffer.start, &count);
	if (error)
		vm_buffer_free(&buffer);
	else
		vm_buffer_give(&buffer, count, data, data_count);
	return error;
}

static error_t file_write_from(struct device_file *file, offset_t offset,
    const void *bytes, size_t size, int *count)
{
	const struct device_ops *ops = file->device->ops;
	error_t error;

	if (!(file->access & OPEN_WRITE))
		return E_BADF;
	if (offset < 0)
		return E_INVAL;
	error = ops->writes_nothing
	    ? 0
	    : ops->write(file->device, offset, bytes, &size);
	*count = size;
	return error;
}

error_t serve_file_write(object_t object, offset_t offset, int flags,
    int ticket, const small_data_t data, mach_msg_type_number_t data_count,
    int *count)
{
	(void)flags, (void)ticket;
	return file_write_from(
	    file_of(object), offset, data, data_count, count);
}

error_t serve_file_write_large(object_t object, offset_t offset, int flags,
    int ticket, CONSUMED large_data_t data, mach_msg_type_number_t data_count,
    int *count)
{
	error_t error;

	(void)flags, (void)ticket;
	error =
	    file_write_from(file_of(object), offset, data, data_count, count);
	if (!error)
		memory_free((vm_address_t)data, data_count);
	return error;
}

error_t serve_file_cancel(object_t object, int ticket)
{
	(void)object, (void)ticket;
	return 0;
}

error_t serve_file_stat(object_t object, file_attributes_t *attributes)
{
	const struct device *device = file_of(object)->device;

	memset(attributes, 0, sizeof *attributes);
	attributes->mode =
	    device->type == 'b' ? MODE_BLOCK_DEVICE : MODE_CHARACTER_DEVICE;
	attributes->mode |= 0600;
	attributes->links = 1;
	attributes->size = device->size;
	attributes->block_size = IO_INLINE_MAX;
	attributes->special = device->number;
	attributes->slot = -1;
	return 0;
}

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

/* Writes have reached the kernel's driver when they are answered. */
error_t serve_file_sync(object_t object, int all)
{
	struct device *device = file_of(object)->device;

	(void)all;
	if (device->ops->sync)
		return device->ops->sync(device);
	return device->type == 'b' ? 0 : E_INVAL;
}

error_t serve_file_poll(object_t object, int events, int cookie, int ticket,
    CONSUMED mach_port_t notify, int *ready)
{
	(void)object, (void)cookie, (void)ticket;
	*ready = events & POLL_ALWAYS;
	port_drop(notify);
	return 0;
}

static error_t file_do_control(struct device_file *file,
    struct control *control, mach_msg_type_number_t *answer_count, int *result)
{
	struct device *device = file->device;
	error_t error = E_NOTTY;

	control->access = file->access;
	if (device->ops->control)
		error = device->ops->control(device, control);
	*answer_count = control->out_size;
	*result = control->result;
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

	(void)flags;
	return file_do_control(
	    file_of(object), &control, answer_count, result);
}

error_t serve_file_control_with(object_t object, int request,
    CONSUMED mach_port_t other, int access, const control_data_t data,
    mach_msg_type_number_t data_count, control_data_t answer,
    mach_msg_type_number_t *answer_count, int *result)
{
	struct control control = {
		.request = request,
		.in = data,
		.in_size = data_count,
		.out = answer,
		.other = other,
		.other_access = access,
	};
	error_t error;

	error = file_do_control(
	    file_of(object), &control, answer_count, result);
	if (!error)
		port_drop(other);
	return error;
}

error_t serve_file_backing(object_t object, GIVEN mach_port_t *backing,
    mach_msg_type_name_t *backing_type, offset_t *offset, offset_t *size)
{
	struct device_file *file = file_of(object);

	*backing_type = MACH_MSG_TYPE_MOVE_SEND;
	return file->device->type == 'b'
	    ? loop_backing(file, backing, offset, size)
	    : E_NXIO;
}

error_t serve_file_read_directory(object_t object, offset_t position,
    small_data_t data, mach_msg_type_number_t *data_count, offset_t *next)
{
	(void)object, (void)position, (void)data, (void)data_count, (void)next;
	return E_NOTDIR;
}
