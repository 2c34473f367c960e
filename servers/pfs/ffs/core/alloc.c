/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking and freeing fragments and blocks.
 *
 * A whole block comes from the goal itself, or behind it in its group, or
 * from the next groups. Some fragments come from a block that is partly in
 * use already, the one with the smallest run that is large enough; only if
 * there is none a whole block is broken. What was freed since the last sync
 * is passed over (group.freed).
 */
#include "ffs.h"
#include <base/heap.h>

/* The fragments of a block that can be had. */
static unsigned bits_free(const struct volume *volume,
    const struct group *group, const uint8_t *map, uint32_t block)
{
	unsigned bits = block_bits(volume, map, block);

	if (group->freed)
		bits &= ~block_bits(volume, group->freed, block);
	return bits;
}

/* Sets or clears count bits at offset of the group's map. */
static void bits_change(struct volume *volume, struct group *group,
    uint32_t offset, uint32_t count, int free)
{
	uint8_t *map = group_map(volume, group, CG_FREE_AT);
	uint32_t block = offset / volume->frags, i;
	unsigned before = block_bits(volume, map, block);

	for (i = offset; i < offset + count; i++) {
		if (free)
			bit_set(map, i);
		else
			bit_clear(map, i);
	}
	block_account(volume, group, block, before,
	    block_bits(volume, map, block));
}

/* A free block of the group from goal on, or from its start. */
static error_t block_search(struct volume *volume, struct group *group,
    uint32_t length, uint32_t goal, uint32_t *block)
{
	const uint8_t *map = group_map(volume, group, CG_FREE_AT);
	unsigned full = (1u << volume->frags) - 1;
	uint32_t count = length / volume->frags, at;

	if (goal < group->block_hint)
		goal = group->block_hint;
	for (at = goal; at < count; at++)
		if (bits_free(volume, group, map, at) == full)
			goto found;
	for (at = group->block_hint; at < goal && at < count; at++)
		if (bits_free(volume, group, map, at) == full)
			goto found;
	return E_NOSPC;
found:
	/* Only from the hint on without a gap it says something new. */
	if (at == group->block_hint)
		group->block_hint = at + 1;
	*block = at;
	return 0;
}

/* The first run of exactly that many free bits; its first, or -1. */
static int run_find(const struct volume *volume, unsigned bits, uint32_t length)
{
	unsigned at, run = 0;

	for (at = 0; at <= volume->frags; at++) {
		if (at < volume->frags && (bits >> at & 1)) {
			run++;
			continue;
		}
		if (run == length)
			return (int)(at - run);
		run = 0;
	}
	return -1;
}

/* A run of count fragments in a block partly in use: *offset. */
static error_t frags_search(struct volume *volume, struct group *group,
    uint32_t blocks, uint32_t count, uint32_t *offset)
{
	const uint8_t *map = group_map(volume, group, CG_FREE_AT);
	unsigned full = (1u << volume->frags) - 1, bits;
	uint32_t start = get32(volume, group->bytes + CG_FRAGMENT_ROTOR) /
	    volume->frags, i, at, run;
	int first;

	for (run = count; run < volume->frags; run++) {
		if (!get32(volume, group->bytes + CG_RUNS + 4 * run))
			continue;
		for (i = 0; i < blocks; i++) {
			at = (start + i) % blocks;
			bits = bits_free(volume, group, map, at);
			if (!bits || block_bits(volume, map, at) == full)
				continue;
			first = run_find(volume, bits, run);
			if (first < 0)
				continue;
			*offset = at * volume->frags + (uint32_t)first;
			put32(volume, group->bytes + CG_FRAGMENT_ROTOR,
			    *offset);
			return 0;
		}
	}
	return E_NOSPC;
}

/* Marks them; they are checked to be data first. */
static error_t frags_mark(struct volume *volume, struct group *group,
    uint32_t number, uint32_t offset, uint32_t count)
{
	uint32_t first = group_first(volume, number) + offset;

	if (!frags_are_data(volume, first, count))
		return volume_damaged(volume,
		    "free in the map, but not data: fragment", first);
	bits_change(volume, group, offset, count, 0);
	return 0;
}

struct search {
	uint32_t goal, count; /* goal: fragment of the volume */
	int whole;            /* a whole block may be broken */
	uint32_t first;       /* the result */
};

/* In one group. */
static error_t group_take(struct volume *volume, uint32_t number,
    struct search *search)
{
	uint32_t base = group_first(volume, number), offset = 0, block;
	uint32_t length = group_length(volume, number);
	struct group *group;
	error_t error = group_get(volume, number, &group);

	if (error)
		return error;
	if (search->count < volume->frags && group->sums.frags) {
		error = frags_search(volume, group,
		    (length + volume->frags - 1) / volume->frags,
		    search->count, &offset);
		if (!error)
			goto found;
	}
	if (!search->whole || !group->sums.blocks)
		return E_NOSPC;
	block = search->goal >= base && search->goal - base < length ?
	    (search->goal - base) / volume->frags : 0;
	error = block_search(volume, group, length, block, &block);
	if (error)
		return error;
	offset = block * volume->frags;
found:
	error = frags_mark(volume, group, number, offset, search->count);
	if (!error)
		search->first = base + offset;
	return error;
}

/* Goal's group first, then others, further away each time, then all. */
static error_t groups_try(struct volume *volume, struct search *search)
{
	uint32_t start = search->goal / volume->group_frags, group = start, i;
	error_t error = group_take(volume, group, search);

	for (i = 1; error == E_NOSPC && i < volume->group_count; i *= 2) {
		group = (group + i) % volume->group_count;
		error = group_take(volume, group, search);
	}
	for (i = 2; error == E_NOSPC && i < volume->group_count + 2; i++)
		error = group_take(volume,
		    (start + i) % volume->group_count, search);
	return error;
}

/* Whole blocks that node may take now. */
static uint64_t blocks_for(const struct volume *volume,
    const struct node *node)
{
	uint64_t kept = volume->freed + volume->data.promised -
	    node->promise.blocks;

	return volume->total.blocks > kept ? volume->total.blocks - kept : 0;
}

error_t frags_take(struct volume *volume, struct node *node, uint32_t goal,
    uint32_t count, uint32_t *first)
{
	struct search search = { goal, count, 0, 0 };
	error_t error;

	if (goal >= volume->size)
		search.goal = 0;
	/* A promised block was for this: any other may have it now. */
	search.whole = blocks_for(volume, node) > 0;
	error = groups_try(volume, &search);
	if (error)
		return error;
	fs_promise_use(&volume->data, &node->promise, 1);
	*first = search.first;
	return 0;
}

error_t frags_extend(struct volume *volume, uint32_t first, uint32_t had,
    uint32_t count)
{
	uint32_t number = first / volume->group_frags;
	uint32_t offset = first % volume->group_frags, i;
	struct group *group;
	uint8_t *map;
	error_t error;

	if (offset % volume->frags + count > volume->frags ||
	    !frags_are_data(volume, first, count))
		return E_NOSPC;
	error = group_get(volume, number, &group);
	if (error)
		return error;
	map = group_map(volume, group, CG_FREE_AT);
	for (i = offset + had; i < offset + count; i++)
		if (!bit_get(map, i) ||
		    (group->freed && bit_get(group->freed, i)))
			return E_NOSPC;
	bits_change(volume, group, offset + had, count - had, 0);
	return 0;
}

/* Nobody gets these before the next sync. */
static void freed_note(struct volume *volume, struct group *group,
    uint32_t offset, uint32_t count)
{
	if (!group->freed)
		group->freed = heap_alloc_zero(volume->group_frags / 8 + 8);
	if (!group->freed)
		return;
	while (count--)
		bit_set(group->freed, offset++);
	volume->freed++;
}

void frags_free(struct volume *volume, uint32_t first, uint32_t count)
{
	uint32_t offset = first % volume->group_frags, i;
	struct group *group;
	uint8_t *map;

	if (!frags_are_data(volume, first, count) ||
	    offset % volume->frags + count > volume->frags) {
		volume_damaged(volume, "freed, but not data: fragment", first);
		return;
	}
	for (i = 0; i < count; i++) {
		late_forget(volume, first + i);
		cache_forget(volume->cache, first + i);
	}
	if (group_get(volume, first / volume->group_frags, &group)) {
		fs_complain(&volume->fs, "ffs: fragment %u is lost", first);
		return;
	}
	map = group_map(volume, group, CG_FREE_AT);
	for (i = offset; i < offset + count; i++)
		if (bit_get(map, i)) {
			volume_damaged(volume, "freed twice: fragment", first);
			return;
		}
	bits_change(volume, group, offset, count, 1);
	freed_note(volume, group, offset, count);
}

uint64_t blocks_available(const struct volume *volume, const struct node *node)
{
	uint64_t kept = volume->data.promised + volume->freed, free;

	if (node->fs.attributes.uid)
		kept += (uint64_t)volume->data_size * volume->minimum_free /
		    100 / volume->frags;
	free = volume->total.blocks;
	return free > kept ? free - kept : 0;
}

/* The next group, going round, that has no fewer free blocks than most. */
static uint32_t group_next(const struct volume *volume, uint32_t group)
{
	uint32_t average = volume->total.blocks / volume->group_count, i, at;

	for (i = 1; i <= volume->group_count; i++) {
		at = (group + i) % volume->group_count;
		if (volume->groups[at].sums.blocks >= average)
			return at;
	}
	return group;
}

uint32_t goal_find(struct node *node, uint32_t index, uint32_t before)
{
	struct volume *volume = node_volume(node);
	uint32_t home = (uint32_t)node->fs.number / volume->group_inodes;
	uint32_t most = volume->group_blocks_max;

	if (before && (!most || index % most))
		return before + volume->frags;
	if (before) /* one file shall not fill a whole group */
		home = group_next(volume, before / volume->group_frags);
	return group_start(volume, home) + volume->data_at;
}
