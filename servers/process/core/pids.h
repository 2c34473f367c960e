/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Process numbers. A number is in use while anything bears it: a process (or
 * its zombie), a process group, a session. Each holds it once; it is free
 * when the last holder drops it. Numbers are given out in a circle, so that a
 * number comes back only after all others were used.
 */
#pragma once
#include <stdint.h>

enum {
	PIDS_MAX = 32768, /* all numbers are below */
	PIDS_RESERVED = 300, /* where the circle begins again, as on Linux */
};

struct pids {
	uint8_t holders[PIDS_MAX];
	int last;
};

/* A free number, held once, or 0 if all are in use. */
int pids_take(struct pids *pids);

void pids_hold(struct pids *pids, int pid);
void pids_drop(struct pids *pids, int pid);
