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

static const struct sequence_type sysv_sequences = {
	.type = &sysv_type,
	.size = 512 * 1024,
	.flags = SEQUENCE_ATOMIC | SEQUENCE_KEEPS_FILES | SEQUENCE_TORN,
	.make = sequence_volume_make,
	.check = sequence_volume_check,
};

/* SHAPE=N in the environment: another one than the first. */
TEST(power_lost_at_every_write)
{
	const char *number = getenv("SHAPE");

	sequence_shape = number ? atoi(number) : 0;
	CHECK(sequences_cut(&sysv_sequences) == 0);
}

/* One of some operations on some names; what fails, fails. */
static void step_random(struct fixture *fixture, unsigned *seed)
{
	static uint8_t data[9000];
	struct fs_node *root = volume_root(fixture->volume), *node;
	struct fs_new what = { .mode = FS_LINK | 0777, .target = "target",
		.target_length = 6 };
	unsigned dice = (unsigned)rand_r(seed);
	char name[3] = { 'a', (char)('a' + dice % 23), 0 };
	char other[3] = { 'a', (char)('a' + dice / 23 % 23), 0 };

	switch (dice / 1024 % 8) {
	case 0:
		make(root, name, FS_DIRECTORY | 0755, 0);
		break;
	case 1:
		if (!sysv_ops.create(root, name, 2, &what, &node))
			fs_node_put(node);
		break;
	case 2:
		drop(root, name, (int)(dice / 8192 % 2));
		break;
	case 3:
	case 4:
		move(root, name, root, other, dice / 8192 % 4 ? 0 :
		    FS_RENAME_EXCHANGE);
		break;
	default:
		make(root, name, FS_REGULAR | 0644, 0);
		if (!find(root, name, &node)) {
			if ((node->attributes.mode & FS_KIND) == FS_REGULAR)
				put(node, dice % 30000, data, dice % 9000);
			fs_node_put(node);
		}
	}
	fs_node_put(root);
}

/* The smallest journal fills up all the time: a commit between any two
 * operations, never in one. */
TEST(commits_are_between_operations)
{
	struct fixture fixture;
	unsigned seed = 7, n, which;

	CHECK(fixture_open(&fixture, 2, 320));
	ram_record(&fixture.ram);
	for (n = 0; n < 400; n++)
		step_random(&fixture, &seed);
	CHECK(!fixture_unmount(&fixture));
	CHECK(fixture.ram.write_count > 200);
	for (n = 0; n <= fixture.ram.write_count; n++)
		for (which = 0; which < ram_cut_count(&fixture.ram, n, 1, 3);
		     which++) {
			ram_cut(&fixture.ram, n, 1, 3, which);
			CHECK(disk_check(&fixture.ram, 0) == 0);
		}
	fixture_close(&fixture);
}

TEST(every_call_of_the_disk_fails_once)
{
	sequence_shape = 14;
	CHECK(sequences_fail(&sysv_sequences) == 0);
}
