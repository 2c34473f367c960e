/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a block device at any offset: whole sectors go straight, what
 * lies in parts of sectors is read, changed and written back. The end of the
 * device cuts a request short, as on Linux; beyond it a read gives 0 bytes and
 * a write E_NOSPC. The caller keeps two writers from the same sector apart.
 */
#pragma once
#include <block/device.h>

error_t span_read(struct block_device *device, uint64_t offset, void *bytes,
    size_t count, size_t *done);
error_t span_write(struct block_device *device, uint64_t offset,
    const void *bytes, size_t count, size_t *done);
