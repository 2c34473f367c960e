/* SPDX-License-Identifier: BSD-2-Clause */
/* The server is killed at every write of the disk and of the memory that
 * survives it. */
#include "fakes/kills.h"
#include "fixture.h"
#include "test.h"

static const struct sequence_type sysv_sequences = {
	.type = &sysv_type,
	.size = 512 * 1024,
	.make = sequence_volume_make,
	.check = sequence_volume_check,
};

TEST(killed_at_every_write)
{
	static const int some[] = { 0, 9, 15, 16 };

	for (unsigned i = 0; i < 4; i++) {
		sequence_shape = some[i];
		CHECK(kills(&sysv_sequences, 150) == 0);
	}
}
