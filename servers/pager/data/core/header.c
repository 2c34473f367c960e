/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/header.h"
#include <base/bytes.h>
#include <string.h>

error_t header_read(const void *page, uint32_t device_pages,
    struct header *header)
{
	const uint8_t *byte = page;
	uint32_t last = bytes_get32(byte + 1028);
	uint32_t bad = bytes_get32(byte + 1032);

	if (memcmp(byte + HEADER_PAGE - 10, "SWAPSPACE2", 10) ||
	    bytes_get32(byte + 1024) != 1)
		return E_INVAL;
	if (last == 0 || last >= device_pages || bad > HEADER_BAD_MAX)
		return E_INVAL;
	header->pages = last + 1;
	header->bad_count = bad;
	for (uint32_t i = 0; i < bad; i++)
		header->bad[i] = bytes_get32(byte + 1536 + 4 * i);
	return 0;
}
