/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loss of power at every write of short sequences of operations, and failing
 * calls of the disk. The first mount afterwards puts right what order.c says
 * may be wrong, so no fsck runs; but before it, nothing may be crossed.
 */
#include "fakes/sequence.h"
#include "fixture.h"
#include "test.h"

static int make_12(struct ram_device *ram)
{
	return image_make(ram, "-F 12 -s 1");
}

static int make_16(struct ram_device *ram)
{
	return image_make(ram, "-F 16 -s 1 -f 2 -r 32");
}

static int make_32(struct ram_device *ram)
{
	return image_make(ram, "-F 32 -s 2");
}

static int not_crossed(struct ram_device *ram)
{
	return image_crossed(ram) ? -1 : 0;
}

static int no_faults(struct ram_device *ram)
{
	return image_faults(ram) ? -1 : 0;
}

static const struct sequence_type types[] = {
	{ .type = &fat_type, .size = 700 * 1024, .make = make_12,
	  .repair = not_crossed, .check = no_faults,
	  .flags = SEQUENCE_KEEPS_FILES | SEQUENCE_NO_LINKS |
	      SEQUENCE_NO_SYMLINKS },
	{ .type = &fat_type, .size = 3072 * 1024, .make = make_16,
	  .repair = not_crossed, .check = no_faults,
	  .flags = SEQUENCE_KEEPS_FILES | SEQUENCE_NO_LINKS |
	      SEQUENCE_NO_SYMLINKS },
	{ .type = &fat_type, .size = 2048 * 1024, .make = make_32,
	  .repair = not_crossed, .check = no_faults,
	  .flags = SEQUENCE_KEEPS_FILES | SEQUENCE_NO_LINKS |
	      SEQUENCE_NO_SYMLINKS },
};

TEST(power_is_lost_fat12)
{
	CHECK(sequences_cut(&types[0]) == 0);
}

TEST(power_is_lost_fat16)
{
	CHECK(sequences_cut(&types[1]) == 0);
}

TEST(power_is_lost_fat32)
{
	CHECK(sequences_cut(&types[2]) == 0);
}

TEST(calls_fail)
{
	CHECK(sequences_fail(&types[0]) == 0);
	CHECK(sequences_fail(&types[2]) == 0);
}
