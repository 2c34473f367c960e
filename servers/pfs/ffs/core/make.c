/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An empty volume: the super block and its copies, cylinder groups in which
 * everything is in use, cleared inodes, a root directory. What is free is then
 * found by the check, which knows how to make maps and sums.
 */
#include "ffs.h"
#include <base/heap.h>
#include <string.h>

enum {
	SUPER_ROOM = 8192, /* for a super block */
	CLUSTERS = 8,
	CLEAR_BYTES = 65536,
	ROOT_MODE = FS_DIRECTORY | 0755,
};

struct plan {
	struct volume volume; /* its numbers only */
	const struct ffs_make *what;
	struct block_device *device;
	uint8_t *bounce; /* owned: CLEAR_BYTES */
};

static uint32_t round_up(uint32_t number, uint32_t to)
{
	return (number + to - 1) / to * to;
}

static uint32_t shift_of(uint32_t number)
{
	uint32_t shift = 0;

	while (number > 1u << shift)
		shift++;
	return shift;
}

/* Where the maps of a group lie in its own block, and how long that is. */
static uint32_t clusters_at(const struct volume *volume)
{
	return round_up(CG_END + (volume->group_inodes + 7) / 8 +
	    (volume->group_frags + 7) / 8, 4);
}

static uint32_t group_bytes(const struct volume *volume)
{
	return clusters_at(volume) + (CLUSTERS + 1) * 4 +
	    (volume->group_frags / volume->frags + 7) / 8;
}

/* Sizes of a group if it has that many fragments. */
static void group_plan(struct volume *volume, const struct ffs_make *what,
    uint32_t length)
{
	uint64_t bytes = (uint64_t)length << volume->frag_shift;
	uint32_t per_block = volume->block_size / INODE_BYTES;

	volume->group_frags = round_up(length, volume->frags);
	volume->group_inodes = round_up((uint32_t)(bytes /
	    what->inode_bytes) + 1, per_block);
	volume->data_at = volume->inodes_at + volume->group_inodes /
	    per_block * volume->frags;
}

/* The largest groups whose own block holds their maps, all of one size. */
static error_t groups_plan(struct volume *volume, const struct ffs_make *what)
{
	uint32_t length = volume->size, count;

	group_plan(volume, what, length);
	while (group_bytes(volume) > volume->block_size) {
		length -= length / 16 + 1;
		group_plan(volume, what, length);
	}
	count = (volume->size + volume->group_frags - 1) /
	    volume->group_frags;
	group_plan(volume, what, (volume->size + count - 1) / count);
	volume->group_count = (volume->size + volume->group_frags - 1) /
	    volume->group_frags;
	if (group_bytes(volume) > volume->block_size)
		return E_INVAL;
	/* A last group that has no room for data is left out. */
	if (volume->group_count > 1 && group_length(volume,
	    volume->group_count - 1) < volume->data_at + volume->frags) {
		volume->group_count--;
		volume->size = volume->group_count * volume->group_frags;
	}
	volume->group_size = round_up(group_bytes(volume), volume->frag_size);
	volume->sums_size = round_up(volume->group_count * SUMS_BYTES,
	    volume->frag_size);
	volume->sums_address = volume->data_at;
	return volume->data_at + volume->frags +
	    (volume->sums_size >> volume->frag_shift) <
	    group_length(volume, 0) ? 0 : E_NOSPC;
}

static error_t sizes_plan(struct plan *plan)
{
	const struct ffs_make *what = plan->what;
	struct volume *volume = &plan->volume;
	uint64_t size;

	if (what->block_size < 4096 || what->block_size > 65536 ||
	    what->block_size & (what->block_size - 1) ||
	    what->frag_size < 512 || what->frag_size > what->block_size ||
	    what->frag_size & (what->frag_size - 1) ||
	    what->block_size / what->frag_size > 8 || what->inode_bytes < 512 ||
	    what->frag_size < plan->device->sector_size)
		return E_INVAL;
	volume->big = what->big != 0;
	volume->block_size = what->block_size;
	volume->block_shift = shift_of(what->block_size);
	volume->frag_size = what->frag_size;
	volume->frag_shift = shift_of(what->frag_size);
	volume->frags = what->block_size / what->frag_size;
	volume->group_mask = UINT32_MAX;
	size = plan->device->size >> volume->frag_shift;
	if (size > INT32_MAX - 8)
		size = INT32_MAX - 8;
	volume->size = (uint32_t)size / volume->frags * volume->frags;
	volume->super_at = round_up((SUPER_POSITION + SUPER_ROOM) >>
	    volume->frag_shift, volume->frags);
	volume->group_at = volume->super_at +
	    round_up((SUPER_ROOM + volume->frag_size - 1) >>
	    volume->frag_shift, volume->frags);
	volume->inodes_at = volume->group_at + volume->frags;
	if (volume->size < volume->inodes_at + 8 * volume->frags)
		return E_NOSPC;
	return groups_plan(volume, what);
}

static void field(struct volume *volume, unsigned at, uint32_t number)
{
	put32(volume, volume->super + at, number);
}

/* What the kernel of a BSD wants to find, though we don't use it. */
static void super_others(struct volume *volume)
{
	uint32_t sectors = volume->frag_size / 512;

	field(volume, BLOCK_MASK, ~(volume->block_size - 1));
	field(volume, FRAGMENT_MASK, ~(volume->frag_size - 1));
	field(volume, BLOCK_SHIFT, volume->block_shift);
	field(volume, FRAGMENT_SHIFT, volume->frag_shift);
	field(volume, FRAGMENTS_SHIFT, shift_of(volume->frags));
	field(volume, FRAGMENT_SECTORS_SHIFT, shift_of(sectors));
	field(volume, SUPER_SIZE, round_up(SUPER_END, volume->frag_size));
	field(volume, CONTIGUOUS_MAX, CLUSTERS);
	field(volume, GROUP_BLOCKS_MAX, volume->block_size / 4);
	field(volume, OLD_SECTORS_FRAGMENT, sectors);
	field(volume, OLD_SECTORS_TRACK_ALL, volume->group_frags * sectors);
	field(volume, OLD_SECTORS_TRACK, volume->group_frags * sectors);
	field(volume, OLD_SECTORS_CYLINDER, volume->group_frags * sectors);
	field(volume, OLD_INTERLEAVE, 1);
	field(volume, OLD_CYLINDERS, volume->group_count);
	field(volume, OLD_GROUP_CYLINDERS, 1);
	field(volume, OLD_POSITIONS, 1);
	field(volume, FILE_SIZE_AVERAGE, 16384);
	field(volume, FILES_AVERAGE, 64);
	put64(volume, volume->super + BLOCK_REST, volume->block_size - 1);
	put64(volume, volume->super + FRAGMENT_REST, volume->frag_size - 1);
}

static void super_fill(struct plan *plan, const struct fs_time *now)
{
	struct volume *volume = &plan->volume;
	uint64_t pointers = volume->block_size / 4, blocks = BLOCKS_DIRECT +
	    pointers + pointers * pointers + pointers * pointers * pointers;
	uint32_t head = volume->data_at * volume->group_count +
	    (volume->sums_size >> volume->frag_shift);

	field(volume, SUPER_AT, volume->super_at);
	field(volume, GROUP_AT, volume->group_at);
	field(volume, INODES_AT, volume->inodes_at);
	field(volume, DATA_AT, volume->data_at);
	field(volume, GROUP_MASK, volume->group_mask);
	field(volume, OLD_TIME, (uint32_t)now->seconds);
	put64(volume, volume->super + TIME, (uint64_t)now->seconds);
	field(volume, OLD_SIZE, volume->size);
	put64(volume, volume->super + SIZE, volume->size);
	field(volume, OLD_DATA_SIZE, volume->size - head);
	put64(volume, volume->super + DATA_SIZE, volume->size - head);
	field(volume, GROUP_COUNT, volume->group_count);
	field(volume, BLOCK_SIZE, volume->block_size);
	field(volume, BLOCK_SIZE_MAX, volume->block_size);
	field(volume, FRAGMENT_SIZE, volume->frag_size);
	field(volume, FRAGMENTS, volume->frags);
	field(volume, MINIMUM_FREE, plan->what->minimum_free);
	field(volume, POINTERS, volume->block_size / 4);
	field(volume, INODES_BLOCK, volume->block_size / INODE_BYTES);
	field(volume, VOLUME_ID, (uint32_t)now->seconds);
	field(volume, VOLUME_ID + 4, now->nanoseconds ^ volume->size);
	field(volume, OLD_SUMS_ADDRESS, volume->sums_address);
	put64(volume, volume->super + SUMS_ADDRESS, volume->sums_address);
	field(volume, SUMS_SIZE, volume->sums_size);
	field(volume, GROUP_SIZE, volume->group_size);
	field(volume, GROUP_INODES, volume->group_inodes);
	field(volume, GROUP_FRAGMENTS, volume->group_frags);
	volume->super[CLEAN] = 1;
	volume->super[OLD_FLAGS] = FLAG_UPDATED;
	put64(volume, volume->super + SUPER_LOCATION, SUPER_POSITION);
	field(volume, CLUSTER_MAX, CLUSTERS);
	field(volume, LINK_MAX_SHORT, LINK_BYTES);
	field(volume, INODE_FORMAT, INODE_FORMAT_44);
	field(volume, TABLE_FORMAT, TABLE_FORMAT_NEW);
	put64(volume, volume->super + FILE_SIZE_MAX,
	    (blocks << volume->block_shift) - 1);
	field(volume, MAGIC, SUPER_MAGIC);
	super_others(volume);
}

static error_t frags_write(struct plan *plan, uint32_t first,
    const uint8_t *bytes, uint32_t count)
{
	return disk_write(plan->device,
	    (uint64_t)first << plan->volume.frag_shift, bytes,
	    (size_t)count << plan->volume.frag_shift);
}

static error_t frags_zero(struct plan *plan, uint32_t first, uint32_t count)
{
	uint32_t most = CLEAR_BYTES >> plan->volume.frag_shift, part;
	error_t error = 0;

	memset(plan->bounce, 0, CLEAR_BYTES);
	for (; count && !error; first += part, count -= part) {
		part = count < most ? count : most;
		error = frags_write(plan, first, plan->bounce, part);
	}
	return error;
}

/* The super block at a byte of the volume, 8 KB from where it begins. */
static error_t super_write(struct plan *plan, uint64_t position)
{
	memset(plan->bounce, 0, SUPER_ROOM);
	memcpy(plan->bounce, plan->volume.super, SUPER_END);
	return disk_write(plan->device, position, plan->bounce, SUPER_ROOM);
}

static error_t group_write(struct plan *plan, uint32_t number)
{
	struct volume *volume = &plan->volume;
	uint32_t first = group_first(volume, number);
	uint32_t length = group_length(volume, number);
	uint32_t free_at = CG_END + (volume->group_inodes + 7) / 8;
	uint32_t sums_at = clusters_at(volume);
	uint8_t *bytes = plan->bounce;
	error_t error = frags_zero(plan, first + volume->inodes_at,
	    volume->data_at - volume->inodes_at);

	if (!error && number)
		error = super_write(plan, (uint64_t)(first + volume->super_at)
		    << volume->frag_shift);
	if (error)
		return error;
	memset(bytes, 0, volume->block_size);
	put32(volume, bytes + CG_MAGIC, CG_MAGIC_NUMBER);
	put32(volume, bytes + CG_NUMBER, number);
	put16(volume, bytes + CG_OLD_CYLINDERS, 1);
	put16(volume, bytes + CG_OLD_INODES, volume->group_inodes);
	put32(volume, bytes + CG_INODES, volume->group_inodes);
	put32(volume, bytes + CG_FRAGMENTS, length);
	put32(volume, bytes + CG_OLD_TOTALS_AT, CG_END);
	put32(volume, bytes + CG_OLD_POSITIONS_AT, CG_END);
	put32(volume, bytes + CG_INODES_AT, CG_END);
	put32(volume, bytes + CG_FREE_AT, free_at);
	put32(volume, bytes + CG_CLUSTER_SUMS_AT, sums_at);
	put32(volume, bytes + CG_CLUSTERS_AT, sums_at + (CLUSTERS + 1) * 4);
	put32(volume, bytes + CG_CLUSTER_BLOCKS, length / volume->frags);
	put32(volume, bytes + CG_NEXT_AT, group_bytes(volume));
	return frags_write(plan, first + volume->group_at, bytes,
	    volume->frags);
}

static uint8_t *entry_put(struct volume *volume, uint8_t *entry, unsigned dots,
    unsigned length)
{
	put32(volume, entry + ENTRY_INODE, ROOT);
	put16(volume, entry + ENTRY_LENGTH, length);
	entry[ENTRY_TYPE] = fs_entry_type(FS_DIRECTORY);
	entry[ENTRY_NAME_LENGTH] = (uint8_t)dots;
	memset(entry + ENTRY_NAME, '.', dots);
	return entry + length;
}

static error_t root_write(struct plan *plan, const struct fs_time *now)
{
	struct volume *volume = &plan->volume;
	uint32_t at = volume->sums_address +
	    (volume->sums_size >> volume->frag_shift), offset;
	uint8_t *bytes = plan->bounce, *inode = bytes + ROOT * INODE_BYTES;
	error_t error;

	memset(bytes, 0, volume->frag_size);
	put16(volume, inode + INODE_MODE, ROOT_MODE);
	put16(volume, inode + INODE_LINKS, 2);
	put64(volume, inode + INODE_SIZE, PIECE);
	for (offset = INODE_ATIME; offset <= INODE_CTIME; offset += 8) {
		put32(volume, inode + offset, (uint32_t)now->seconds);
		put32(volume, inode + offset + 4, now->nanoseconds);
	}
	put32(volume, inode + INODE_BLOCKS, at);
	put32(volume, inode + INODE_SECTORS, volume->frag_size / 512);
	error = frags_write(plan, volume->inodes_at, bytes, 1);
	if (error)
		return error;
	memset(bytes, 0, volume->frag_size);
	entry_put(volume, entry_put(volume, bytes, 1, ENTRY_NAME + 4), 2,
	    PIECE - ENTRY_NAME - 4);
	for (offset = PIECE; offset < volume->frag_size; offset += PIECE)
		put16(volume, bytes + offset + ENTRY_LENGTH, PIECE);
	return frags_write(plan, at, bytes, 1);
}

static error_t all_write(struct plan *plan, const struct fs_time *now)
{
	struct volume *volume = &plan->volume;
	uint32_t group;
	error_t error = frags_zero(plan, 0, volume->super_at);

	for (group = 0; group < volume->group_count && !error; group++)
		error = group_write(plan, group);
	if (!error)
		error = frags_zero(plan, volume->sums_address,
		    volume->sums_size >> volume->frag_shift);
	if (!error)
		error = root_write(plan, now);
	return error ? error : super_write(plan, SUPER_POSITION);
}

error_t ffs_make(struct block_device *device, const struct ffs_make *what,
    const struct fs_time *now)
{
	struct plan *plan = heap_alloc_zero(sizeof *plan);
	struct check_result result;
	error_t error;

	if (!plan)
		return E_NOMEM;
	plan->device = device;
	plan->what = what;
	plan->bounce = heap_alloc(CLEAR_BYTES);
	error = plan->bounce ? sizes_plan(plan) : E_NOMEM;
	if (!error) {
		super_fill(plan, now);
		error = all_write(plan, now);
	}
	heap_free(plan->bounce);
	heap_free(plan);
	if (!error)
		error = ffs_check(device, 1, 0, &result);
	if (!error)
		error = ffs_check(device, 0, 0, &result);
	return !error && result.faults ? E_UCLEAN : error;
}
