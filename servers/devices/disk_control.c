/* SPDX-License-Identifier: BSD-2-Clause */
/* ioctl on disks, with Linux's numbers. */
#include "disk.h"
#include <base/bytes.h>
#include <base/types.h>
#include <string.h>

enum {
	HEADS = 255, /* the geometry everybody pretends */
	TRACK = 63,
	FILE_BLOCK = 4096, /* what Linux says a cached block is */
};

enum {
	HDIO_GETGEO = 0x0301,
	BLKROGET = 0x125e,
	BLKRRPART = 0x125f,
	BLKGETSIZE = 0x1260,
	BLKFLSBUF = 0x1261,
	BLKRASET = 0x1262,
	BLKRAGET = 0x1263,
	BLKSECTGET = 0x1267,
	BLKSSZGET = 0x1268,
	BLKIOMIN = 0x1278,
	BLKIOOPT = 0x1279,
	BLKALIGNOFF = 0x127a,
	BLKPBSZGET = 0x127b,
	BLKDISCARDZEROES = 0x127c,
	BLKROTATIONAL = 0x127e,
	BLKBSZGET = (int)0x80041270,
	BLKBSZSET = 0x40041271,
	BLKGETSIZE64 = (int)0x80041272,
};

static error_t answer32(struct control *control, uint32_t number)
{
	bytes_put32(control->out, number);
	control->out_size = 4;
	return 0;
}

static error_t answer16(struct control *control, uint16_t number)
{
	bytes_put16(control->out, number);
	control->out_size = 2;
	return 0;
}

static error_t answer64(struct control *control, uint64_t number)
{
	bytes_put64(control->out, number);
	control->out_size = 8;
	return 0;
}

/* struct hd_geometry: heads, sectors, cylinders (16 bits), start (32). */
static error_t geometry(struct disk *disk, struct control *control)
{
	uint32_t cylinders = disk->sectors.size / SECTOR / (HEADS * TRACK);

	control->out[0] = (char)HEADS;
	control->out[1] = TRACK;
	bytes_put16(control->out + 2, cylinders < 65535 ? cylinders : 65535);
	bytes_put32(control->out + 4, disk->start);
	control->out_size = 8;
	return 0;
}

/* For VFS: where a file server finds the disk. */
static error_t place(struct disk *disk, struct control *control)
{
	struct disk_place *answer = (struct disk_place *)control->out;
	int number = disk->whole->device.number;

	memset(answer, 0, sizeof *answer);
	names_kernel(DEVICE_MAJOR(number), DEVICE_MINOR(number), answer->disk);
	answer->start = disk->start;
	if (disk->whole != disk)
		answer->sectors = disk->sectors.size / SECTOR;
	control->out_size = sizeof *answer;
	return 0;
}

/* The first run of the request. */
static error_t table_read(struct disk *disk)
{
	mach_port_t done = MACH_PORT_NULL;
	error_t error = E_BUSY;

	devices_enter();
	if (!disk->device.change && !claims_partition(&disk->device))
		error = disk_read_table(disk);
	if (!error) {
		devices_place(disk);
		error = change_begin(&disk->device, &done);
	}
	devices_leave();
	if (!error)
		change_tell(done);
	return error;
}

/* BLKRRPART is answered when /dev has the new nodes. */
static error_t table_again(struct disk *disk)
{
	error_t error = 0;

	if (disk->whole != disk)
		return E_INVAL;
	if (!wait_repeated())
		error = table_read(disk);
	return error ? error : change_wait(&disk->device);
}

error_t block_control(const struct device *device, uint32_t sector_size,
    struct control *control)
{
	switch (control->request) {
	case BLKGETSIZE:
		return answer32(control, device->size / SECTOR);
	case BLKGETSIZE64:
		return answer64(control, device->size);
	case BLKSSZGET:
	case BLKPBSZGET:
	case BLKIOMIN:
		return answer32(control, sector_size);
	case BLKBSZGET:
		return answer32(control, FILE_BLOCK);
	case BLKROGET:
		return answer32(control, device->read_only);
	case BLKIOOPT:
	case BLKALIGNOFF:
	case BLKRAGET:
	case BLKDISCARDZEROES:
		return answer32(control, 0);
	case BLKROTATIONAL:
		return answer16(control, 1);
	case BLKSECTGET:
		return answer16(control, DISK_PIECE / SECTOR);
	case BLKFLSBUF: /* nothing is kept back here */
	case BLKBSZSET:
	case BLKRASET:
		return 0;
	}
	return E_NOTTY;
}

error_t disk_control(struct device *device, struct control *control)
{
	struct disk *disk = disk_of(device);

	switch (control->request) {
	case BLKRRPART:
		return table_again(disk);
	case HDIO_GETGEO:
		return geometry(disk, control);
	case CONTROL_DISK_PLACE:
		return place(disk, control);
	}
	return block_control(device, disk->sectors.sector_size, control);
}
