/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequences that sequence.c runs, one after the other. */
#pragma once
#include "fakes/shadow.h"

enum {
	SEQUENCE_STEPS = 6,
};

struct sequence {
	struct step steps[SEQUENCE_STEPS];
	unsigned count;
};

/* What every sequence finds on the disk. */
extern const struct step sequence_setup[];
extern const unsigned sequence_setup_count;

/* The number-th sequence of one operation; 0: there are no more. Some are
 * impossible: shadow_step says so. */
int sequence_one(unsigned number, struct sequence *sequence);
/* A random one of two. */
void sequence_two(unsigned *seed, struct sequence *sequence);
