/* SPDX-License-Identifier: BSD-2-Clause */
/* The partition table of a PC's disk. */
#include "core/partition.h"
#include <base/bytes.h>

enum {
	TABLE = 446,
	ENTRY = 16,
	ENTRY_TYPE = 4,
	ENTRY_START = 8,
	SIGNATURE = 510,
	SIGNATURE_VALUE = 0xaa55,
};

error_t partition_start(
    const uint8_t sector[512], unsigned number, uint32_t *start)
{
	const uint8_t *entry = sector + TABLE + (number - 1) * ENTRY;

	if (number < 1 || number > PARTITION_PRIMARY)
		return E_INVAL;
	if (bytes_get16(sector + SIGNATURE) != SIGNATURE_VALUE ||
	    entry[ENTRY_TYPE] == 0)
		return E_INVAL;
	*start = bytes_get32(entry + ENTRY_START);
	return 0;
}
