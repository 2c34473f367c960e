/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page-sized places of one swap area, and which page of which object lies
 * in each. Everything is allocated when the area is added; paging itself
 * allocates nothing, for it must work when there is no memory left.
 *
 * What a slot holds, its place, lies where the caller says: in memory that
 * outlives the pager. The rest is made from the places when the slots are
 * initialised, so a place is all there is to keep right: its state is written
 * last, in one word, and says USED only when the page is on the disk. A slot
 * TAKEN for a page that a death kept from being written is free again.
 *
 * A slot is in two chains: that of its hash, by which a page finds its slot,
 * and that of its object, by which an object's end finds all its slots.
 * Objects are small numbers below a limit given at the start.
 *
 * The choice not taken: a table of slots for each object, as most default
 * pagers have. Objects come and grow while memory is short, so the tables
 * would have to be allocated just then.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	SLOT_NONE = 0xffffffff,
};

struct slot_place {
	uint32_t page;  /* number of the page in its object */
	uint32_t state; /* SLOT_* below, the object above SLOT_BITS */
};

enum {
	SLOT_BITS = 16,
	SLOT_FREE = 0,
	SLOT_USED = 1,
	SLOT_BAD = 2,   /* never used: the disk is bad there */
	SLOT_TAKEN = 3, /* its page is not written yet */
};

struct slot_link {
	uint32_t hash_next; /* slot, or SLOT_NONE */
	uint32_t object_next;
};

struct slots {
	uint32_t count;       /* slots */
	uint32_t used, free;
	uint32_t hash_size;   /* a power of two */
	uint32_t object_limit;
	uint32_t next;        /* where the search for a free one begins */
	struct slot_place *place; /* count, the caller's */
	struct slot_link *link;   /* owned, count */
	uint32_t *hash;       /* owned, hash_size: first slot */
	uint32_t *object;     /* owned, object_limit: first slot */
};

/* What places, of which there are count, say. One that says nonsense becomes
 * free. E_NOMEM, E_INVAL (no slots). */
error_t slots_init(struct slots *slots, uint32_t count, uint32_t object_limit,
    struct slot_place *places);
void slots_free(struct slots *slots);

/* Takes a slot out of use for ever; it must be free. */
void slots_mark_bad(struct slots *slots, uint32_t slot);

/* The slot that holds that page, or SLOT_NONE. */
uint32_t slots_find(const struct slots *slots, uint32_t object, uint32_t page);

/* A slot, TAKEN, for a page that has none; after the last one given out if
 * that is free, so that pages which leave together lie together. SLOT_NONE:
 * full. */
uint32_t slots_take(struct slots *slots, uint32_t object, uint32_t page);

/* Its page is on the disk. */
void slots_keep(struct slots *slots, uint32_t slot);

/* Frees one slot in use. */
void slots_give(struct slots *slots, uint32_t slot);

/* The first slot of an object or SLOT_NONE; give it, then ask again. */
uint32_t slots_first(const struct slots *slots, uint32_t object);

/* How many an object has. */
uint32_t slots_count_of(const struct slots *slots, uint32_t object);
