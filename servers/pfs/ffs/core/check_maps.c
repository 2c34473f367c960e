/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Third pass of a check: the maps of a group and all its sums are made anew
 * from what the first passes found, and compared with what is there.
 */
#include "check.h"
#include <base/heap.h>
#include <string.h>

/* Everything in use, nothing counted. */
static void group_empty(struct volume *volume, uint32_t number,
    struct group *group)
{
	uint32_t frags = group_length(volume, number);
	uint32_t clusters = get32(volume, group->bytes + CG_CLUSTER_BLOCKS);
	uint32_t tables = get32(volume, group->bytes + CG_OLD_TOTALS_AT);
	uint32_t inodes = get32(volume, group->bytes + CG_INODES_AT);

	volume->total.blocks -= group->sums.blocks;
	volume->total.frags -= group->sums.frags;
	volume->total.inodes -= group->sums.inodes;
	volume->total.directories -= group->sums.directories;
	memset(&group->sums, 0, sizeof group->sums);
	memset(group->bytes + CG_RUNS, 0, 8 * 4);
	memset(group_map(volume, group, CG_FREE_AT), 0, (frags + 7) / 8);
	memset(group_map(volume, group, CG_INODES_AT), 0,
	    (volume->group_inodes + 7) / 8);
	if (!volume->updated && tables >= CG_END - 16 && tables < inodes)
		memset(group->bytes + tables, 0, inodes - tables);
	if (volume->cluster_max) {
		memset(group_map(volume, group, CG_CLUSTERS_AT), 0,
		    (clusters + 7) / 8);
		memset(group_map(volume, group, CG_CLUSTER_SUMS_AT), 0,
		    (volume->cluster_max + 1) * 4);
	}
}

static void frags_fill(struct check *check, uint32_t number,
    struct group *group)
{
	struct volume *volume = check->volume;
	uint8_t *map = group_map(volume, group, CG_FREE_AT);
	uint32_t first = group_first(volume, number), at, block;
	uint32_t length = group_length(volume, number);

	for (at = 0; at < length; at++)
		if (!bit_get(check->used, first + at) &&
		    frags_are_data(volume, first + at, 1))
			bit_set(map, at);
	for (block = 0; block * volume->frags < length; block++)
		block_account(volume, group, block, 0,
		    block_bits(volume, map, block));
}

static void inodes_fill(struct check *check, uint32_t number,
    struct group *group)
{
	struct volume *volume = check->volume;
	uint8_t *map = group_map(volume, group, CG_INODES_AT);
	uint32_t first = number * volume->group_inodes, i;

	for (i = 0; i < volume->group_inodes; i++) {
		uint8_t kind = check->kind[first + i];

		if (kind || first + i < ROOT)
			bit_set(map, i);
		else
			group->sums.inodes++;
		if (kind == FS_DIRECTORY >> 12)
			group->sums.directories++;
	}
	volume->total.inodes += group->sums.inodes;
	volume->total.directories += group->sums.directories;
}

static int sums_equal(const struct sums *one, const struct sums *other)
{
	return one->directories == other->directories &&
	    one->blocks == other->blocks && one->inodes == other->inodes &&
	    one->frags == other->frags;
}

/* table: what the table of all groups said. */
static error_t group_check(struct check *check, uint32_t number,
    struct sums *total)
{
	struct volume *volume = check->volume;
	struct sums table = volume->groups[number].sums, before;
	struct group *group;
	uint8_t *old;
	error_t error = group_get(volume, number, &group);

	if (error) {
		check_severe(check, "block of group", number);
		return error == E_UCLEAN ? 0 : error;
	}
	old = heap_alloc(volume->group_size);
	if (!old)
		return E_NOMEM;
	memcpy(old, group->bytes, volume->group_size);
	before = group->sums;
	group_empty(volume, number, group);
	frags_fill(check, number, group);
	inodes_fill(check, number, group);
	group->dirty = 0;
	if (memcmp(old, group->bytes, volume->group_size) ||
	    !sums_equal(&before, &group->sums) ||
	    !sums_equal(&table, &group->sums)) {
		check_fault(check, "maps or sums of group", number);
		group->dirty = 1;
	}
	heap_free(old);
	total->directories += group->sums.directories;
	total->blocks += group->sums.blocks;
	total->inodes += group->sums.inodes;
	total->frags += group->sums.frags;
	return 0;
}

error_t check_maps(struct check *check)
{
	struct volume *volume = check->volume;
	struct sums total = { 0, 0, 0, 0 }, said = volume->total;
	uint32_t number;
	error_t error = 0;

	for (number = 0; number < volume->group_count && !error; number++)
		error = group_check(check, number, &total);
	if (!error && !sums_equal(&said, &total))
		check_fault(check, "sums of the volume, free blocks",
		    said.blocks);
	volume->total = total;
	if (!error && check->repair)
		error = groups_save(volume);
	return error;
}
