/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pids.h"
#include <string.h>
#include <test.h>

static struct pids pids;

TEST(numbers_rise_and_come_back_late)
{
	memset(&pids, 0, sizeof pids);
	CHECK(pids_take(&pids) == 1);
	CHECK(pids_take(&pids) == 2);
	pids_drop(&pids, 2);
	CHECK(pids_take(&pids) == 3);
	for (int pid = 4; pid < PIDS_MAX; pid++) {
		CHECK(pids_take(&pids) == pid);
		pids_drop(&pids, pid);
	}
	CHECK(pids_take(&pids) == PIDS_RESERVED);
}

TEST(a_number_is_free_when_nobody_bears_it)
{
	int pid;

	memset(&pids, 0, sizeof pids);
	pid = pids_take(&pids);
	pids_hold(&pids, pid);
	pids_drop(&pids, pid);
	CHECK(pids.holders[pid] == 1);
	for (int i = 0; i < PIDS_MAX; i++) {
		int other = pids_take(&pids);

		CHECK(other != pid);
		pids_drop(&pids, other);
	}
	pids_drop(&pids, pid);
	pids_drop(&pids, pid);
	CHECK(pids.holders[pid] == 0);
}

TEST(all_numbers_in_use)
{
	memset(&pids, 1, sizeof pids.holders);
	pids.last = 17;
	CHECK(pids_take(&pids) == 0);
	pids.holders[299] = 0; /* reserved: below the circle's start */
	pids.last = 20000;
	CHECK(pids_take(&pids) == 0);
	pids.holders[500] = 0;
	CHECK(pids_take(&pids) == 500);
}
