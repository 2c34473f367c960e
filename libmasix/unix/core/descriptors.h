/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of descriptors: small numbers to open files. Pure bookkeeping; the
 * caller locks. The table begins with room of the caller's and moves to the
 * heap when it grows; it never shrinks.
 */
#pragma once
#include <stdint.h>

struct open_file;

enum {
	DESCRIPTOR_CLOSE_ON_EXEC = 1,
};

struct descriptor {
	struct open_file *file; /* one of its references, or null: free */
	uint32_t flags;
};

struct descriptors {
	struct descriptor *slots;
	unsigned capacity;
	unsigned lowest; /* no descriptor below it is free */
	unsigned end;    /* no descriptor from it on is in use */
	int in_heap;     /* slots came from the heap */
};

void descriptors_init(
    struct descriptors *table, struct descriptor *room, unsigned count);

/* What number stands for; null if it is free or out of range. */
static inline struct descriptor *descriptors_find(
    struct descriptors *table, unsigned number)
{
	if (number >= table->end || !table->slots[number].file)
		return 0;
	return &table->slots[number];
}

/* Puts file at the lowest free number >= from and < limit. Returns the number,
 * -1 if there is none, -2 if there is no memory. */
int descriptors_add(struct descriptors *table, unsigned from, unsigned limit,
    struct open_file *file, uint32_t flags);

/* Puts file at number, whatever was there; returns 0, or -2: no memory.
 * before: what was there, or null. */
int descriptors_put(struct descriptors *table, unsigned number,
    struct open_file *file, uint32_t flags, struct open_file **before);

/* Frees number and returns what it stood for; null if it was free. */
struct open_file *descriptors_remove(
    struct descriptors *table, unsigned number);
