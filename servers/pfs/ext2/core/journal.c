/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing the journal. The log is filled from its start and emptied as a whole
 * (lib/block writes all that is logged in place) when it is half full: so it
 * never wraps, and a transaction has at least half of it. One that needs more
 * than is left replays the log first, one that needs more than the whole log
 * is refused (E_FBIG).
 */
#include "journal.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <string.h>

enum {
	STAGING_BYTES = 128 * 1024,
	REVOKED_LEAST = 64,
};

static struct journal *journal_of(struct cache_journal *cache)
{
	return (struct journal *)cache;
}

static uint64_t position_of(const struct journal *journal, uint32_t disk)
{
	return (uint64_t)disk << journal->volume->block_shift;
}

/* Where a journal block is, and how many follow it in a row. */
static error_t run_find(const struct journal *journal, uint32_t block,
    uint32_t *disk, uint32_t *length)
{
	unsigned low = 0, high = journal->run_count;

	while (low + 1 < high) {
		unsigned middle = (low + high) / 2;

		if (journal->runs[middle].first <= block)
			low = middle;
		else
			high = middle;
	}
	if (block < journal->runs[low].first ||
	    block - journal->runs[low].first >= journal->runs[low].length)
		return E_UCLEAN;
	block -= journal->runs[low].first;
	*disk = journal->runs[low].disk + block;
	*length = journal->runs[low].length - block;
	return 0;
}

error_t journal_read(struct journal *journal, uint32_t block, uint8_t *data)
{
	uint32_t disk, length;
	error_t error = run_find(journal, block, &disk, &length);

	return error ? error : disk_read(journal->volume->fs.device,
	    position_of(journal, disk), data, journal->volume->block_size);
}

uint32_t journal_read_many(struct journal *journal, uint32_t block,
    uint8_t *data, uint32_t most)
{
	unsigned shift = journal->volume->block_shift;
	uint32_t disk, length;

	if (run_find(journal, block, &disk, &length))
		return 0;
	if (length > most)
		length = most;
	return disk_read(journal->volume->fs.device, position_of(journal, disk),
		   data, (size_t)length << shift) ? 0 : length;
}

static error_t blocks_write(struct journal *journal, uint32_t block,
    const uint8_t *data, uint32_t count)
{
	unsigned shift = journal->volume->block_shift;
	uint32_t disk, length;
	error_t error;

	while (count) {
		error = run_find(journal, block, &disk, &length);
		if (error)
			return error;
		if (length > count)
			length = count;
		error = disk_write(journal->volume->fs.device,
		    position_of(journal, disk), data, (size_t)length << shift);
		if (error)
			return error;
		data += (size_t)length << shift;
		block += length;
		count -= length;
	}
	return 0;
}

error_t journal_super_write(struct journal *journal, uint32_t start,
    uint32_t oldest)
{
	struct disk_journal *super = (void *)journal->super;
	error_t error;

	bytes_put32_big(&super->start, start);
	bytes_put32_big(&super->sequence, oldest);
	if (start && bytes_get32_big(&super->kind) == JOURNAL_SUPER)
		bytes_put32_big(&super->incompatible, JOURNAL_FEATURE_REVOKE);
	error = blocks_write(journal, 0, journal->super, 1);
	if (!error)
		error = disk_flush(journal->volume->fs.device);
	journal->super_doubt = error != 0;
	if (error)
		return error;
	journal->start = start;
	journal->oldest = oldest;
	return 0;
}

/* ---- one transaction ---- */

static error_t staged_write(struct journal *journal)
{
	error_t error = blocks_write(journal, journal->staged,
	    journal->staging, journal->staged_count);

	journal->staged += journal->staged_count;
	journal->staged_count = 0;
	return error;
}

/* The next block of the log. */
static error_t block_next(struct journal *journal, uint8_t **data)
{
	struct volume *volume = journal->volume;
	error_t error = 0;

	if ((journal->staged_count + 1) << volume->block_shift > STAGING_BYTES)
		error = staged_write(journal);
	*data = journal->staging +
	    ((size_t)journal->staged_count++ << volume->block_shift);
	return error;
}

static void head_put(struct journal *journal, uint8_t *data, uint32_t kind)
{
	memset(data, 0, journal->volume->block_size);
	bytes_put32_big(data, JOURNAL_MAGIC);
	bytes_put32_big(data + 4, kind);
	bytes_put32_big(data + 8, journal->sequence);
}

/* Blocks that one descriptor can name. */
static uint32_t tags_most(const struct journal *journal)
{
	return (journal->volume->block_size - JOURNAL_HEAD - TAG_ID_BYTES) /
	    TAG_BYTES;
}

static uint32_t revokes_most(const struct journal *journal)
{
	return (journal->volume->block_size - REVOKE_HEAD) / 4;
}

static int is_escaped(const struct buffer *buffer)
{
	return bytes_get32_big(buffer->data) == JOURNAL_MAGIC;
}

static error_t descriptor_write(struct journal *journal,
    struct buffer *const *buffers, unsigned count)
{
	const struct disk_journal *super = (void *)journal->super;
	uint8_t *data, *tag;
	unsigned i;
	error_t error = block_next(journal, &data);

	if (error)
		return error;
	head_put(journal, data, JOURNAL_DESCRIPTOR);
	for (i = 0, tag = data + JOURNAL_HEAD; i < count; i++) {
		uint32_t flags = (i ? TAG_SAME_ID : 0) |
		    (i == count - 1 ? TAG_LAST : 0) |
		    (is_escaped(buffers[i]) ? TAG_ESCAPED : 0);

		bytes_put32_big(tag, (uint32_t)buffers[i]->block);
		bytes_put32_big(tag + 4, flags);
		tag += TAG_BYTES;
		if (!i) {
			memcpy(tag, super->id, TAG_ID_BYTES);
			tag += TAG_ID_BYTES;
		}
	}
	for (i = 0; i < count; i++) {
		error = block_next(journal, &data);
		if (error)
			return error;
		memcpy(data, buffers[i]->data, journal->volume->block_size);
		if (is_escaped(buffers[i]))
			memset(data, 0, 4);
	}
	return 0;
}

static error_t revokes_write(struct journal *journal)
{
	unsigned done = 0, most = revokes_most(journal), count, i;
	uint8_t *data;
	error_t error;

	for (; done < journal->revoked_count; done += count) {
		count = journal->revoked_count - done;
		if (count > most)
			count = most;
		error = block_next(journal, &data);
		if (error)
			return error;
		head_put(journal, data, JOURNAL_REVOKE);
		bytes_put32_big(data + JOURNAL_HEAD, REVOKE_HEAD + count * 4);
		for (i = 0; i < count; i++)
			bytes_put32_big(data + REVOKE_HEAD + i * 4,
			    journal->revoked[done + i]);
	}
	return 0;
}

/* All but the commit block, and all data before it, flushed. */
static error_t body_write(struct journal *journal,
    struct buffer *const *buffers, unsigned count)
{
	unsigned most = tags_most(journal), done, part;
	error_t error = revokes_write(journal);

	for (done = 0; done < count && !error; done += part) {
		part = count - done < most ? count - done : most;
		error = descriptor_write(journal, buffers + done, part);
	}
	if (!error)
		error = staged_write(journal);
	return error ? error : disk_flush(journal->volume->fs.device);
}

/* What could not be written may be on the disk all the same. A super block:
 * it would hide what is logged next. A commit block: it would make what is
 * written before it now a transaction too early. */
static error_t doubt_end(struct journal *journal)
{
	error_t error = 0;

	if (journal->super_doubt)
		error = journal_super_write(journal, journal->start,
		    journal->oldest);
	if (error || !journal->doubt)
		return error;
	memset(journal->staging, 0, journal->volume->block_size);
	error = blocks_write(journal, journal->doubt, journal->staging, 1);
	if (!error)
		error = disk_flush(journal->volume->fs.device);
	if (!error)
		journal->doubt = 0;
	return error;
}

static error_t commit_write(struct journal *journal)
{
	error_t error;

	journal->doubt = journal->staged;
	head_put(journal, journal->staging, JOURNAL_COMMIT);
	error = blocks_write(journal, journal->staged, journal->staging, 1);
	if (!error)
		error = disk_flush(journal->volume->fs.device);
	if (error)
		return error;
	journal->doubt = 0;
	journal->head = journal->staged + 1;
	journal->sequence++;
	journal->revoked_count = 0;
	return 0;
}

/* Room for a transaction of count buffers: the log is emptied if need be. */
static error_t room_make(struct journal *journal, unsigned count)
{
	uint32_t most = tags_most(journal), revokes = revokes_most(journal);
	uint32_t need = count + (count + most - 1) / most +
	    (journal->revoked_count + revokes - 1) / revokes + 1;
	error_t error;

	if (need > journal->blocks - journal->first)
		return E_FBIG;
	if (need <= journal->blocks - journal->head && !journal->revoke_lost)
		return 0;
	error = journal_replay(journal);
	if (error)
		return error;
	journal->head = journal->first;
	journal->revoked_count = 0;
	journal->revoke_lost = 0;
	return journal_super_write(journal, journal->first, journal->sequence);
}

static error_t journal_commit(struct cache_journal *cache,
    struct buffer *const *buffers, unsigned count, int *full)
{
	struct journal *journal = journal_of(cache);
	error_t error = doubt_end(journal);

	if (!error)
		error = room_make(journal, count);
	journal->staged = journal->head;
	journal->staged_count = 0;
	if (!error)
		error = body_write(journal, buffers, count);
	if (!error)
		error = commit_write(journal);
	*full = journal->head - journal->first >
	    (journal->blocks - journal->first) / 2;
	return error;
}

static void journal_revoke(struct cache_journal *cache, uint64_t block)
{
	struct journal *journal = journal_of(cache);

	if (journal->revoked_count == journal->revoked_room) {
		unsigned room = journal->revoked_room * 2 + REVOKED_LEAST;
		uint32_t *longer = heap_resize(journal->revoked,
		    room * sizeof *longer);

		if (!longer) {
			journal->revoke_lost = 1;
			return;
		}
		journal->revoked = longer;
		journal->revoked_room = room;
	}
	journal->revoked[journal->revoked_count++] = (uint32_t)block;
}

static error_t journal_done(struct cache_journal *cache)
{
	struct journal *journal = journal_of(cache);
	error_t error;

	if (journal->head == journal->first)
		return 0;
	error = journal_super_write(journal, journal->first, journal->sequence);
	if (!error)
		journal->head = journal->first;
	return error;
}

/* ---- opening ---- */

size_t journal_limit(const struct journal *journal)
{
	return (size_t)(journal->blocks - journal->first) / 4 *
	    journal->volume->block_size;
}

error_t journal_start(struct journal *journal)
{
	error_t error;

	journal->head = journal->first;
	error = journal_super_write(journal, journal->first, journal->sequence);
	if (!error)
		cache_set_journal(journal->volume->cache, &journal->cache);
	return error;
}

error_t journal_stop(struct journal *journal)
{
	error_t error = journal_super_write(journal, 0, journal->sequence);

	if (!error)
		cache_set_journal(journal->volume->cache, 0);
	return error;
}

static error_t runs_load(struct journal *journal, struct node *node)
{
	uint32_t blocks = (uint32_t)(node->fs.attributes.size >>
	    journal->volume->block_shift);
	uint32_t at = 0, disk, length;
	struct journal_run *longer;
	error_t error;

	for (; at < blocks; at += length) {
		error = map_run(node, at, blocks - at, &disk, &length);
		if (error || !disk)
			return E_UCLEAN;
		longer = heap_resize(journal->runs,
		    (journal->run_count + 1) * sizeof *longer);
		if (!longer)
			return E_NOMEM;
		journal->runs = longer;
		longer[journal->run_count++] = (struct journal_run){ at, disk,
			length };
	}
	journal->blocks = blocks;
	return blocks < JOURNAL_LEAST ? E_UCLEAN : 0;
}

/* Its super block makes sense, and asks for nothing that we don't have. */
static error_t super_look(struct journal *journal)
{
	const struct disk_journal *super = (void *)journal->super;
	struct volume *volume = journal->volume;
	uint32_t kind = bytes_get32_big(&super->kind), unknown;

	if (bytes_get32_big(&super->magic) != JOURNAL_MAGIC ||
	    (kind != JOURNAL_SUPER && kind != JOURNAL_SUPER_OLD) ||
	    bytes_get32_big(&super->block_size) != volume->block_size ||
	    bytes_get32_big(&super->blocks) > journal->blocks ||
	    bytes_get32_big(&super->blocks) < JOURNAL_LEAST)
		return E_UCLEAN;
	journal->blocks = bytes_get32_big(&super->blocks);
	journal->first = bytes_get32_big(&super->first);
	journal->start = bytes_get32_big(&super->start);
	journal->sequence = bytes_get32_big(&super->sequence);
	journal->oldest = journal->sequence;
	journal->temporary = (unsigned char)temporary_marked(journal->super);
	if (!journal->first || journal->first > journal->blocks / 2 ||
	    journal->start >= journal->blocks ||
	    (journal->start && journal->start < journal->first))
		return E_UCLEAN;
	unknown = kind == JOURNAL_SUPER ?
	    bytes_get32_big(&super->incompatible) &
	    ~(uint32_t)JOURNAL_FEATURE_REVOKE : 0;
	if (!unknown)
		return 0;
	fs_complain(&volume->fs, "ext2: can't be mounted: features 0x%x of "
	    "its journal", (unsigned)unknown);
	return E_INVAL;
}

static error_t journal_load(struct journal *journal)
{
	struct volume *volume = journal->volume;
	struct node *node;
	error_t error;

	error = node_load_hidden(volume, INODE_JOURNAL, &node);
	if (error)
		return error;
	error = (node->fs.attributes.mode & FS_KIND) == FS_REGULAR ?
	    runs_load(journal, node) : E_UCLEAN;
	ext2_free(&node->fs);
	journal->super = heap_alloc(volume->block_size);
	journal->staging = heap_alloc(STAGING_BYTES);
	if (!journal->super || !journal->staging)
		return E_NOMEM;
	if (!error)
		error = journal_read(journal, 0, journal->super);
	return error ? error : super_look(journal);
}

error_t journal_open(struct volume *volume)
{
	struct journal *journal;
	error_t error;

	if (volume->super.journal_inode != INODE_JOURNAL) {
		fs_complain(&volume->fs, "ext2: can't be mounted: journal in "
		    "inode %u", (unsigned)volume->super.journal_inode);
		return E_INVAL;
	}
	journal = heap_alloc_zero(sizeof *journal);
	if (!journal)
		return E_NOMEM;
	volume->journal = journal;
	journal->volume = volume;
	journal->cache.commit = journal_commit;
	journal->cache.revoke = journal_revoke;
	journal->cache.done = journal_done;
	error = journal_load(journal);
	if (error == E_UCLEAN || error == E_STALE) {
		fs_complain(&volume->fs,
		    "ext2: can't be mounted: its journal is damaged");
		error = E_UCLEAN;
	}
	if (error)
		journal_close(volume);
	return error;
}

void journal_close(struct volume *volume)
{
	struct journal *journal = volume->journal;

	if (!journal)
		return;
	volume->journal = 0;
	heap_free(journal->runs);
	heap_free(journal->super);
	heap_free(journal->staging);
	heap_free(journal->revoked);
	heap_free(journal);
}
