/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory's names in memory: hash of a name to the piece it is in, and how
 * much room each piece has. A piece is what a type adds names to: a block, or
 * a part of one. Made when a directory of more than a few pieces is first
 * searched, kept up to date while its node is loaded, forgotten when all
 * indexes of the volume together take too much memory. So to look up, to find
 * missing and to add a name costs the same in a directory of 100000 names as
 * in one of 100. What the bytes on the disk mean is the type's. Pure.
 */
#pragma once
#include <base/error.h>
#include <base/list.h>
#include <stdint.h>

/* All indexes of a volume. */
struct name_indexes {
	struct list used; /* those with a table, least recently used first */
	unsigned bytes;   /* of their tables */
};

struct name_table;

/* Of a node. Without a table, what follows does nothing or says so. */
struct name_index {
	struct name_indexes *all;
	struct list link;
	struct name_table *table; /* owned, or null */
	uint32_t last; /* piece that a name was added to last, 0 if none */
};

void name_indexes_init(struct name_indexes *all);
void name_index_init(struct name_index *index, struct name_indexes *all);
void name_index_drop(struct name_index *index);

/* Says all names of a piece by name_table_put, and its room. */
typedef error_t (*name_table_read_t)(struct name_table *table, void *directory,
    uint32_t piece, unsigned *room);
error_t name_table_put(struct name_table *table, const char *name,
    unsigned length, uint32_t piece);
/* Sees that there is a table: of pieces 0 to count - 1. */
error_t name_index_need(struct name_index *index, uint32_t count,
    name_table_read_t read, void *directory);

/* A piece that may hold name, or UINT32_MAX. *cursor is 0 before the first
 * call; there is a table. */
uint32_t name_index_next(const struct name_index *index, const char *name,
    unsigned length, uint32_t *cursor);
/* The name is in piece now, which has that much room left. */
void name_index_add(struct name_index *index, const char *name,
    unsigned length, uint32_t piece, unsigned room);
void name_index_remove(struct name_index *index, const char *name,
    unsigned length, uint32_t piece);
/* The first piece from piece on that may have room for need bytes (piece if
 * there is no table); a number beyond the last if there is none. */
uint32_t name_index_room(struct name_index *index, unsigned need,
    uint32_t piece);
void name_index_set_room(struct name_index *index, uint32_t piece,
    unsigned room);
