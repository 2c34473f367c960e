/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of a volume only memory knows, and no block of a cache says: a table of
 * notes of one size, in memory that survives (store.h). Pure. A note is kept
 * under an index, which its owner remembers; what is set or dropped counts from
 * the store's next commit on. Without a store nothing happens.
 *
 *	notes_open(&notes, store, sizeof(struct kept), 1000);
 *	for (index = 0; (note = notes_next(&notes, &index)); index++)
 *		... what an earlier instance kept ...
 *	note_set(&notes, &thing->note, &kept);   thing->note: NOTE_NONE first
 *	note_drop(&notes, &thing->note);
 *
 * The choice not taken, lists in blocks of a cache, would have to find room for
 * each, and would bring them to the disk.
 */
#pragma once
#include <block/store.h>

enum {
	NOTE_NONE = 0, /* an index that is none; the first is 1 */
};

struct notes_head {
	uint32_t size, end; /* of a note; notes from here on were never used */
};

struct notes {
	struct store *store; /* null: nothing is kept */
	struct notes_head *head;
	uint8_t *first;
	uint32_t each, count; /* bytes of a note and its mark; notes */
	uint32_t *free;       /* owned: indices */
	uint32_t free_count, free_room;
	uint32_t used;
	unsigned char lack;   /* one had no room */
};

/* Takes the next part of the store's room for notes: the same calls in the same
 * order find what an earlier instance had there (store->recovered), else it is
 * empty. store: may be null. E_NOMEM; E_UCLEAN: it makes no sense. */
error_t notes_open(struct notes *notes, struct store *store, uint32_t size,
    uint32_t count);
void notes_close(struct notes *notes);

/* The note of the index, or the next one there is; null: no more. */
const void *notes_next(const struct notes *notes, uint32_t *index);

/* Takes a note if *index is NOTE_NONE. If there is no room the store says that
 * nothing of it is to be believed, till notes are left again. */
void note_set(struct notes *notes, uint32_t *index, const void *note);
void note_drop(struct notes *notes, uint32_t *index);

/* More than half of them are used: a sync should make them fewer. */
int notes_many(const struct notes *notes);
