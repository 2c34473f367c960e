/* SPDX-License-Identifier: BSD-2-Clause */
/* Loop devices: being bound to a file, data, and the last close. */
#include "loop.h"
#include <base/heap.h>
#include <base/port.h>
#include <base/text.h>
#include <block/file_bytes.h>
#include <file.client.h>

enum {
	MODE = 0660,
};

/* ---- data ---------------------------------------------------------------- */

/* The file, with a reference, and how much of count lies on the device. */
static error_t loop_take(struct loop *loop, uint64_t offset, size_t *count,
    GIVEN mach_port_t *file, uint64_t *position)
{
	uint64_t size;
	error_t error = 0;

	*file = MACH_PORT_NULL;
	devices_enter();
	size = loop->device.size;
	if (offset >= size)
		*count = 0;
	else if (*count > size - offset)
		*count = size - offset;
	*position = loop->kept->settings.offset + offset;
	if (*count) {
		error = port_copy_send(loop->kept->file);
		if (!error)
			*file = loop->kept->file;
	}
	devices_leave();
	return error ? E_IO : 0;
}

error_t loop_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	uint64_t position;
	mach_port_t file;
	error_t error;

	error = loop_take(loop_of(device), offset, count, &file, &position);
	if (error || !*count)
		return error;
	error = file_bytes_read(file, position, bytes, *count);
	port_drop(file);
	return error;
}

error_t loop_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	uint64_t position;
	mach_port_t file;
	error_t error;

	if (device->read_only)
		return E_PERM;
	if (!*count)
		return 0;
	error = loop_take(loop_of(device), offset, count, &file, &position);
	if (error || !*count)
		return error ? error : E_NOSPC;
	error = file_bytes_write(file, position, bytes, *count);
	port_drop(file);
	return error;
}

error_t loop_sync(struct device *device)
{
	size_t count = 1;
	uint64_t position;
	mach_port_t file;
	error_t error = loop_take(loop_of(device), 0, &count, &file, &position);

	if (error || !count)
		return error;
	error = file_sync(file, 0) ? E_IO : 0;
	port_drop(file);
	return error;
}

/* ---- the file ------------------------------------------------------------ */

void loop_tell(struct device *device)
{
	mach_port_t done;
	error_t error;

	devices_enter();
	error = change_begin(device, &done);
	devices_leave();
	if (!error)
		change_tell(done);
}

void loop_measure(struct loop *loop, uint64_t file_size)
{
	loop->kept->size = loop_bytes(&loop->kept->settings, file_size);
	loop->device.size = loop->kept->size;
	loop->device.read_only =
	    (loop->kept->settings.flags & LOOP_READ_ONLY) != 0;
}

/* Takes it off its file, which is the caller's then. */
static mach_port_t loop_free(struct loop *loop)
{
	mach_port_t file = loop->kept->file;

	loop->kept->bound = loop->kept->closing = 0;
	loop->kept->settings = (struct loop_settings){ .block = LOOP_SECTOR };
	loop->kept->file = MACH_PORT_NULL;
	loop_measure(loop, 0);
	return file;
}

static void file_drop(mach_port_t file)
{
	if (!file)
		return;
	vault_drop(file);
	port_drop(file);
}

error_t loop_bind(struct loop *loop, mach_port_t file, uint64_t size,
    const struct loop_settings *settings)
{
	struct kept_loop *kept = loop->kept;
	mach_port_t old = MACH_PORT_NULL;
	error_t error = 0;

	devices_enter();
	if (kept->bound && !kept->closing)
		error = E_BUSY;
	if (!error)
		error = port_copy_send(file);
	if (!error) {
		if (kept->bound)
			old = loop_free(loop);
		vault_keep(file);
		kept->settings = *settings;
		kept->file = file;
		loop_measure(loop, size);
		kept->bound = 1;
	}
	devices_leave();
	file_drop(old);
	if (!error)
		loop_tell(&loop->device);
	return error;
}

error_t loop_unbind(struct loop *loop)
{
	error_t error = 0;

	devices_enter();
	if (!loop->kept->bound || loop->kept->closing)
		error = E_NXIO;
	else if (device_is_claimed(&loop->device))
		loop->kept->settings.flags |= LOOP_AUTOCLEAR;
	else
		loop->kept->closing = 1;
	devices_leave();
	return error;
}

void loop_left(struct device *device)
{
	struct loop *loop = loop_of(device);
	mach_port_t file = MACH_PORT_NULL;

	devices_enter();
	if (loop->kept->bound &&
	    (loop->kept->closing ||
		(loop->kept->settings.flags & LOOP_AUTOCLEAR)) &&
	    !device_is_open(device))
		file = loop_free(loop);
	devices_leave();
	if (!file)
		return;
	file_drop(file);
	loop_tell(device);
}

static const struct device_ops loop_ops = {
	.read = loop_read,
	.write = loop_write,
	.sync = loop_sync,
	.control = loop_control,
	.left = loop_left,
};

error_t loop_backing(struct device_file *file, GIVEN mach_port_t *backing,
    offset_t *offset, offset_t *size)
{
	struct loop *loop = loop_of(file->device);
	error_t error = E_NXIO;

	devices_enter();
	/* The right to the file allows all that the device does. */
	if (file->device->ops == &loop_ops && loop->kept->bound)
		error = file->device->claim == file &&
			(file->device->read_only || (file->access & OPEN_WRITE))
		    ? port_copy_send(loop->kept->file)
		    : E_ACCES;
	if (!error) {
		*backing = loop->kept->file;
		*offset = (offset_t)loop->kept->settings.offset;
		*size = (offset_t)loop->device.size;
	}
	devices_leave();
	return error;
}

/* ---- devices ------------------------------------------------------------- */

/* What it was bound to when the instance before died. */
static void loop_restore(struct loop *loop)
{
	struct kept_loop *kept = loop->kept;
	mach_port_t file;

	if (!kept->bound)
		return;
	if (vault_take(kept->file, &file)) {
		loop_free(loop);
		return;
	}
	kept->file = file;
	loop->device.size = kept->size;
	loop->device.read_only = (kept->settings.flags & LOOP_READ_ONLY) != 0;
}

error_t loop_device(int number, struct device **device)
{
	struct loop *loop;

	if (DEVICE_MINOR(number) >= LOOPS)
		return E_NXIO;
	loop = heap_alloc_zero(sizeof *loop);
	if (!loop)
		return E_NOMEM;
	loop->device.ops = &loop_ops;
	loop->device.whole = &loop->device;
	loop->device.may_be_empty = 1;
	loop->kept = &kept()->loops[DEVICE_MINOR(number)];
	loop_restore(loop);
	*device = &loop->device;
	return 0;
}

void loop_list(char *text, size_t size)
{
	char name[NAMES_LENGTH];
	struct device *device;

	devices_enter();
	for (unsigned i = 0; i < LOOPS; i++) {
		int there = kept()->loops_there >> i & 1;

		if (!there && !(kept()->loops_listed >> i & 1))
			continue;
		if (device_find('b', DEVICE_NUMBER(MAJOR_LOOP, i), &device))
			continue;
		text_format(name, sizeof name, "loop%u", i);
		names_sized_line(text, size, name, there ? 'b' : '-',
		    MAJOR_LOOP, i, MODE, device->size);
	}
	kept()->loops_listed = kept()->loops_there;
	devices_leave();
}
