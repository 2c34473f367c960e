/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loop devices: files as disks. All is guarded by devices_lock, which is not
 * held while a file's server is asked: who moves data has a reference of its
 * own to the file's right. The file's server (rank 4) never asks us: if it has
 * a disk on a loop device, it has been given the file itself (file_backing).
 */
#pragma once
#include "devices.h"
#include "kept.h"

struct loop {
	struct device device;
	struct kept_loop *kept;
};

static inline struct loop *loop_of(struct device *device)
{
	return (struct loop *)device;
}

static inline unsigned loop_number(const struct loop *loop)
{
	return DEVICE_MINOR(loop->device.number);
}

/* loop.c */
error_t loop_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count);
error_t loop_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count);
error_t loop_sync(struct device *device);

/*
 * Without the lock. file: a right to a file of that size, and what it allows;
 * it is copied. E_BUSY. The device's nodes are changing then (change_wait).
 */
error_t loop_bind(struct loop *loop, BORROWED mach_port_t file,
    uint64_t size, const struct loop_settings *settings);
/* Others use it: only marks it. E_NXIO. */
error_t loop_unbind(struct loop *loop);
void loop_left(struct device *device);

/* With the lock: settings or the file's size are others now. */
void loop_measure(struct loop *loop, uint64_t file_size);

/* Without the lock: says to VFS that the list of nodes has changed. */
void loop_tell(struct device *device);

/* loop_control.c */
error_t loop_control(struct device *device, struct control *control);
