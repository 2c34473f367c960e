/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inodes: from the disk to a node and back, and the end of one. What a node
 * says reaches the cache by ffs_save; fewer links, and that an inode is free
 * again, are kept back by late.c.
 */
#include "ffs.h"
#include <base/heap.h>
#include <string.h>

enum {
	SECTOR_SHIFT = 9,
	UID_ELSEWHERE = 0xffff, /* Sun: the long one counts */
};

error_t inode_find(struct volume *volume, uint32_t number,
    struct buffer **buffer, uint8_t **bytes)
{
	uint32_t group = number / volume->group_inodes;
	uint64_t offset = (uint64_t)(number % volume->group_inodes) *
	    INODE_BYTES;
	error_t error = buffer_get(volume->cache,
	    (uint64_t)group_start(volume, group) + volume->inodes_at +
	    (offset >> volume->frag_shift), buffer);

	if (!error)
		*bytes = (*buffer)->data + (offset & (volume->frag_size - 1));
	return error;
}

int number_is_sane(const struct volume *volume, uint64_t number)
{
	return number >= ROOT && number <
	    (uint64_t)volume->group_count * volume->group_inodes;
}

static int is_device(uint32_t mode)
{
	return (mode & FS_KIND) == FS_CHARACTER || (mode & FS_KIND) == FS_BLOCK;
}

int node_is_short_link(const struct node *node)
{
	return (node->fs.attributes.mode & FS_KIND) == FS_LINK &&
	    !node->fs.attributes.blocks;
}

int node_has_blocks(const struct node *node)
{
	switch (node->fs.attributes.mode & FS_KIND) {
	case FS_REGULAR:
	case FS_DIRECTORY:
		return 1;
	case FS_LINK:
		return !node_is_short_link(node);
	}
	return 0;
}

static struct fs_time time_load(const struct volume *volume,
    const uint8_t *at)
{
	struct fs_time time = { (int32_t)get32(volume, at), 0 };

	if (volume->format == FORMAT_44)
		time.nanoseconds = get32(volume, at + 4);
	if (time.nanoseconds > 999999999)
		time.nanoseconds = 0;
	return time;
}

static void time_save(const struct volume *volume, uint8_t *at,
    const struct fs_time *time)
{
	put32(volume, at, (uint32_t)time->seconds);
	put32(volume, at + 4, time->nanoseconds);
}

static void owner_load(const struct volume *volume, const uint8_t *bytes,
    struct fs_attributes *attributes)
{
	attributes->uid = get16(volume, bytes + INODE_OLD_UID);
	attributes->gid = get16(volume, bytes + INODE_OLD_GID);
	if (volume->format == FORMAT_44) {
		attributes->uid = get32(volume, bytes + INODE_UID);
		attributes->gid = get32(volume, bytes + INODE_GID);
	} else if (volume->format == FORMAT_SUN) {
		if (attributes->uid == UID_ELSEWHERE)
			attributes->uid = get32(volume, bytes + INODE_SUN_UID);
		if (attributes->gid == UID_ELSEWHERE)
			attributes->gid = get32(volume, bytes + INODE_SUN_GID);
	}
}

/* BSD's flags as Linux has them. */
static uint32_t flags_load(uint32_t flags)
{
	return (flags & (USER_IMMUTABLE | SYSTEM_IMMUTABLE) ?
	    (uint32_t)FS_FLAG_IMMUTABLE : 0) |
	    (flags & (USER_APPEND | SYSTEM_APPEND) ?
	    (uint32_t)FS_FLAG_APPEND : 0) |
	    (flags & USER_NODUMP ? (uint32_t)FS_FLAG_NODUMP : 0);
}

static uint32_t flag_save(uint32_t flags, int is, uint32_t all, uint32_t one)
{
	if (!is)
		return flags & ~all;
	return flags & all ? flags : flags | one;
}

static uint32_t flags_save(uint32_t flags, uint32_t now)
{
	flags = flag_save(flags, now & FS_FLAG_IMMUTABLE,
	    USER_IMMUTABLE | SYSTEM_IMMUTABLE, SYSTEM_IMMUTABLE);
	flags = flag_save(flags, now & FS_FLAG_APPEND,
	    USER_APPEND | SYSTEM_APPEND, SYSTEM_APPEND);
	return flag_save(flags, now & FS_FLAG_NODUMP, USER_NODUMP,
	    USER_NODUMP);
}

static void node_load(struct node *node, const uint8_t *bytes)
{
	struct volume *volume = node_volume(node);
	struct fs_attributes *attributes = &node->fs.attributes;
	unsigned i;

	attributes->mode = get16(volume, bytes + INODE_MODE);
	attributes->links = get16(volume, bytes + INODE_LINKS);
	attributes->size = get64(volume, bytes + INODE_SIZE);
	attributes->blocks = get32(volume, bytes + INODE_SECTORS);
	attributes->generation = get32(volume, bytes + INODE_GENERATION);
	attributes->atime = time_load(volume, bytes + INODE_ATIME);
	attributes->mtime = time_load(volume, bytes + INODE_MTIME);
	attributes->ctime = time_load(volume, bytes + INODE_CTIME);
	owner_load(volume, bytes, attributes);
	if (volume->format == FORMAT_44)
		node->flags = get32(volume, bytes + INODE_FLAGS);
	attributes->flags = flags_load(node->flags);
	for (i = 0; i < BLOCKS_INODE; i++)
		node->block[i] = get32(volume, bytes + INODE_BLOCKS + 4 * i);
	memcpy(node->target, bytes + INODE_BLOCKS, LINK_BYTES);
	if (is_device(attributes->mode))
		attributes->special = node->block[0];
}

/* What a loaded inode must satisfy before anybody works with it. */
static error_t node_check(struct node *node)
{
	struct volume *volume = node_volume(node);
	uint64_t size = node->fs.attributes.size;

	switch (node->fs.attributes.mode & FS_KIND) {
	case FS_REGULAR:
		if (size <= volume->fs.max_size)
			return 0;
		break;
	case FS_DIRECTORY:
		if (size && !(size & (PIECE - 1)) && size <= INT32_MAX)
			return 0;
		break;
	case FS_LINK:
		if (node_is_short_link(node) ? size < LINK_BYTES :
		    size <= FS_TARGET_MAX && size < volume->block_size)
			return 0;
		break;
	case FS_FIFO:
	case FS_SOCKET:
	case FS_CHARACTER:
	case FS_BLOCK:
		return 0;
	default:
		return volume_damaged(volume, "no such kind: inode",
		    node->fs.number);
	}
	return volume_damaged(volume, "impossible size of inode",
	    node->fs.number);
}

/* Finds the tail: the last block, if it is not whole. */
static void tail_load(struct node *node)
{
	uint64_t size = node->fs.attributes.size;
	uint32_t last;

	if (!node_has_blocks(node) || !size)
		return;
	last = (uint32_t)((size - 1) >> node_volume(node)->block_shift);
	if (last >= BLOCKS_DIRECT || !node->block[last])
		return;
	node->tail_block = last;
	node->tail_frags = tail_need(node, last, size);
	if (node->tail_frags == node_volume(node)->frags)
		node->tail_frags = 0;
}

static struct node *node_alloc(struct volume *volume, uint32_t number)
{
	struct node *node = heap_alloc_zero(sizeof *node);

	if (!node)
		return 0;
	fs_node_init(&node->fs, &volume->fs, number);
	name_index_init(&node->index, &volume->indexes);
	return node;
}

error_t inode_load(struct volume *volume, uint32_t number,
    struct node **result)
{
	struct node *node = node_alloc(volume, number);
	struct buffer *buffer;
	uint32_t links;
	uint8_t *bytes;
	int clear = 0;
	error_t error;

	if (!node)
		return E_NOMEM;
	error = inode_find(volume, number, &buffer, &bytes);
	if (!error) {
		node_load(node, bytes);
		buffer_put(buffer);
		if (late_find(volume, number, &links, &clear))
			node->fs.attributes.links = links;
		if (clear || !node->fs.attributes.mode)
			error = E_STALE;
	}
	if (!error)
		error = node_check(node);
	if (error) {
		heap_free(node);
		return error;
	}
	tail_load(node);
	*result = node;
	return 0;
}

error_t ffs_load(struct fs_volume *fs, uint64_t number,
    struct fs_node **result)
{
	struct node *node;
	error_t error;

	if (!number_is_sane(volume_of(fs), number))
		return E_STALE;
	error = inode_load(volume_of(fs), (uint32_t)number, &node);
	if (error)
		return error;
	if (!node->fs.attributes.links) {
		ffs_free(&node->fs);
		return E_STALE;
	}
	*result = &node->fs;
	return 0;
}

void ffs_free(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	ffs_settle(fs);
	name_index_drop(&node->index);
	heap_free(node);
}

static void blocks_save(const struct node *node, uint8_t *bytes)
{
	const struct volume *volume = node_volume(node);
	unsigned i;

	if (node_is_short_link(node)) {
		memcpy(bytes + INODE_BLOCKS, node->target, LINK_BYTES);
		return;
	}
	for (i = 0; i < BLOCKS_INODE; i++)
		put32(volume, bytes + INODE_BLOCKS + 4 * i, node->block[i]);
	if (is_device(node->fs.attributes.mode))
		put32(volume, bytes + INODE_BLOCKS,
		    node->fs.attributes.special);
}

static void node_save(struct node *node, uint8_t *bytes)
{
	const struct volume *volume = node_volume(node);
	const struct fs_attributes *attributes = &node->fs.attributes;

	put16(volume, bytes + INODE_MODE, attributes->mode);
	put64(volume, bytes + INODE_SIZE, attributes->size);
	time_save(volume, bytes + INODE_ATIME, &attributes->atime);
	time_save(volume, bytes + INODE_MTIME, &attributes->mtime);
	time_save(volume, bytes + INODE_CTIME, &attributes->ctime);
	blocks_save(node, bytes);
	node->flags = flags_save(node->flags, attributes->flags);
	put32(volume, bytes + INODE_FLAGS, node->flags);
	put32(volume, bytes + INODE_SECTORS, (uint32_t)attributes->blocks);
	put32(volume, bytes + INODE_GENERATION, attributes->generation);
	put32(volume, bytes + INODE_UID, attributes->uid);
	put32(volume, bytes + INODE_GID, attributes->gid);
	put16(volume, bytes + INODE_OLD_UID, attributes->uid > 0xffff ?
	    0xfffe : attributes->uid);
	put16(volume, bytes + INODE_OLD_GID, attributes->gid > 0xffff ?
	    0xfffe : attributes->gid);
}

error_t ffs_save(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	uint32_t number = (uint32_t)fs->number, links = fs->attributes.links;
	struct buffer *buffer;
	uint8_t *bytes;
	error_t error = inode_find(volume, number, &buffer, &bytes);

	if (error)
		return error;
	tail_settle(node);
	if (get16(volume, bytes + INODE_MODE) &&
	    get16(volume, bytes + INODE_LINKS) > links) {
		error = late_links(volume, number, links, 0);
	} else {
		late_links_forget(volume, number);
		put16(volume, bytes + INODE_LINKS, links);
	}
	if (!error) {
		node_save(node, bytes);
		buffer_dirty_part(buffer, ORDER_MIDDLE,
		    (size_t)(bytes - buffer->data), INODE_BYTES);
	}
	buffer_put(buffer);
	return error;
}

static void node_start(struct node *node, const struct fs_new *what,
    uint32_t generation)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	struct fs_time now;

	node->fs.volume->now(&now);
	attributes->mode = what->mode & 0xffff;
	attributes->uid = what->uid;
	attributes->gid = what->gid;
	attributes->links = 1;
	attributes->special = is_device(what->mode) ? what->special : 0;
	attributes->atime = attributes->mtime = attributes->ctime = now;
	attributes->generation = generation + 1;
}

error_t node_new(struct volume *volume, uint32_t number,
    const struct fs_new *what, struct node **node)
{
	struct buffer *buffer;
	struct node *made;
	uint8_t *bytes;
	error_t error = inode_find(volume, number, &buffer, &bytes);

	if (error)
		return error;
	made = node_alloc(volume, number);
	if (!made || fs_node_add(&made->fs)) {
		heap_free(made);
		buffer_put(buffer);
		return E_NOMEM;
	}
	node_start(made, what, get32(volume, bytes + INODE_GENERATION));
	memset(bytes, 0, INODE_BYTES);
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
	fs_node_dirty(&made->fs);
	*node = made;
	return 0;
}

void node_stamp(struct node *node, int modified)
{
	struct fs_attributes *attributes = &node->fs.attributes;

	node->fs.volume->now(&attributes->ctime);
	if (modified)
		attributes->mtime = attributes->ctime;
	fs_node_dirty(&node->fs);
}

error_t ffs_remove(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	error_t error;

	if (fs->volume->read_only)
		return 0; /* the next fsck's */
	error = late_links(volume, (uint32_t)fs->number, 0, 1);
	if (error)
		return error;
	if (node->orphan) {
		volume->orphans--;
		orphan_forget(node);
	}
	if (node_has_blocks(node) && map_cut(node, 0))
		fs_complain(fs->volume, "ffs: blocks of inode %u are lost",
		    (unsigned)fs->number);
	inode_free(volume, (uint32_t)fs->number, is_directory(node));
	return 0;
}
