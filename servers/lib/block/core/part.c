/* SPDX-License-Identifier: BSD-2-Clause */
/* Partitions that the kernel's drivers know nothing of. */
#include <base/heap.h>
#include <block/part.h>

struct part_device {
	struct block_device device;
	struct block_device *inner;
	uint64_t start;
};

static struct part_device *part_of(struct block_device *device)
{
	return (struct part_device *)device;
}

static error_t part_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	struct part_device *part = part_of(device);

	return disk_read(part->inner, part->start + position, buffer, count);
}

static error_t part_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	struct part_device *part = part_of(device);

	return disk_write(part->inner, part->start + position, buffer, count);
}

static error_t part_flush(struct block_device *device)
{
	return disk_flush(part_of(device)->inner);
}

static error_t part_read_new(struct block_device *device, uint64_t position,
    void **memory, size_t count)
{
	struct part_device *part = part_of(device);

	if (position > device->size || count > device->size - position)
		return E_IO;
	return part->inner->read_new(
	    part->inner, part->start + position, memory, count);
}

static void part_write_begin(struct block_device *device)
{
	disk_write_begin(part_of(device)->inner);
}

static void part_write_end(struct block_device *device)
{
	disk_write_end(part_of(device)->inner);
}

error_t part_device_new(struct block_device *inner, uint64_t start,
    uint64_t size, struct block_device **device)
{
	uint64_t mask = inner->sector_size - 1;
	struct part_device *part;

	if ((start & mask) || start >= inner->size)
		return E_INVAL;
	part = heap_alloc_zero(sizeof *part);
	if (!part)
		return E_NOMEM;
	if (size > inner->size - start)
		size = inner->size - start;
	part->device = *inner;
	part->device.size = size & ~mask;
	part->device.read = part_read;
	part->device.write = part_write;
	part->device.flush = part_flush;
	if (inner->read_new)
		part->device.read_new = part_read_new;
	if (inner->write_begin) {
		part->device.write_begin = part_write_begin;
		part->device.write_end = part_write_end;
	}
	part->inner = inner;
	part->start = start;
	*device = &part->device;
	return 0;
}

void part_device_free(struct block_device *device)
{
	heap_free(part_of(device));
}
