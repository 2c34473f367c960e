/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking and freeing inodes. Files lie in the group of their directory;
 * directories of the root are spread over the groups, deeper ones stay near
 * their parent while it has room.
 */
#include "ffs.h"
#include <base/heap.h>

/* Of the groups with enough free inodes and blocks that with the fewest
 * directories. */
static uint32_t group_spread(const struct volume *volume)
{
	uint32_t inodes = volume->total.inodes / volume->group_count;
	uint32_t blocks = volume->total.blocks / volume->group_count;
	uint32_t best = 0, group;
	int found = 0;

	for (group = 0; group < volume->group_count; group++) {
		const struct sums *sums = &volume->groups[group].sums;

		if (!sums->inodes || sums->inodes < inodes ||
		    sums->blocks < blocks)
			continue;
		if (!found || sums->directories <
		    volume->groups[best].sums.directories)
			best = group;
		found = 1;
	}
	return best;
}

static uint32_t group_goal(const struct volume *volume,
    const struct node *directory, int makes_directory)
{
	uint32_t number = (uint32_t)directory->fs.number;
	uint32_t group = number / volume->group_inodes;
	const struct sums *sums = &volume->groups[group].sums;

	if (!makes_directory)
		return group;
	if (number != ROOT && sums->inodes > volume->group_inodes / 8 &&
	    sums->blocks > volume->group_frags / volume->frags / 8)
		return group;
	return group_spread(volume);
}

/* A free inode of the group, from its rotor on. */
static int inode_search(struct volume *volume, struct group *group,
    uint32_t *index)
{
	const uint8_t *map = group_map(volume, group, CG_INODES_AT);
	uint32_t start = get32(volume, group->bytes + CG_INODE_ROTOR), i, at;

	for (i = 0; i < volume->group_inodes; i++) {
		at = (start + i) % volume->group_inodes;
		if (!bit_get(map, at) && !(group->freed_inodes &&
		    bit_get(group->freed_inodes, at))) {
			*index = at;
			return 1;
		}
	}
	return 0;
}

static error_t group_take(struct volume *volume, uint32_t number,
    int makes_directory, uint32_t *inode)
{
	struct group *group;
	uint32_t index;
	error_t error = group_get(volume, number, &group);

	if (error)
		return error;
	if (!group->sums.inodes || !inode_search(volume, group, &index))
		return E_NOSPC;
	if (!number && index < ROOT)
		return volume_damaged(volume, "free, but never used: inode",
		    index);
	error = late_fresh(volume, number * volume->group_inodes + index);
	if (error)
		return error;
	bit_set(group_map(volume, group, CG_INODES_AT), index);
	put32(volume, group->bytes + CG_INODE_ROTOR, index);
	group->sums.inodes--;
	volume->total.inodes--;
	group->sums.directories += (uint32_t)makes_directory;
	volume->total.directories += (uint32_t)makes_directory;
	group->dirty = volume->super_dirty = 1;
	*inode = number * volume->group_inodes + index;
	return 0;
}

error_t inode_take(struct volume *volume, struct node *directory,
    int makes_directory, uint32_t *number)
{
	uint32_t start = group_goal(volume, directory, makes_directory), i;
	uint32_t group;
	int picky;
	error_t error;

	/* First groups that have blocks, too; then any. */
	for (picky = 1; picky >= 0; picky--)
		for (i = 0; i < volume->group_count; i++) {
			group = (start + i) % volume->group_count;
			if (picky && !volume->groups[group].sums.blocks)
				continue;
			error = group_take(volume, group, makes_directory,
			    number);
			if (error != E_NOSPC)
				return error;
		}
	return E_NOSPC;
}

void inode_free(struct volume *volume, uint32_t number, int was_directory)
{
	uint32_t index = number % volume->group_inodes;
	struct group *group;

	if (group_get(volume, number / volume->group_inodes, &group)) {
		fs_complain(&volume->fs, "ffs: inode %u is lost", number);
		return;
	}
	if (!bit_get(group_map(volume, group, CG_INODES_AT), index)) {
		volume_damaged(volume, "freed twice: inode", number);
		return;
	}
	bit_clear(group_map(volume, group, CG_INODES_AT), index);
	if (!group->freed_inodes)
		group->freed_inodes =
		    heap_alloc_zero(volume->group_inodes / 8 + 1);
	if (group->freed_inodes)
		bit_set(group->freed_inodes, index);
	group->sums.inodes++;
	volume->total.inodes++;
	if (was_directory && group->sums.directories) {
		group->sums.directories--;
		volume->total.directories--;
	}
	group->dirty = volume->super_dirty = 1;
}
