/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replaying the journal. Three passes over the log: where its last whole
 * transaction ends; which blocks were revoked last by which transaction; and
 * the copies, each written in place unless a transaction as late as its own
 * has revoked it. Nothing is believed: numbers of blocks are checked, and the
 * walk ends after as many blocks as the log has.
 */
#include "journal.h"
#include <base/bytes.h>
#include <base/heap.h>
#include <string.h>

struct revoke {
	struct map_entry entry; /* block */
	uint32_t sequence;
};

struct walk {
	struct journal *journal;
	uint8_t *head;  /* owned: a descriptor or revoke block */
	uint8_t *copy;  /* owned */
	uint8_t *ahead; /* owned: AHEAD blocks, these: */
	uint32_t ahead_first, ahead_count;
	struct map revokes;
	uint32_t at, sequence; /* where the walk is */
	uint32_t end;          /* the sequence behind the last whole one */
	uint32_t left;         /* blocks that may still be walked over */
	unsigned written;
};

enum {
	AHEAD = 32, /* blocks that are read at once */
};

enum pass {
	PASS_SCAN,
	PASS_REVOKES,
	PASS_COPIES,
};

/* Earlier, in numbers that may wrap. */
static int is_before(uint32_t one, uint32_t other)
{
	return (int32_t)(one - other) < 0;
}

static uint32_t walk_next(struct walk *walk)
{
	uint32_t at = walk->at++;

	if (walk->at == walk->journal->blocks)
		walk->at = walk->journal->first;
	if (walk->left)
		walk->left--;
	return at;
}

/* The block at walk->at. */
static error_t block_read(struct walk *walk, uint8_t *data)
{
	size_t size = walk->journal->volume->block_size;

	if (walk->at - walk->ahead_first >= walk->ahead_count) {
		walk->ahead_first = walk->at;
		walk->ahead_count = journal_read_many(walk->journal, walk->at,
		    walk->ahead, AHEAD);
	}
	if (!walk->ahead_count)
		return journal_read(walk->journal, walk->at, data);
	memcpy(data, walk->ahead + (walk->at - walk->ahead_first) * size, size);
	return 0;
}

static struct revoke *revoke_find(struct walk *walk, uint32_t block)
{
	struct map_entry *entry = map_find(&walk->revokes, block);

	return entry ? map_item(entry, struct revoke, entry) : 0;
}

static error_t revoke_note(struct walk *walk, uint32_t block)
{
	struct revoke *revoke = revoke_find(walk, block);

	if (block >= walk->journal->volume->super.blocks)
		return 0;
	if (revoke) {
		if (is_before(revoke->sequence, walk->sequence))
			revoke->sequence = walk->sequence;
		return 0;
	}
	revoke = heap_alloc_zero(sizeof *revoke);
	if (!revoke)
		return E_NOMEM;
	revoke->sequence = walk->sequence;
	if (!map_add(&walk->revokes, &revoke->entry, block))
		return 0;
	heap_free(revoke);
	return E_NOMEM;
}

static error_t revokes_note(struct walk *walk)
{
	uint32_t size = walk->journal->volume->block_size, at;
	uint32_t used = bytes_get32_big(walk->head + JOURNAL_HEAD);
	error_t error = 0;

	for (at = REVOKE_HEAD; at + 4 <= used && at + 4 <= size && !error;
	     at += 4)
		error = revoke_note(walk, bytes_get32_big(walk->head + at));
	return error;
}

/* One copy, which lies at walk->at, goes in place. */
static error_t copy_write(struct walk *walk, uint32_t block, uint32_t flags)
{
	struct journal *journal = walk->journal;
	struct volume *volume = journal->volume;
	struct revoke *revoke = revoke_find(walk, block);
	error_t error;

	if (revoke && !is_before(revoke->sequence, walk->sequence))
		return 0;
	if (block >= volume->super.blocks) {
		fs_complain(&volume->fs, "ext2: in the journal: block %u",
		    (unsigned)block);
		return E_UCLEAN;
	}
	error = block_read(walk, walk->copy);
	if (error)
		return error;
	if (flags & TAG_ESCAPED)
		bytes_put32_big(walk->copy, JOURNAL_MAGIC);
	walk->written++;
	return disk_write(volume->fs.device,
	    (uint64_t)block << volume->block_shift, walk->copy,
	    volume->block_size);
}

/* A descriptor and the copies behind it. */
static error_t copies_pass(struct walk *walk, enum pass pass)
{
	uint32_t size = walk->journal->volume->block_size;
	uint32_t at = JOURNAL_HEAD, flags = 0;
	error_t error = 0;

	while (!error && !(flags & TAG_LAST) && at + TAG_BYTES <= size) {
		flags = bytes_get32_big(walk->head + at + 4);
		if (pass == PASS_COPIES)
			error = copy_write(walk,
			    bytes_get32_big(walk->head + at), flags);
		at += TAG_BYTES +
		    (flags & TAG_SAME_ID ? 0u : (unsigned)TAG_ID_BYTES);
		walk_next(walk);
	}
	return error;
}

/* The next block that is not a copy; its kind, 0 if it is none of ours. */
static error_t head_read(struct walk *walk, uint32_t *kind)
{
	error_t error;

	*kind = 0;
	if (!walk->left)
		return 0;
	error = block_read(walk, walk->head);
	if (error)
		return error;
	if (bytes_get32_big(walk->head) == JOURNAL_MAGIC &&
	    bytes_get32_big(walk->head + 8) == walk->sequence)
		*kind = bytes_get32_big(walk->head + 4);
	return 0;
}

static error_t log_pass(struct walk *walk, enum pass pass)
{
	struct journal *journal = walk->journal;
	uint32_t kind;
	error_t error = 0;

	walk->at = journal->start;
	walk->sequence = journal->oldest;
	walk->left = journal->blocks - journal->first;
	while (!error && (pass == PASS_SCAN || walk->sequence != walk->end)) {
		error = head_read(walk, &kind);
		if (error)
			break;
		walk_next(walk);
		if (kind == JOURNAL_DESCRIPTOR)
			error = copies_pass(walk, pass);
		else if (kind == JOURNAL_REVOKE && pass == PASS_REVOKES)
			error = revokes_note(walk);
		else if (kind == JOURNAL_COMMIT)
			walk->sequence++;
		else if (kind != JOURNAL_REVOKE)
			break;
	}
	if (pass == PASS_SCAN)
		walk->end = walk->sequence;
	return error;
}

static void walk_end(struct walk *walk)
{
	struct map_entry *entry, *next;

	for (entry = map_first(&walk->revokes); entry; entry = next) {
		next = map_next(&walk->revokes, entry);
		map_remove(&walk->revokes, entry);
		heap_free(map_item(entry, struct revoke, entry));
	}
	map_free(&walk->revokes);
	heap_free(walk->head);
	heap_free(walk->copy);
	heap_free(walk->ahead);
}

static error_t walk_start(struct walk *walk, struct journal *journal)
{
	uint32_t size = journal->volume->block_size;

	memset(walk, 0, sizeof *walk);
	map_init(&walk->revokes);
	walk->journal = journal;
	walk->head = heap_alloc(size);
	walk->copy = heap_alloc(size);
	walk->ahead = heap_alloc(AHEAD * size);
	return walk->head && walk->copy && walk->ahead ? 0 : E_NOMEM;
}

error_t journal_replay(struct journal *journal)
{
	struct walk walk;
	error_t error;

	if (!journal->start)
		return 0;
	error = walk_start(&walk, journal);
	if (!error)
		error = log_pass(&walk, PASS_SCAN);
	if (!error)
		error = log_pass(&walk, PASS_REVOKES);
	if (!error)
		error = log_pass(&walk, PASS_COPIES);
	if (!error)
		error = disk_flush(journal->volume->fs.device);
	if (!error) {
		if (is_before(journal->sequence, walk.end + 1))
			journal->sequence = walk.end + 1;
		error = journal_super_write(journal, 0, journal->sequence);
	}
	if (!error && walk.written)
		fs_complain(&journal->volume->fs,
		    "ext2: journal replayed: %u blocks", walk.written);
	walk_end(&walk);
	return error;
}
