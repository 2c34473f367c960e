/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory that outlives a server: a head, rows, and what the server itself
 * lays out. Pure: the states, the invariants and the reasons are in ../README,
 * "Recovery". Nothing in a region is believed that its checksums don't cover,
 * and no number in it leads outside of it.
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REGION_RECORD = 60,  /* bytes of a record */
	REGION_CLASS_BITS = 9,
	REGION_CLASSES = 1 << REGION_CLASS_BITS, /* a class is less */
	REGION_GENERATIONS = 1 << 12,
	REGION_SETS = 8,
};

enum region_state {
	REGION_FRESH = 0,
	REGION_LIVE = 0x4c495645,
	REGION_RECOVERING = 0x5245434f,
};

enum row_state {
	ROW_FREE = 0,
	ROW_OPENING,
	ROW_OPEN,
	ROW_CLOSING,
};

struct region_record {
	uint32_t check; /* of the bytes, the class and the row's name */
	uint8_t bytes[REGION_RECORD];
};

struct region_row {
	uint32_t name;  /* of the port in the server's task */
	uint32_t state; /* kind << 8 | row_state; one word, one write */
	uint32_t seal;  /* of name and state */
	uint32_t turn;  /* 0 or 1: which record counts */
	struct region_record records[2];
};

struct region_head {
	uint32_t magic, format;
	uint32_t owner;       /* whose it is: a hash of the server's name */
	uint32_t version;     /* the server's */
	uint32_t row_limit;   /* rows there are */
	uint32_t memory_size; /* bytes behind the rows */
	uint32_t check;       /* of all before */
	uint32_t state;       /* region_state; one word */
	uint32_t row_end;     /* rows from here on were never used */
	uint32_t turn;        /* how often it changed hands */
	uint32_t trace[2];    /* where the task's trace is: ring, last serial */
	uint32_t hand;        /* address of its struct hand, or 0 */
	uint32_t sets[REGION_SETS]; /* names of the pools' port sets */
};

struct region {
	struct region_head *head;
	struct region_row *rows;
	void *memory;
};

/* Where things are in size bytes at address; E_INVAL if they don't fit. */
error_t region_lay_out(struct region *region, void *address, size_t size,
    uint32_t rows, uint32_t memory_size);

/* Bytes of a region with so many rows and so much memory. */
size_t region_size(uint32_t rows, uint32_t memory_size);

/* Makes it empty, in state LIVE. The pages of rows never used are not
 * touched. */
void region_format(struct region *region, const char *owner, uint32_t version,
    uint32_t rows, uint32_t memory_size);

/*
 * 0: live, and of this layout. E_NOENT: fresh. E_UCLEAN: damaged, or a
 * recovery did not end. E_INVAL: another server's, or of another layout.
 * version: of the server that wrote it.
 */
error_t region_check(const struct region *region, const char *owner,
    uint32_t rows, uint32_t memory_size, uint32_t *version);

/* The recovery is done: live, and written by that version. */
void region_own(struct region *region, uint32_t version);

/* kind: the class, and behind it the generation of the object's handle. */
void row_set(struct region *region, uint32_t index, uint32_t name,
    unsigned kind, enum row_state state);

static inline unsigned row_kind(unsigned class, unsigned generation)
{
	return class | generation << REGION_CLASS_BITS;
}

static inline unsigned row_class(const struct region_row *row)
{
	return row->state >> 8 & (REGION_CLASSES - 1);
}

static inline unsigned row_generation(const struct region_row *row)
{
	return row->state >> 8 >> REGION_CLASS_BITS;
}

/* 0: has no port; 1: has one; -1: in doubt. */
int row_port(const struct region_row *row);

void row_save(struct region *region, uint32_t index,
    const uint8_t record[REGION_RECORD]);

/* The row's record if it is whole, else null. */
const uint8_t *row_record(const struct region *region, uint32_t index);

/* One port that will come, or may come. */
struct region_port {
	uint32_t index; /* of its row */
	uint32_t name;
	unsigned char sure;
};

/*
 * Writes the rows that have or may have ports, by rising name, to at most
 * limit places. E_UCLEAN: more than one is in doubt, two have one name, or
 * there are more.
 */
error_t region_ports(const struct region *region, struct region_port *ports,
    uint32_t limit, uint32_t *count);

/* By rising name. E_UCLEAN: two have one name. */
error_t region_sort(struct region_port *ports, uint32_t count);

/*
 * Makes ports, as region_ports() gave them, those that have come, of which
 * there are arrived: one in doubt is counted in or taken out. E_UCLEAN: the
 * numbers don't agree. doubtful: the index of the row in doubt if its port
 * has come (it is to be ended), else 0.
 */
error_t region_match(struct region_port *ports, uint32_t *count,
    uint32_t arrived, uint32_t *doubtful);
