/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inodes: from the disk to a node and back, and the end of one.
 *
 * Structure (mode, links, size of directories, block numbers) reaches the
 * inode's buffer with the operation that changes it, by node_store: so at
 * every fs_node_put, and at every start and end of an operation, the buffers
 * hold one whole state, which may be committed. What the shell changes
 * (times, owners, the size of a growing file) waits for save.
 */
#include "sysv.h"
#include <base/heap.h>
#include <string.h>

enum {
	ID_MAX = 65535,
	ID_OVERFLOW = 65534, /* nobody: what doesn't fit in 16 bits */
};

error_t inode_get(struct volume *volume, uint32_t number,
    struct buffer **buffer, struct disk_inode **disk)
{
	uint32_t in_block = volume->block_size / INODE_SIZE;
	error_t error = block_get(volume, INODE_BLOCK +
	    (number - 1) / in_block, buffer);

	if (!error)
		*disk = (struct disk_inode *)(*buffer)->data +
		    (number - 1) % in_block;
	return error;
}

static void inode_dirty(struct buffer *buffer, const struct disk_inode *disk)
{
	buffer_dirty_part(buffer, ORDER_MIDDLE,
	    (size_t)((const uint8_t *)disk - buffer->data), sizeof *disk);
}

static int is_device(uint32_t mode)
{
	return (mode & FS_KIND) == FS_CHARACTER || (mode & FS_KIND) == FS_BLOCK;
}

static void blocks_show(struct node *node)
{
	struct volume *volume = node_volume(node);

	node->fs.attributes.blocks = (uint64_t)
	    volume->inode_blocks[node->fs.number] * (volume->block_size / 512);
}

static struct fs_time time_get(enum bytes bytes, disk32_t from)
{
	return (struct fs_time){ get32(bytes, from), 0 };
}

static disk32_t time_put(enum bytes bytes, struct fs_time time)
{
	if (time.seconds < 0)
		return put32(bytes, 0);
	return put32(bytes, time.seconds > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)time.seconds);
}

/* Attributes become what the disk can hold. */
void sysv_refresh(struct fs_node *fs)
{
	struct fs_time *times[] = { &fs->attributes.atime,
		&fs->attributes.mtime, &fs->attributes.ctime };

	for (int i = 0; i < 3; i++)
		*times[i] = time_get(BYTES_LITTLE, time_put(BYTES_LITTLE,
		    *times[i]));
}

/* A Version 7 volume is known by the mode of its root. */
error_t sysv_change(struct fs_node *fs, struct fs_attributes *to)
{
	if (node_volume(node_of(fs))->variant == &variants[VARIANT_V7] &&
	    fs->number == INODE_ROOT)
		to->mode &= ~07000u;
	if (to->uid > ID_MAX)
		to->uid = ID_OVERFLOW;
	if (to->gid > ID_MAX)
		to->gid = ID_OVERFLOW;
	return 0;
}

static void node_read(struct node *node, const struct disk_inode *disk)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	enum bytes bytes = node_volume(node)->bytes;

	attributes->mode = get16(bytes, disk->mode);
	attributes->links = get16(bytes, disk->links);
	attributes->uid = get16(bytes, disk->uid);
	attributes->gid = get16(bytes, disk->gid);
	attributes->size = get32(bytes, disk->size);
	attributes->generation = disk->generation;
	attributes->atime = time_get(bytes, disk->atime);
	attributes->mtime = time_get(bytes, disk->mtime);
	attributes->ctime = time_get(bytes, disk->ctime);
	for (unsigned i = 0; i < BLOCKS_INODE; i++)
		node->block[i] = get24(bytes, disk->block[i]);
	if (is_device(attributes->mode))
		attributes->special = node->block[0] & 0xffff;
	blocks_show(node);
}

static void node_write(struct node *node, struct disk_inode *disk)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	enum bytes bytes = node_volume(node)->bytes;

	blocks_show(node);
	disk->mode = put16(bytes, attributes->mode);
	disk->links = put16(bytes, attributes->links);
	disk->uid = put16(bytes, attributes->uid);
	disk->gid = put16(bytes, attributes->gid);
	disk->size = put32(bytes, (uint32_t)attributes->size);
	disk->generation = (uint8_t)attributes->generation;
	disk->atime = time_put(bytes, attributes->atime);
	disk->mtime = time_put(bytes, attributes->mtime);
	disk->ctime = time_put(bytes, attributes->ctime);
	for (unsigned i = 0; i < BLOCKS_INODE; i++)
		disk->block[i] = put24(bytes, node->block[i]);
}

/* What a loaded inode must satisfy before anybody works with it. */
static error_t node_check(struct node *node)
{
	struct fs_attributes *attributes = &node->fs.attributes;
	uint64_t most = node->fs.volume->max_size;

	switch (attributes->mode & FS_KIND) {
	case FS_LINK:
		most = FS_TARGET_MAX;
		break;
	case FS_DIRECTORY:
		attributes->size &= ~(uint64_t)(ENTRY_SIZE - 1);
		break;
	case FS_REGULAR:
		break;
	case FS_FIFO:
	case FS_SOCKET:
	case FS_CHARACTER:
	case FS_BLOCK:
		return 0;
	default:
		return volume_damaged(node_volume(node),
		    "no such kind: inode", (unsigned long)node->fs.number);
	}
	if (attributes->size > most)
		return volume_damaged(node_volume(node),
		    "impossible size of inode",
		    (unsigned long)node->fs.number);
	return 0;
}

static struct node *node_alloc(struct volume *volume, uint32_t number)
{
	struct node *node = heap_alloc_zero(sizeof *node);

	if (node)
		fs_node_init(&node->fs, &volume->fs, number);
	return node;
}

/* orphan: an inode without links is what we look for. */
static error_t inode_load(struct volume *volume, uint32_t number, int orphan,
    struct node **result)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	struct node *node;
	error_t error = inode_get(volume, number, &buffer, &disk);

	if (error)
		return error;
	node = node_alloc(volume, number);
	if (node)
		node_read(node, disk);
	buffer_put(buffer);
	if (!node)
		return E_NOMEM;
	if (!node->fs.attributes.mode ||
	    orphan != (node->fs.attributes.links == 0))
		error = E_STALE;
	else
		error = node_check(node);
	if (error)
		heap_free(node);
	else
		*result = node;
	return error;
}

error_t sysv_load(struct fs_volume *fs, uint64_t number,
    struct fs_node **result)
{
	struct volume *volume = volume_of(fs);
	struct node *node;
	error_t error;

	if (number < INODE_ROOT || number > volume->inodes)
		return E_STALE;
	error = inode_load(volume, (uint32_t)number, 0, &node);
	if (!error)
		*result = &node->fs;
	return error;
}

void sysv_free(struct fs_node *fs)
{
	sysv_settle(fs);
	heap_free(node_of(fs));
}

static error_t node_put(struct node *node)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error = inode_get(node_volume(node),
	    (uint32_t)node->fs.number, &buffer, &disk);

	if (error)
		return error;
	node_write(node, disk);
	inode_dirty(buffer, disk);
	buffer_put(buffer);
	return 0;
}

void node_store(struct node *node)
{
	if (node_put(node))
		fs_node_dirty(&node->fs); /* the next sync tries again */
}

error_t sysv_save(struct fs_node *fs)
{
	error_t error;

	if (fs->volume->read_only)
		return 0;
	error = volume_make_room(volume_of(fs->volume));
	return error ? error : node_put(node_of(fs));
}

error_t node_new(struct volume *volume, uint32_t number,
    const struct fs_new *what, struct node **result)
{
	struct fs_attributes *attributes;
	struct disk_inode *disk;
	struct buffer *buffer;
	struct node *node;
	error_t error = inode_get(volume, number, &buffer, &disk);

	if (error)
		return error;
	node = node_alloc(volume, number);
	if (!node || fs_node_add(&node->fs)) {
		heap_free(node);
		buffer_put(buffer);
		return E_NOMEM;
	}
	attributes = &node->fs.attributes;
	attributes->mode = what->mode & 0xffff;
	attributes->uid = what->uid;
	attributes->gid = what->gid;
	sysv_change(&node->fs, attributes);
	attributes->generation = (uint8_t)(disk->generation + 1);
	if (is_device(what->mode))
		attributes->special = node->block[0] = what->special;
	volume->fs.now(&attributes->ctime);
	attributes->ctime.nanoseconds = 0;
	attributes->atime = attributes->mtime = attributes->ctime;
	node_write(node, disk);
	inode_dirty(buffer, disk);
	buffer_put(buffer);
	*result = node;
	return 0;
}

void node_stamp(struct node *node, int modified)
{
	struct fs_attributes *attributes = &node->fs.attributes;

	node->fs.volume->now(&attributes->ctime);
	attributes->ctime.nanoseconds = 0;
	if (modified)
		attributes->mtime = attributes->ctime;
	fs_node_dirty(&node->fs);
}

error_t sysv_remove(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error;

	if (fs->volume->read_only)
		return 0; /* it has no links: the next mount removes it */
	error = volume_make_room(volume);
	if (!error)
		error = inode_get(volume, (uint32_t)fs->number, &buffer, &disk);
	if (error)
		return error;
	if (mode_has_map(fs->attributes.mode) && map_cut(node, 0))
		fs_complain(&volume->fs, "sysv: blocks of inode %u are lost "
		    "until the next mount", (unsigned)fs->number);
	memset(disk, 0, sizeof *disk);
	disk->generation = (uint8_t)fs->attributes.generation;
	inode_dirty(buffer, disk);
	buffer_put(buffer);
	inode_release(volume, (uint32_t)fs->number);
	return 0;
}

/* An inode that has a mode but no links: its kind may be nonsense. */
static error_t orphan_find(struct volume *volume, uint32_t number,
    void (*found)(struct fs_node *node))
{
	struct node *node;
	error_t error = inode_load(volume, number, 1, &node);

	if (error == E_STALE)
		return 0; /* has links, or is free */
	if (error)
		return error;
	error = fs_node_add(&node->fs);
	if (error)
		heap_free(node);
	else
		found(&node->fs);
	return error;
}

static error_t orphans_find(struct volume *volume,
    void (*found)(struct fs_node *node))
{
	error_t error = 0;

	for (uint32_t number = INODE_FIRST; volume->orphans && !error &&
	     number <= volume->inodes; number++)
		if (volume->inode_used[number / 8] >> number % 8 & 1) {
			error = orphan_find(volume, number, found);
			if (error == E_UCLEAN)
				error = 0; /* stays: fsck.sysv's business */
		}
	volume->orphans = 0;
	return error;
}

error_t orphans_remove(struct volume *volume)
{
	return orphans_find(volume, fs_node_put);
}

error_t orphans_hold(struct volume *volume)
{
	return orphans_find(volume, fs_node_hold);
}
