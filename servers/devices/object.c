/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices by number, and the one kind of port that clients hold here. */
#include "devices.h"
#include <base/heap.h>
#include <file.server.h>

static struct lock devices_lock = LOCK_INIT(LOCK_DEVICES);
static struct list devices = LIST_EMPTY(devices);

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

/* Files are never freed: their devices hold them, a handful in all. */
const struct object_class device_file_class = {
	.name = "device",
	.interfaces = (const interface_t[]){ file_interface, 0 },
};

static error_t device_make(unsigned type, int number, struct device **result)
{
	const struct device_ops *ops = NULL;
	struct device *device;
	error_t error;

	if (type == 'b') {
		error = disk_device(number, result);
		if (error)
			return error;
		device = *result;
	} else {
		error = DEVICE_MAJOR(number) == MAJOR_MEMORY
		    ? memory_device(DEVICE_MINOR(number), &ops)
		    : E_NXIO;
		if (error)
			return error;
		device = heap_alloc_zero(sizeof *device);
		if (!device)
			return E_NOMEM;
		device->ops = ops;
	}
	device->type = type;
	device->number = number;
	list_append(&devices, &device->link);
	*result = device;
	return 0;
}

static struct device *device_known(unsigned type, int number)
{
	list_each(link, &devices)
	{
		struct device *device = list_item(link, struct device, link);

		if (device->type == type && device->number == number)
			return device;
	}
	return NULL;
}

static error_t device_file(
    struct device *device, unsigned access, struct device_file **result)
{
	struct device_file *file = device->files[access];

	if (!file) {
		file = heap_alloc_zero(sizeof *file);
		if (!file)
			return E_NOMEM;
		object_init(&file->object, &device_file_class);
		file->device = device;
		file->access = access;
		device->files[access] = file;
	}
	*result = file;
	return 0;
}

error_t device_open_file(
    unsigned type, int number, unsigned access, struct device_file **file)
{
	struct device *device;
	error_t error = 0;

	lock(&devices_lock);
	device = device_known(type, number);
	if (!device)
		error = device_make(type, number, &device);
	if (!error && device->read_only && (access & OPEN_WRITE))
		error = E_ROFS;
	if (!error)
		error = device_file(device, access, file);
	unlock(&devices_lock);
	return error;
}

/* What a right stands for; enough to open it again. */
struct file_record {
	uint32_t type, number, access;
};

static void file_save(object_t object, void *to)
{
	struct device_file *file = (struct device_file *)object;
	struct file_record *record = to;

	record->type = file->device->type;
	record->number = (uint32_t)file->device->number;
	record->access = file->access;
}

static error_t file_restore(const void *from, object_t *object)
{
	const struct file_record *record = from;
	struct device_file *file;
	error_t error;

	error = device_open_file(record->type, (int)record->number,
	    record->access & (OPEN_READ | OPEN_WRITE), &file);
	if (!error)
		*object = object_reference(file);
	return error;
}

const struct recovery device_file_recovery = {
	.class = &device_file_class,
	.save = file_save,
	.restore = file_restore,
};
