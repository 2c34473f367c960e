/* SPDX-License-Identifier: BSD-2-Clause */
/* The server is killed at every write of the disk and of the memory that
 * survives it. */
#include "fakes/kills.h"
#include "fixture.h"
#include "test.h"

static int make_12(struct ram_device *ram)
{
	return image_make(ram, "-F 12 -s 1");
}

static int make_16(struct ram_device *ram)
{
	return image_make(ram, "-F 16 -s 1 -f 2 -r 64");
}

static int make_32(struct ram_device *ram)
{
	return image_make(ram, "-F 32 -s 2");
}

static int no_faults(struct ram_device *ram)
{
	return image_faults(ram) ? -1 : 0;
}

#define FAT(maker, bytes) { .type = &fat_type, .size = bytes, .make = maker,   \
	.check = no_faults, .flags = SEQUENCE_NO_LINKS | SEQUENCE_NO_SYMLINKS }

static const struct sequence_type types[] = { FAT(make_12, 700 * 1024),
	FAT(make_16, 3072 * 1024), FAT(make_32, 2048 * 1024) };

TEST(killed_at_every_write)
{
	for (unsigned i = 0; i < 3; i++)
		CHECK(kills(&types[i], 250) == 0);
}
