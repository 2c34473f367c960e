/* SPDX-License-Identifier: BSD-2-Clause */
/* The data of files: sections of the disk, each in one piece. */
#include "iso.h"
#include <string.h>

/* The section of an offset below the size; *inside: the offset there. */
static const struct section *section_find(const struct node *node,
    uint64_t offset, uint64_t *inside)
{
	const struct section *section = node->sections;

	while (offset >= section->size) {
		offset -= section->size;
		section++;
	}
	*inside = offset;
	return section;
}

/* Part of one sector of the device. */
static error_t part_read(struct volume *volume, uint64_t position,
    uint8_t *buffer, size_t count, size_t *done)
{
	unsigned inside = (unsigned)position & (SECTOR_SIZE - 1);
	error_t error = disk_read(volume->fs.device, position - inside,
	    volume->bounce, SECTOR_SIZE);

	if (error)
		return error;
	*done = SECTOR_SIZE - inside;
	if (*done > count)
		*done = count;
	memcpy(buffer, volume->bounce + inside, *done);
	return 0;
}

/* At least one byte, at most as many as lie in a row. */
static error_t run_read(struct node *node, uint64_t offset, uint8_t *buffer,
    size_t count, size_t *done)
{
	struct volume *volume = node_volume(node);
	uint64_t inside;
	const struct section *section = section_find(node, offset, &inside);

	if (count > section->size - inside)
		count = (size_t)(section->size - inside);
	inside += section->position;
	if (inside & (SECTOR_SIZE - 1) || count < SECTOR_SIZE)
		return part_read(volume, inside, buffer, count, done);
	*done = count & ~(size_t)(SECTOR_SIZE - 1);
	return disk_read(volume->fs.device, inside, buffer, *done);
}

error_t iso_read(struct fs_node *fs, uint64_t offset, void *buffer,
    size_t *count)
{
	uint64_t size = fs->attributes.size;
	size_t left = *count, done;
	uint8_t *at = buffer;
	error_t error;

	left = fs_read_below(size, offset, buffer, left);
	for (; left; offset += done, at += done, left -= done) {
		error = run_read(node_of(fs), offset, at, left, &done);
		if (error)
			return error;
	}
	return 0;
}

error_t iso_extent(struct fs_node *fs, uint64_t offset,
    struct fs_extent *extent)
{
	struct node *node = node_of(fs);
	uint32_t mask = (1u << node_volume(node)->block_shift) - 1;
	uint64_t inside;
	const struct section *section;

	extent->hole = offset >= fs->attributes.size;
	extent->position = 0;
	extent->count = 1;
	if (extent->hole)
		return 0;
	section = section_find(node, offset, &inside);
	extent->position = section->position + inside;
	extent->count = ((section->size + mask) & ~(uint64_t)mask) - inside;
	return 0;
}

error_t iso_read_link(struct fs_node *fs, char *target, unsigned *length)
{
	*length = (unsigned)fs->attributes.size;
	memcpy(target, node_of(fs)->target, *length);
	return 0;
}
