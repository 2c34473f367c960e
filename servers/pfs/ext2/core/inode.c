/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inodes: from the disk to a node and back, and the end of one. Times have
 * nanoseconds where the inode is large enough for them (256 bytes).
 */
#include "ext2.h"
#include <base/heap.h>
#include <string.h>

enum {
	NANO_SHIFT = 2, /* the low bits extend the seconds to 34 bits */
	NANO_EPOCH = 3,
};

error_t inode_find(struct volume *volume, uint32_t number,
    struct buffer **buffer, struct disk_inode **disk)
{
	uint32_t group = (number - 1) / volume->super.group_inodes;
	uint32_t index = (number - 1) % volume->super.group_inodes;
	uint64_t offset = (uint64_t)index * volume->inode_size;
	error_t error;

	error = block_get(volume,
	    volume->groups[group].disk.inode_table +
	    (uint32_t)(offset >> volume->block_shift), buffer);
	if (!error)
		*disk = (struct disk_inode *)((*buffer)->data +
		    (offset & (volume->block_size - 1)));
	return error;
}

int number_is_sane(const struct volume *volume, uint64_t number)
{
	return number == INODE_ROOT ||
	    (number >= volume->first_inode && number <= volume->super.inodes);
}

/* The field lies inside what the inode says that it has beyond 128 bytes. */
static int inode_has(const struct volume *volume,
    const struct disk_inode *disk, unsigned end)
{
	return volume->inode_size > INODE_SIZE_OLD &&
	    volume->inode_size - INODE_SIZE_OLD >= disk->extra_size &&
	    INODE_SIZE_OLD + (unsigned)disk->extra_size >= end;
}

#define HAS(volume, disk, field)                                               \
	inode_has(volume, disk, offsetof(struct disk_inode, field) +           \
	    sizeof((disk)->field))

static struct fs_time time_load(uint32_t seconds, uint32_t extra)
{
	struct fs_time time = { (int32_t)seconds, extra >> NANO_SHIFT };

	time.seconds += (int64_t)(extra & NANO_EPOCH) << 32;
	if (time.nanoseconds > 999999999)
		time.nanoseconds = 0;
	return time;
}

static uint32_t time_extra(struct fs_time time)
{
	return (uint32_t)((time.seconds - (int32_t)time.seconds) >> 32 &
	    NANO_EPOCH) | time.nanoseconds << NANO_SHIFT;
}

static int is_device(uint32_t mode)
{
	return (mode & FS_KIND) == FS_CHARACTER || (mode & FS_KIND) == FS_BLOCK;
}

int node_is_fast_link(const struct node *node)
{
	uint32_t attributes = node->attribute_block ?
	    ((struct volume *)node->fs.volume)->block_size / 512 : 0;

	return (node->fs.attributes.mode & FS_KIND) == FS_LINK &&
	    node->fs.attributes.blocks == attributes;
}

int node_has_blocks(const struct node *node)
{
	switch (node->fs.attributes.mode & FS_KIND) {
	case FS_REGULAR:
	case FS_DIRECTORY:
		return 1;
	case FS_LINK:
		return !node_is_fast_link(node);
	}
	return 0;
}

static void times_load(struct node *node, const struct disk_inode *disk)
{
	struct volume *volume = node_volume(node);
	struct fs_attributes *attributes = &node->fs.attributes;

	attributes->atime = time_load(disk->atime,
	    HAS(volume, disk, atime_extra) ? disk->atime_extra : 0);
	attributes->mtime = time_load(disk->mtime,
	    HAS(volume, disk, mtime_extra) ? disk->mtime_extra : 0);
	attributes->ctime = time_load(disk->ctime,
	    HAS(volume, disk, ctime_extra) ? disk->ctime_extra : 0);
}

/* Device numbers: the old form has 8 + 8 bits, the new one 12 + 20. */
static uint32_t special_load(const struct disk_inode *disk)
{
	return disk->block[0] ? disk->block[0] : disk->block[1];
}

static void special_save(const struct node *node, struct disk_inode *disk)
{
	uint32_t special = node->fs.attributes.special;

	disk->block[0] = special < 0x10000 ? special : 0;
	disk->block[1] = special < 0x10000 ? 0 : special;
	disk->block[2] = 0;
}

static void node_load(struct node *node, const struct disk_inode *disk)
{
	struct fs_attributes *attributes = &node->fs.attributes;

	attributes->mode = disk->mode;
	attributes->links = disk->links;
	attributes->uid = disk->uid | (uint32_t)disk->uid_high << 16;
	attributes->gid = disk->gid | (uint32_t)disk->gid_high << 16;
	attributes->size = disk->size;
	if ((disk->mode & FS_KIND) == FS_REGULAR)
		attributes->size |= (uint64_t)disk->size_high << 32;
	attributes->blocks = disk->sectors;
	attributes->generation = disk->generation;
	attributes->flags = disk->flags & ~(uint32_t)INODE_FLAG_INDEX;
	attributes->special = is_device(disk->mode) ? special_load(disk) : 0;
	times_load(node, disk);
	memcpy(node->block, disk->block, sizeof node->block);
	node->attribute_block = disk->attribute_block;
	node->flags = disk->flags;
}

/* What a loaded inode must satisfy before anybody works with it. */
static error_t node_check(struct node *node)
{
	struct volume *volume = node_volume(node);
	struct fs_attributes *attributes = &node->fs.attributes;
	uint64_t size = attributes->size;

	if (node->flags &
	    (INODE_FLAG_EXTENTS | INODE_FLAG_INLINE | INODE_FLAG_HUGE))
		return volume_damaged(volume, "flags of ext4 in inode",
		    node->fs.number);
	switch (attributes->mode & FS_KIND) {
	case FS_REGULAR:
		if (size <= volume->fs.max_size)
			return 0;
		break;
	case FS_DIRECTORY:
		if (!(size & (volume->block_size - 1)) && size <= INT32_MAX)
			return 0;
		break;
	case FS_LINK:
		if (node_is_fast_link(node) ? size < sizeof node->block :
					      size <= FS_TARGET_MAX)
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

static struct node *node_alloc(struct volume *volume, uint32_t number)
{
	struct node *node = heap_alloc_zero(sizeof *node);

	if (!node)
		return 0;
	fs_node_init(&node->fs, &volume->fs, number);
	list_init(&node->window_link);
	name_index_init(&node->index, &volume->indexes);
	return node;
}

/* As much of an inode as we ever write has changed. */
static void inode_dirty(struct volume *volume, struct buffer *buffer,
    const struct disk_inode *disk)
{
	buffer_dirty_part(buffer, ORDER_MIDDLE,
	    (size_t)((const uint8_t *)disk - buffer->data),
	    volume->inode_size < sizeof *disk ? volume->inode_size :
						sizeof *disk);
}

error_t inode_load(struct volume *volume, uint32_t number, int orphan,
    struct node **node)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	struct node *made;
	error_t error;

	error = inode_find(volume, number, &buffer, &disk);
	if (error)
		return error;
	if (!disk->mode || (!disk->links && !orphan)) {
		buffer_put(buffer);
		return E_STALE;
	}
	made = node_alloc(volume, number);
	if (made) {
		node_load(made, disk);
		made->orphan_next = orphan ? disk->dtime : 0;
	}
	buffer_put(buffer);
	if (!made)
		return E_NOMEM;
	error = node_check(made);
	if (error)
		heap_free(made);
	else
		*node = made;
	return error;
}

error_t ext2_load(struct fs_volume *volume, uint64_t number,
    struct fs_node **node)
{
	struct node *made;
	error_t error;

	if (!number_is_sane(volume_of(volume), number))
		return E_STALE;
	error = inode_load(volume_of(volume), (uint32_t)number, 0, &made);
	if (!error)
		*node = &made->fs;
	return error;
}

error_t node_load_hidden(struct volume *volume, uint32_t number,
    struct node **node)
{
	return inode_load(volume, number, 0, node);
}

error_t node_make_hidden(struct volume *volume, uint32_t number,
    struct node **node)
{
	struct node *made = node_alloc(volume, number);
	struct fs_attributes *attributes;

	if (!made)
		return E_NOMEM;
	attributes = &made->fs.attributes;
	attributes->mode = FS_REGULAR | 0600;
	attributes->links = 1;
	volume->fs.now(&attributes->ctime);
	attributes->atime = attributes->mtime = attributes->ctime;
	*node = made;
	return 0;
}

error_t inode_clear(struct volume *volume, uint32_t number)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error = inode_find(volume, number, &buffer, &disk);

	if (error)
		return error;
	memset(disk, 0, volume->inode_size);
	buffer_dirty_part(buffer, ORDER_MIDDLE,
	    (size_t)((uint8_t *)disk - buffer->data), volume->inode_size);
	buffer_put(buffer);
	return 0;
}

void ext2_free(struct fs_node *fs)
{
	struct node *node = node_of(fs);

	ext2_settle(fs);
	window_drop(node);
	name_index_drop(&node->index);
	heap_free(node);
}

static void extras_save(const struct node *node, struct disk_inode *disk)
{
	struct volume *volume = (struct volume *)node->fs.volume;
	const struct fs_attributes *attributes = &node->fs.attributes;

	if (HAS(volume, disk, atime_extra))
		disk->atime_extra = time_extra(attributes->atime);
	if (HAS(volume, disk, mtime_extra))
		disk->mtime_extra = time_extra(attributes->mtime);
	if (HAS(volume, disk, ctime_extra))
		disk->ctime_extra = time_extra(attributes->ctime);
}

static void node_save(struct node *node, struct disk_inode *disk)
{
	const struct fs_attributes *attributes = &node->fs.attributes;

	disk->mode = (uint16_t)attributes->mode;
	disk->links = (uint16_t)attributes->links;
	disk->uid = (uint16_t)attributes->uid;
	disk->uid_high = (uint16_t)(attributes->uid >> 16);
	disk->gid = (uint16_t)attributes->gid;
	disk->gid_high = (uint16_t)(attributes->gid >> 16);
	disk->size = (uint32_t)attributes->size;
	if ((attributes->mode & FS_KIND) == FS_REGULAR)
		disk->size_high = (uint32_t)(attributes->size >> 32);
	disk->sectors = (uint32_t)attributes->blocks;
	disk->atime = (uint32_t)attributes->atime.seconds;
	disk->mtime = (uint32_t)attributes->mtime.seconds;
	disk->ctime = (uint32_t)attributes->ctime.seconds;
	node->flags = (node->flags & ~(uint32_t)INODE_FLAGS_SETTABLE) |
	    (attributes->flags & INODE_FLAGS_SETTABLE);
	disk->flags = node->flags;
	disk->generation = attributes->generation;
	disk->attribute_block = node->attribute_block;
	memcpy(disk->block, node->block, sizeof disk->block);
	if (is_device(attributes->mode))
		special_save(node, disk);
	extras_save(node, disk);
}

error_t ext2_save(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	struct disk_inode *disk;
	struct buffer *buffer;
	error_t error;

	error = inode_find(volume, (uint32_t)fs->number, &buffer, &disk);
	if (error)
		return error;
	node_save(node, disk);
	if (node->orphan)
		disk->dtime = node->orphan_next;
	inode_dirty(volume, buffer, disk);
	buffer_put(buffer);
	if (fs->attributes.size > INT32_MAX &&
	    !(volume->super.read_only_compatible & RO_LARGE_FILE)) {
		volume->super.read_only_compatible |= RO_LARGE_FILE;
		volume->super_dirty |= SUPER_CHANGED;
	}
	return 0;
}

static void node_start(struct node *node, const struct fs_new *what,
    const struct node *directory)
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
	attributes->generation = now.nanoseconds ^ (uint32_t)now.seconds;
	node->flags =
	    directory->fs.attributes.flags & INODE_FLAGS_INHERITED;
	if ((what->mode & FS_KIND) == FS_LINK)
		node->flags = 0;
	if ((what->mode & FS_KIND) != FS_DIRECTORY)
		node->flags &= ~(uint32_t)FS_FLAGS_OF_DIRECTORY;
	attributes->flags = node->flags;
}

error_t node_new(struct volume *volume, uint32_t number,
    const struct fs_new *what, struct node *directory, struct node **node)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	struct node *made;
	error_t error;

	error = inode_find(volume, number, &buffer, &disk);
	if (error)
		return error;
	made = node_alloc(volume, number);
	if (!made || fs_node_add(&made->fs)) {
		heap_free(made);
		buffer_put(buffer);
		return E_NOMEM;
	}
	node_start(made, what, directory);
	memset(disk, 0, volume->inode_size);
	if (volume->inode_size >= sizeof *disk) {
		disk->extra_size = INODE_EXTRA_SIZE;
		disk->made_time = (uint32_t)made->fs.attributes.ctime.seconds;
		disk->made_extra = time_extra(made->fs.attributes.ctime);
	}
	buffer_dirty_part(buffer, ORDER_MIDDLE,
	    (size_t)((uint8_t *)disk - buffer->data), volume->inode_size);
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

/* An attribute block may be shared: only the last user frees it. */
void attribute_block_drop(struct node *node)
{
	struct volume *volume = node_volume(node);
	uint32_t *head, block = node->attribute_block;
	struct buffer *buffer;

	if (!block)
		return;
	node->attribute_block = 0;
	if (!block_is_data(volume, block) ||
	    block_get(volume, block, &buffer))
		return;
	head = (uint32_t *)(void *)buffer->data; /* magic, users */
	if (head[0] == 0xea020000 && head[1] > 1) {
		head[1]--;
		buffer_dirty(buffer, ORDER_MIDDLE);
		buffer_put(buffer);
		return;
	}
	buffer_put(buffer);
	blocks_free(volume, block, 1);
}

error_t ext2_remove(struct fs_node *fs)
{
	struct node *node = node_of(fs);
	struct volume *volume = node_volume(node);
	int is_directory = (fs->attributes.mode & FS_KIND) == FS_DIRECTORY;
	struct disk_inode *disk;
	struct buffer *buffer;
	struct fs_time now;
	error_t error;

	if (volume->fs.read_only)
		return 0; /* it is an orphan still: the next mount's */
	error = inode_find(volume, (uint32_t)fs->number, &buffer, &disk);
	if (error)
		return error;
	error = node_has_blocks(node) ? map_cut(node, 0) : 0;
	if (error) {
		fs_complain(fs->volume, "ext2: blocks of inode %u are lost",
		    (unsigned)fs->number);
		volume_doubt(volume);
	}
	attribute_block_drop(node);
	orphan_take(node);
	fs->attributes.size = 0;
	fs->attributes.blocks = 0;
	node_save(node, disk);
	fs->volume->now(&now);
	disk->dtime = (uint32_t)now.seconds;
	inode_dirty(volume, buffer, disk);
	buffer_put(buffer);
	inode_free(volume, (uint32_t)fs->number, is_directory);
	return 0;
}
