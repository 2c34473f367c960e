/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices by number, and the one kind of port that clients hold here. */
#include "disk.h"
#include <base/heap.h>
#include <file.server.h>

static struct lock devices_lock = LOCK_INIT(LOCK_DEVICES);
static struct list devices = LIST_EMPTY(devices);

void devices_enter(void)
{
	lock(&devices_lock);
}

void devices_leave(void)
{
	unlock(&devices_lock);
}

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

static void device_file_destroy(object_t object)
{
	struct device_file *file = (struct device_file *)object;

	devices_enter();
	if (file->device->claim == file)
		file->device->claim = NULL;
	devices_leave();
	if (file->device->ops->left)
		file->device->ops->left(file->device);
	heap_free(file);
}

static void device_file_left(object_t object)
{
	struct device *device = ((struct device_file *)object)->device;

	if (device->ops->left)
		device->ops->left(device);
}

/* Only claims are freed: the devices hold all others, a handful. */
const struct object_class device_file_class = {
	.name = "device",
	.interfaces = (const interface_t[]){ file_interface, 0 },
	.destroy = device_file_destroy,
	.no_senders = device_file_left,
};

static error_t block_make(int number, struct device **result)
{
	return DEVICE_MAJOR(number) == MAJOR_LOOP
	    ? loop_device(number, result)
	    : disk_device(number, result);
}

static error_t character_ops(int number, const struct device_ops **ops)
{
	unsigned major = DEVICE_MAJOR(number), minor = DEVICE_MINOR(number);

	if (major == MAJOR_MEMORY)
		return memory_device(minor, ops);
	if (major != MAJOR_MISC || minor != MINOR_LOOP_CONTROL)
		return E_NXIO;
	*ops = &loop_control_ops;
	return 0;
}

static error_t character_make(int number, struct device **result)
{
	const struct device_ops *ops = NULL;
	struct device *device;
	error_t error = character_ops(number, &ops);

	if (error)
		return error;
	device = heap_alloc_zero(sizeof *device);
	if (!device)
		return E_NOMEM;
	device->ops = ops;
	*result = device;
	return 0;
}

static error_t device_make(unsigned type, int number, struct device **result)
{
	struct device *device;
	error_t error = type == 'b' ? block_make(number, &device)
				    : character_make(number, &device);

	if (error)
		return error;
	device->type = type;
	device->number = number;
	wait_queue_init(&device->changing);
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

error_t device_find(unsigned type, int number, struct device **result)
{
	struct device *device = device_known(type, number);
	error_t error = device ? 0 : device_make(type, number, &device);

	if (!error)
		*result = device;
	return error;
}

static error_t device_file_new(
    struct device *device, unsigned access, struct device_file **result)
{
	struct device_file *file = heap_alloc_zero(sizeof *file);

	if (!file)
		return E_NOMEM;
	object_init(&file->object, &device_file_class);
	file->device = device;
	file->access = access;
	*result = file;
	return 0;
}

/* ---- claims ---- */

/* Whether who holds one may keep the other from being claimed: a disk and
 * its partitions are in each other's way, two partitions are not. */
static int devices_overlap(const struct device *one, const struct device *other)
{
	return one == other || one->whole == other || other->whole == one;
}

/* A claim whose holder has gone counts no more, though that may not have
 * been announced yet. */
int device_is_claimed(struct device *device)
{
	if (device->claim && object_is_left(device->claim))
		device->claim = NULL;
	return device->claim != NULL;
}

int device_is_open(struct device *device)
{
	for (unsigned access = 0; access < DEVICE_ACCESSES; access++)
		if (device->files[access] &&
		    !object_is_left(device->files[access]))
			return 1;
	return device_is_claimed(device);
}

int claims_partition(const struct device *whole)
{
	int claimed = 0;

	list_each(link, &devices)
	{
		struct device *device = list_item(link, struct device, link);

		claimed |= device->type == 'b' && device != whole &&
		    devices_overlap(whole, device) && device_is_claimed(device);
	}
	return claimed;
}

static error_t device_claim(
    struct device *device, unsigned access, struct device_file **file)
{
	error_t error;

	list_each(link, &devices)
	{
		struct device *other = list_item(link, struct device, link);

		if (other->type == 'b' && devices_overlap(device, other) &&
		    device_is_claimed(other))
			return E_BUSY;
	}
	error = device_file_new(device, access, file);
	if (!error)
		device->claim = *file;
	return error;
}

error_t device_open_file(unsigned type, int number, unsigned access, int claim,
    struct device_file **file)
{
	struct device *device;
	error_t error;

	devices_enter();
	error = device_find(type, number, &device);
	if (!error && type == 'b' && !device->size && !device->may_be_empty)
		error = E_NXIO;
	/* A loop device may become writable while it is open. */
	if (!error && device->read_only && (access & OPEN_WRITE) &&
	    (claim || !device->may_be_empty))
		error = E_ROFS;
	if (!error && claim && type == 'b')
		error = device_claim(device, access, file);
	else if (!error && !device->files[access])
		error =
		    device_file_new(device, access, &device->files[access]);
	if (!error && !(claim && type == 'b'))
		*file = object_reference(device->files[access]);
	devices_leave();
	return error;
}

void devices_place(struct disk *whole)
{
	list_each(link, &devices)
	{
		struct device *device = list_item(link, struct device, link);

		if (device->type == 'b' && device->whole == &whole->device)
			disk_place(disk_of(device));
	}
}

/* What a right stands for; enough to open it again. */
struct file_record {
	uint32_t type, number, access, claim;
};

static void file_save(object_t object, void *to)
{
	struct device_file *file = (struct device_file *)object;
	struct file_record *record = to;

	record->type = file->device->type;
	record->number = (uint32_t)file->device->number;
	record->access = file->access;
	record->claim = file != file->device->files[file->access];
}

static error_t file_restore(const void *from, object_t *object)
{
	const struct file_record *record = from;
	struct device_file *file;
	error_t error;

	error = device_open_file(record->type, (int)record->number,
	    record->access & (OPEN_READ | OPEN_WRITE), record->claim != 0,
	    &file);
	if (!error)
		*object = &file->object;
	return error;
}

const struct recovery device_file_recovery = {
	.class = &device_file_class,
	.save = file_save,
	.restore = file_restore,
};
