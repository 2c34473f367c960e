/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/loop.h"
#include <base/bytes.h>
#include <string.h>

enum { /* of struct loop_info64 */
	INFO_DEVICE = 0,
	INFO_NODE = 8,
	INFO_OFFSET = 24,
	INFO_LIMIT = 32,
	INFO_NUMBER = 40,
	INFO_ENCRYPTION = 44,
	INFO_FLAGS = 52,
	INFO_NAME = 56,
	BLOCK_MAX = 4096,
};

uint64_t loop_bytes(const struct loop_settings *settings, uint64_t file)
{
	uint64_t size = 0;

	if (file > settings->offset)
		size = file - settings->offset;
	if (settings->limit && settings->limit < size)
		size = settings->limit;
	return size & ~(uint64_t)(LOOP_SECTOR - 1);
}

error_t loop_info_read(
    struct loop_settings *settings, const char *info, uint32_t settable)
{
	uint64_t offset = bytes_get64(info + INFO_OFFSET);
	uint64_t limit = bytes_get64(info + INFO_LIMIT);

	if (bytes_get32(info + INFO_ENCRYPTION))
		return E_INVAL;
	if (offset > INT64_MAX || limit > INT64_MAX)
		return E_OVERFLOW;
	settings->offset = offset;
	settings->limit = limit;
	settings->flags &= ~settable;
	settings->flags |= bytes_get32(info + INFO_FLAGS) & settable;
	memcpy(settings->name, info + INFO_NAME, LOOP_NAME);
	settings->name[LOOP_NAME - 1] = 0;
	return 0;
}

void loop_info_write(
    const struct loop_settings *settings, unsigned number, char *info)
{
	memset(info, 0, LOOP_INFO_BYTES);
	bytes_put64(info + INFO_DEVICE, settings->device);
	bytes_put64(info + INFO_NODE, settings->node);
	bytes_put64(info + INFO_OFFSET, settings->offset);
	bytes_put64(info + INFO_LIMIT, settings->limit);
	bytes_put32(info + INFO_NUMBER, number);
	bytes_put32(info + INFO_FLAGS, settings->flags);
	memcpy(info + INFO_NAME, settings->name, LOOP_NAME);
}

int loop_block_is_good(uint32_t bytes)
{
	return bytes >= LOOP_SECTOR && bytes <= BLOCK_MAX &&
	    !(bytes & (bytes - 1));
}
