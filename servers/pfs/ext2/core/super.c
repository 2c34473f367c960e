/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A volume's life: mount, sync, remount, unmount. While it is mounted for
 * writing the disk's super block says "not clean"; only unmount and a remount
 * to read-only say "clean" again, after all else has been written, and only
 * if it was clean before.
 */
#include "journal.h"
#include <base/heap.h>
#include <base/text.h>
#include <string.h>

enum {
	CACHE_CLEAN_BYTES = 2 * 1024 * 1024,
	CACHE_DIRTY_BYTES = 4 * 1024 * 1024,
	/* what of the super block ever changes ends here */
	SUPER_WRITTEN = offsetof(struct disk_super, last_orphan) + 4,
	/* and what rarely does, here */
	SUPER_WHOLE = offsetof(struct disk_super, blocks_high),
};

/* Of store->words. */
enum {
	WORD_WRITING,   /* it was mounted for writing */
	WORD_WAS_CLEAN, /* and was clean before */
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

/* What is there in the cache is newer if that has survived. */
static error_t super_read_kept(struct volume *volume)
{
	struct buffer *buffer;
	error_t error = buffer_get(volume->cache,
	    SUPER_POSITION >> volume->block_shift, &buffer);

	if (error)
		return error;
	memcpy(&volume->super, buffer->data +
	    (SUPER_POSITION & (volume->block_size - 1)),
	    sizeof volume->super);
	buffer_put(buffer);
	return super_check(volume);
}

error_t super_save(struct volume *volume)
{
	size_t count = volume->super_dirty & SUPER_RARE ? SUPER_WHOLE :
							  SUPER_WRITTEN;
	size_t at = SUPER_POSITION & (volume->block_size - 1);
	struct buffer *buffer;
	struct fs_time now;
	error_t error;

	error = buffer_get(volume->cache, SUPER_POSITION >> volume->block_shift,
	    &buffer);
	if (error)
		return error;
	volume->fs.now(&now);
	volume->super.write_time = (uint32_t)now.seconds;
	memcpy(buffer->data + at, &volume->super, count);
	buffer_dirty_part(buffer, ORDER_LAST, at, count);
	buffer_put(buffer);
	volume->super_dirty = volume->super_counted = 0;
	return 0;
}

static void super_field(struct buffer *buffer, size_t at, const uint32_t *now,
    unsigned words)
{
	uint32_t *field = (uint32_t *)(void *)(buffer->data + at);
	uint32_t changed = 0;
	unsigned i;

	for (i = 0; i < words; i++) {
		changed |= field[i] ^ now[i];
		field[i] = now[i];
	}
	if (changed)
		buffer_dirty_part(buffer, ORDER_LAST, at, words * sizeof *now);
}

/* What most operations change, and no more. */
static error_t super_count(struct volume *volume)
{
	size_t at = SUPER_POSITION & (volume->block_size - 1);
	struct buffer *buffer;
	error_t error;

	error = buffer_get(volume->cache, SUPER_POSITION >> volume->block_shift,
	    &buffer);
	if (error)
		return error;
	super_field(buffer, at + offsetof(struct disk_super, free_blocks),
	    &volume->super.free_blocks, 2);
	super_field(buffer, at + offsetof(struct disk_super, last_orphan),
	    &volume->super.last_orphan, 1);
	buffer_put(buffer);
	volume->super_dirty = 0;
	volume->super_counted = 1;
	return 0;
}

void volume_doubt(struct volume *volume)
{
	if (volume->fs.read_only || volume->super.state & SUPER_STATE_ERRORS)
		return;
	volume->super.state |= SUPER_STATE_ERRORS;
	volume->super_dirty |= SUPER_CHANGED;
}

error_t block_get(struct volume *volume, uint32_t block,
    struct buffer **buffer)
{
	error_t error = buffer_get(volume->cache, block, buffer);

	if (error) {
		fs_complain(&volume->fs, "ext2: block %u can't be read",
		    (unsigned)block);
		volume_doubt(volume);
	}
	return error;
}

error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long long number)
{
	fs_complain(&volume->fs, "ext2: damaged: %s %llu", what, number);
	if (volume->fs.read_only)
		return E_UCLEAN;
	volume_doubt(volume);
	if (volume->super.errors == SUPER_ERRORS_READ_ONLY) {
		ext2_sync(&volume->fs);
		volume->fs.read_only = 1;
		fs_complain(&volume->fs, "ext2: read-only from now on");
	}
	return E_UCLEAN;
}

static void volume_unload(struct volume *volume)
{
	journal_close(volume);
	groups_free(volume);
	if (volume->cache)
		cache_free(volume->cache);
	volume->cache = 0;
}

static void volume_free(struct volume *volume)
{
	volume_unload(volume);
	map_free(&volume->fs.nodes);
	heap_free(volume->data.bounce);
	heap_free(volume);
}

static void writing_note(struct volume *volume, int writing)
{
	struct store *store = volume->store;

	if (!store)
		return;
	store_set_word(store, &store->words[WORD_WRITING], (uint32_t)writing);
	store_set_word(store, &store->words[WORD_WAS_CLEAN],
	    volume->was_clean);
	store_commit(store);
}

/* In memory. */
static void super_not_clean(struct volume *volume)
{
	if (!volume->journal) {
		volume->super.state &= (uint16_t)~SUPER_STATE_CLEAN;
		return;
	}
	volume->super.incompatible |= INCOMPAT_RECOVER;
	if (volume->was_clean)
		volume->super.state |= SUPER_STATE_CLEAN;
}

static error_t disk_not_clean(struct volume *volume)
{
	error_t error;

	super_not_clean(volume);
	error = super_save(volume);
	return error ? error : cache_sync(volume->cache);
}

static void dirty_limit_set(struct volume *volume)
{
	volume->dirty_most = CACHE_DIRTY_BYTES;
	if (volume->journal &&
	    journal_limit(volume->journal) < volume->dirty_most)
		volume->dirty_most = journal_limit(volume->journal);
}

/* We were killed while it was mounted for writing, and go on. */
static error_t writing_resume(struct volume *volume)
{
	int half = temporary_stamped(volume);
	error_t error = 0;

	volume->was_clean =
	    (unsigned char)volume->store->words[WORD_WAS_CLEAN];
	if (half) {
		/* when its journal was being taken away: all was written */
		error = temporary_finish(volume);
		temporary_stamp_clear(volume);
		if (!error)
			error = disk_not_clean(volume);
	}
	super_not_clean(volume);
	volume->super_dirty |= SUPER_CHANGED;
	if (!error && volume->journal)
		error = journal_start(volume->journal);
	return error ? error : orphans_hold(volume);
}

static void mount_note(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	struct fs_time now;

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
}

/* From now on the disk says "not clean". */
static error_t writing_start(struct volume *volume)
{
	error_t error = 0;

	if (temporary_stamped(volume))
		error = temporary_finish(volume);
	if (!error && volume->no_journal && volume->journal &&
	    volume->journal->temporary)
		error = temporary_end(volume);
	if (error)
		return error;
	mount_note(volume);
	error = temporary_begin(volume);
	if (!error)
		error = disk_not_clean(volume);
	if (!error && volume->journal)
		error = journal_start(volume->journal);
	dirty_limit_set(volume);
	if (temporary_stamped(volume))
		temporary_stamp_clear(volume);
	if (!error)
		error = orphans_remove(volume);
	if (!error)
		error = ext2_sync(&volume->fs);
	if (!error)
		writing_note(volume, 1);
	return error;
}

static error_t journal_end(struct volume *volume)
{
	error_t error = cache_checkpoint(volume->cache);

	if (!error)
		error = journal_stop(volume->journal);
	if (!error && volume->journal->temporary)
		error = temporary_end(volume);
	dirty_limit_set(volume);
	return error;
}

static error_t writing_end(struct volume *volume)
{
	error_t error = ext2_sync(&volume->fs);

	if (!error && volume->journal)
		error = journal_end(volume);
	if (error)
		return error;
	if (volume->was_clean)
		volume->super.state |= SUPER_STATE_CLEAN;
	volume->super.incompatible &= ~(uint32_t)INCOMPAT_RECOVER;
	error = super_save(volume);
	if (!error)
		error = cache_sync(volume->cache);
	if (!error)
		writing_note(volume, 0);
	return error;
}

static void limits_set(struct volume *volume)
{
	uint64_t limit = map_limit(volume) << volume->block_shift;

	/* i_blocks counts 512-byte sectors in 32 bits. */
	if (limit > (uint64_t)UINT32_MAX << 9)
		limit = (uint64_t)UINT32_MAX << 9;
	if (volume->super.revision == SUPER_REVISION_OLD)
		limit = INT32_MAX;
	volume->fs.max_size = limit & ~(uint64_t)(volume->block_size - 1);
	volume->fs.root = INODE_ROOT;
	volume->fs.block_size = volume->block_size;
	volume->data.map = &ext2_map;
	volume->data.shift = volume->block_shift;
	volume->data.pointer_shift = volume->pointer_shift;
}

static error_t volume_load(struct volume *volume)
{
	error_t error = super_read(volume);

	if (!error)
		error = super_check(volume);
	if (!error)
		error = cache_new(volume->fs.device, volume->block_size,
		    CACHE_CLEAN_BYTES, &volume->cache);
	if (!error && volume->store)
		error = cache_survive(volume->cache, volume->store, 0,
		    1);
	if (!error && volume->store && volume->store->recovered)
		error = super_read_kept(volume);
	if (!error)
		error = groups_load(volume);
	if (error)
		return error;
	cache_set_check(volume->cache, dir_buffer_is_sane, volume);
	limits_set(volume);
	if (volume->super.compatible & COMPAT_JOURNAL &&
	    !volume->fs.device->read_only)
		error = journal_open(volume);
	dirty_limit_set(volume);
	return error;
}

/* Loads the volume; first what its journal holds goes in place. */
static error_t volume_open(struct volume *volume)
{
	error_t error = volume_load(volume);

	if (error || !(volume->super.incompatible & INCOMPAT_RECOVER))
		return error;
	if (!volume->journal) {
		fs_complain(&volume->fs, "ext2: can't be mounted: its journal "
		    "is to be replayed, and the device is read-only");
		return E_ROFS;
	}
	error = journal_replay(volume->journal);
	if (error)
		return error;
	volume_unload(volume);
	return volume_load(volume);
}

static int was_writing(const struct volume *volume)
{
	return volume->store && volume->store->recovered &&
	    volume->store->words[WORD_WRITING];
}

void ext2_limit_cache(struct fs_volume *fs, size_t bytes)
{
	cache_set_limit(((struct volume *)fs)->cache, bytes);
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
	name_indexes_init(&volume->indexes);
	volume->store = options->store;
	volume->no_journal = text_option(options->argc, options->argv,
	    "nojournal", 0) != 0;
	if (device->read_only)
		volume->fs.read_only = 1;
	error = volume_open(volume);
	if (!error)
		volume->data.bounce = heap_alloc(volume->block_size);
	if (!error && !volume->data.bounce)
		error = E_NOMEM;
	if (!error && !volume->fs.read_only)
		error = was_writing(volume) ? writing_resume(volume) :
					      writing_start(volume);
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

/* The super block, in place at once. */
static error_t super_write(struct volume *volume)
{
	uint32_t block = SUPER_POSITION >> volume->block_shift;
	struct buffer *buffer;
	error_t error = super_save(volume);

	if (!error)
		error = buffer_get(volume->cache, block, &buffer);
	if (error)
		return error;
	error = disk_write(volume->fs.device,
	    (uint64_t)block << volume->block_shift, buffer->data,
	    volume->block_size);
	buffer_put(buffer);
	return error ? error : disk_flush(volume->fs.device);
}

/* More than the journal can hold at once: it is written in place by order, and
 * while that lasts the super block asks for a check of the whole volume. */
static error_t sync_oversize(struct volume *volume)
{
	uint16_t state = volume->super.state;
	error_t error = journal_replay(volume->journal);

	if (error)
		return error;
	cache_set_journal(volume->cache, 0);
	volume->super.state |= SUPER_STATE_ERRORS;
	error = super_write(volume);
	if (!error)
		error = cache_sync(volume->cache);
	if (error)
		return error;
	volume->super.state = state;
	error = super_save(volume);
	if (!error)
		error = cache_sync(volume->cache);
	return error ? error : journal_start(volume->journal);
}

error_t ext2_keep(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (fs->read_only)
		return 0;
	error = fs_nodes_save(fs);
	if (!error)
		error = groups_save(volume);
	if (error || !volume->super_dirty)
		return error;
	return volume->super_dirty & SUPER_CHANGED ? super_save(volume) :
						     super_count(volume);
}

error_t ext2_sync(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (fs->read_only)
		return 0;
	if (volume->super_counted) /* the time of the last write */
		volume->super_dirty |= SUPER_CHANGED;
	error = ext2_keep(fs);
	if (!error)
		error = cache_sync(volume->cache);
	if (error == E_FBIG)
		error = sync_oversize(volume);
	if (!error)
		groups_synced(volume);
	return error;
}

error_t volume_relieve(struct volume *volume, uint32_t blocks)
{
	uint64_t needed = (uint64_t)blocks + volume->freed;

	if (cache_dirty_bytes(volume->cache) > volume->dirty_most ||
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

	free = free > volume->data.promised ? free - volume->data.promised : 0;
	status->magic = SUPER_MAGIC;
	status->block_size = volume->block_size;
	status->blocks = super->blocks - volume->overhead -
	    (volume->journal ? volume->journal->blocks : 0);
	status->blocks_free = free;
	status->blocks_available = free > super->reserved_blocks ?
	    free - super->reserved_blocks : 0;
	status->nodes = super->inodes;
	status->nodes_free = super->free_inodes;
	memcpy(status->id, super->id, sizeof status->id);
	status->name_max = FS_NAME_MAX;
	return 0;
}
