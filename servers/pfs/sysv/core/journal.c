/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sync is whole or did not happen: the journal.
 *
 * The format has no place for one, so it lies in a run of free blocks, and a
 * note in an unused part of the super block says where. Nobody else takes
 * these blocks, as the list of free blocks on the disk is empty while we have
 * the volume mounted; when we leave it, note and journal are gone.
 *
 *	sync:  data of files, flush
 *	       record: every dirty buffer, with a checksum; flush   <- commit
 *	       the same buffers in their places; flush  (cache_checkpoint)
 *	       the record's head is cleared
 *
 *  1  A record is valid only if all of it reached the disk (checksum).
 *  2  Power lost before the commit: no valid record, the places untouched:
 *     the disk holds the state of the sync before.
 *  3  Power lost after it: the next mount puts the record in its places, as
 *     often as it takes: the disk holds the state of this sync.
 *  4  A record is overwritten only when its buffers are flushed in place. If
 *     that failed (pending), it is done again from the record first.
 *  5  A journal's head is cleared before a note speaks of it, so no record of
 *     an earlier mount is ever taken for one of this.
 *  6  Data lies in blocks that are free in the last state on the disk (blocks
 *     that were freed wait for a sync), or in the file's own.
 *
 * So there is one state after a cut: the one that the last finished sync made.
 * (The choice not taken, an order of writes that the checker can repair, needs
 * a flush for each rename between two directories, and then still a checker.)
 */
#include "sysv.h"
#include <base/heap.h>
#include <stddef.h>
#include <string.h>

enum {
	NOTE_MAGIC = 0x4d784a6e,
	RECORD_MAGIC = 0x4d784a72,
	BLOCKS_MIN = 17, /* for the largest operation: volume_relieve */
	BYTES_MAX = 256 * 1024,
	SHARE = 64, /* of the volume: one part in that many */
};

struct disk_record {
	disk32_t magic, sequence, count, checksum;
	disk32_t block[]; /* count, then from the next block on their bytes */
};

/* CRC-32, four bits at a time. */
static uint32_t checksum(const uint8_t *bytes, size_t count)
{
	static const uint32_t table[16] = { 0, 0x1db71064, 0x3b6e20c8,
		0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0,
		0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
	uint32_t sum = ~0u;

	while (count--) {
		sum ^= *bytes++;
		sum = sum >> 4 ^ table[sum & 15];
		sum = sum >> 4 ^ table[sum & 15];
	}
	return ~sum;
}

static uint32_t head_blocks(const struct volume *volume, uint32_t count)
{
	return (uint32_t)((sizeof(struct disk_record) + count *
	    sizeof(disk32_t) + volume->block_size - 1) >> volume->block_shift);
}

static struct volume *journal_volume(struct cache_journal *cache)
{
	return (struct volume *)((char *)cache -
	    offsetof(struct volume, journal.cache));
}

static error_t record_write(struct volume *volume, uint32_t blocks)
{
	return disk_write(volume->fs.device,
	    block_position(volume, volume->journal.start),
	    volume->journal.record, (size_t)blocks << volume->block_shift);
}

/* No record is there. */
static error_t head_clear(struct volume *volume)
{
	memset(volume->journal.record, 0, volume->block_size);
	return record_write(volume, 1);
}

/* The blocks of the record that is in memory go to their places. */
static error_t record_redo(struct volume *volume)
{
	struct journal *journal = &volume->journal;
	struct disk_record *head = (struct disk_record *)journal->record;
	uint32_t count = get32(volume->bytes, head->count), i;
	uint32_t first = head_blocks(volume, count);
	error_t error = 0;

	for (i = 0; i < count && !error; i++)
		error = disk_write(volume->fs.device, block_position(volume,
		    get32(volume->bytes, head->block[i])), journal->record +
		    ((size_t)(first + i) << volume->block_shift),
		    volume->block_size);
	if (!error)
		error = disk_flush(volume->fs.device);
	if (!error)
		journal->pending = 0;
	return error;
}

static void record_fill(struct volume *volume, struct buffer *const *buffers,
    unsigned count)
{
	struct journal *journal = &volume->journal;
	struct disk_record *head = (struct disk_record *)journal->record;
	uint32_t first = head_blocks(volume, count);

	memset(head, 0, (size_t)first << volume->block_shift);
	head->magic = put32(volume->bytes, RECORD_MAGIC);
	head->sequence = put32(volume->bytes, journal->sequence++);
	head->count = put32(volume->bytes, count);
	for (unsigned i = 0; i < count; i++) {
		head->block[i] = put32(volume->bytes,
		    (uint32_t)buffers[i]->block - volume->base);
		memcpy(journal->record + ((size_t)(first + i) <<
		    volume->block_shift), buffers[i]->data,
		    volume->block_size);
	}
	head->checksum = put32(volume->bytes, checksum(journal->record,
	    (size_t)(first + count) << volume->block_shift));
}

/* Data was flushed before (volume_commit). */
static error_t journal_commit(struct cache_journal *cache,
    struct buffer *const *buffers, unsigned count, int *full)
{
	struct volume *volume = journal_volume(cache);
	struct journal *journal = &volume->journal;
	error_t error = journal->pending ? record_redo(volume) : 0;

	if (error)
		return error;
	*full = 1;
	if (count > journal->capacity) {
		fs_complain(&volume->fs, "sysv: %u blocks: too many for the "
		    "journal", count);
		error = head_clear(volume);
		return error ? error : E_FBIG; /* volume_commit knows how */
	}
	record_fill(volume, buffers, count);
	error = record_write(volume, head_blocks(volume, count) + count);
	if (!error)
		error = disk_flush(volume->fs.device);
	if (!error)
		journal->pending = 1;
	return error;
}

static error_t journal_done(struct cache_journal *cache)
{
	struct volume *volume = journal_volume(cache);

	volume->journal.pending = 0;
	return head_clear(volume);
}

/* A block that a record holds is in its place, or will be before the next
 * commit: and until then nobody takes it (free.c). */
static void journal_revoke(struct cache_journal *cache, uint64_t block)
{
	(void)cache;
	(void)block;
}

static void note_put(const struct volume *volume, uint8_t *super,
    uint32_t magic)
{
	struct disk_note note = { put32(volume->bytes, magic),
		put32(volume->bytes, volume->journal.start),
		put32(volume->bytes, volume->journal.count) };

	memcpy(super + volume->variant->note, &note, sizeof note);
}

static void run_mark(struct volume *volume, int used)
{
	struct journal *journal = &volume->journal;

	for (uint32_t i = journal->start; i < journal->start + journal->count;
	     i++)
		volume->used[i / 8] ^= (uint8_t)(1 << i % 8);
	volume->free_count += used ? -journal->count : journal->count;
}

static uint32_t blocks_max(const struct volume *volume)
{
	return (uint32_t)BYTES_MAX >> volume->block_shift;
}

/* The largest run that we want and can have; 0: none. */
static uint32_t run_choose(const struct volume *volume, uint32_t *start)
{
	uint32_t count = volume->blocks / SHARE;

	if (count > blocks_max(volume))
		count = blocks_max(volume);
	for (;; count /= 2) {
		if (count < BLOCKS_MIN)
			count = BLOCKS_MIN;
		*start = blocks_run(volume, count);
		if (*start || count == BLOCKS_MIN)
			return *start ? count : 0;
	}
}

/* start and count are known; nobody takes these blocks, and no record is
 * there. */
static error_t journal_open(struct volume *volume)
{
	struct journal *journal = &volume->journal;
	error_t error;

	journal->record = heap_alloc((size_t)journal->count <<
	    volume->block_shift);
	if (!journal->record) {
		journal->count = 0;
		return E_NOMEM;
	}
	journal->capacity = journal->count -
	    head_blocks(volume, journal->count);
	journal->cache.commit = journal_commit;
	journal->cache.done = journal_done;
	journal->cache.revoke = journal_revoke;
	run_mark(volume, 1);
	error = head_clear(volume);
	return error ? error : disk_flush(volume->fs.device);
}

error_t journal_start(struct volume *volume, uint8_t *super)
{
	struct journal *journal = &volume->journal;
	error_t error;

	if (journal->count) { /* of a start that failed later */
		note_put(volume, super, NOTE_MAGIC);
		return 0;
	}
	memset(journal, 0, sizeof *journal);
	journal->count = run_choose(volume, &journal->start);
	note_put(volume, super, journal->count ? NOTE_MAGIC : 0);
	if (!journal->count) {
		fs_complain(&volume->fs, "sysv: no room for a journal: a loss "
		    "of power may need fsck.sysv");
		return 0;
	}
	error = journal_open(volume);
	if (error)
		journal_end(volume, super);
	return error;
}

void journal_end(struct volume *volume, uint8_t *super)
{
	run_mark(volume, 0);
	heap_free(volume->journal.record);
	memset(&volume->journal, 0, sizeof volume->journal);
	if (super)
		note_put(volume, super, 0);
}

/* The buffers of a record whose checksum is right. */
static error_t record_apply(struct volume *volume,
    const struct disk_record *head, uint32_t count, const uint8_t *bytes)
{
	struct buffer *buffer;
	error_t error = 0;

	for (uint32_t i = 0; i < count && !error; i++) {
		uint32_t block = get32(volume->bytes, head->block[i]);

		if (block >= volume->blocks)
			return E_UCLEAN;
		error = block_get_zero(volume, block, &buffer);
		if (error)
			return error;
		memcpy(buffer->data, bytes + ((size_t)i <<
		    volume->block_shift), volume->block_size);
		buffer_dirty(buffer, ORDER_FIRST);
		buffer_put(buffer);
	}
	return error;
}

static error_t record_load(struct volume *volume, uint32_t start,
    uint32_t blocks, uint8_t *record)
{
	struct disk_record *head = (struct disk_record *)record;
	uint32_t count, first, sum;
	size_t size;
	error_t error = disk_read(volume->fs.device,
	    block_position(volume, start), record,
	    (size_t)blocks << volume->block_shift);

	if (error || get32(volume->bytes, head->magic) != RECORD_MAGIC)
		return error;
	count = get32(volume->bytes, head->count);
	first = count < blocks ? head_blocks(volume, count) : 0;
	if (!first || first + count > blocks)
		return 0;
	size = (size_t)(first + count) << volume->block_shift;
	sum = get32(volume->bytes, head->checksum);
	head->checksum = put32(volume->bytes, 0);
	if (checksum(record, size) != sum)
		return 0; /* not finished: the state before it holds */
	fs_complain(&volume->fs, "sysv: an interrupted sync is finished");
	return record_apply(volume, head, count, record +
	    ((size_t)first << volume->block_shift));
}

/* Where a journal is; 0: there is none. */
static uint32_t note_get(const struct volume *volume, const uint8_t *super,
    uint32_t *start)
{
	struct disk_note note;
	uint32_t count;

	memcpy(&note, super + volume->variant->note, sizeof note);
	*start = get32(volume->bytes, note.start);
	count = get32(volume->bytes, note.count);
	if (get32(volume->bytes, note.magic) != NOTE_MAGIC ||
	    !block_is_data(volume, *start) || count > volume->blocks - *start ||
	    count < BLOCKS_MIN || count > blocks_max(volume))
		return 0;
	return count;
}

error_t journal_resume(struct volume *volume, const uint8_t *super)
{
	struct journal *journal = &volume->journal;

	journal->count = note_get(volume, super, &journal->start);
	return journal->count ? journal_open(volume) : 0;
}

error_t journal_recover(struct volume *volume, const uint8_t *super)
{
	uint32_t start, count = note_get(volume, super, &start);
	uint8_t *record;
	error_t error;

	if (!count)
		return 0;
	record = heap_alloc((size_t)count << volume->block_shift);
	if (!record)
		return E_NOMEM;
	error = record_load(volume, start, count, record);
	heap_free(record);
	return error;
}
