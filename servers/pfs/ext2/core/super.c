/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume's life: mount, sync, remount, unmount. While it is mounted for
 * writing the disk's super block says "not clean"; only unmount and a remount
 * to read-only say "clean" again, after all else has been written, and only
 * if it was clean before.
 */
#include "ext2.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

enum {
	CACHE_CLEAN_BYTES = 2 * 1024 * 1024,
	CACHE_DIRTY_BYTES = 4 * 1024 * 1024,
};

/* The super block lies at byte 1024, whatever the block size. */
static error_t super_read(struct volume *volume)
{
	uint8_t *bytes = heap_alloc(4096);
	error_t error;

	if (!bytes)
		return E_NOMEM;
	error = disk_read(volume->fs.device, 0, bytes, 4096);
	if (!error)
		memcpy(&volume->super, bytes + SUPER_POSITION,
		    sizeof volume->super);
	heap_free(bytes);
	return error;
}

static error_t super_save(struct volume *volume)
{
	struct buffer *buffer;
	struct fs_time now;
	error_t error;

	error = buffer_get(volume->cache, SUPER_POSITION >> volume->block_shift,
	    &buffer);
	if (error)
		return error;
	volume->fs.now(&now);
	volume->super.write_time = (uint32_t)now.seconds;
	memcpy(buffer->data + (SUPER_POSITION & (volume->block_size - 1)),
	    &volume->super, sizeof volume->super);
	buffer_dirty(buffer, ORDER_LAST);
	buffer_put(buffer);
	volume->super_dirty = 0;
	return 0;
}

error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long long number)
{
	fs_complain(&volume->fs, "ext2: damaged: %s %llu", what, number);
	if (volume->fs.read_only)
		return E_UCLEAN;
	if (!(volume->super.state & SUPER_STATE_ERRORS)) {
		volume->super.state |= SUPER_STATE_ERRORS;
		volume->super_dirty = 1;
	}
	if (volume->super.errors == SUPER_ERRORS_READ_ONLY) {
		ext2_sync(&volume->fs);
		volume->fs.read_only = 1;
		fs_complain(&volume->fs, "ext2: read-only from now on");
	}
	return E_UCLEAN;
}

static void volume_free(struct volume *volume)
{
	groups_free(volume);
	if (volume->cache)
		cache_free(volume->cache);
	map_free(&volume->fs.nodes);
	heap_free(volume->bounce);
	heap_free(volume);
}

/* From now on the disk says "not clean". */
static error_t writing_start(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	struct fs_time now;
	error_t error;

	if (!(super->state & SUPER_STATE_CLEAN))
		fs_complain(&volume->fs,
		    "ext2: was not unmounted cleanly; e2fsck is recommended");
	else if (super->state & SUPER_STATE_ERRORS)
		fs_complain(&volume->fs,
		    "ext2: has errors; e2fsck is recommended");
	volume->fs.now(&now);
	super->mount_time = (uint32_t)now.seconds;
	super->mounts++;
	if (super->revision != SUPER_REVISION_OLD) {
		memset(super->last_mounted, 0, sizeof super->last_mounted);
		super->last_mounted[0] = '/';
	}
	/* Not clean is remembered: unmount restores what was there. */
	volume->was_clean = super->state & SUPER_STATE_CLEAN;
	super->state &= (uint16_t)~SUPER_STATE_CLEAN;
	error = super_save(volume);
	if (!error)
		error = cache_sync(volume->cache);
	if (!error)
		error = orphans_remove(volume);
	return error ? error : ext2_sync(&volume->fs);
}

static error_t writing_end(struct volume *volume)
{
	error_t error = ext2_sync(&volume->fs);

	if (error)
		return error;
	if (volume->was_clean)
		volume->super.state |= SUPER_STATE_CLEAN;
	error = super_save(volume);
	return error ? error : cache_sync(volume->cache);
}

static error_t volume_load(struct volume *volume)
{
	uint64_t limit;
	error_t error = super_read(volume);

	if (!error)
		error = super_check(volume);
	if (!error)
		error = cache_new(volume->fs.device, volume->block_size,
		    CACHE_CLEAN_BYTES, &volume->cache);
	if (!error)
		error = groups_load(volume);
	if (error)
		return error;
	volume->bounce = heap_alloc(volume->block_size);
	if (!volume->bounce)
		return E_NOMEM;
	/* i_blocks counts 512-byte sectors in 32 bits. */
	limit = map_limit(volume) << volume->block_shift;
	if (limit > (uint64_t)UINT32_MAX << 9)
		limit = (uint64_t)UINT32_MAX << 9;
	if (volume->super.revision == SUPER_REVISION_OLD)
		limit = INT32_MAX;
	volume->fs.max_size = limit & ~(uint64_t)(volume->block_size - 1);
	volume->fs.root = INODE_ROOT;
	volume->fs.block_size = volume->block_size;
	return 0;
}

error_t ext2_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct volume *volume = heap_alloc_zero(sizeof *volume);
	struct fs_node *root;
	error_t error;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(&volume->fs, &ext2_type, device, options);
	list_init(&volume->windows);
	list_init(&volume->indexed);
	if (device->read_only)
		volume->fs.read_only = 1;
	error = volume_load(volume);
	if (!error && !volume->fs.read_only)
		error = writing_start(volume);
	if (!error)
		error = fs_node_get(&volume->fs, INODE_ROOT, &root);
	if (!error) {
		if ((root->attributes.mode & FS_KIND) != FS_DIRECTORY)
			error = E_UCLEAN;
		fs_node_put(root);
	}
	if (error) {
		fs_nodes_trim(&volume->fs, 0);
		volume_free(volume);
		return error;
	}
	*result = &volume->fs;
	return 0;
}

error_t ext2_unmount(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error = 0;

	if (!fs->read_only)
		error = writing_end(volume);
	volume_free(volume);
	return error;
}

error_t ext2_sync(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (fs->read_only)
		return 0;
	error = fs_nodes_save(fs);
	if (!error)
		error = groups_save(volume);
	if (!error && volume->super_dirty)
		error = super_save(volume);
	if (!error)
		error = cache_sync(volume->cache);
	if (!error)
		groups_synced(volume);
	return error;
}

error_t volume_relieve(struct volume *volume, uint32_t blocks)
{
	uint64_t needed = (uint64_t)blocks + volume->freed;

	if (cache_dirty_bytes(volume->cache) > CACHE_DIRTY_BYTES ||
	    (volume->freed && volume->super.free_blocks < needed + 64))
		return ext2_sync(&volume->fs);
	return 0;
}

error_t ext2_remount(struct fs_volume *fs, int read_only)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (read_only == fs->read_only)
		return 0;
	if (read_only)
		return writing_end(volume);
	if (fs->device->read_only)
		return E_ROFS;
	fs->read_only = 0;
	error = super_check(volume);
	if (!error)
		error = writing_start(volume);
	if (error)
		fs->read_only = 1;
	return error;
}

error_t ext2_status(struct fs_volume *fs, struct fs_status *status)
{
	struct volume *volume = volume_of(fs);
	struct disk_super *super = &volume->super;
	uint64_t free = super->free_blocks;

	free = free > volume->reserved ? free - volume->reserved : 0;
	status->magic = SUPER_MAGIC;
	status->block_size = volume->block_size;
	status->blocks = super->blocks - volume->overhead;
	status->blocks_free = free;
	status->blocks_available = free > super->reserved_blocks ?
	    free - super->reserved_blocks : 0;
	status->nodes = super->inodes;
	status->nodes_free = super->free_inodes;
	memcpy(status->id, super->id, sizeof status->id);
	status->name_max = FS_NAME_MAX;
	return 0;
}
