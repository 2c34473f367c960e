/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VFS, which is above us and makes /dev's nodes, that of each environment: it
 * is told that they are others now, with a right that it gives up when it has
 * made them. So we learn of that without asking, also if it dies.
 */
#include "devices.h"
#include <base/heap.h>
#include <base/port.h>
#include <device_notice.client.h>
#include <env.client.h>
#include <string.h>

struct change {
	struct object object;
	struct device *device;
};

static void change_done(object_t object)
{
	struct change *change = (struct change *)object;
	struct device *device = change->device;

	devices_enter();
	if (device->change == change) /* or there is a newer one */
		device->change = NULL;
	devices_leave();
	wait_wake(&device->changing);
}

static void change_destroy(object_t object)
{
	heap_free(object);
}

static const struct object_class change_class = {
	.name = "change",
	.interfaces = (const interface_t[]){ 0 },
	.no_senders = change_done,
	.destroy = change_destroy,
};

error_t change_begin(struct device *device, mach_port_t *done)
{
	struct change *change = heap_alloc_zero(sizeof *change);
	error_t error;

	if (!change)
		return E_NOMEM;
	object_init(&change->object, &change_class);
	change->device = device;
	error = object_make_right(change, &pool_files, done);
	if (!error)
		device->change = change;
	object_release(change);
	return error;
}

void change_tell(CONSUMED mach_port_t done)
{
	mach_port_t vfs;
	int position = 0;

	/* done ends when the last one has dropped its copy */
	while (!env_each(server_acs, "vfs", strlen("vfs"), &position, &vfs)) {
		if (port_copy_send(done))
			break;
		if (device_notice_changed(vfs, "devices", strlen("devices"),
			done))
			port_drop(done);
		port_drop(vfs);
	}
	port_drop(done);
}

error_t change_wait(struct device *device)
{
	error_t error = 0;

	devices_enter();
	if (device->change && !wait_cancelled())
		error = wait_park(&device->changing, 0);
	devices_leave();
	return error;
}
