/* SPDX-License-Identifier: BSD-2-Clause */
/* A part of a disk: it is at its place, and nothing beyond it is reached. */
#include <block/part.h>
#include <string.h>
#include <test.h>

enum {
	SIZE = 64 * 512,
};

static uint8_t bytes[SIZE];
static int flushes, writing;

static error_t ram_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	(void)device;
	memcpy(buffer, bytes + position, count);
	return 0;
}

static error_t ram_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	(void)device;
	memcpy(bytes + position, buffer, count);
	return 0;
}

static error_t ram_flush(struct block_device *device)
{
	(void)device;
	flushes++;
	return 0;
}

static error_t ram_read_new(struct block_device *device, uint64_t position,
    void **memory, size_t count)
{
	(void)device, (void)count;
	*memory = bytes + position;
	return 0;
}

static void ram_write_begin(struct block_device *device)
{
	CHECK(device->size == SIZE); /* it is the disk that is told */
	writing++;
}

static void ram_write_end(struct block_device *device)
{
	CHECK(device->size == SIZE);
	writing--;
}

static struct block_device disk = { .size = SIZE, .sector_size = 512,
	.read = ram_read, .write = ram_write, .flush = ram_flush,
	.read_new = ram_read_new, .write_begin = ram_write_begin,
	.write_end = ram_write_end };

TEST(part_is_where_it_is)
{
	struct block_device *part;
	uint8_t sector[512];
	void *memory;

	CHECK(part_device_new(&disk, 10 * 512, 5 * 512, &part) == 0);
	CHECK(part->size == 5 * 512 && part->sector_size == 512);
	memset(sector, 7, sizeof sector);
	CHECK(disk_write(part, 4 * 512, sector, 512) == 0);
	CHECK(bytes[14 * 512] == 7 && bytes[14 * 512 + 511] == 7);
	CHECK(bytes[13 * 512 + 511] == 0 && bytes[15 * 512] == 0);
	memset(sector, 0, sizeof sector);
	CHECK(disk_read(part, 4 * 512, sector, 512) == 0 && sector[9] == 7);
	CHECK(part->read_new(part, 4 * 512, &memory, 512) == 0);
	CHECK(memory == bytes + 14 * 512);
	CHECK(disk_flush(part) == 0 && flushes == 1);
	disk_write_begin(part);
	CHECK(writing == 1);
	disk_write_end(part);
	CHECK(writing == 0);
	part_device_free(part);
}

TEST(part_has_an_end)
{
	struct block_device *part;
	uint8_t sectors[1024];
	void *memory;

	CHECK(part_device_new(&disk, SIZE, 512, &part) == E_INVAL);
	CHECK(part_device_new(&disk, 100, 512, &part) == E_INVAL);
	CHECK(part_device_new(&disk, SIZE - 1024, 4096, &part) == 0);
	CHECK(part->size == 1024); /* cut at the disk's end */
	CHECK(disk_read(part, 512, sectors, 1024) == E_IO);
	CHECK(disk_write(part, 1024, sectors, 512) == E_IO);
	CHECK(part->read_new(part, 512, &memory, 1024) == E_IO);
	part_device_free(part);
	disk.read_only = 1;
	CHECK(part_device_new(&disk, 0, 4096, &part) == 0);
	CHECK(disk_write(part, 0, sectors, 512) == E_ROFS);
	disk.read_only = 0;
	part_device_free(part);
}
