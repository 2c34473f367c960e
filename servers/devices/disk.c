/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices: the kernel's disks, and their partitions, which are ours: the
 * kernel reads a table once, we when we are told to (BLKRRPART). Whole sectors
 * go between client and kernel as they are; a write to a part of a sector is
 * read, changed and written under the lock of the whole disk.
 */
#include "disk.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <block/transfer.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <string.h>

static struct disk *disk_of_sectors(struct span_disk *sectors)
{
	return (
	    struct disk *)((char *)sectors - offsetof(struct disk, sectors));
}

/* Of the whole disk, in its sectors. */
static recnum_t record_of(const struct disk *disk, uint64_t position)
{
	return (recnum_t)(
	    (disk->start * SECTOR + position) / disk->sectors.sector_size);
}

static error_t disk_read_sectors(
    struct span_disk *sectors, uint64_t position, void *buffer, size_t count)
{
	struct disk *disk = disk_of_sectors(sectors);
	size_t at, piece;
	void *data;

	for (at = 0; at < count; at += piece) {
		piece = count - at < DISK_PIECE ? count - at : DISK_PIECE;
		if (transfer_read(disk->whole->port,
			record_of(disk, position + at), piece, &data))
			return E_IO;
		memcpy((char *)buffer + at, data, piece);
		memory_free((vm_address_t)data, piece);
	}
	return 0;
}

static error_t disk_write_sectors(struct span_disk *sectors, uint64_t position,
    const void *buffer, size_t count)
{
	struct disk *disk = disk_of_sectors(sectors);
	size_t at, piece, done;

	for (at = 0; at < count; at += done) {
		piece = count - at < DISK_PIECE ? count - at : DISK_PIECE;
		if (transfer_write(disk->whole->port,
			record_of(disk, position + at),
			(const char *)buffer + at, piece, &done))
			return E_IO;
	}
	return 0;
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
	lock(&disk->whole->lock);
	error = span_write(&disk->sectors, offset, bytes, *count, count);
	unlock(&disk->whole->lock);
	return error;
}

static error_t disk_open_port(
    const char *name, dev_mode_t mode, GIVEN mach_port_t *port)
{
	if (device_open(server_device, mode, (char *)name, port))
		return E_NXIO;
	return 0;
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

static error_t table_sector(
    struct partition_disk *reader, uint64_t sector, uint8_t *bytes)
{
	struct disk *disk =
	    (struct disk *)((char *)reader - offsetof(struct disk, reader));
	size_t count = SECTOR;

	return span_read(
	    &disk->sectors, sector * SECTOR, bytes, count, &count);
}

error_t disk_read_table(struct disk *disk)
{
	return partitions_read(&disk->reader, disk->partitions);
}

void disk_place(struct disk *disk)
{
	unsigned number = names_partition(DEVICE_MAJOR(disk->device.number),
	    DEVICE_MINOR(disk->device.number));
	const struct partition *place;

	if (disk->whole == disk)
		return;
	place = &disk->whole->partitions[number - 1];
	disk->start = place->start;
	disk->sectors.size = place->count * SECTOR;
	disk->sectors.sector_size = disk->whole->sectors.sector_size;
	disk->device.size = disk->sectors.size;
}

static error_t disk_open_whole(struct disk *disk, const char *name)
{
	error_t error;

	disk->whole = disk;
	error = disk_open_port(name, D_READ | D_WRITE, &disk->port);
	if (error) {
		disk->device.read_only = 1;
		error = disk_open_port(name, D_READ, &disk->port);
	}
	if (!error)
		error = disk_measure(disk);
	if (error) {
		port_drop(disk->port);
		return error;
	}
	lock_init(&disk->lock, LOCK_DISK);
	disk->reader.sectors = disk->sectors.size / SECTOR;
	disk->reader.read = table_sector;
	return 0;
}

/* whole: the disk, if number is a partition of it. */
static error_t disk_make(
    int number, const char *name, struct disk *whole, struct disk **made)
{
	struct disk *disk = heap_alloc_zero(sizeof *disk);
	error_t error = 0;

	if (!disk)
		return E_NOMEM;
	disk->device.ops = &disk_ops;
	disk->device.whole = whole ? &whole->device : &disk->device;
	disk->device.number = number;
	disk->sectors.read = disk_read_sectors;
	disk->sectors.write = disk_write_sectors;
	disk->whole = whole;
	if (!whole)
		error = disk_open_whole(disk, name);
	if (error) {
		heap_free(disk);
		return error;
	}
	if (!whole && DEVICE_MAJOR(number) != MAJOR_FLOPPY)
		disk_read_table(disk); /* unreadable: no partitions */
	disk->device.read_only = disk->whole->device.read_only;
	disk->device.size = disk->sectors.size;
	*made = disk;
	return 0;
}

error_t disk_device(int number, struct device **device)
{
	unsigned major = DEVICE_MAJOR(number), minor = DEVICE_MINOR(number);
	unsigned partition = names_partition(major, minor);
	struct device *whole = NULL;
	char name[NAMES_LENGTH];
	struct disk *disk;
	error_t error;

	if (!names_kernel(major, minor, name))
		return E_NXIO;
	if (partition) {
		error = device_find(
		    'b', DEVICE_NUMBER(major, minor - partition), &whole);
		if (error)
			return error;
		if (!disk_of(whole)->partitions[partition - 1].count)
			return E_NXIO;
	}
	error = disk_make(number, name, (struct disk *)whole, &disk);
	if (error)
		return error;
	disk_place(disk);
	*device = &disk->device;
	return 0;
}
