/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a block device at any offset: whole sectors go straight, what
 * lies in parts of sectors is read, changed and written back. The end of the
 * device cuts a request short, as on Linux; beyond it a read gives 0 bytes and
 * a write E_NOSPC. The caller keeps two writers from the same sector apart.
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>

/* A disk: whole sectors at whole sectors' positions, inside its size. */
struct span_disk {
	uint64_t size;        /* bytes */
	uint32_t sector_size; /* a power of two, at most 4096 */
	error_t (*read)(struct span_disk *disk, uint64_t position, void *buffer,
	    size_t count);
	error_t (*write)(struct span_disk *disk, uint64_t position,
	    const void *buffer, size_t count);
};

error_t span_read(struct span_disk *disk, uint64_t offset, void *bytes,
    size_t count, size_t *done);
error_t span_write(struct span_disk *disk, uint64_t offset, const void *bytes,
    size_t count, size_t *done);
