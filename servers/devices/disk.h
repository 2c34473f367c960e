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
