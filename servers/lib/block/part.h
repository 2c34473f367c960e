/* SPDX-License-Identifier: BSD-2-Clause */
/* A part of a disk as a disk. Pure. */
#pragma once
#include <block/device.h>

/* size bytes of inner from start on, whole sectors; cut at inner's end. inner
 * lives as long as the part. E_INVAL: it begins behind that end. E_NOMEM. */
error_t part_device_new(struct block_device *inner, uint64_t start,
    uint64_t size, struct block_device **device);
void part_device_free(struct block_device *device);
