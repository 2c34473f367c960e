/* SPDX-License-Identifier: BSD-2-Clause */
/* Process numbers: one byte a number counts who bears it. */
#include "core/pids.h"

int pids_take(struct pids *pids)
{
	int pid = pids->last;

	for (int tries = 0; tries < PIDS_MAX; tries++) {
		if (++pid >= PIDS_MAX)
			pid = PIDS_RESERVED;
		if (pids->holders[pid])
			continue;
		pids->holders[pid] = 1;
		pids->last = pid;
		return pid;
	}
	return 0;
}

void pids_hold(struct pids *pids, int pid)
{
	pids->holders[pid]++;
}

void pids_drop(struct pids *pids, int pid)
{
	if (pids->holders[pid])
		pids->holders[pid]--;
}
