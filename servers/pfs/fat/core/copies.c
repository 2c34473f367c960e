/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All tables as one device: what is written goes to each of them, what can't
 * be read from the active one is read from another. Its size is rounded up to
 * whole buffers; behind the tables' end are zeros, and writes end there.
 */
#include "fat.h"
#include <string.h>

enum {
	COPIES_BLOCK = 4096, /* what the size is rounded up to */
};

/* The part of [position, + count) that exists. */
static size_t inside(const struct copies *copies, uint64_t position,
    size_t count)
{
	if (position >= copies->bytes)
		return 0;
	return count < copies->bytes - position ? count :
	    (size_t)(copies->bytes - position);
}

static error_t one_read(struct copies *copies, unsigned which,
    uint64_t position, void *buffer, size_t count)
{
	return disk_read(copies->disk, copies->first + which * copies->bytes +
	    position, buffer, count);
}

static error_t copies_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	struct copies *copies = (struct copies *)device;
	size_t part = inside(copies, position, count);
	error_t error = one_read(copies, copies->active, position, buffer,
	    part);

	for (unsigned i = 0; error && copies->mirrored && i < copies->count;
	     i++)
		if (i != copies->active)
			error = one_read(copies, i, position, buffer, part);
	memset((uint8_t *)buffer + part, 0, count - part);
	return error;
}

static error_t one_write(struct copies *copies, unsigned which,
    uint64_t position, const void *buffer, size_t count)
{
	return disk_write(copies->disk, copies->first + which * copies->bytes +
	    position, buffer, count);
}

static error_t copies_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	struct copies *copies = (struct copies *)device;
	size_t part = inside(copies, position, count);
	error_t error;

	if (!part)
		return 0;
	error = one_write(copies, copies->active, position, buffer, part);
	for (unsigned i = 0; !error && copies->mirrored && i < copies->count;
	     i++)
		if (i != copies->active)
			error = one_write(copies, i, position, buffer, part);
	return error;
}

static error_t copies_flush(struct block_device *device)
{
	return disk_flush(((struct copies *)device)->disk);
}

void copies_init(struct copies *copies, struct block_device *disk)
{
	copies->disk = disk;
	copies->device.size = (copies->bytes + COPIES_BLOCK - 1) &
	    ~(uint64_t)(COPIES_BLOCK - 1);
	copies->device.sector_size = disk->sector_size;
	copies->device.read_only = disk->read_only;
	copies->device.read = copies_read;
	copies->device.write = copies_write;
	copies->device.flush = copies_flush;
}

error_t copies_equalize(struct copies *copies, uint64_t position,
    const uint8_t *data, uint8_t *room, size_t count)
{
	size_t part = inside(copies, position, count);
	error_t error = 0;

	if (!copies->mirrored)
		return 0;
	for (unsigned i = 0; !error && i < copies->count; i++) {
		if (i == copies->active)
			continue;
		if (!one_read(copies, i, position, room, part) &&
		    !memcmp(room, data, part))
			continue;
		error = one_write(copies, i, position, data, part);
	}
	return error;
}
