/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which requests were done, in memory that survives (../once.h says how it is
 * used). Each thread has one slot: the last request with a number that it did.
 * That is enough: a thread sends an answer before it takes the next request,
 * so when the server dies the answers that may not have been sent are the
 * threads' last ones. (A table of the last request of each object would not
 * do: two who share an object may both wait for their answers.)
 *
 * After a death the slots move to `left`. There a request is found by the
 * process that made it, the upper half of its number. A process has one request
 * under way, so another number of the same process says that the one that is
 * left was answered.
 */
#pragma once
#include <stdint.h>

enum {
	ONCE_THREADS = 64,
	ONCE_ANSWER = 48, /* bytes of an answer */
	ONCE_LEFT = 256,
	ONCE_PROBES = 8,
};

struct once_request {
	uint32_t number; /* process << 16 | count; 0: none */
	uint32_t object; /* the index of its handle */
	int32_t id;      /* of the message */
};

struct once_slot {
	struct once_request request; /* .number is written last */
	uint32_t size;
	uint8_t answer[ONCE_ANSWER];
};

struct once_memory {
	struct once_slot slots[ONCE_THREADS];
	struct once_slot left[ONCE_LEFT];
};

/* A kill in between leaves slot empty. What it said before is over. */
void once_write(struct once_slot *slot, const struct once_request *request,
    const void *answer, unsigned size);

/* The server has died: how many requests are left. */
unsigned once_inherit(struct once_memory *memory);

/* Whether request is left: its answer, at most size bytes; it moves to own. All
 * that is left of its process is taken out; *count: how many. */
int once_find(struct once_memory *memory, const struct once_request *request,
    struct once_slot *own, void *answer, unsigned size, unsigned *count);
