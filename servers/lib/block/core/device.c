/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks that stand before every device. */
#include <block/device.h>

static error_t range_check(struct block_device *device, uint64_t position,
    size_t count)
{
	uint32_t mask = device->sector_size - 1;

	if ((position | count) & mask)
		return E_INVAL;
	if (position > device->size || count > device->size - position)
		return E_IO;
	return 0;
}

error_t disk_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	error_t error = range_check(device, position, count);

	return error ? error : device->read(device, position, buffer, count);
}

error_t disk_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	error_t error = range_check(device, position, count);

	if (!error && device->read_only)
		error = E_ROFS;
	return error ? error : device->write(device, position, buffer, count);
}

error_t disk_flush(struct block_device *device)
{
	return device->flush(device);
}

void disk_write_begin(struct block_device *device)
{
	if (device->write_begin)
		device->write_begin(device);
}

void disk_write_end(struct block_device *device)
{
	if (device->write_end)
		device->write_end(device);
}
