/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking and freeing inodes. Files lie in the group of their directory, so
 * that a directory's inodes and data are near each other; directories of the
 * root are spread over the groups, deeper ones stay near their parent while
 * it has room.
 */
#include "bits.h"
#include "ext2.h"

static int group_has_room(const struct volume *volume, uint32_t group)
{
	const struct disk_group *disk = &volume->groups[group].disk;

	return disk->free_inodes && disk->free_blocks;
}

/* The group with the most free blocks of those with enough free inodes. */
static uint32_t group_spread(const struct volume *volume)
{
	uint32_t average = volume->super.free_inodes / volume->group_count;
	uint32_t best = 0, group;
	int found = 0;

	for (group = 0; group < volume->group_count; group++) {
		const struct disk_group *disk = &volume->groups[group].disk;

		if (!disk->free_inodes || disk->free_inodes < average)
			continue;
		if (!found || disk->free_blocks >
		    volume->groups[best].disk.free_blocks)
			best = group;
		found = 1;
	}
	return best;
}

static uint32_t group_goal(const struct volume *volume,
    const struct node *directory, int is_directory)
{
	uint32_t number = (uint32_t)directory->fs.number;
	uint32_t group = (number - 1) / volume->super.group_inodes;
	const struct disk_group *disk = &volume->groups[group].disk;

	if (!is_directory)
		return group;
	if (number == INODE_ROOT)
		return group_spread(volume);
	if (disk->free_inodes > volume->super.group_inodes / 8 &&
	    disk->free_blocks > volume->super.group_blocks / 8)
		return group;
	return group_spread(volume);
}

/* The first free inode of a group; E_NOSPC if there is none. */
static error_t group_take(struct volume *volume, uint32_t group,
    int is_directory, uint32_t *number)
{
	struct group *here = &volume->groups[group];
	uint32_t limit = volume->super.group_inodes;
	uint32_t bit = here->inode_hint;
	struct buffer *buffer;
	error_t error = block_get(volume, here->disk.inode_bitmap,
	    &buffer);

	if (error)
		return error;
	if (group == 0 && bit < volume->first_inode - 1)
		bit = volume->first_inode - 1;
	bit = bit_next(buffer->data, 0, bit, limit, 0);
	if (bit < limit) {
		bit_set(buffer->data, bit);
		buffer_dirty_part(buffer, ORDER_LAST, bit / 8, 1);
		here->inode_hint = bit + 1;
		here->disk.free_inodes--;
		here->disk.directories += (uint16_t)is_directory;
		group_changed(volume, here);
		if (volume->super.free_inodes)
			volume->super.free_inodes--;
		volume->super_dirty |= SUPER_COUNTED;
		*number = group * limit + bit + 1;
	} else {
		error = E_NOSPC;
	}
	buffer_put(buffer);
	return error;
}

error_t inode_take(struct volume *volume, struct node *directory,
    int is_directory, uint32_t *number)
{
	uint32_t start = group_goal(volume, directory, is_directory), i, group;
	int picky;
	error_t error;

	/* First groups that have blocks, too; then any. */
	for (picky = 1; picky >= 0; picky--)
		for (i = 0; i < volume->group_count; i++) {
			group = (start + i) % volume->group_count;
			if (!volume->groups[group].disk.free_inodes ||
			    (picky && !group_has_room(volume, group)))
				continue;
			error = group_take(volume, group, is_directory, number);
			if (error != E_NOSPC)
				return error;
		}
	return E_NOSPC;
}

void inode_free(struct volume *volume, uint32_t number, int is_directory)
{
	uint32_t group = (number - 1) / volume->super.group_inodes;
	uint32_t bit = (number - 1) % volume->super.group_inodes;
	struct group *here = &volume->groups[group];
	struct buffer *buffer;

	if (block_get(volume, here->disk.inode_bitmap, &buffer)) {
		fs_complain(&volume->fs,
		    "ext2: inode bitmap of group %u can't be read", group);
		return;
	}
	if (!bit_get(buffer->data, bit)) {
		volume_damaged(volume, "freed twice: inode", number);
		buffer_put(buffer);
		return;
	}
	bit_clear(buffer->data, bit);
	buffer_dirty_part(buffer, ORDER_LAST, bit / 8, 1);
	buffer_put(buffer);
	if (bit < here->inode_hint)
		here->inode_hint = bit;
	here->disk.free_inodes++;
	if (is_directory && here->disk.directories)
		here->disk.directories--;
	group_changed(volume, here);
	volume->super.free_inodes++;
	volume->super_dirty |= SUPER_COUNTED;
}
