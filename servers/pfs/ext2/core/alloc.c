/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking and freeing blocks.
 *
 * A file that grows has a window: a free range of the disk that is not marked
 * anywhere, but that other files stay away from while there is room
 * elsewhere. So two files that grow at once do not interleave, and nothing is
 * leaked if the power goes: only blocks that were written are marked. The
 * window doubles with each that was used up.
 */
#include "bits.h"
#include "ext2.h"
#include <base/heap.h>

enum {
	WINDOW_LEAST = 16,
	WINDOW_MOST = 1024,
	WINDOWS_MAX = 32, /* nodes that have one at a time */
};

struct search {
	struct volume *volume;
	struct node *node;
	uint32_t want;
	int polite; /* other nodes' windows are not touched */
	uint32_t first, length; /* result, as block of the volume */
};

void window_drop(struct node *node)
{
	if (!node->window_length)
		return;
	node->window_length = 0;
	list_remove(&node->window_link);
	node_volume(node)->window_count--;
}

static void window_set(struct node *node, uint32_t first, uint32_t length)
{
	struct volume *volume = node_volume(node);

	window_drop(node);
	if (volume->window_count >= WINDOWS_MAX)
		window_drop(list_item(list_first(&volume->windows), struct node,
		    window_link));
	node->window = first;
	node->window_length = length;
	list_append(&volume->windows, &node->window_link);
	volume->window_count++;
}

/* If [first, first + *length) meets another node's window: cuts *length, down
 * to 0, and then *after is where that window ends. */
static void windows_avoid(struct search *search, uint32_t first,
    uint32_t *length, uint32_t *after)
{
	list_each(link, &search->volume->windows) {
		struct node *other = list_item(link, struct node, window_link);

		if (other == search->node ||
		    other->window >= first + *length ||
		    first >= other->window + other->window_length)
			continue;
		if (other->window <= first) {
			*length = 0;
			*after = other->window + other->window_length;
			return;
		}
		*length = other->window - first;
	}
}

/* A run of want free blocks in one group, from offset on. */
static error_t group_search(struct search *search, uint32_t group,
    uint32_t offset)
{
	struct volume *volume = search->volume;
	struct group *here = &volume->groups[group];
	uint32_t limit = group_blocks(volume, group);
	uint32_t base = group_first(volume, group), end, length, after;
	struct buffer *buffer;
	error_t error = block_get(volume, here->disk.block_bitmap,
	    &buffer);

	if (error)
		return error;
	error = E_NOSPC;
	if (offset < here->block_hint)
		offset = here->block_hint;
	for (;;) {
		offset = bit_next(buffer->data, here->freed, offset, limit, 0);
		if (offset >= limit)
			break;
		end = limit - offset > search->want ? offset + search->want :
						      limit;
		end = bit_next(buffer->data, here->freed, offset, end, 1);
		length = end - offset;
		after = base + end;
		if (search->polite)
			windows_avoid(search, base + offset, &length, &after);
		if (length >= search->want) {
			search->first = base + offset;
			search->length = length;
			error = 0;
			break;
		}
		offset = (length ? base + end : after) - base;
	}
	buffer_put(buffer);
	return error;
}

/* All groups, beginning with goal's. */
static error_t volume_search(struct search *search, uint32_t goal)
{
	struct volume *volume = search->volume;
	uint32_t offset = goal - volume->super.first_block;
	uint32_t start = offset / volume->super.group_blocks, i, group;
	error_t error;

	offset %= volume->super.group_blocks;
	for (i = 0; i <= volume->group_count; i++) {
		group = (start + i) % volume->group_count;
		if (volume->groups[group].disk.free_blocks < search->want)
			continue;
		error = group_search(search, group, i ? 0 : offset);
		if (error != E_NOSPC)
			return error;
	}
	return E_NOSPC;
}

/* A run near goal: a long one, or what there is. */
static error_t run_find(struct search *search, uint32_t goal, uint32_t want)
{
	error_t error;

	search->polite = 1;
	for (search->want = want;; search->want = (search->want + 7) / 8) {
		error = volume_search(search, goal);
		if (error != E_NOSPC)
			return error;
		if (search->want == 1)
			break;
	}
	search->polite = 0;
	return volume_search(search, goal);
}

/* Free blocks at goal itself, at most want. */
static error_t run_at(struct volume *volume, uint32_t goal, uint32_t want,
    uint32_t *count)
{
	uint32_t offset = goal - volume->super.first_block, limit;
	uint32_t group = offset / volume->super.group_blocks;
	struct buffer *buffer;
	error_t error;

	*count = 0;
	offset %= volume->super.group_blocks;
	limit = group_blocks(volume, group);
	if (limit - offset > want)
		limit = offset + want;
	error = block_get(volume,
	    volume->groups[group].disk.block_bitmap, &buffer);
	if (error)
		return error;
	*count = bit_next(buffer->data, volume->groups[group].freed, offset,
	    limit, 1) - offset;
	buffer_put(buffer);
	return 0;
}

/* Marks blocks of one group as used. */
static error_t run_mark(struct volume *volume, uint32_t first, uint32_t count)
{
	uint32_t offset = first - volume->super.first_block, i;
	struct group *group =
	    &volume->groups[offset / volume->super.group_blocks];
	struct buffer *buffer;
	error_t error;

	for (i = 0; i < count; i++)
		if (!block_is_data(volume, first + i))
			return volume_damaged(volume,
			    "free in the bitmap, but not data: block",
			    first + i);
	error = block_get(volume, group->disk.block_bitmap, &buffer);
	if (error)
		return error;
	offset %= volume->super.group_blocks;
	for (i = 0; i < count; i++)
		bit_set(buffer->data, offset + i);
	if (group->block_hint >= offset && group->block_hint < offset + count)
		group->block_hint = offset + count;
	buffer_dirty_part(buffer, ORDER_LAST, offset / 8,
	    (offset + count - 1) / 8 - offset / 8 + 1);
	buffer_put(buffer);
	group->disk.free_blocks -= (uint16_t)(
	    group->disk.free_blocks < count ? group->disk.free_blocks : count);
	group_changed(volume, group);
	volume->super.free_blocks -=
	    volume->super.free_blocks < count ? volume->super.free_blocks :
						count;
	volume->super_dirty |= SUPER_COUNTED;
	return 0;
}

/* How long a run a file should get. The first one is for all that it was
 * promised: a file that was written at once leaves no gap behind it. */
static uint32_t window_size(struct node *node, uint32_t want)
{
	const struct fs_attributes *attributes = &node->fs.attributes;
	uint32_t size = node_volume(node)->block_size;
	uint64_t soon = attributes->delayed / (size / 512);

	if ((uint64_t)want * size >= attributes->size)
		return want;
	if (node->last_disk || soon < want)
		return node->window_want;
	return soon < WINDOW_MOST ? (uint32_t)soon : WINDOW_MOST;
}

/* A new window for node near goal: *first, and how many of want are in it. */
static error_t window_find(struct node *node, uint32_t goal, uint32_t want,
    uint32_t *first, uint32_t *count)
{
	struct search search = { .volume = node_volume(node), .node = node };
	error_t error;

	if (node->window_want < WINDOW_LEAST)
		node->window_want = WINDOW_LEAST;
	if (node->window_want < want)
		node->window_want = want < WINDOW_MOST ? want : WINDOW_MOST;
	error = run_find(&search, goal, window_size(node, want));
	if (error)
		return error;
	window_set(node, search.first, search.length);
	if (node->window_want < WINDOW_MOST)
		node->window_want *= 2;
	*first = search.first;
	*count = search.length < want ? search.length : want;
	return 0;
}

/* What node may take now: not what was just freed, nor what was promised to
 * others. */
static uint64_t blocks_for(const struct volume *volume,
    const struct node *node)
{
	uint64_t kept = volume->freed + volume->data.promised -
	    node->promise.blocks;

	return volume->super.free_blocks > kept ?
	    volume->super.free_blocks - kept : 0;
}

error_t blocks_take(struct volume *volume, struct node *node, uint32_t goal,
    uint32_t want, uint32_t *first, uint32_t *count)
{
	uint64_t limit = blocks_for(volume, node);
	uint32_t found = 0;
	error_t error = 0;

	if (!limit)
		return E_NOSPC;
	if (want > limit)
		want = (uint32_t)limit;
	if (goal < volume->super.first_block || goal >= volume->super.blocks)
		goal = volume->super.first_block;
	if (node->window_length && goal >= node->window &&
	    goal - node->window < node->window_length) {
		found = node->window + node->window_length - goal;
		error = run_at(volume, goal, want < found ? want : found,
		    &found);
		*first = goal;
	}
	if (!error && !found)
		error = window_find(node, goal, want, first, &found);
	if (!error)
		error = run_mark(volume, *first, found);
	if (!error) {
		fs_promise_use(&volume->data, &node->promise, found);
		*count = found;
	}
	return error;
}

uint64_t blocks_available(const struct volume *volume, const struct node *node)
{
	uint64_t free = volume->super.free_blocks;
	uint64_t kept = volume->data.promised;

	if (node->fs.attributes.uid != volume->super.reserved_uid &&
	    node->fs.attributes.uid != 0)
		kept += volume->super.reserved_blocks;
	return free > kept ? free - kept : 0;
}

/* Notes that the disk may still call this block somebody's. */
static int freed_note(struct volume *volume, struct group *group,
    uint32_t offset)
{
	if (!group->freed)
		group->freed = heap_alloc_zero(volume->block_size);
	if (!group->freed)
		return 0;
	bit_set(group->freed, offset);
	volume->freed++;
	return 1;
}

static void block_free(struct volume *volume, struct buffer *bitmap,
    uint32_t block)
{
	uint32_t offset = block - volume->super.first_block;
	struct group *group =
	    &volume->groups[offset / volume->super.group_blocks];

	offset %= volume->super.group_blocks;
	cache_forget(volume->cache, block);
	if (!bit_get(bitmap->data, offset)) {
		if (volume->half_freed)
			return;
		volume_damaged(volume, "freed twice: block", block);
		return;
	}
	if (!freed_note(volume, group, offset)) {
		volume_doubt(volume); /* it stays marked: nobody may get it */
		return;
	}
	bit_clear(bitmap->data, offset);
	buffer_dirty_part(bitmap, ORDER_LAST, offset / 8, 1);
	if (offset < group->block_hint)
		group->block_hint = offset;
	group->disk.free_blocks++;
	group_changed(volume, group);
	volume->super.free_blocks++;
	volume->super_dirty |= SUPER_COUNTED;
}

void blocks_free(struct volume *volume, uint32_t first, uint32_t count)
{
	struct buffer *buffer = 0;
	uint32_t group, held = UINT32_MAX;

	for (; count; first++, count--) {
		if (!block_is_data(volume, first)) {
			volume_damaged(volume, "freed, but not data: block",
			    first);
			continue;
		}
		group = (first - volume->super.first_block) /
		    volume->super.group_blocks;
		if (group != held) {
			if (buffer)
				buffer_put(buffer);
			buffer = 0;
			held = group;
			if (block_get(volume,
			    volume->groups[group].disk.block_bitmap, &buffer)) {
				fs_complain(&volume->fs,
				    "ext2: bitmap of group %u can't be read",
				    group);
				buffer = 0;
			}
		}
		if (buffer)
			block_free(volume, buffer, first);
	}
	if (buffer)
		buffer_put(buffer);
}
