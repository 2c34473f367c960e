/* SPDX-License-Identifier: BSD-2-Clause */
/* The server is killed at every write of the disk and of the memory that
 * survives it. */
#include "fakes/kills.h"
#include "fixture.h"
#include "test.h"

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
	.make = volume_make,
	.check = volume_check,
};

TEST(killed_at_every_write)
{
	static const int some[] = { 0, 9, 15, 16 };

	for (unsigned i = 0; i < 4; i++) {
		shape = some[i];
		CHECK(kills(&sysv_sequences, 150) == 0);
	}
}
