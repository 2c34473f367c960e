/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server is killed: random steps (sequence.h) are done to a volume that
 * survives, with files open, some of them without a name by then, and data that
 * is still to come. Before every write of the surviving memory and of the disk
 * the process forks, and the child is the next instance: it must find all that
 * was before the step in progress, or all that is after it, open files by their
 * numbers, too; then it takes the late data, ends, and the type's check must
 * find nothing. Now and then the parent goes on as its own successor.
 *
 *	CHECK(kills(&minix, 300) == 0);
 */
#pragma once
#include "fakes/sequence.h"

/* Prints each fault and returns how many there were. KILLS=N in the
 * environment: so many steps instead; KILLS_SEED=N others. */
unsigned kills(const struct sequence_type *type, unsigned steps);
