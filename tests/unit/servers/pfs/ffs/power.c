/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences of operations cut at every write, and with every call of the disk
 * failing once (fakes/sequence.h); the one in little, the other in big endian.
 */
#include "fakes/sequence.h"
#include "fixture.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

enum {
	DISK_SIZE = 1024 * 1024,
};

/* Makes a copy of one image, which takes a process only once. */
static int image_copy(struct ram_device *ram, const char *order)
{
	static struct ram_device images[2];
	struct ram_device *image = &images[*order == 'b'];

	if (!image->bytes) {
		ram_open(image, DISK_SIZE);
		if (image_make(image, order, "bsize=4096,fsize=1024"))
			return -1;
	}
	memcpy(ram->bytes, image->bytes, DISK_SIZE);
	return 0;
}

static int make_little(struct ram_device *ram)
{
	return image_copy(ram, "le");
}

static int make_big(struct ram_device *ram)
{
	return image_copy(ram, "be");
}

static int repair(struct ram_device *ram)
{
	return ram_check(ram, 1) != 0;
}

static int check(struct ram_device *ram)
{
	return ram_check(ram, 0) != 0;
}

static const struct sequence_type little = {
	.type = &ffs_type, .size = DISK_SIZE, .flags = SEQUENCE_KEEPS_FILES,
	.make = make_little, .repair = repair, .check = check,
};

static const struct sequence_type big = {
	.type = &ffs_type, .size = DISK_SIZE, .flags = SEQUENCE_KEEPS_FILES,
	.make = make_big, .repair = repair, .check = check,
};

TEST(power_is_lost)
{
	CHECK(sequences_cut(&little) == 0);
}

TEST(every_call_fails_once)
{
	CHECK(sequences_fail(&big) == 0);
}
