/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a tree that was found after a cut is one of those that may be. */
#pragma once
#include "fakes/sequence_make.h"

/* States first..last may be on the disk; first was synced. */
struct span {
	const struct shadow *states;
	const struct sequence *sequence;
	unsigned first, last;
	unsigned flags; /* SEQUENCE_ATOMIC, ... */
};

/* Null if all is well, else what is wrong. */
const char *shadow_judge(struct shadow *found, const struct span *span);
