/* SPDX-License-Identifier: BSD-2-Clause */
/* The server is killed at every write of the disk and of the memory that
 * survives it. */
#include "fakes/kills.h"
#include "fixture.h"
#include "test.h"

static int make_little(struct ram_device *ram)
{
	return image_make(ram, "le", "bsize=4096,fsize=1024");
}

static int make_big(struct ram_device *ram)
{
	return image_make(ram, "be", "bsize=8192,fsize=1024");
}

static int check(struct ram_device *ram)
{
	return ram_check(ram, 0) != 0;
}

static const struct sequence_type types[] = {
	{ .type = &ffs_type, .size = 1024 * 1024, .make = make_little,
	  .check = check },
	{ .type = &ffs_type, .size = 1024 * 1024, .make = make_big,
	  .check = check },
};

TEST(killed_at_every_write)
{
	CHECK(kills(&types[0], 250) == 0);
	CHECK(kills(&types[1], 250) == 0);
}
