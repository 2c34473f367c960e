/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device nodes and the rights to them. A device is what a device number stands
 * for; it is made when it is opened for the first time and stays. A
 * device_file is a right to it, at most one for each access.
 *
 * devices_lock guards the list of devices and their files; what a device
 * itself needs is guarded by a lock of its own.
 */
#pragma once
#include "core/names.h"
#include <base/list.h>
#include <base/lock.h>
#include <base/port.h>
#include <base/types.h>
#include <server/recover.h>
#include <server/server.h>
#include <server/wait.h>

enum {
	LOCK_DEVICES = 1, /* ranks, rising */
	LOCK_DISK = 2,
	LOCK_RANDOM = 3,
};

enum {
	IO_LARGE_MAX = 1 << 20, /* bytes of one large read */
	DEVICE_ACCESSES = 4, /* combinations of OPEN_READ and OPEN_WRITE */
};

struct change;
struct control;
struct device;

struct device_ops {
	/* *count: in the room in bytes, out what is there. */
	error_t (*read)(
	    struct device *device, uint64_t offset, void *bytes, size_t *count);
	/* *count: in how many there are, out how many were taken. */
	error_t (*write)(struct device *device, uint64_t offset,
	    const void *bytes, size_t *count);
	/* Optional. */
	error_t (*control)(struct device *device, struct control *control);
	/* Optional: what was written reaches a disk. */
	error_t (*sync)(struct device *device);
	/* Optional: somebody's last right has gone. */
	void (*left)(struct device *device);
	/* Large reads are zeros: fresh memory is the answer. */
	unsigned char reads_zeros;
	/* More may come behind its end: who does not wait gets E_AGAIN. */
	unsigned char grows;
	/* Writes look at nothing. */
	unsigned char writes_nothing;
};

struct device {
	struct list link;
	const struct device_ops *ops;
	unsigned type; /* 'b' or 'c' */
	int number;    /* Linux's */
	/* of block devices: */
	uint64_t size;
	unsigned char read_only;
	unsigned char may_be_empty; /* it is opened though it has no size */
	struct device *whole; /* the disk whose partition it is, or itself */
	struct change *change; /* of nodes; VFS has not seen it yet */
	struct wait_queue changing;
	struct device_file *files[DEVICE_ACCESSES]; /* referenced */
	struct device_file *claim;    /* the one opened with O_EXCL */
};

struct device_file {
	struct object object;
	struct device *device;
	unsigned access;
};

/* ioctl: as in the message. */
struct control {
	int request;
	unsigned access;   /* of the right that was asked */
	mach_port_t other; /* borrowed: the file that the request names */
	unsigned other_access;
	const char *in;
	unsigned in_size;
	char *out;
	unsigned out_size;
	int result;
};

extern const struct object_class device_file_class;
extern const struct recovery device_file_recovery;

/*
 * The file of that device for access, with a reference for the caller. claim:
 * a file of its own, which keeps others from claiming the device, or a disk
 * that it is on, or its partitions, as long as somebody has a right to it.
 * E_NXIO, E_PERM, E_ROFS, E_BUSY, E_NOMEM.
 */
error_t device_open_file(unsigned type, int number, unsigned access, int claim,
    struct device_file **file);

/* The lock of the list of devices, their files and partitions. */
void devices_enter(void);
void devices_leave(void);

/* With the lock: the device of that number, made if need be. */
error_t device_find(unsigned type, int number, struct device **device);

/* With the lock: somebody has claimed a partition of whole. */
int claims_partition(const struct device *whole);

/* With the lock: somebody has a right to the device, or a claim on it. */
int device_is_open(struct device *device);
int device_is_claimed(struct device *device);

/* With the lock: the partitions of that disk have changed. */
struct disk;
void devices_place(struct disk *whole);

/*
 * call_vfs.c. Other nodes exist, or others' sizes: device->change is set until
 * VFS has made the nodes, or there is no VFS; then device->changing is woken.
 * With the lock; what it answers goes to change_tell(), without.
 */
error_t change_begin(struct device *device, mach_port_t *done);
void change_tell(CONSUMED mach_port_t done);

/* In an ioctl: waits for that. */
error_t change_wait(struct device *device);

/* memory.c, disk.c: those they know; E_NXIO: not theirs. */
error_t memory_device(unsigned minor, const struct device_ops **ops);
error_t disk_device(int number, struct device **device);
error_t loop_device(int number, struct device **device);

extern const struct device_ops random_ops; /* random.c */
extern const struct device_ops log_ops;    /* call_acs.c */
extern const struct device_ops loop_control_ops; /* loop_control.c */

/* Gathers a first seed; later requests add the times they came at. */
void random_seed(void);
void random_note_time(void);

/* Appends the lines of all disks, or loop devices, that exist to text. */
void disk_list(char *text, size_t size);
void loop_list(char *text, size_t size);

/* file_backing. E_NXIO, E_ACCES. */
error_t loop_backing(struct device_file *file, GIVEN mach_port_t *backing,
    offset_t *offset, offset_t *size);

/* The ioctls that all block devices have (disk_control.c). E_NOTTY. */
error_t block_control(const struct device *device, uint32_t sector_size,
    struct control *control);
