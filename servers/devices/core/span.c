/* SPDX-License-Identifier: BSD-2-Clause */
/* Unaligned access to block devices. */
#include "core/span.h"
#include <string.h>

enum {
	SPAN_SECTOR_MAX = 4096,
};

/* How much of count can be moved next: a part of one sector (*part is set),
 * or all whole sectors at offset. */
static size_t span_piece(
    const struct span_disk *disk, uint64_t offset, size_t count, int *part)
{
	size_t inside = offset & (disk->sector_size - 1);
	size_t rest = disk->sector_size - inside;

	*part = inside > 0 || count < disk->sector_size;
	if (*part)
		return count < rest ? count : rest;
	return count & ~(size_t)(disk->sector_size - 1);
}

static size_t span_cut(
    const struct span_disk *disk, uint64_t offset, size_t count)
{
	if (offset >= disk->size)
		return 0;
	if (count > disk->size - offset)
		return disk->size - offset;
	return count;
}

error_t span_read(struct span_disk *disk, uint64_t offset, void *bytes,
    size_t count, size_t *done)
{
	unsigned char sector[SPAN_SECTOR_MAX], *to = bytes;
	uint32_t mask = disk->sector_size - 1;
	size_t piece, at;
	error_t error;
	int part;

	count = span_cut(disk, offset, count);
	for (at = 0; at < count; at += piece, offset += piece) {
		piece = span_piece(disk, offset, count - at, &part);
		if (part)
			error = disk->read(disk, offset & ~(uint64_t)mask,
			    sector, disk->sector_size);
		else
			error = disk->read(disk, offset, to + at, piece);
		if (error && at == 0)
			return error;
		if (error)
			break;
		if (part)
			memcpy(to + at, sector + (offset & mask), piece);
	}
	*done = at;
	return 0;
}

static error_t span_write_part(
    struct span_disk *disk, uint64_t offset, const void *bytes, size_t count)
{
	unsigned char sector[SPAN_SECTOR_MAX];
	uint32_t mask = disk->sector_size - 1;
	uint64_t start = offset & ~(uint64_t)mask;
	error_t error;

	error = disk->read(disk, start, sector, disk->sector_size);
	if (error)
		return error;
	memcpy(sector + (offset & mask), bytes, count);
	return disk->write(disk, start, sector, disk->sector_size);
}

error_t span_write(struct span_disk *disk, uint64_t offset, const void *bytes,
    size_t count, size_t *done)
{
	const unsigned char *from = bytes;
	size_t piece, at, whole = count;
	error_t error;
	int part;

	count = span_cut(disk, offset, count);
	if (count == 0 && whole > 0)
		return E_NOSPC;
	for (at = 0; at < count; at += piece, offset += piece) {
		piece = span_piece(disk, offset, count - at, &part);
		if (part)
			error = span_write_part(disk, offset, from + at, piece);
		else
			error = disk->write(disk, offset, from + at, piece);
		if (error && at == 0)
			return error;
		if (error)
			break;
	}
	*done = at;
	return 0;
}
