/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal that a plain volume has while it is mounted for writing: it is
 * made at the mount and taken away at the unmount. It is ours if its super
 * block bears the mark: nobody else's journal is ever taken away.
 *
 * The steps, each flushed before the next. A cut may tear a sector: each of
 * them changes what any part of it may be without. The stamp (in the super
 * block, where ext3 may keep a copy of the journal's map, and does not say so)
 * has the number and time of this mount.
 *
 *	   making                         taking away
 *	1  stamp                       1  stamp
 *	2  not clean                   2  not clean, no recovery
 *	3  the journal's super block   3  feature has_journal off
 *	4  map; inode 8; bitmaps and   4  bitmaps and "journal inode 0"
 *	   "journal inode 8"
 *	5  feature has_journal on      5  inode 8 empty
 *	6  clean, recovery             6  clean
 *	7  no stamp                    7  no stamp
 *
 * With the feature on, all is as in any ext3 volume. With it off, the volume is
 * not clean, and e2fsck -p looks at all of it and empties inode 8; or its stamp
 * is that of the last mount, so that nobody else has written since: then the
 * next mount goes on with taking away from step 4, and it is clean again. The
 * blocks of inode 8 are marked in the bitmaps, or not: nobody else has them.
 */
#include "bits.h"
#include "journal.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <string.h>

enum {
	BLOCKS_LEAST = 1024, /* what Linux and e2fsck want */
	BYTES_MOST = 4 << 20,
	SHARE = 16,          /* of the volume */
	FREE_SHARE = 4,      /* at most, of what is free */
	MARK_AT = 256,       /* where a journal names its users */
	STAMP = 0x786973d3,
	READ_BYTES = 64 * 1024,
	SEQUENCE_MOST = INT32_MAX,
};

static const char mark[16] = "Masix temporary";

int temporary_marked(const uint8_t *super)
{
	return bytes_get32_big(super + 4) == JOURNAL_SUPER &&
	    !memcmp(super + MARK_AT, mark, sizeof mark);
}

/* ---- the stamp ---- */

static void stamp_set(struct volume *volume)
{
	struct disk_super *super = &volume->super;

	memset(super->journal_blocks, 0, sizeof super->journal_blocks);
	super->journal_blocks[0] = STAMP;
	super->journal_blocks[1] = super->mounts;
	super->journal_blocks[2] = super->mount_time;
	super->journal_backup_type = 0;
	volume->super_dirty |= SUPER_CHANGED | SUPER_RARE;
}

void temporary_stamp_clear(struct volume *volume)
{
	struct disk_super *super = &volume->super;

	memset(super->journal_blocks, 0, sizeof super->journal_blocks);
	super->journal_backup_type = 0;
	volume->super_dirty |= SUPER_CHANGED | SUPER_RARE;
}

int temporary_stamped(const struct volume *volume)
{
	const struct disk_super *super = &volume->super;

	return super->revision != SUPER_REVISION_OLD &&
	    !super->journal_backup_type && super->journal_blocks[0] == STAMP &&
	    super->journal_blocks[1] == super->mounts &&
	    super->journal_blocks[2] == super->mount_time;
}

/* The super block, and all that is dirty, reach the disk. */
static error_t super_step(struct volume *volume)
{
	error_t error = super_save(volume);

	return error ? error : cache_sync(volume->cache);
}

/* ---- making it ---- */

/* As many as it should have; 0: there is no room to spare. */
static uint32_t blocks_wanted(const struct volume *volume)
{
	const struct disk_super *super = &volume->super;
	uint32_t most = BYTES_MOST >> volume->block_shift;
	uint32_t want = super->blocks / SHARE;
	uint64_t free = super->free_blocks;

	free -= volume->data.promised < free ? volume->data.promised : free;
	if (want > most)
		want = most;
	if (want < BLOCKS_LEAST || want > free / FREE_SHARE)
		want = BLOCKS_LEAST;
	return want <= free / FREE_SHARE ? want : 0;
}

static int inode_is_empty(struct volume *volume)
{
	struct disk_inode *disk;
	struct buffer *buffer;
	int empty;

	if (inode_find(volume, INODE_JOURNAL, &buffer, &disk))
		return 0;
	empty = !disk->mode && !disk->links && !disk->sectors &&
	    !disk->block[0];
	buffer_put(buffer);
	return empty;
}

static void node_end(struct node *node)
{
	list_remove(&node->fs.dirty);
	ext2_free(&node->fs);
}

/* In a row, if there is such a row, in the middle of the disk. */
static error_t blocks_fill(struct node *node, uint32_t count)
{
	struct volume *volume = node_volume(node);
	uint32_t at, disk, length = 0;
	error_t error = 0;

	node->fs.attributes.size = (uint64_t)count << volume->block_shift;
	node->window_want = count + count / volume->pointers + 4;
	node->last_disk = volume->super.blocks / 2;
	node->last_file = UINT32_MAX; /* block 0 follows it */
	for (at = 0; at < count && !error; at += length)
		error = map_fill(node, at, count - at, &disk, &length);
	window_drop(node);
	if (error)
		map_cut(node, 0);
	return error;
}

/* The first block of an empty journal, on the disk. */
static error_t start_write(struct node *node, uint32_t count)
{
	struct volume *volume = node_volume(node);
	struct disk_journal *super = heap_alloc_zero(volume->block_size);
	uint32_t disk, length;
	error_t error = super ? map_run(node, 0, 1, &disk, &length) : E_NOMEM;

	if (!error) {
		bytes_put32_big(&super->magic, JOURNAL_MAGIC);
		bytes_put32_big(&super->kind, JOURNAL_SUPER);
		bytes_put32_big(&super->block_size, volume->block_size);
		bytes_put32_big(&super->blocks, count);
		bytes_put32_big(&super->first, 1);
		bytes_put32_big(&super->sequence, 1);
		bytes_put32_big(&super->users, 1);
		memcpy((uint8_t *)super + MARK_AT, mark, sizeof mark);
		error = disk_write(volume->fs.device,
		    (uint64_t)disk << volume->block_shift, super,
		    volume->block_size);
	}
	heap_free(super);
	return error;
}

/* Inode 8 with its blocks, in memory. E_NOSPC: nothing has changed. */
static error_t inode_fill(struct volume *volume, uint32_t count)
{
	struct node *node;
	error_t error = node_make_hidden(volume, INODE_JOURNAL, &node);

	if (error)
		return error;
	error = blocks_fill(node, count);
	if (!error)
		error = start_write(node, count);
	if (!error)
		error = ext2_save(&node->fs);
	node_end(node);
	return error;
}

/*
 * What lies in the log from earlier days must not look like what will be
 * written: *most becomes the highest number that one of these blocks has. If
 * numbers came to their end the block is wiped instead.
 */
static error_t block_look(struct journal *journal, uint64_t position,
    uint8_t *data, uint32_t *most)
{
	struct volume *volume = journal->volume;
	uint32_t sequence = bytes_get32_big(data + 8);

	if (bytes_get32_big(data) != JOURNAL_MAGIC)
		return 0;
	if (sequence < SEQUENCE_MOST) {
		if (sequence > *most)
			*most = sequence;
		return 0;
	}
	memset(data, 0, volume->block_size);
	return disk_write(volume->fs.device, position, data,
	    volume->block_size);
}

static error_t run_look(struct journal *journal, const struct journal_run *run,
    uint8_t *bytes, uint32_t *most)
{
	struct volume *volume = journal->volume;
	uint64_t at = (uint64_t)run->disk << volume->block_shift;
	uint64_t end = at + ((uint64_t)run->length << volume->block_shift);
	size_t part = 0, i;
	error_t error = 0;

	for (; at < end && !error; at += part) {
		part = end - at < READ_BYTES ? (size_t)(end - at) : READ_BYTES;
		error = disk_read(volume->fs.device, at, bytes, part);
		for (i = 0; i < part && !error; i += volume->block_size)
			error = block_look(journal, at + i, bytes + i, most);
	}
	return error;
}

static error_t sequence_choose(struct journal *journal)
{
	uint8_t *bytes = heap_alloc(READ_BYTES);
	uint32_t most = 0;
	error_t error = bytes ? 0 : E_NOMEM;
	unsigned i;

	for (i = 0; i < journal->run_count && !error; i++)
		error = run_look(journal, &journal->runs[i], bytes, &most);
	heap_free(bytes);
	if (error)
		return error;
	journal->sequence = most + 1;
	return journal_super_write(journal, 0, journal->sequence);
}

/* Inode 8 and its blocks are in memory: the rest. */
static error_t journal_join(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	error_t error;

	super->journal_inode = INODE_JOURNAL;
	error = journal_open(volume);
	if (!error)
		error = sequence_choose(volume->journal);
	if (!error)
		error = groups_save(volume);
	if (!error)
		error = super_step(volume);
	super->compatible |= COMPAT_JOURNAL;
	return error ? error : super_step(volume);
}

static int is_wanted(const struct volume *volume)
{
	const struct disk_super *super = &volume->super;

	return super->revision != SUPER_REVISION_OLD && !volume->journal &&
	    !volume->no_journal && !super->journal_inode &&
	    (super->state & (SUPER_STATE_CLEAN | SUPER_STATE_ERRORS)) ==
	    SUPER_STATE_CLEAN;
}

error_t temporary_begin(struct volume *volume)
{
	uint32_t count = blocks_wanted(volume);
	error_t error;

	if (!is_wanted(volume))
		return 0;
	if (!count || !inode_is_empty(volume)) {
		fs_complain(&volume->fs,
		    "ext2: no room for a journal: mounted without one");
		return 0;
	}
	stamp_set(volume);
	error = super_step(volume);
	volume->super.state &= (uint16_t)~SUPER_STATE_CLEAN;
	if (!error)
		error = super_step(volume);
	if (!error)
		error = inode_fill(volume, count);
	if (!error)
		return journal_join(volume);
	temporary_stamp_clear(volume);
	if (error != E_NOSPC)
		return error;
	fs_complain(&volume->fs,
	    "ext2: no room for a journal: mounted without one");
	error = super_step(volume);
	groups_synced(volume);
	return error;
}

/* ---- taking it away ---- */

/* Counts of free blocks, as the bitmaps have it. */
static error_t groups_recount(struct volume *volume)
{
	uint32_t group, at, limit, total = 0;
	error_t error;

	for (group = 0; group < volume->group_count; group++) {
		struct disk_group *disk = &volume->groups[group].disk;
		uint16_t free = 0;
		struct buffer *buffer;

		error = block_get(volume, disk->block_bitmap, &buffer);
		if (error)
			return error;
		limit = group_blocks(volume, group);
		for (at = 0; at < limit; at++)
			free += !bit_get(buffer->data, at);
		buffer_put(buffer);
		total += free;
		if (free == disk->free_blocks)
			continue;
		disk->free_blocks = free;
		group_changed(volume, &volume->groups[group]);
	}
	volume->super.free_blocks = total;
	volume->super_dirty |= SUPER_CHANGED;
	return 0;
}

/* Its first block bears our mark. */
static int node_is_ours(struct node *node)
{
	struct volume *volume = node_volume(node);
	uint8_t *super = heap_alloc(volume->block_size);
	size_t count = volume->block_size;
	int ours = super && !ext2_read(&node->fs, 0, super, &count) &&
	    temporary_marked(super);

	heap_free(super);
	return ours;
}

/* half: some of them may be free already. */
static error_t blocks_end(struct volume *volume, int half)
{
	struct node *node;
	error_t error = node_load_hidden(volume, INODE_JOURNAL, &node);

	if (error)
		return error == E_STALE && half ? 0 : error;
	if (node_is_ours(node)) {
		volume->half_freed = (unsigned char)half;
		error = map_cut(node, 0);
		volume->half_freed = 0;
	} else {
		error = E_UCLEAN;
	}
	node_end(node);
	if (!error && half)
		error = groups_recount(volume);
	if (!error)
		error = groups_save(volume);
	if (!error)
		error = super_step(volume);
	if (!error)
		groups_synced(volume);
	return error;
}

/* Steps 4 and 5. */
static error_t inode_end(struct volume *volume, int half)
{
	error_t error;

	/* e2fsck would make a new one for inode 8 if that is empty. */
	volume->super.journal_inode = 0;
	error = blocks_end(volume, half);
	if (!error)
		error = inode_clear(volume, INODE_JOURNAL);
	return error ? error : cache_sync(volume->cache);
}

error_t temporary_finish(struct volume *volume)
{
	error_t error;

	if (volume->super.compatible & COMPAT_JOURNAL) {
		volume->super.state |= SUPER_STATE_CLEAN;
		return 0;
	}
	error = inode_end(volume, 1);
	if (error == E_UCLEAN) { /* not ours: e2fsck will tell */
		temporary_stamp_clear(volume);
		return 0;
	}
	if (error)
		return error;
	volume->super.state |= SUPER_STATE_CLEAN;
	error = super_step(volume);
	temporary_stamp_clear(volume);
	return error;
}

static error_t journal_part(struct volume *volume)
{
	struct disk_super *super = &volume->super;
	uint16_t state = super->state;
	error_t error;

	stamp_set(volume);
	error = super_step(volume);
	super->state &= (uint16_t)~SUPER_STATE_CLEAN;
	super->incompatible &= ~(uint32_t)INCOMPAT_RECOVER;
	if (!error)
		error = super_step(volume);
	super->compatible &= ~(uint32_t)COMPAT_JOURNAL;
	if (!error)
		error = super_step(volume);
	if (!error)
		error = inode_end(volume, 0);
	if (error)
		return error;
	super->state = state;
	error = super_step(volume);
	temporary_stamp_clear(volume);
	return error;
}

error_t temporary_end(struct volume *volume)
{
	error_t error = journal_part(volume);

	if (!error) {
		journal_close(volume);
		return 0;
	}
	/* Nobody may get its blocks before the next mount has freed them. */
	fs_complain(&volume->fs, "ext2: its journal can't be taken away; "
	    "read-only from now on");
	volume->fs.read_only = 1;
	return error;
}
