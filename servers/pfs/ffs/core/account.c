/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a group sums up of its map of fragments: free blocks and fragments, the
 * lengths of runs of free fragments in blocks that are partly in use, runs of
 * free blocks (clusters), and on old disks free blocks by place on the track.
 */
#include "ffs.h"

static void counter_add(const struct volume *volume, uint8_t *at, int change)
{
	put32(volume, at, get32(volume, at) + (uint32_t)change);
}

/* Counts the runs of a partly free block in or out. */
static void runs_count(const struct volume *volume, struct group *group,
    unsigned bits, int change)
{
	unsigned run = 0, i;

	for (i = 0; i <= volume->frags; i++) {
		if (i < volume->frags && (bits >> i & 1)) {
			run++;
			continue;
		}
		if (run)
			counter_add(volume, group->bytes + CG_RUNS + 4 * run,
			    change);
		run = 0;
	}
}

static int bits_sum(unsigned bits)
{
	int sum = 0;

	for (; bits; bits &= bits - 1)
		sum++;
	return sum;
}

/* A whole block became free (1) or in use (-1): the run of free ones that it
 * makes, joins or cuts. */
static void clusters_count(const struct volume *volume, struct group *group,
    uint32_t block, int change)
{
	uint8_t *map = group_map(volume, group, CG_CLUSTERS_AT);
	uint8_t *sums = group_map(volume, group, CG_CLUSTER_SUMS_AT);
	uint32_t count = get32(volume, group->bytes + CG_CLUSTER_BLOCKS);
	uint32_t most = volume->cluster_max, after = 0, before = 0, whole;

	if (!most || block >= count)
		return;
	if (change > 0)
		bit_set(map, block);
	else
		bit_clear(map, block);
	while (after < most && block + 1 + after < count &&
	       bit_get(map, block + 1 + after))
		after++;
	while (before < most && before < block &&
	       bit_get(map, block - 1 - before))
		before++;
	whole = before + after + 1 < most ? before + after + 1 : most;
	counter_add(volume, sums + 4 * whole, change);
	if (before)
		counter_add(volume, sums + 4 * before, -change);
	if (after)
		counter_add(volume, sums + 4 * after, -change);
}

/* Tables by cylinder and by place on the track, which only systems from
 * before FLAG_UPDATED look at. */
static void track_count(const struct volume *volume, struct group *group,
    uint32_t block, int change)
{
	const uint8_t *super = volume->super;
	uint32_t per_track = get32(volume, super + OLD_SECTORS_TRACK);
	uint32_t all = get32(volume, super + OLD_SECTORS_TRACK_ALL);
	uint32_t per_cylinder = get32(volume, super + OLD_SECTORS_CYLINDER);
	uint32_t positions = get32(volume, super + OLD_POSITIONS);
	uint64_t sector = (uint64_t)block * volume->frags *
	    get32(volume, super + OLD_SECTORS_FRAGMENT);
	uint32_t totals = get32(volume, group->bytes + CG_OLD_TOTALS_AT);
	uint32_t places = get32(volume, group->bytes + CG_OLD_POSITIONS_AT);
	uint32_t inodes = get32(volume, group->bytes + CG_INODES_AT);
	uint64_t cylinder, inside, position;

	if (volume->updated || !per_track || !all || !per_cylinder ||
	    !positions || totals < CG_END - 16 || places < totals)
		return;
	cylinder = sector / per_cylinder;
	inside = sector % per_cylinder;
	position = (inside / per_track * get32(volume, super + OLD_TRACK_SKEW) +
	    inside % per_track * get32(volume, super + OLD_INTERLEAVE)) %
	    per_track * positions / all;
	/* Each lies before the next; a new volume has none. */
	if (totals + 4 * cylinder + 4 > places ||
	    places + 2 * (cylinder * positions + position) + 2 > inodes)
		return;
	counter_add(volume, group->bytes + totals + 4 * cylinder, change);
	places += (uint32_t)(2 * (cylinder * positions + position));
	put16(volume, group->bytes + places,
	    get16(volume, group->bytes + places) + (uint32_t)change);
}

static void free_add(struct volume *volume, struct group *group, int blocks,
    int frags)
{
	group->sums.blocks += (uint32_t)blocks;
	group->sums.frags += (uint32_t)frags;
	volume->total.blocks += (uint32_t)blocks;
	volume->total.frags += (uint32_t)frags;
}

void block_account(struct volume *volume, struct group *group, uint32_t block,
    unsigned before, unsigned after)
{
	unsigned full = (1u << volume->frags) - 1;
	int change = after == full ? 1 : -1;

	if (before == after)
		return;
	if (before != full) {
		runs_count(volume, group, before, -1);
		free_add(volume, group, 0, -bits_sum(before));
	}
	if (after != full) {
		runs_count(volume, group, after, 1);
		free_add(volume, group, 0, bits_sum(after));
	}
	if (before == full || after == full) {
		free_add(volume, group, change, 0);
		clusters_count(volume, group, block, change);
		track_count(volume, group, block, change);
	}
	if (after == full && block < group->block_hint)
		group->block_hint = block;
	group->dirty = 1;
	volume->super_dirty = 1;
}
