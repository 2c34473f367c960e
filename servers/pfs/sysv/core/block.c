/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffers of the volume's blocks: the cache counts from the disk's start. */
#include "sysv.h"

error_t block_get(struct volume *volume, uint32_t block,
    struct buffer **buffer)
{
	return buffer_get(volume->cache, volume->base + block, buffer);
}

error_t block_get_zero(struct volume *volume, uint32_t block,
    struct buffer **buffer)
{
	return buffer_get_zero(volume->cache, volume->base + block, buffer);
}

void block_forget(struct volume *volume, uint32_t block)
{
	cache_forget(volume->cache, volume->base + block);
}
