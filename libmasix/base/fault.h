/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that are made on purpose (acs_fault, tests/fault): the n-th operation
 * of a kind fails. The switch is a record in each server's memory that the ACS
 * finds by its mark and writes; off, it costs one test of one word, and for
 * messages and requests none: these look at trace_level, which is part of the
 * record.
 */
#pragma once
#include <stdint.h>

enum fault_kind {
	FAULT_ALLOCATION, /* heap_alloc() gives null */
	FAULT_DEVICE,     /* a transfer of a disk gives E_IO */
	FAULT_MESSAGE,    /* a request can't be sent */
	FAULT_LOSS,       /* a request that came is forgotten */
	FAULT_KINDS,

	FAULT_WATCHES = 0x100, /* in trace_level: who passes messages asks */
};

/* As trap.S lays it out. */
struct fault_switch {
	uint32_t mark[4];
	volatile uint32_t armed;
	volatile uint32_t left[FAULT_KINDS]; /* 1: the next one; 0: none */
	volatile uint32_t trace_level;
};

extern struct fault_switch fault_switch;

/* One operation more; not 0: it is to fail. */
int fault_counts(enum fault_kind kind);

static inline int fault_due(enum fault_kind kind)
{
	return __builtin_expect(fault_switch.armed, 0) && fault_counts(kind);
}
