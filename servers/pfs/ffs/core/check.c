/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking a volume that is not mounted, in three passes: inodes and their
 * blocks (here), names (check_names.c), maps and sums (check_maps.c). What a
 * loss of power can leave (late.c says what that is) is repaired; anything
 * worse is only named.
 */
#include "check.h"
#include <base/heap.h>
#include <string.h>

void check_fault(struct check *check, const char *what, uint64_t where)
{
	check->result->faults++;
	fs_complain(&check->volume->fs, "fsck.ffs: %s %llu%s", what,
	    (unsigned long long)where, check->repair ? ": repaired" : "");
}

void check_severe(struct check *check, const char *what, uint64_t where)
{
	check->result->faults++;
	check->result->severe++;
	fs_complain(&check->volume->fs, "fsck.ffs: %s %llu: not repaired",
	    what, (unsigned long long)where);
}

uint32_t check_inodes(const struct check *check)
{
	return check->volume->group_count * check->volume->group_inodes;
}

/* What is being walked: one inode. */
struct walk {
	struct check *check;
	struct node *node;
	uint64_t frags;
	uint64_t end; /* blocks that the size has room for */
	int changed, bad;
};

/* Marks fragments as this inode's; 0: they can't be. */
static int frags_claim(struct walk *walk, uint32_t first, uint32_t count)
{
	struct check *check = walk->check;
	uint32_t i;

	if (!frags_are_data(check->volume, first, count) ||
	    first % check->volume->frags + count > check->volume->frags) {
		check_severe(check, "impossible block in inode",
		    walk->node->fs.number);
		walk->bad = 1;
		return 0;
	}
	for (i = first; i < first + count; i++)
		if (bit_get(check->used, i)) {
			check_severe(check, "block with two owners in inode",
			    walk->node->fs.number);
			walk->bad = 1;
			return 0;
		}
	for (i = first; i < first + count; i++)
		bit_set(check->used, i);
	walk->frags += count;
	return 1;
}

/* The numbers of a block of them; level 0: they are data. first: the file
 * block of the first. */
static error_t map_walk(struct walk *walk, uint32_t block, unsigned level,
    uint64_t first)
{
	struct volume *volume = walk->check->volume;
	uint64_t span = 1, at;
	uint32_t i, per_frag = volume->frag_size / 4, child;
	error_t error = 0;

	for (i = 1; i < level; i++)
		span <<= volume->pointer_shift;
	for (i = 0; i < volume->pointers && !error; i++) {
		struct buffer *buffer;
		uint8_t *slot;

		error = buffer_get(volume->cache, block + i / per_frag,
		    &buffer);
		if (error)
			break;
		slot = buffer->data + i % per_frag * 4;
		child = get32(volume, slot);
		at = first + i * span;
		if (child && at >= walk->end) {
			check_fault(walk->check, "block behind the end of "
			    "inode", walk->node->fs.number);
			put32(volume, slot, 0);
			buffer_dirty(buffer, ORDER_FIRST);
			child = 0;
		}
		buffer_put(buffer);
		if (child && frags_claim(walk, child, volume->frags) &&
		    level > 1)
			error = map_walk(walk, child, level - 1, at);
	}
	return error;
}

static error_t node_walk(struct walk *walk)
{
	struct node *node = walk->node;
	struct volume *volume = walk->check->volume;
	uint64_t first = BLOCKS_DIRECT, span = volume->pointers;
	error_t error = 0;
	unsigned i;

	for (i = 0; i < BLOCKS_INODE; i++) {
		if (i > BLOCKS_DIRECT) {
			first += span;
			span <<= volume->pointer_shift;
		}
		if (node->block[i] &&
		    (i < BLOCKS_DIRECT ? i : first) >= walk->end) {
			check_fault(walk->check, "block behind the end of "
			    "inode", node->fs.number);
			node->block[i] = 0;
			walk->changed = 1;
		}
		if (!node->block[i])
			continue;
		if (!frags_claim(walk, node->block[i], i < BLOCKS_DIRECT ?
		    tail_has(node, i) : volume->frags))
			continue;
		if (i >= BLOCKS_DIRECT)
			error = map_walk(walk, node->block[i],
			    i - BLOCKS_DIRECT + 1, first);
		if (error)
			return error;
	}
	return 0;
}

/* Writes the node's inode as it is. */
static error_t node_write(struct node *node)
{
	struct buffer *buffer;
	uint8_t *bytes;
	error_t error = inode_find(node_volume(node),
	    (uint32_t)node->fs.number, &buffer, &bytes);

	if (error)
		return error;
	put16(node_volume(node), bytes + INODE_LINKS,
	    node->fs.attributes.links);
	buffer_put(buffer);
	return ffs_save(&node->fs);
}

static error_t inode_check(struct check *check, struct node *node)
{
	struct volume *volume = check->volume;
	struct walk walk = { .check = check, .node = node };
	struct fs_attributes *attributes = &node->fs.attributes;
	uint64_t mask = volume->block_size - 1, sectors;
	error_t error = 0;

	walk.end = (attributes->size + mask) >> volume->block_shift;
	if (node_has_blocks(node))
		error = node_walk(&walk);
	sectors = walk.frags * (volume->frag_size / 512);
	/* Without blocks it would be a short link, whose text it has not. */
	if (!error && !walk.bad && !sectors &&
	    (attributes->mode & FS_KIND) == FS_LINK && node_has_blocks(node)) {
		check_severe(check, "contents of inode", node->fs.number);
		walk.bad = 1;
	}
	if (!error && !walk.bad && node_has_blocks(node) &&
	    sectors != attributes->blocks) {
		check_fault(check, "number of blocks of inode",
		    node->fs.number);
		attributes->blocks = sectors;
		walk.changed = 1;
	}
	if (!error && walk.changed && check->repair)
		error = node_write(node);
	return error;
}

error_t check_blocks(struct check *check)
{
	uint32_t number, count = check_inodes(check);
	error_t error = 0;

	for (number = ROOT; number < count && !error; number++) {
		struct node *node;

		error = inode_load(check->volume, number, &node);
		if (error == E_STALE) {
			error = 0;
			continue;
		}
		if (error == E_UCLEAN) {
			check_severe(check, "contents of inode", number);
			check->kind[number] = FS_REGULAR >> 12;
			error = 0;
			continue;
		}
		if (error)
			break;
		check->kind[number] =
		    (uint8_t)(node->fs.attributes.mode >> 12);
		error = inode_check(check, node);
		list_remove(&node->fs.dirty);
		ffs_free(&node->fs);
	}
	return error;
}

/* Takes back what a node that goes had claimed. */
static void frags_disclaim(struct check *check, uint32_t first, uint32_t count)
{
	for (; count && first < check->volume->size; first++, count--)
		bit_clear(check->used, first);
}

static void map_disclaim(struct check *check, uint32_t block, unsigned level)
{
	struct volume *volume = check->volume;
	uint32_t i, per_frag = volume->frag_size / 4;

	for (i = 0; level && i < volume->pointers; i++) {
		struct buffer *buffer;
		uint32_t child;

		if (buffer_get(volume->cache, block + i / per_frag, &buffer))
			return;
		child = get32(volume, buffer->data + i % per_frag * 4);
		buffer_put(buffer);
		if (child)
			map_disclaim(check, child, level - 1);
	}
	frags_disclaim(check, block, volume->frags);
}

error_t check_clear(struct check *check, uint32_t number)
{
	struct volume *volume = check->volume;
	struct buffer *buffer;
	struct node *node;
	uint8_t *bytes;
	unsigned i;
	error_t error = inode_load(volume, number, &node);

	if (error)
		return error;
	for (i = 0; i < BLOCKS_INODE && node_has_blocks(node); i++) {
		if (node->block[i] && i < BLOCKS_DIRECT)
			frags_disclaim(check, node->block[i],
			    tail_has(node, i));
		else if (node->block[i])
			map_disclaim(check, node->block[i],
			    i - BLOCKS_DIRECT + 1);
	}
	ffs_free(&node->fs);
	check->kind[number] = 0;
	error = inode_find(volume, number, &buffer, &bytes);
	if (error)
		return error;
	memset(bytes, 0, INODE_GENERATION);
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	return 0;
}

static error_t check_start(struct check *check)
{
	uint32_t inodes = check_inodes(check);

	check->used = heap_alloc_zero(check->volume->size / 8 + 8);
	check->kind = heap_alloc_zero(inodes);
	check->names = heap_alloc_zero((size_t)inodes * sizeof *check->names);
	check->parent = heap_alloc_zero((size_t)inodes *
	    sizeof *check->parent);
	check->reached = heap_alloc_zero(inodes);
	check->queue = heap_alloc((size_t)inodes * sizeof *check->queue);
	return check->used && check->kind && check->names && check->parent &&
	    check->reached && check->queue ? 0 : E_NOMEM;
}

static error_t check_end(struct check *check)
{
	struct volume *volume = check->volume;
	error_t error = 0;

	if (check->repair && !check->result->severe) {
		volume->super[CLEAN] = 1;
		volume->super[MODIFIED] = 0;
		volume->super[OLD_FLAGS] &= (uint8_t)~FLAG_NEEDS_CHECK;
		error = super_save(volume);
	}
	if (check->repair && !error)
		error = cache_sync(volume->cache);
	heap_free(check->used);
	heap_free(check->kind);
	heap_free(check->names);
	heap_free(check->parent);
	heap_free(check->reached);
	heap_free(check->queue);
	return error;
}

static void no_time(struct fs_time *time)
{
	time->seconds = 0;
	time->nanoseconds = 0;
}

error_t ffs_check(struct block_device *device, int repair,
    void (*say)(struct fs_volume *volume, const char *text),
    struct check_result *result)
{
	struct fs_options options = { .now = no_time, .complain = say };
	struct check check = { .repair = repair, .result = result };
	error_t error, other;

	memset(result, 0, sizeof *result);
	error = volume_open(device, &options, &check.volume);
	if (error)
		return error;
	if (!repair)
		check.volume->fs.read_only = 1;
	else if (check.volume->format != FORMAT_44)
		error = E_OPNOTSUPP;
	if (!error)
		error = check_start(&check);
	if (!error)
		error = check_blocks(&check);
	if (!error)
		error = check_names(&check);
	if (!error)
		error = check_maps(&check);
	check.repair = repair && !error;
	other = check_end(&check);
	volume_close(check.volume);
	return error ? error : other;
}
