/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal that a plain volume has while it is mounted (core/temporary.c),
 * apart from what power.c asks: every cut of its making and taking away, by
 * us and by e2fsck; that the volume is as before; whose journal it takes away.
 */
#include "fixture.h"
#include "core/disk.h"
#include "test.h"
#include "verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plain[] = "-b 1024 -I 128 -O none,filetype,sparse_super";

enum {
	KB = 9000,
	BLOCKS = 1024, /* of a journal on such a volume */
	BLOCK = 1024,
	WAYS = 12,
	CUTS_LEAST = 40,
};

static const struct disk_super *super_of(const struct fixture *fixture)
{
	return (const void *)(fixture->ram.bytes + SUPER_POSITION);
}

static int has_journal(const struct fixture *fixture)
{
	return super_of(fixture)->compatible & COMPAT_JOURNAL &&
	    super_of(fixture)->journal_inode == INODE_JOURNAL;
}

static error_t mount_with(struct fixture *fixture, int read_only, char *word)
{
	struct fs_options options = { .now = fake_clock,
		.complain = fake_complain, .read_only = read_only,
		.argc = word ? 1 : 0, .argv = &word };
	error_t error = ext2_ops.mount(&fixture->ram.device, &options,
	    &fixture->volume);

	if (error)
		fixture->volume = 0;
	return error;
}

static void fill(struct fs_volume *volume, unsigned blocks)
{
	static uint8_t bytes[BLOCK];
	struct fs_node *root = volume_root(volume), *node;
	unsigned i;

	CHECK(!make(root, "filled", FS_REGULAR | 0644, &node));
	for (i = 0; i < blocks; i++)
		CHECK(!put(node, (uint64_t)i * BLOCK, bytes, sizeof bytes));
	fs_node_put(node);
	fs_node_put(root);
}

/* While it is mounted it is ext3, then it is byte for byte as plain as before
 * in what a journal touches. */
TEST(plain_again)
{
	struct disk_super before, after;
	struct fixture fixture;
	char text[400];

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(has_journal(&fixture));
	CHECK(!fixture_unmount(&fixture));
	before = *super_of(&fixture);
	CHECK(before.compatible == 0 && !before.journal_inode);
	CHECK(fixture_mount(&fixture));
	CHECK(has_journal(&fixture));
	CHECK(super_of(&fixture)->incompatible & INCOMPAT_RECOVER);
	CHECK(super_of(&fixture)->free_blocks <= before.free_blocks - BLOCKS);
	CHECK(!ext2_ops.remount(fixture.volume, 1));
	fixture.volume->read_only = 1;
	CHECK(!has_journal(&fixture));
	CHECK(!verify(fixture.ram.bytes, fixture.ram.device.size));
	CHECK(!ext2_ops.remount(fixture.volume, 0));
	CHECK(has_journal(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	after = *super_of(&fixture);
	CHECK(after.free_blocks == before.free_blocks);
	CHECK(after.state == SUPER_STATE_CLEAN);
	before.mounts = after.mounts;
	before.mount_time = after.mount_time;
	before.write_time = after.write_time;
	CHECK(!memcmp(&before, &after, sizeof after));
	fixture_debug(&fixture, "stat <8>", text, sizeof text);
	CHECK(strstr(text, "Mode:  0000") && strstr(text, "Size: 0"));
	fixture_close(&fixture);
}

/* Every cut of a mount and an unmount. asked: e2fsck -p goes first. */
static void windows_cut(int asked)
{
	struct fixture fixture;
	unsigned n, way, ways, cuts = 0;
	uint32_t free;

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(!fixture_unmount(&fixture));
	free = super_of(&fixture)->free_blocks;
	ram_record(&fixture.ram);
	CHECK(fixture_mount(&fixture));
	CHECK(!fixture_unmount(&fixture));
	for (n = 0; n <= fixture.ram.write_count; n++) {
		ways = ram_cut_count(&fixture.ram, n, 1, asked ? 3 : WAYS);
		for (way = 0; way < ways; way++, cuts++) {
			ram_cut(&fixture.ram, n, 1, asked ? 3 : WAYS, way);
			if (asked) {
				CHECK(!ram_store(&fixture.ram, fixture.path));
				CHECK(fixture_command(&fixture, "e2fsck -p") <=
				    1);
				CHECK(!ram_reload(&fixture.ram, fixture.path));
			}
			CHECK(fixture_mount(&fixture));
			CHECK(has_journal(&fixture));
			CHECK(!fixture_unmount(&fixture));
			CHECK(!has_journal(&fixture));
			CHECK(super_of(&fixture)->state == SUPER_STATE_CLEAN);
			CHECK(super_of(&fixture)->free_blocks == free);
			CHECK(!verify(fixture.ram.bytes,
			    fixture.ram.device.size));
		}
	}
	CHECK(cuts > CUTS_LEAST);
	fixture_close(&fixture);
}

TEST(cut_while_it_is_made_or_taken_away)
{
	windows_cut(0);
}

TEST(cut_and_e2fsck)
{
	windows_cut(1);
}

/* A journal that somebody else has made stays. */
TEST(others_journals_stay)
{
	struct fixture fixture;

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(!fixture_unmount(&fixture));
	CHECK(!ram_store(&fixture.ram, fixture.path));
	CHECK(fixture_command(&fixture, "tune2fs -j") == 0);
	CHECK(!ram_load(&fixture.ram, fixture.path));
	CHECK(fixture_mount(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	CHECK(has_journal(&fixture));
	fixture_close(&fixture);
}

/* Not wanted, and no longer wanted after a cut. */
TEST(without_a_journal)
{
	struct fixture fixture;
	unsigned last;

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(!fixture_unmount(&fixture));
	CHECK(!mount_with(&fixture, 0, (char *)"nojournal"));
	CHECK(!has_journal(&fixture));
	CHECK(!(super_of(&fixture)->state & SUPER_STATE_CLEAN));
	CHECK(fixture_check(&fixture) == 0);
	ram_record(&fixture.ram);
	CHECK(fixture_mount(&fixture));
	last = fixture.ram.write_count;
	CHECK(!fixture_unmount(&fixture));
	ram_cut(&fixture.ram, last, 0, 2, 1);
	CHECK(has_journal(&fixture));
	CHECK(!mount_with(&fixture, 0, (char *)"nojournal"));
	CHECK(!has_journal(&fixture));
	fill(fixture.volume, 100);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Revision 0 has no features; a full or tiny volume has no room. */
TEST(no_room_for_a_journal)
{
	struct fixture fixture;

	CHECK(fixture_open(&fixture, "-r 0 -b 1024", KB));
	CHECK(!super_of(&fixture)->journal_inode);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
	CHECK(fixture_open(&fixture, plain, 1440));
	CHECK(!has_journal(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
	CHECK(fixture_open(&fixture, plain, KB));
	fill(fixture.volume, KB - 4 * BLOCKS);
	CHECK(!fixture_unmount(&fixture));
	CHECK(fixture_mount(&fixture));
	CHECK(!has_journal(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Free room is in pieces of seven blocks: it is made of these. */
TEST(a_journal_in_pieces)
{
	static uint8_t bytes[BLOCK];
	struct fixture fixture;
	struct fs_node *root, *node;
	unsigned i;

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(!fixture_unmount(&fixture));
	CHECK(!mount_with(&fixture, 0, (char *)"nojournal"));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "holes", FS_REGULAR | 0644, &node));
	for (i = 0; i < KB - 900; i++)
		CHECK(!put(node, (uint64_t)i * BLOCK, bytes, sizeof bytes));
	for (i = 0; i < KB - 900; i += 8)
		CHECK(!ext2_ops.punch(node, (uint64_t)i * BLOCK, 7 * BLOCK));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	CHECK(fixture_mount(&fixture));
	CHECK(has_journal(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	CHECK(!has_journal(&fixture));
	fixture_close(&fixture);
}

/* Blocks that look like the next transactions lie where the log will be: none
 * of them is ever replayed. */
TEST(stale_blocks_of_a_log)
{
	struct fixture fixture;
	unsigned last, at, i;

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(!fixture_unmount(&fixture));
	/* the free half of the volume: commits of all near numbers, and of
	 * the highest ones */
	for (at = KB / 2; at < KB; at++) {
		uint8_t *block = fixture.ram.bytes + (size_t)at * BLOCK;
		uint32_t number = at % 7 ? at - KB / 2 : UINT32_MAX - at % 3;

		if (at >= 8193 && at < 8193 + 400)
			continue; /* the second group's head */
		memset(block, 0, BLOCK);
		memcpy(block, "\xc0\x3b\x39\x98\0\0\0\2", 8);
		for (i = 0; i < 4; i++)
			block[8 + i] = (uint8_t)(number >> (24 - 8 * i));
	}
	ram_record(&fixture.ram);
	CHECK(fixture_mount(&fixture));
	CHECK(has_journal(&fixture));
	fill(fixture.volume, 3);
	CHECK(!ext2_ops.sync(fixture.volume));
	last = fixture.ram.write_count;
	CHECK(!fixture_unmount(&fixture));
	ram_cut(&fixture.ram, last, 0, 2, 1);
	CHECK(fixture_mount(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	ram_cut(&fixture.ram, last, 0, 2, 1);
	CHECK(fixture_repair(&fixture, "-p") <= 1);
	CHECK(fixture_mount(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* A read-only mount replays it and leaves it; the next one for writing takes
 * it away. */
TEST(replayed_read_only)
{
	struct fixture fixture;
	unsigned last;

	CHECK(fixture_open(&fixture, plain, KB));
	CHECK(!fixture_unmount(&fixture));
	ram_record(&fixture.ram);
	CHECK(fixture_mount(&fixture));
	fill(fixture.volume, 10);
	CHECK(!ext2_ops.sync(fixture.volume));
	last = fixture.ram.write_count;
	CHECK(!fixture_unmount(&fixture));
	ram_cut(&fixture.ram, last, 0, 2, 1);
	CHECK(!mount_with(&fixture, 1, 0));
	CHECK(!fixture_unmount(&fixture));
	CHECK(has_journal(&fixture));
	CHECK(fixture_mount(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	CHECK(!has_journal(&fixture));
	fixture_close(&fixture);
}
