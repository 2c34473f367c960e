/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace of a task: a ring of records of 32 bytes, written by mach_msg()
 * and by the server's dispatcher. Off, it costs one test of trace_level.
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>

enum trace_kind {
	TRACE_SEND = 1,    /* result: size of the message */
	TRACE_RECEIVE = 2, /* the same */
	TRACE_ERROR = 3,   /* mach_msg failed with result */
	TRACE_BEGIN = 4,   /* a request reaches its handler; object: handle;
			    * result: number of the process that asks, or 0 */
	TRACE_END = 5,     /* and was answered with result */
	TRACE_PARK = 6,    /* and waits */
	TRACE_NOTE = 7,    /* the server's own */
	TRACE_AGAIN = 8,   /* a request that waited is run again */
	TRACE_TEXT = 9,    /* of the request: its first text, piece by piece */
};

struct trace_record {
	uint64_t time;    /* processor cycles, or a count if there are none */
	uint32_t serial;  /* of this record */
	uint32_t request; /* serial of the TRACE_BEGIN it was made for, or 0 */
	union {
		struct {
			int32_t id;      /* number of the message */
			uint32_t object; /* port name or handle */
			int32_t result;
		};
		char text[12]; /* TRACE_TEXT: padded with 0 */
	};
	uint16_t thread;
	uint16_t kind;
};
_Static_assert(sizeof(struct trace_record) == 32, "the trace tool reads it");

/* 0 off, 1 ring, 2 ring and log; FAULT_WATCHES (fault.h) may be added. Read by
 * all, written by trace_set(); lies in trap.S. */
extern int trace_level;

/* E_NOMEM: no ring. */
error_t trace_set(int level);

/* Adds a record; returns its serial. Any thread, any time. */
uint32_t trace_record(enum trace_kind kind, int id, uint32_t object,
    int result);

/* Adds a record of kind TRACE_TEXT for every 12 bytes, a few at most: the end
 * of a long text is left out. */
void trace_text(const char *text, size_t length);

/* Copies the records, oldest first, to at most limit places; how many. */
unsigned trace_read(struct trace_record *records, unsigned limit);

/* Whether list, words between commas, has the server: its whole name, what is
 * before the ':' of it, either without "pfs-", or "all". */
int trace_is_named(const char *list, const char *server);

/* The most that trace_read() can give; what is kept of a text. */
enum {
	TRACE_RECORDS = 2048,
	TRACE_TEXT_MAX = 48,
	TRACE_LEVELS = 3,
};

/* Where the pointer to the ring and the last serial are, for who looks at the
 * task from outside. */
const void *trace_ring_address(void);
const volatile void *trace_serial_address(void);
