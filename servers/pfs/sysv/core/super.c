/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a volume.
 *
 *	mount      detect, finish an interrupted sync (journal.c), scan
 *	  |        for writing: active, lists empty, journal; remove the files
 *	  |        that lost their last name while in use
 *	 sync  ... one state of all metadata after the other
 *	  |
 *	unmount    sync; journal gone, lists written, clean
 *
 * While it is active, a volume on the disk has no free blocks and says that it
 * is not clean. Any other system that takes it then can read all of it, and
 * can do no harm.
 */
#include "sysv.h"
#include <base/heap.h>
#include <stddef.h>
#include <string.h>

enum {
	CACHE_CLEAN_BYTES = 512 * 1024,
	DIRTY_MAX = 1024 * 1024, /* without a journal */
	BLOCKS_OPERATION = 12, /* that an operation makes dirty, at most: see
		* rename: 4 inodes, 2 blocks of names, one "..", 5 of growth */
	BLOCKS_SPARE = 64,
};

error_t super_get(struct volume *volume, struct buffer **buffer,
    uint8_t **super)
{
	uint32_t position = volume->variant->position;
	error_t error = block_get(volume, position >> volume->block_shift,
	    buffer);

	if (!error)
		*super = (*buffer)->data +
		    (position & (volume->block_size - 1));
	return error;
}

int super_is_clean(const struct volume *volume, const uint8_t *super)
{
	const struct variant *variant = volume->variant;
	disk32_t state, time;
	uint32_t said;

	if (variant->clean)
		return super[variant->clean] == SUPER_CLEAN_XENIX;
	if (!variant->state)
		return !super[variant->fmod];
	memcpy(&state, super + variant->state, sizeof state);
	memcpy(&time, super + variant->time, sizeof time);
	said = get32(volume->bytes, state);
	if (variant == &variants[VARIANT_R2])
		return said == (uint32_t)SUPER_STATE_CLEAN_R2;
	return said + get32(volume->bytes, time) == SUPER_STATE_CLEAN_R4;
}

void super_mark(const struct volume *volume, uint8_t *super, int clean,
    uint32_t time)
{
	const struct variant *variant = volume->variant;
	disk32_t stamp = put32(volume->bytes, time), state;

	memcpy(super + variant->time, &stamp, sizeof stamp);
	if (variant->clean)
		super[variant->clean] = clean ? SUPER_CLEAN_XENIX : 0;
	else if (!variant->state)
		super[variant->fmod] = !clean;
	if (!variant->state)
		return;
	if (!clean)
		state = put32(volume->bytes, SUPER_STATE_ACTIVE);
	else if (variant == &variants[VARIANT_R2])
		state = put32(volume->bytes, (uint32_t)SUPER_STATE_CLEAN_R2);
	else
		state = put32(volume->bytes, SUPER_STATE_CLEAN_R4 - time);
	memcpy(super + variant->state, &state, sizeof state);
}

error_t volume_damaged(struct volume *volume, const char *what,
    unsigned long number)
{
	fs_complain(&volume->fs, "sysv: damaged: %s %lu", what, number);
	return E_UCLEAN;
}

static void volume_free(struct volume *volume)
{
	heap_free(volume->journal.record);
	space_free(volume);
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

/* Together with what the next sync writes. */
static void writing_note(struct volume *volume, uint32_t writing)
{
	struct store *store = volume->store;

	if (store)
		store_set_word(store, &store->words[WORD_WRITING], writing);
}

/* Larger than the journal: in place by order. */
static error_t oversize_commit(struct volume *volume)
{
	error_t error;

	cache_set_journal(volume->cache, 0);
	error = cache_sync(volume->cache);
	cache_set_journal(volume->cache, &volume->journal.cache);
	return error;
}

/* All that is dirty in the cache reaches the disk, as one. */
static error_t volume_commit(struct volume *volume)
{
	error_t error = 0;

	if (volume->data_written)
		error = disk_flush(volume->fs.device);
	if (!error)
		error = cache_sync(volume->cache);
	if (error == E_FBIG)
		error = oversize_commit(volume);
	if (error)
		return error;
	volume->data_written = 0;
	blocks_synced(volume);
	return 0;
}

static uint32_t super_now(struct volume *volume)
{
	struct fs_time now;

	volume->fs.now(&now);
	/* an earlier time would make an R4 volume look like R2 */
	return now.seconds < YEAR_1980 ? YEAR_1980 : (uint32_t)now.seconds;
}

/* We were killed while it was mounted for writing, and go on. What was freed,
 * the disk may still call somebody's: so it learns all at once. */
static error_t writing_resume(struct volume *volume)
{
	struct buffer *buffer;
	uint8_t *super;
	error_t error = super_get(volume, &buffer, &super);

	if (error)
		return error;
	error = journal_resume(volume, super);
	buffer_put(buffer);
	if (!error && volume->journal.count)
		cache_set_journal(volume->cache, &volume->journal.cache);
	if (!error)
		error = orphans_hold(volume);
	volume->data_written = 1;
	return error ? error : sysv_sync(&volume->fs);
}

static error_t writing_start(struct volume *volume)
{
	struct buffer *buffer;
	uint8_t *super;
	error_t error = super_get(volume, &buffer, &super);

	if (error)
		return error;
	error = journal_start(volume, super);
	if (!error) {
		lists_empty(volume, super);
		super_mark(volume, super, 0, super_now(volume));
		buffer_dirty(buffer, ORDER_LAST);
		writing_note(volume, 1);
	}
	buffer_put(buffer);
	if (!error)
		error = cache_sync(volume->cache);
	if (!error && volume->journal.count)
		cache_set_journal(volume->cache, &volume->journal.cache);
	if (!error)
		error = orphans_remove(volume);
	return error ? error : sysv_sync(&volume->fs);
}

static error_t writing_end(struct volume *volume)
{
	struct buffer *buffer;
	uint8_t *super;
	error_t error = sysv_sync(&volume->fs);

	if (!error && volume->journal.pending)
		error = cache_checkpoint(volume->cache);
	if (!error)
		error = super_get(volume, &buffer, &super);
	if (error)
		return error;
	cache_set_journal(volume->cache, 0);
	journal_end(volume, super);
	error = lists_write(volume, super);
	if (!error) {
		super_mark(volume, super, 1, super_now(volume));
		buffer_dirty(buffer, ORDER_LAST);
		writing_note(volume, 0);
	}
	buffer_put(buffer);
	return error ? error : cache_sync(volume->cache);
}

static error_t refuse(struct volume *volume, const char *why)
{
	fs_complain(&volume->fs, "sysv: super block: impossible %s", why);
	return E_INVAL;
}

/* The numbers of the super block. */
static error_t geometry_set(struct volume *volume)
{
	uint32_t in_block = volume->block_size / INODE_SIZE;
	struct buffer *buffer;
	disk16_t isize;
	disk32_t fsize;
	uint8_t *super;
	uint64_t end, limit;
	error_t error = super_get(volume, &buffer, &super);

	if (error)
		return error;
	memcpy(&isize, super + volume->variant->isize, sizeof isize);
	memcpy(&fsize, super + volume->variant->fsize, sizeof fsize);
	buffer_put(buffer);
	volume->first_data = get16(volume->bytes, isize);
	volume->blocks = get32(volume->bytes, fsize);
	if (volume->first_data <= INODE_BLOCK)
		return refuse(volume, "number of inodes");
	end = ((uint64_t)volume->base + volume->blocks) << volume->block_shift;
	if (volume->blocks <= volume->first_data ||
	    volume->blocks > BLOCKS_MAX || end > volume->fs.device->size)
		return refuse(volume, "number of blocks");
	volume->inodes = (volume->first_data - INODE_BLOCK) * in_block;
	if (volume->inodes > INODES_MAX)
		volume->inodes = INODES_MAX;
	limit = map_limit(volume) << volume->block_shift;
	if (limit > INT32_MAX)
		limit = INT32_MAX;
	volume->fs.max_size = limit & ~(uint64_t)(volume->block_size - 1);
	return 0;
}

static error_t shape_set(struct volume *volume)
{
	struct shape shape;
	error_t error = shape_detect(volume->fs.device, &shape);

	if (error)
		return error;
	if (shape.only_read && !volume->fs.read_only) {
		fs_complain(&volume->fs, "sysv: can only be mounted "
		    "read-only: %s", shape.reason);
		return E_ROFS;
	}
	volume->variant = shape.variant;
	volume->bytes = shape.bytes;
	volume->fs.block_size = volume->block_size = shape.block_size;
	for (uint32_t size = shape.block_size; size > 1; size /= 2)
		volume->block_shift++;
	volume->base = shape.base >> volume->block_shift;
	volume->pointers = volume->block_size / sizeof(disk32_t);
	volume->pointer_shift = volume->block_shift - 2;
	volume->fs.root = INODE_ROOT;
	return 0;
}

static error_t interrupted_finish(struct volume *volume)
{
	struct buffer *buffer;
	uint8_t *super;
	error_t error = super_get(volume, &buffer, &super);

	if (error)
		return error;
	if (!super_is_clean(volume, super)) {
		fs_complain(&volume->fs, "sysv: was not unmounted cleanly");
		error = journal_recover(volume, super);
	}
	buffer_put(buffer);
	/* Mounted read-only: what the record said stays in the cache. */
	if (!error && !volume->fs.read_only)
		error = cache_sync(volume->cache);
	return error;
}

/* What our predecessor's last sync brought to the journal, but not in place,
 * lies below what survives. */
static error_t record_place(struct volume *volume)
{
	struct buffer *buffer;
	uint8_t *super;
	error_t error = cache_new(volume->fs.device, volume->block_size,
	    CACHE_CLEAN_BYTES, &volume->cache);

	if (!error)
		error = geometry_set(volume);
	if (!error)
		error = super_get(volume, &buffer, &super);
	if (error)
		return error;
	error = journal_recover(volume, super);
	buffer_put(buffer);
	if (!error)
		error = cache_sync(volume->cache);
	cache_free(volume->cache);
	volume->cache = 0;
	return error;
}

static error_t cache_load(struct volume *volume)
{
	error_t error = 0;

	if (was_writing(volume))
		error = record_place(volume);
	if (!error)
		error = cache_new(volume->fs.device, volume->block_size,
		    CACHE_CLEAN_BYTES, &volume->cache);
	if (!error && volume->store)
		error = cache_survive(volume->cache, volume->store, 0, 1);
	return error ? error : geometry_set(volume);
}

static error_t volume_load(struct volume *volume)
{
	error_t error = shape_set(volume);

	if (!error)
		error = cache_load(volume);
	if (!error)
		error = space_alloc(volume);
	if (error)
		return error;
	volume->data.map = &sysv_map;
	volume->data.shift = volume->block_shift;
	volume->data.pointer_shift = volume->pointer_shift;
	volume->data.bounce = heap_alloc(volume->block_size);
	if (!volume->data.bounce)
		return E_NOMEM;
	if (!was_writing(volume))
		error = interrupted_finish(volume);
	return error ? error : volume_scan(volume);
}

static error_t root_check(struct volume *volume)
{
	struct fs_node *root;
	error_t error = fs_node_get(&volume->fs, INODE_ROOT, &root);

	if (error)
		return error;
	if (!node_is(node_of(root), FS_DIRECTORY))
		error = volume_damaged(volume, "no directory: inode",
		    INODE_ROOT);
	fs_node_put(root);
	return error;
}

static error_t damage_check(struct volume *volume)
{
	if (!volume->damage)
		return 0;
	fs_complain(&volume->fs, "sysv: can only be mounted read-only: %u "
	    "wrong block numbers; run fsck.sysv", (unsigned)volume->damage);
	return E_ROFS;
}

void sysv_limit_cache(struct fs_volume *fs, size_t bytes)
{
	cache_set_limit(((struct volume *)fs)->cache, bytes);
}

error_t sysv_mount(struct block_device *device,
    const struct fs_options *options, struct fs_volume **result)
{
	struct volume *volume = heap_alloc_zero(sizeof *volume);
	error_t error;

	if (!volume)
		return E_NOMEM;
	fs_volume_init(&volume->fs, &sysv_type, device, options);
	volume->store = options->store;
	if (device->read_only)
		volume->fs.read_only = 1;
	error = volume_load(volume);
	if (!error)
		error = root_check(volume);
	if (!error && !volume->fs.read_only) {
		error = damage_check(volume);
		if (!error)
			error = was_writing(volume) ?
			    writing_resume(volume) : writing_start(volume);
	}
	if (error) {
		fs_nodes_trim(&volume->fs, 0);
		volume_free(volume);
		return error;
	}
	*result = &volume->fs;
	return 0;
}

error_t sysv_unmount(struct fs_volume *fs)
{
	struct volume *volume = volume_of(fs);
	error_t error = 0;

	if (!fs->read_only)
		error = writing_end(volume);
	volume_free(volume);
	return error;
}

error_t sysv_keep(struct fs_volume *fs)
{
	return fs->read_only ? 0 : fs_nodes_save(fs);
}

error_t sysv_sync(struct fs_volume *fs)
{
	error_t error;

	if (fs->read_only)
		return 0;
	error = fs_nodes_save(fs);
	return error ? error : volume_commit(volume_of(fs));
}

/* Blocks that may be dirty before an operation begins. */
static uint32_t dirty_limit(const struct volume *volume)
{
	if (!volume->journal.count)
		return DIRTY_MAX >> volume->block_shift;
	return volume->journal.capacity - BLOCKS_OPERATION;
}

error_t volume_relieve(struct volume *volume, uint32_t blocks)
{
	uint32_t dirty = (uint32_t)(cache_dirty_bytes(volume->cache) >>
	    volume->block_shift);

	if (dirty > dirty_limit(volume) || (volume->freed_count &&
	    volume->free_count < volume->data.promised + blocks + BLOCKS_SPARE))
		return sysv_sync(&volume->fs);
	return 0;
}

error_t volume_make_room(struct volume *volume)
{
	uint32_t dirty = (uint32_t)(cache_dirty_bytes(volume->cache) >>
	    volume->block_shift);

	return dirty > dirty_limit(volume) ? volume_commit(volume) : 0;
}

error_t sysv_remount(struct fs_volume *fs, int read_only)
{
	struct volume *volume = volume_of(fs);
	error_t error;

	if (read_only == fs->read_only)
		return 0;
	if (read_only)
		return writing_end(volume);
	if (fs->device->read_only)
		return E_ROFS;
	error = damage_check(volume);
	if (error)
		return error;
	fs->read_only = 0;
	/* What a record said, or what a start that failed left. */
	error = cache_sync(volume->cache);
	if (!error && volume->journal.pending)
		error = cache_checkpoint(volume->cache);
	if (!error)
		error = writing_start(volume);
	/* A journal is kept: the disk may need it. */
	if (error)
		fs->read_only = 1;
	return error;
}

error_t sysv_status(struct fs_volume *fs, struct fs_status *status)
{
	struct volume *volume = volume_of(fs);
	uint64_t free = (uint64_t)volume->free_count + volume->freed_count;

	status->magic = volume->variant->magic;
	status->block_size = volume->block_size;
	status->blocks = volume->blocks - volume->first_data;
	status->blocks_free = free > volume->data.promised ?
	    free - volume->data.promised : 0;
	status->blocks_available = status->blocks_free;
	status->nodes = volume->inodes;
	status->nodes_free = volume->free_inodes;
	status->id[0] = volume->variant->magic;
	status->id[1] = volume->blocks;
	status->name_max = NAME_MAX_SYSV;
	return 0;
}
