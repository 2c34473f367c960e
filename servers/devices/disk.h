/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files about disks share. A partition is a disk whose sectors lie in
 * those of the whole disk. devices_lock guards everything but the contents.
 */
#pragma once
#include "core/partition.h"
#include "core/span.h"
#include "devices.h"
#include <base/port.h>
#include <server/wait.h>

enum {
	SECTOR = PARTITION_SECTOR, /* the unit of partitions and sizes */
	DISK_PIECE = 256 * 1024,   /* bytes of one kernel call */
};

struct disk {
	struct device device;
	struct disk *whole; /* itself, if it is no partition */
	struct span_disk sectors;
	uint64_t start; /* on the whole disk, in SECTORs */
	/* of whole disks: */
	struct partition_disk reader;
	struct partition partitions[PARTITION_MAX];
	uint32_t listed; /* bit n: partition n was in device_server_list */
	struct lock lock; /* held over reading, changing and writing sectors */
	mach_port_t port; /* send right, owned */
	struct change *change; /* of partitions; VFS has not seen it yet */
	struct wait_queue changing;
};

static inline struct disk *disk_of(struct device *device)
{
	return (struct disk *)device;
}

/* Reads the table of a whole disk again. devices_lock held. */
error_t disk_read_table(struct disk *disk);

/* A partition lies where the table now says; size 0: it is gone. */
void disk_place(struct disk *disk);

/* The disk's ioctls (disk_control.c). */
error_t disk_control(struct device *device, struct control *control);

/*
 * call_vfs.c. Other partitions exist: disk->change is set until VFS has made
 * their nodes, or there is no VFS; then disk->changing is woken. With the
 * lock; what it answers goes to change_tell(), without.
 */
error_t change_begin(struct disk *disk, mach_port_t *done);
void change_tell(CONSUMED mach_port_t done);
