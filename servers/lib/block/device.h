/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk as a file system sees it: bytes at positions, in whole sectors. Pure:
 * the kernel's devices (mach_device.c), and on the host memory, devices that
 * fail and devices that lose power (tests/unit/fakes) look the same.
 *
 * position and count are multiples of sector_size, and the range lies within
 * size: disk_read and disk_write check that, so no disk image can make an
 * implementation go astray. A write has reached the disk for sure only after
 * a later flush has returned 0.
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>

struct block_device {
	uint64_t size;        /* bytes */
	uint32_t sector_size; /* a power of two, at most 4096 */
	int read_only;
	error_t (*read)(struct block_device *device, uint64_t position,
	    void *buffer, size_t count);
	error_t (*write)(struct block_device *device, uint64_t position,
	    const void *buffer, size_t count);
	error_t (*flush)(struct block_device *device);
	/* Optional: reads into new memory of whole pages, which the caller
	 * then owns: for pages on their way to the kernel, uncopied. */
	error_t (*read_new)(struct block_device *device, uint64_t position,
	    void **memory, size_t count);
	/* Optional: between these the thread writes data without the lock of
	 * its file system: writes and flushes of others, which may be of what
	 * points to the data, wait until it has ended. */
	void (*write_begin)(struct block_device *device);
	void (*write_end)(struct block_device *device);
};

/* E_IO outside the device, E_INVAL for parts of sectors, E_ROFS. */
error_t disk_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count);
error_t disk_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count);
error_t disk_flush(struct block_device *device);
void disk_write_begin(struct block_device *device);
void disk_write_end(struct block_device *device);
