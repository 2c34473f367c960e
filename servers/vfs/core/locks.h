/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advisory locks on files: ranges of bytes, from `start` to `end` inclusive.
 *
 * An owner of record locks is a process's view; an owner of flock's is an
 * open file description, and its range is always the whole file: the same
 * code on another list. Locks of one owner never overlap: setting one
 * replaces, splits and merges what the owner had there. Locks of different
 * owners overlap only if both are for reading.
 *
 * Who waits is written down (struct lock_wait) so that a circle is found
 * before it closes: an owner that would wait for somebody who waits, over any
 * number of steps, for that owner. A record left behind by a caller that died
 * while it waited ends with its owner or when its ticket is used again.
 */
#pragma once
#include <base/error.h>
#include <base/list.h>
#include <stdint.h>

enum {
	LOCKS_EACH = 4096, /* of one owner */
};

#define LOCK_END UINT64_MAX

struct lock_owner {
	int pid;
	struct list locks; /* struct file_lock.of_owner */
	struct list waits; /* struct lock_wait.link */
	unsigned count;
	unsigned visit;
	unsigned kept; /* the shell's: how it is named in what survives */
};

/* The locks of one file. */
struct lock_list {
	struct list link;    /* the shell's */
	struct list records; /* struct file_lock.of_file */
	struct list whole;   /* flock's */
	unsigned waits;      /* how many wait for one of them */
	void *node;          /* the shell's */
};

struct lock_range {
	int type; /* LOCK_READ, LOCK_WRITE, LOCK_NONE */
	uint64_t start, end;
	int pid;
};

struct file_lock {
	struct list of_file, of_owner;
	struct list *locks; /* of the file: where of_file is in */
	struct lock_owner *owner;
	int type;
	uint64_t start, end;
	unsigned kept; /* the shell's */
};

/* What the shell is told: lock is new or another one; it ends; and a change of
 * several is complete. Null while nobody asks. */
extern void (*lock_changed)(struct file_lock *lock);
extern void (*lock_ends)(struct file_lock *lock);
extern void (*locks_complete)(void);

struct lock_wait {
	struct list link;
	struct lock_list *file;
	struct list *locks; /* its records or whole */
	struct lock_range range;
	int ticket;
};

void lock_list_init(struct lock_list *file, void *node);

/* Nobody has or waits for a lock on it. */
int lock_list_is_idle(const struct lock_list *file);

void lock_owner_init(struct lock_owner *owner, int pid);

/* Releases all that owner has and waits for. */
void lock_owner_end(struct lock_owner *owner);

/* What from has is to's, which has none. What from waits for stays. */
void lock_owner_move(struct lock_owner *from, struct lock_owner *to);

/* From fcntl's offset and count (0: to the end; negative: before offset).
 * E_INVAL, E_OVERFLOW. */
error_t lock_range_make(
    struct lock_range *range, int type, int64_t offset, int64_t count);

/* Gives, changes or takes away (LOCK_NONE). E_AGAIN: somebody else's lock is
 * in the way; E_NOLCK: no memory or too many. Nothing is changed then. */
error_t lock_set(struct list *locks, struct lock_owner *owner,
    const struct lock_range *range);

/* The first lock that is in range's way; type LOCK_NONE if none. */
void lock_test(const struct list *locks, const struct lock_owner *owner,
    struct lock_range *range);

/* owner is about to wait for range: E_DEADLK if that would be for ever;
 * E_NOLCK; else it is written down under ticket. */
error_t lock_wait_begin(struct lock_list *file, struct list *locks,
    struct lock_owner *owner, const struct lock_range *range, int ticket);

/* It waits no more. */
void lock_wait_end(struct lock_owner *owner, int ticket);
