/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a primary partition begins, by the disk's first sector. */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	PARTITION_PRIMARY = 4,
};

/* number: from 1. start: in sectors. E_INVAL: no table, no such partition. */
error_t partition_start(
    const uint8_t sector[512], unsigned number, uint32_t *start);
