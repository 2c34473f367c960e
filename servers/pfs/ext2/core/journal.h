/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal of a volume: inode 8, in the format of ext3 (JBD), so that Linux
 * and e2fsck know what to do with it.
 *
 * It is a log of transactions. A transaction is a run of the journal's blocks:
 * descriptor blocks, each followed by copies of the blocks that it names;
 * revoke blocks, which name blocks whose earlier copies must not be used; and
 * at its end the commit block. All of these begin with the same magic number,
 * their kind and the number of the transaction. Numbers are big-endian.
 *
 *	super | descriptor copy copy ... commit | descriptor copy ... commit
 *
 * Invariants:
 *  1  The commit block of a transaction is written only after all its other
 *     blocks, and all data of files that its metadata speaks of, are flushed.
 *     So a transaction is wholly there or not at all.
 *  2  Metadata is written in place only when it has been committed. So what is
 *     in place is always older than, or part of, what the journal brings back.
 *  3  The journal's super block says where the oldest transaction is that may
 *     be needed; it moves on only after all before it is in place and flushed.
 *  4  A block that becomes free in a transaction, and that the journal has
 *     copies of, is revoked in the same transaction; and it is not taken again
 *     before that is committed (alloc.c). So a replay never writes over data.
 *  5  Numbers of transactions only grow. After a replay one is left out: of it
 *     there may be parts.
 *  6  While the journal may hold something, the volume's super block says so
 *     (INCOMPAT_RECOVER).
 */
#pragma once
#include "ext2.h"

enum {
	JOURNAL_MAGIC = 0xc03b3998,
	JOURNAL_DESCRIPTOR = 1,
	JOURNAL_COMMIT = 2,
	JOURNAL_SUPER_OLD = 3,
	JOURNAL_SUPER = 4,
	JOURNAL_REVOKE = 5,

	JOURNAL_FEATURE_REVOKE = 1, /* incompatible; the only one we know */

	TAG_ESCAPED = 1,   /* its first word was the magic number, and is 0 */
	TAG_SAME_ID = 2,   /* no id of 16 bytes follows */
	TAG_LAST = 8,
	TAG_BYTES = 8,     /* block, flags */
	TAG_ID_BYTES = 16,

	JOURNAL_HEAD = 12, /* magic, kind, number */
	REVOKE_HEAD = 16,  /* and how many bytes are used */
	JOURNAL_LEAST = 256, /* blocks */
};

/* Big-endian; at the start of the journal's first block. */
struct disk_journal {
	uint32_t magic, kind, unused;
	uint32_t block_size, blocks, first;
	uint32_t sequence; /* of the first transaction that is to be found */
	uint32_t start;    /* where it is; 0: nothing is in the journal */
	uint32_t error;
	uint32_t compatible, incompatible, read_only_compatible;
	uint8_t id[16];
	uint32_t users;
};

/* Blocks of the journal that lie in a row on the disk. */
struct journal_run {
	uint32_t first, disk, length;
};

struct journal {
	struct cache_journal cache; /* what lib/block calls */
	struct volume *volume;
	struct journal_run *runs;   /* owned */
	unsigned run_count;
	uint32_t first, blocks; /* the log: journal blocks [first, blocks) */
	/* what the journal's super block says */
	uint32_t start;     /* of the oldest transaction; 0 none */
	uint32_t oldest;    /* its number */
	unsigned char temporary; /* ours: temporary.c */
	unsigned char super_doubt; /* a write failed: it may say otherwise */
	/* the next transaction */
	uint32_t sequence, head;
	uint32_t doubt;     /* a commit block that may be there, or 0 */
	uint8_t *super;     /* owned: the first block */
	/* a transaction on its way: staged_count blocks for head + ... */
	uint8_t *staging;   /* owned */
	uint32_t staged, staged_count;
	/* to be revoked by the next commit */
	uint32_t *revoked;  /* owned */
	unsigned revoked_count, revoked_room;
	unsigned char revoke_lost; /* no memory: the log must be emptied */
};

/* Opens the journal of a volume. E_INVAL: it can't be used. */
error_t journal_open(struct volume *volume);
void journal_close(struct volume *volume);

/* The log may hold transactions from now on / holds none for sure. */
error_t journal_start(struct journal *journal);
error_t journal_stop(struct journal *journal);

/* Writes all committed transactions in place and empties the log. */
error_t journal_replay(struct journal *journal);

/* Most bytes that a transaction should have. */
size_t journal_limit(const struct journal *journal);

/* One block of the journal. */
error_t journal_read(struct journal *journal, uint32_t block, uint8_t *data);
/* At most that many, which lie in a row: how many were read, 0 at an error. */
uint32_t journal_read_many(struct journal *journal, uint32_t block,
    uint8_t *data, uint32_t most);
/* The super block says that the log begins at start (0: that it is empty) with
 * transaction oldest. */
error_t journal_super_write(struct journal *journal, uint32_t start,
    uint32_t oldest);

/*
 * temporary.c: a journal for a plain volume while it is mounted for writing.
 */
/* A journal's super block says that it is such a one. */
int temporary_marked(const uint8_t *super);
/* The last mount was making or taking away one when it was cut off. */
int temporary_stamped(const struct volume *volume);
void temporary_stamp_clear(struct volume *volume);
/* After a cut: what is left of it goes, the volume is clean. */
error_t temporary_finish(struct volume *volume);
/* Makes one: volume->journal, not started yet. 0 without one: it is not wanted,
 * or there is no room for it. Nothing is dirty. */
error_t temporary_begin(struct volume *volume);
/* Takes it away; it is stopped, and nothing is dirty. */
error_t temporary_end(struct volume *volume);
