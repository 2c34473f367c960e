/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices: the kernel's disks and their partitions. Whole sectors go
 * between client and kernel as they are; a write to a part of a sector is read,
 * changed and written under the disk's lock.
 */
#include "core/partition.h"
#include "core/span.h"
#include "devices.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <string.h>

enum {
	DISK_PIECE = 256 * 1024, /* bytes of one kernel call */
	SECTOR = 512,
	HEADS = 255, /* the geometry everybody pretends */
	TRACK = 63,
};

/* ioctl */
enum {
	HDIO_GETGEO = 0x0301,
	BLKROGET = 0x125e,
	BLKRRPART = 0x125f,
	BLKGETSIZE = 0x1260,
	BLKFLSBUF = 0x1261,
	BLKRAGET = 0x1263,
	BLKSECTGET = 0x1267,
	BLKSSZGET = 0x1268,
	BLKIOMIN = 0x1278,
	BLKIOOPT = 0x1279,
	BLKALIGNOFF = 0x127a,
	BLKPBSZGET = 0x127b,
	BLKBSZGET = (int)0x80041270,
	BLKBSZSET = 0x40041271,
	BLKGETSIZE64 = (int)0x80041272,
};

struct disk {
	struct device device;
	struct span_disk sectors;
	struct lock lock; /* held over reading, changing and writing sectors */
	mach_port_t port; /* send right, owned */
};

static struct disk *disk_of_sectors(struct span_disk *sectors)
{
	return (
	    struct disk *)((char *)sectors - offsetof(struct disk, sectors));
}

static error_t disk_read_sectors(
    struct span_disk *sectors, uint64_t position, void *buffer, size_t count)
{
	struct disk *disk = disk_of_sectors(sectors);
	mach_msg_type_number_t got;
	io_buf_ptr_t data;
	size_t at, piece;

	for (at = 0; at < count; at += piece) {
		piece = count - at < DISK_PIECE ? count - at : DISK_PIECE;
		if (device_read(disk->port, 0,
			(position + at) / sectors->sector_size, piece, &data,
			&got))
			return E_IO;
		if (got > piece)
			got = piece;
		memcpy((char *)buffer + at, data, got);
		memory_free((vm_address_t)data, got);
		if (got < piece)
			return E_IO;
	}
	return 0;
}

static error_t disk_write_sectors(struct span_disk *sectors, uint64_t position,
    const void *buffer, size_t count)
{
	struct disk *disk = disk_of_sectors(sectors);
	size_t at, piece;
	int done;

	for (at = 0; at < count; at += done) {
		piece = count - at < DISK_PIECE ? count - at : DISK_PIECE;
		done = 0;
		if (device_write(disk->port, 0,
			(position + at) / sectors->sector_size,
			(char *)buffer + at, piece, &done) ||
		    done <= 0)
			return E_IO;
	}
	return 0;
}

static struct disk *disk_of(struct device *device)
{
	return (struct disk *)device;
}

static error_t disk_read(
    struct device *device, uint64_t offset, void *bytes, size_t *count)
{
	return span_read(
	    &disk_of(device)->sectors, offset, bytes, *count, count);
}

static error_t disk_write(
    struct device *device, uint64_t offset, const void *bytes, size_t *count)
{
	struct disk *disk = disk_of(device);
	error_t error;

	if (((offset | *count) & (disk->sectors.sector_size - 1)) == 0)
		return span_write(&disk->sectors, offset, bytes, *count, count);
	lock(&disk->lock);
	error = span_write(&disk->sectors, offset, bytes, *count, count);
	unlock(&disk->lock);
	return error;
}

static error_t disk_open_port(
    const char *name, dev_mode_t mode, GIVEN mach_port_t *port)
{
	if (device_open(server_device, mode, (char *)name, port))
		return E_NXIO;
	return 0;
}

/* Where a partition begins on its disk: 0 for a whole disk. */
static error_t disk_start(const struct disk *disk, uint32_t *start)
{
	unsigned major = DEVICE_MAJOR(disk->device.number);
	unsigned minor = DEVICE_MINOR(disk->device.number);
	unsigned number = names_partition(major, minor);
	mach_msg_type_number_t got = 0;
	char name[NAMES_LENGTH];
	io_buf_ptr_t data;
	mach_port_t port;
	error_t error;

	*start = 0;
	if (number == 0)
		return 0;
	names_kernel(major, minor - number, name);
	error = disk_open_port(name, D_READ, &port);
	if (error)
		return error;
	error = device_read(port, 0, 0, SECTOR, &data, &got) ? E_IO : 0;
	port_drop(port);
	if (error)
		return error;
	error = got < SECTOR ? E_IO
			     : partition_start((uint8_t *)data, number, start);
	memory_free((vm_address_t)data, got);
	return error;
}

static void answer32(struct control *control, uint32_t number)
{
	bytes_put32(control->out, number);
	control->out_size = 4;
}

/* struct hd_geometry: heads, sectors, cylinders (16 bits), start (32). */
static error_t disk_geometry(struct disk *disk, struct control *control)
{
	uint32_t start, cylinders;
	error_t error = disk_start(disk, &start);

	if (error)
		return error;
	cylinders = disk->sectors.size / SECTOR / (HEADS * TRACK);
	control->out[0] = (char)HEADS;
	control->out[1] = TRACK;
	bytes_put16(control->out + 2, cylinders < 65535 ? cylinders : 65535);
	bytes_put32(control->out + 4, start);
	control->out_size = 8;
	return 0;
}

static error_t disk_control(struct device *device, struct control *control)
{
	struct disk *disk = disk_of(device);

	switch (control->request) {
	case BLKGETSIZE:
		answer32(control, disk->sectors.size / SECTOR);
		return 0;
	case BLKGETSIZE64:
		bytes_put64(control->out, disk->sectors.size);
		control->out_size = 8;
		return 0;
	case BLKSSZGET:
	case BLKPBSZGET:
	case BLKIOMIN:
	case BLKBSZGET:
		answer32(control, disk->sectors.sector_size);
		return 0;
	case BLKROGET:
		answer32(control, device->read_only);
		return 0;
	case BLKIOOPT:
	case BLKALIGNOFF:
	case BLKRAGET:
		answer32(control, 0);
		return 0;
	case BLKSECTGET:
		bytes_put16(control->out, DISK_PIECE / SECTOR);
		control->out_size = 2;
		return 0;
	case BLKFLSBUF: /* nothing is kept back here */
	case BLKBSZSET:
		return 0;
	case BLKRRPART: /* the kernel reads the table once, at its start */
		return E_BUSY;
	case HDIO_GETGEO:
		return disk_geometry(disk, control);
	}
	return E_NOTTY;
}

static const struct device_ops disk_ops = {
	.read = disk_read,
	.write = disk_write,
	.control = disk_control,
};

/* Size and sector size as the kernel knows them. E_NXIO: no medium. */
static error_t disk_measure(struct disk *disk)
{
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_RECORDS_COUNT;
	uint32_t record;

	if (device_get_status(disk->port, DEV_GET_RECORDS, status, &count))
		return E_NXIO;
	record = status[DEV_GET_RECORDS_RECORD_SIZE];
	if (record < SECTOR || record > 4096 || (record & (record - 1)))
		return E_NXIO;
	disk->sectors.sector_size = record;
	disk->sectors.size =
	    (uint64_t)(uint32_t)status[DEV_GET_RECORDS_DEVICE_RECORDS] * record;
	return 0;
}

error_t disk_device(int number, struct device **device)
{
	char name[NAMES_LENGTH];
	struct disk *disk;
	error_t error;

	if (!names_kernel(DEVICE_MAJOR(number), DEVICE_MINOR(number), name))
		return E_NXIO;
	disk = heap_alloc_zero(sizeof *disk);
	if (!disk)
		return E_NOMEM;
	error = disk_open_port(name, D_READ | D_WRITE, &disk->port);
	if (error) {
		disk->device.read_only = 1;
		error = disk_open_port(name, D_READ, &disk->port);
	}
	if (!error)
		error = disk_measure(disk);
	if (error) {
		port_drop(disk->port);
		heap_free(disk);
		return error;
	}
	lock_init(&disk->lock, LOCK_DISK);
	disk->sectors.read = disk_read_sectors;
	disk->sectors.write = disk_write_sectors;
	disk->device.ops = &disk_ops;
	disk->device.size = disk->sectors.size;
	*device = &disk->device;
	return 0;
}

static size_t disk_line(char *text, size_t size, unsigned major, unsigned minor)
{
	char kernel[NAMES_LENGTH], linux_name[NAMES_LENGTH];

	names_kernel(major, minor, kernel);
	names_linux(major, minor, linux_name);
	if (strcmp(kernel, linux_name) != 0)
		names_line(text, size, kernel, 'b', major, minor, 0660);
	return names_line(text, size, linux_name, 'b', major, minor, 0660);
}

/* Whether the kernel has it. Floppy drives are not touched for that: the
 * kernel would spin them up; they are listed in any case. */
static int disk_exists(unsigned major, unsigned minor)
{
	char name[NAMES_LENGTH];
	mach_port_t port;

	if (major == MAJOR_FLOPPY)
		return minor == 0;
	names_kernel(major, minor, name);
	if (disk_open_port(name, D_READ, &port))
		return 0;
	port_drop(port);
	return 1;
}

size_t disk_list(char *text, size_t size)
{
	unsigned index, major, minor, partitions, partition;
	size_t length = strlen(text);

	for (index = 0; names_disk(index, &major, &minor, &partitions);
	     index++) {
		if (!disk_exists(major, minor))
			continue;
		length = disk_line(text, size, major, minor);
		for (partition = 1; partition <= partitions; partition++)
			if (disk_exists(major, minor + partition))
				length = disk_line(
				    text, size, major, minor + partition);
	}
	return length;
}
