/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults: makes faults in servers while a workload with checked contents runs,
 * and counts what became of them. main.c has the faults and the table, work.c
 * the workload.
 */
#pragma once
#include "servers.h"

enum outcome {
	OUTCOME_NOTHING,   /* nobody noticed, the server went on */
	OUTCOME_INVISIBLE, /* the server died, or hung; all work ended right */
	OUTCOME_ERROR,     /* work failed once with an error, then went right */
	OUTCOME_LOST,      /* wrong contents, failure for good, or a hang */
	OUTCOMES,
};

enum {
	WORK_GOOD = 0,
	WORK_ERROR = 1, /* a call failed */
	WORK_WRONG = 2, /* or something was not what was written */
	WORK_HANGS = 3, /* it had to be ended */
};

/* What the work is at, also when a child does it. */
extern char *work_step;
void work_prepare(void);

/* Does a little of everything that the servers are for, rounds times; says
 * on the standard error what went wrong. */
int work_do(unsigned rounds);
