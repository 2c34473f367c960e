/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file that loses its last name while it is in use is put into the list of
 * orphans: its number in the super block (or in the dtime of the one before
 * it) so that after a crash the next mount, or e2fsck, frees it.
 */
#include "ext2.h"

enum {
	ORPHANS_MAX = 65536, /* longer lists must be rings */
};

void orphan_add(struct node *node)
{
	struct volume *volume = node_volume(node);

	if (node->orphan)
		return;
	node->orphan = 1;
	node->orphan_next = volume->super.last_orphan;
	volume->super.last_orphan = (uint32_t)node->fs.number;
	volume->super_dirty |= SUPER_COUNTED;
	fs_node_dirty(&node->fs);
}

/* The orphan whose next is number, if it is loaded; all ours are. */
static struct node *orphan_before(struct volume *volume, uint32_t number)
{
	uint32_t at = volume->super.last_orphan;
	struct map_entry *entry;
	unsigned count;

	for (count = 0; at && count < ORPHANS_MAX; count++) {
		struct node *node;

		entry = map_find(&volume->fs.nodes, at);
		if (!entry)
			return 0;
		node = (struct node *)map_item(entry, struct fs_node, entry);
		if (node->orphan_next == number)
			return node;
		at = node->orphan_next;
	}
	return 0;
}

void orphan_take(struct node *node)
{
	struct volume *volume = node_volume(node);
	uint32_t number = (uint32_t)node->fs.number;
	struct node *before;

	if (!node->orphan)
		return;
	node->orphan = 0;
	if (volume->super.last_orphan == number) {
		volume->super.last_orphan = node->orphan_next;
		volume->super_dirty |= SUPER_COUNTED;
		return;
	}
	before = orphan_before(volume, number);
	if (before) {
		before->orphan_next = node->orphan_next;
		fs_node_dirty(&before->fs);
	}
}

/* What was to be cut off is: all behind the size. */
static error_t orphan_cut(struct volume *volume, struct node *node)
{
	uint64_t mask = volume->block_size - 1;
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error = inode_find(volume, (uint32_t)node->fs.number, &buffer,
	    &disk);

	if (error)
		return error;
	disk->dtime = 0; /* it held the next orphan */
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	if (!node_has_blocks(node))
		return 0;
	return map_cut(node, (uint32_t)((node->fs.attributes.size + mask) >>
	    volume->block_shift));
}

/* One of the list, loaded, with a reference. */
static error_t orphan_load(struct volume *volume, uint32_t number,
    struct node **node)
{
	error_t error;

	if (!number_is_sane(volume, number))
		return volume_damaged(volume, "in the list of orphans: inode",
		    number);
	error = inode_load(volume, number, 1, node);
	if (error)
		return error;
	error = fs_node_add(&(*node)->fs);
	if (error)
		ext2_free(&(*node)->fs);
	return error;
}

/* One orphan found at mount: a file without links is freed. */
static error_t orphan_remove(struct volume *volume, uint32_t number,
    uint32_t *next)
{
	struct node *node;
	error_t error = orphan_load(volume, number, &node);

	if (error)
		return error;
	*next = node->orphan_next;
	node->orphan_next = 0;
	if (node->fs.attributes.links) /* ext3 was cutting it */
		error = orphan_cut(volume, node);
	fs_node_put(&node->fs);
	return error;
}

error_t orphans_remove(struct volume *volume)
{
	uint32_t number = volume->super.last_orphan, next = 0, count = 0;
	error_t error = 0;

	volume->super.last_orphan = 0;
	if (number)
		volume->super_dirty |= SUPER_COUNTED;
	for (; number && !error; number = next, count++) {
		error = count < ORPHANS_MAX ?
		    orphan_remove(volume, number, &next) : E_UCLEAN;
	}
	if (count)
		fs_complain(&volume->fs, "ext2: %u orphans freed", count);
	return error == E_STALE || error == E_UCLEAN ? 0 : error;
}

/* Those that we had when we were killed: orphans still, and somebody may use
 * them. */
error_t orphans_hold(struct volume *volume)
{
	uint32_t number = volume->super.last_orphan;
	struct node *node;
	error_t error;

	for (unsigned count = 0; number; count++) {
		error = count < ORPHANS_MAX ?
		    orphan_load(volume, number, &node) : E_UCLEAN;
		if (error)
			return error;
		node->orphan = 1;
		number = node->orphan_next;
		fs_node_hold(&node->fs);
	}
	return 0;
}
