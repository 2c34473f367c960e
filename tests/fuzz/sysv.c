/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz entry for the System V family (see volume.h): a volume of each shape,
 * made by us. What was checked and repaired must be without fault then, and
 * after it was used.
 */
#include "volume.h"
#include "core/make.h"
#include "fakes/volume.h"
#include <stdio.h>
#include <stdlib.h>

enum {
	DISK = 96 * 1024,
};

static const struct make BASES[] = {
	{ VARIANT_R4, BYTES_LITTLE, 1024, 0, 0, 32, fake_clock },
	{ VARIANT_R4, BYTES_BIG, 512, 0, 0, 32, fake_clock },
	{ VARIANT_R4, BYTES_LITTLE, 2048, 0, 0, 32, fake_clock },
	{ VARIANT_R2, BYTES_BIG, 1024, 0, 0, 32, fake_clock },
	{ VARIANT_R2, BYTES_LITTLE, 1024, 9, 0, 32, fake_clock },
	{ VARIANT_XENIX, BYTES_LITTLE, 1024, 0, 0, 32, fake_clock },
	{ VARIANT_XENIX, BYTES_BIG, 1024, 0, 0, 32, fake_clock },
	{ VARIANT_COHERENT, BYTES_PDP, 512, 0, 0, 32, fake_clock },
	{ VARIANT_V7, BYTES_PDP, 512, 0, 0, 32, fake_clock },
	{ VARIANT_V7, BYTES_LITTLE, 512, 0, 0, 32, fake_clock },
};

static void base(struct ram_device *ram, unsigned index)
{
	struct make make = BASES[index];
	const char *reason;

	ram_open(ram, DISK);
	if (make_check(&make, &ram->device, &reason) ||
	    make_volume(&ram->device, &make))
		abort();
	base_fill(ram);
}

static void say(struct check *check, const char *text)
{
	(void)check;
	if (fuzz_loud())
		printf("check: %s\n", text);
}

static unsigned check(struct ram_device *ram, int repair)
{
	struct check check = { .say = say, .now = fake_clock,
		.repair = repair };

	error_t error = check_volume(&ram->device, &check);

	if (error && fuzz_loud())
		printf("check: not done: %x\n", error);
	if (error)
		return UINT32_MAX;
	return repair ? check.left : check.problems;
}

const char fuzz_format[] = "sysv";

const struct fuzz_type fuzz_type = {
	.type = &sysv_type,
	.bases = sizeof BASES / sizeof *BASES,
	.base = base,
	.check = check,
};
