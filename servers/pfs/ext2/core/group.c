/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups: their descriptors, and what of a group is structure, not data. All
 * descriptors are in memory while the volume is mounted (32 bytes for 8 to
 * 128 MB of disk).
 */
#include "ext2.h"
#include <base/heap.h>
#include <string.h>

uint32_t group_first(const struct volume *volume, uint32_t group)
{
	return volume->super.first_block + group * volume->super.group_blocks;
}

uint32_t group_blocks(const struct volume *volume, uint32_t group)
{
	uint32_t left = volume->super.blocks - group_first(volume, group);

	if (left < volume->super.group_blocks)
		return left;
	return volume->super.group_blocks;
}

static int is_power(uint32_t number, uint32_t base)
{
	uint32_t power = base;

	while (power < number && power <= UINT32_MAX / base)
		power *= base;
	return power == number;
}

int group_has_super(const struct volume *volume, uint32_t group)
{
	if (group <= 1 || !(volume->super.read_only_compatible & RO_SPARSE))
		return 1;
	return is_power(group, 3) || is_power(group, 5) || is_power(group, 7);
}

/* Blocks at the start of a group that hold super block and descriptors. */
static uint32_t head_blocks(const struct volume *volume, uint32_t group)
{
	uint32_t reserved = 0;

	if (!group_has_super(volume, group))
		return 0;
	if (volume->super.compatible & COMPAT_RESIZE)
		reserved = volume->super.reserved_descriptors;
	return 1 + volume->descriptor_blocks + reserved;
}

static uint32_t table_blocks(const struct volume *volume)
{
	return (uint32_t)(((uint64_t)volume->super.group_inodes *
	    volume->inode_size + volume->block_size - 1) >>
	    volume->block_shift);
}

int block_is_data(const struct volume *volume, uint32_t block)
{
	const struct disk_group *disk;
	uint32_t group, offset;

	if (block < volume->super.first_block || block >= volume->super.blocks)
		return 0;
	offset = block - volume->super.first_block;
	group = offset / volume->super.group_blocks;
	offset %= volume->super.group_blocks;
	disk = &volume->groups[group].disk;
	return offset >= volume->groups[group].head &&
	    block != disk->block_bitmap && block != disk->inode_bitmap &&
	    (block < disk->inode_table ||
	    block - disk->inode_table >= volume->table_blocks);
}

/* The descriptor points into its own group, behind the group's head. */
static int group_is_sane(const struct volume *volume, uint32_t group)
{
	const struct disk_group *disk = &volume->groups[group].disk;
	uint32_t first = group_first(volume, group);
	uint32_t count = group_blocks(volume, group);
	uint32_t least = group_has_super(volume, group);

#define INSIDE(block) ((block) >= first + least && (block) - first < count)
	if (!INSIDE(disk->block_bitmap) || !INSIDE(disk->inode_bitmap) ||
	    !INSIDE(disk->inode_table))
		return 0;
#undef INSIDE
	return table_blocks(volume) <= count &&
	    disk->inode_table - first <= count - table_blocks(volume) &&
	    disk->block_bitmap != disk->inode_bitmap &&
	    disk->free_blocks <= count &&
	    disk->free_inodes <= volume->super.group_inodes;
}

static uint32_t descriptor_block(const struct volume *volume, uint32_t index)
{
	return volume->super.first_block + 1 + index;
}

error_t groups_load(struct volume *volume)
{
	uint32_t each = volume->block_size / sizeof(struct disk_group);
	struct buffer *buffer = 0;
	uint32_t group;
	error_t error;

	volume->groups = heap_alloc_zero((size_t)volume->group_count *
	    sizeof *volume->groups);
	if (!volume->groups)
		return E_NOMEM;
	volume->table_blocks = table_blocks(volume);
	for (group = 0; group < volume->group_count; group++) {
		if (group % each == 0) {
			error = block_get(volume,
			    descriptor_block(volume, group / each), &buffer);
			if (error)
				return error;
		}
		volume->groups[group].head = head_blocks(volume, group);
		memcpy(&volume->groups[group].disk, buffer->data +
		    group % each * sizeof(struct disk_group),
		    sizeof(struct disk_group));
		if (group % each == each - 1 ||
		    group == volume->group_count - 1)
			buffer_put(buffer);
	}
	for (group = 0; group < volume->group_count; group++)
		if (!group_is_sane(volume, group)) {
			fs_complain(&volume->fs,
			    "ext2: descriptor of group %u is damaged", group);
			return E_UCLEAN;
		}
	for (group = 0; group < volume->group_count; group++)
		volume->overhead += head_blocks(volume, group) + 2 +
		    table_blocks(volume);
	volume->overhead += volume->super.first_block;
	return 0;
}

error_t groups_save(struct volume *volume)
{
	uint32_t each = volume->block_size / sizeof(struct disk_group);
	struct buffer *buffer;
	uint32_t group, offset;
	error_t error;

	for (group = volume->dirty_first; group < volume->dirty_end; group++) {
		if (!volume->groups[group].dirty)
			continue;
		error = block_get(volume,
		    descriptor_block(volume, group / each), &buffer);
		if (error)
			return error;
		offset = group % each * sizeof(struct disk_group);
		memcpy(buffer->data + offset, &volume->groups[group].disk,
		    sizeof(struct disk_group));
		buffer_dirty_part(buffer, ORDER_LAST, offset,
		    sizeof(struct disk_group));
		buffer_put(buffer);
		volume->groups[group].dirty = 0;
	}
	volume->dirty_first = volume->dirty_end = 0;
	return 0;
}

void group_changed(struct volume *volume, struct group *group)
{
	uint32_t index = (uint32_t)(group - volume->groups);

	group->dirty = 1;
	if (volume->dirty_first >= volume->dirty_end) {
		volume->dirty_first = index;
		volume->dirty_end = index + 1;
		return;
	}
	if (index < volume->dirty_first)
		volume->dirty_first = index;
	if (index >= volume->dirty_end)
		volume->dirty_end = index + 1;
}

void groups_synced(struct volume *volume)
{
	uint32_t group;

	if (!volume->freed)
		return;
	for (group = 0; group < volume->group_count; group++) {
		heap_free(volume->groups[group].freed);
		volume->groups[group].freed = 0;
	}
	volume->freed = 0;
}

void groups_free(struct volume *volume)
{
	if (!volume->groups)
		return;
	groups_synced(volume);
	heap_free(volume->groups);
	volume->groups = 0;
	volume->overhead = 0;
}
