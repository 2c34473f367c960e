/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Power cuts and failing disks: the sequences of fakes/sequence.h. With its
 * journal a volume is always in the state of one moment, and never needs a
 * repair: so there is none here, and the checker must find nothing.
 */
#include "fakes/sequence.h"
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>

static int shape;

static int volume_make(struct ram_device *ram)
{
	return fixture_make(ram, shape);
}

static int volume_check(struct ram_device *ram)
{
	return disk_check(ram, 0);
}

static const struct sequence_type sysv_sequences = {
	.type = &sysv_type,
	.size = 512 * 1024,
	.flags = SEQUENCE_ATOMIC | SEQUENCE_KEEPS_FILES | SEQUENCE_TORN,
	.make = volume_make,
	.check = volume_check,
};

/* SHAPE=N in the environment: another one than the first. */
TEST(power_lost_at_every_write)
{
	const char *number = getenv("SHAPE");

	shape = number ? atoi(number) : 0;
	CHECK(sequences_cut(&sysv_sequences) == 0);
}

TEST(every_call_of_the_disk_fails_once)
{
	shape = 14;
	CHECK(sequences_fail(&sysv_sequences) == 0);
}
