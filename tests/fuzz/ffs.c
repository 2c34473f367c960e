/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for FFS (see volume.h): volumes of both byte orders and several
 * sizes of blocks, made by us. What was checked and repaired must have no fault
 * then, and none after it was used.
 */
#include "volume.h"
#include "core/ffs.h"
#include "fakes/volume.h"
#include <stdlib.h>

static const struct {
	unsigned kb;
	struct ffs_make make;
} BASES[] = {
	{ 128, { 4096, 512, 4096, 5, 0 } },
	{ 128, { 4096, 512, 4096, 5, 1 } },
	{ 256, { 8192, 1024, 8192, 5, 0 } },
	{ 128, { 4096, 4096, 4096, 0, 1 } },
};

static void base(struct ram_device *ram, unsigned index)
{
	const struct fs_time now = { 1700000000, 0 };

	ram_open(ram, BASES[index].kb * 1024);
	if (ffs_make(&ram->device, &BASES[index].make, &now))
		abort();
	base_fill(ram);
}

static unsigned check(struct ram_device *ram, int repair)
{
	struct check_result result;

	if (ffs_check(&ram->device, repair, fuzz_loud() ? fake_complain : 0,
	    &result))
		return UINT32_MAX;
	return repair ? result.severe : result.faults;
}

const char fuzz_format[] = "ffs";

const struct fuzz_type fuzz_type = {
	.type = &ffs_type,
	.bases = sizeof BASES / sizeof *BASES,
	.base = base,
	.check = check,
};
