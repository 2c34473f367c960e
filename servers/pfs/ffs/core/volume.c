/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume's life: mount, sync, remount, unmount. While it is mounted for
 * writing the disk says "not clean"; a volume that is not clean can only be
 * read until fsck.ffs has been there, as BSD has it: its maps may be wrong.
 */
#include "ffs.h"
#include <base/heap.h>
#include <string.h>

enum {
	CACHE_CLEAN_BYTES = 2 * 1024 * 1024,
	DIRTY_BYTES = 4 * 1024 * 1024,
	BLOCKS_SPARE = 64,
};

error_t volume_damaged(struct volume *volume, const char *what, uint64_t where)
{
	fs_complain(&volume->fs, "ffs: damaged: %s %llu", what,
	    (unsigned long long)where);
	if (!volume->fs.read_only &&
	    !(volume->super[OLD_FLAGS] & FLAG_NEEDS_CHECK)) {
		volume->super[OLD_FLAGS] |= FLAG_NEEDS_CHECK;
		volume->super_dirty = 1;
	}
	return E_UCLEAN;
}

void volume_close(struct volume *volume)
{
	groups_free(volume);
	late_free(volume);
	if (volume->cache)
		cache_free(volume->cache);
	map_free(&volume->fs.nodes);
	heap_free(volume->data.bounce);
	heap_free(volume);
}

/* Of store->words: it was mounted for writing. */
enum {
	WORD_WRITING,
};

static int was_writing(const struct volume *volume)
{
	return volume->store && volume->store->recovered &&
	    volume->store->words[WORD_WRITING];
}

/* The mark on the disk, and what says that we made it: at one commit. */
static error_t super_mark(struct volume *volume, int clean, uint32_t writing)
{
	struct store *store = volume->store;
	error_t error;

	volume->super[CLEAN] = (uint8_t)clean;
	error = super_save(volume);
	if (error)
		return error;
	if (store)
		store_set_word(store, &store->words[WORD_WRITING], writing);
	return cache_sync(volume->cache);
}

/* We were killed while it was mounted for writing, and go on. What was freed,
 * the disk may still call somebody's: so it learns all at once. */
static error_t writing_resume(struct volume *volume)
{
	error_t error = orphans_hold(volume);

	volume->data_written = 1;
	return error ? error : ffs_sync(&volume->fs);
}

/* From now on the disk says "not clean". */
static error_t writing_start(struct volume *volume)
{
	volume->super[MODIFIED] = 0;
	memset(volume->super + LAST_MOUNTED, 0, LAST_MOUNTED_SIZE);
	volume->super[LAST_MOUNTED] = '/';
	return super_mark(volume, 0, 1);
}

static error_t writing_end(struct volume *volume)
{
	error_t error = ffs_sync(&volume->fs);

	if (error)
		return error;
	return super_mark(volume, !(volume->super[OLD_FLAGS] &
	    FLAG_NEEDS_CHECK) && !volume->orphans, 0);
}

/* What an instance before us had in the cache is there; if that was only the
 * mark of a start or an end, all else is on the disk. */
static error_t cache_recover(struct volume *volume)
{
	error_t error = 0;

	if (!volume->store)
		return 0;
	error = cache_survive(volume->cache, volume->store, 0, 1);
	if (error || !volume->store->recovered)
		return error;
	if (!was_writing(volume) && !volume->fs.device->read_only)
		error = cache_sync(volume->cache);
	return error ? error : super_read_kept(volume);
}

static error_t volume_load(struct volume *volume,
    const struct fs_options *options)
{
	error_t error = super_read(volume, options);

	if (!error)
		error = cache_new(volume->fs.device, volume->frag_size,
		    CACHE_CLEAN_BYTES, &volume->cache);
	if (!error)
		error = cache_recover(volume);
	if (!error)
		error = groups_start(volume);
	if (!error)
		error = late_start(volume);
	if (error)
		return error;
	volume->data.map = &ffs_map;
	volume->data.shift = volume->block_shift;
	volume->data.pointer_shift = volume->pointer_shift;
	volume->data.bounce = heap_alloc(volume->block_size);
	if (!volume->data.bounce)
		return E_NOMEM;
	/* The inode counts 512-byte sectors in 32 bits. */
	volume->fs.max_size = map_limit(volume) << volume->block_shift;
	if (volume->fs.max_size > (uint64_t)INT32_MAX << 9)
		volume->fs.max_size = (uint64_t)INT32_MAX << 9;
	volume->fs.root = ROOT;
	volume->fs.block_size = volume->block_size > 4096 ? 4096 :
							    volume->block_size;
	return 0;
}

error_t volume_open(struct block_device *device,
    const struct fs_options *options, struct volume **result)
{
	struct volume *volume = heap_alloc_zero(sizeof *volume);
	error_t error;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(&volume->fs, &ffs_type, device, options);
	name_indexes_init(&volume->indexes);
	volume->store = options->store;
	if (device->read_only)
		volume->fs.read_only = 1;
	error = volume_load(volume, options);
	if (error)
		volume_close(volume);
	else
		*result = volume;
	return error;
}

void ffs_limit_cache(struct fs_volume *fs, size_t bytes)
{
	cache_set_limit(((struct volume *)fs)->cache, bytes);
}

error_t ffs_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct volume *volume;
	struct fs_node *root;
	error_t error = volume_open(device, options, &volume);

	if (error)
		return error;
	if (!volume->fs.read_only && !was_writing(volume) &&
	    super_may_write(volume))
		volume->fs.read_only = 1;
	error = fs_node_get(&volume->fs, ROOT, &root);
	if (!error) {
		if (!is_directory(node_of(root)))
			error = E_UCLEAN;
		fs_node_put(root);
	}
	if (!error && !volume->fs.read_only)
		error = was_writing(volume) ? writing_resume(volume) :
					      writing_start(volume);
	if (error) {
		fs_nodes_trim(&volume->fs, 0);
		volume_close(volume);
		return error;
	}
	*result = &volume->fs;
	return 0;
}

error_t ffs_unmount(struct fs_volume *fs)
{
	error_t error = 0;

	if (!fs->read_only)
		error = writing_end(volume_of(fs));
	volume_close(volume_of(fs));
	return error;
}

error_t ffs_keep(struct fs_volume *fs)
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
	return error;
}

error_t ffs_sync(struct fs_volume *fs)
{
	return fs->read_only ? 0 : late_sync(volume_of(fs));
}

error_t volume_relieve(struct volume *volume, uint32_t blocks)
{
	uint64_t needed = (uint64_t)blocks + volume->freed + BLOCKS_SPARE;

	if (cache_dirty_bytes(volume->cache) + late_bytes(volume) >
	    DIRTY_BYTES || late_many(volume) ||
	    (volume->freed && volume->total.blocks < needed))
		return ffs_sync(&volume->fs);
	return 0;
}

error_t ffs_remount(struct fs_volume *fs, int read_only)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (read_only == fs->read_only)
		return 0;
	if (read_only)
		return writing_end(volume);
	if (fs->device->read_only)
		return E_ROFS;
	error = super_may_write(volume);
	if (error)
		return error;
	fs->read_only = 0;
	error = writing_start(volume);
	if (error)
		fs->read_only = 1;
	return error;
}

error_t ffs_status(struct fs_volume *fs, struct fs_status *status)
{
	struct volume *volume = volume_of(fs);
	uint64_t free = (uint64_t)volume->total.blocks * volume->frags +
	    volume->total.frags;
	uint64_t kept = (uint64_t)volume->data_size * volume->minimum_free /
	    100, promised = volume->data.promised * volume->frags;

	free = free > promised ? free - promised : 0;
	status->magic = SUPER_MAGIC;
	status->block_size = volume->frag_size;
	status->blocks = volume->data_size;
	status->blocks_free = free;
	status->blocks_available = free > kept ? free - kept : 0;
	status->nodes = (uint64_t)volume->group_count * volume->group_inodes -
	    ROOT;
	status->nodes_free = volume->total.inodes;
	status->id[0] = get32(volume, volume->super + VOLUME_ID);
	status->id[1] = get32(volume, volume->super + VOLUME_ID + 4);
	status->name_max = FS_NAME_MAX;
	return 0;
}
