/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal apart from short sequences (power.c): blocks that were metadata
 * and become data, syncs that are too large, e2fsck's own replay of what we
 * have logged, and files that are written side by side.
 */
#include "fixture.h"
#include "test.h"
#include "verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char shape[] = "-b 1024 -I 128 -J size=1 -O none,filetype,"
    "sparse_super,has_journal -N 12000";

enum {
	KB = 6000,
	MANY = 9200, /* inodes: more blocks than the journal has */
};

/* The disk as it is after a cut right now, in which all was kept. */
static void cut_here(struct fixture *fixture)
{
	unsigned last = fixture->ram.write_count;

	fixture_unmount(fixture); /* what it writes does not count */
	ram_cut(&fixture->ram, last, 0, 2, 1);
}

static void bytes_check(struct fs_node *node, unsigned size, uint8_t value)
{
	static uint8_t bytes[700000];
	size_t count = size;
	unsigned i;

	CHECK(node->attributes.size == size);
	CHECK(!ext2_ops.read(node, 0, bytes, &count));
	for (i = 0; i < size && bytes[i] == value; i++)
		;
	CHECK(i == size);
}

/* Directories and maps are logged; then their blocks become data, which a
 * replay must leave alone. */
TEST(metadata_becomes_data)
{
	static uint8_t bytes[700000];
	struct fixture fixture;
	struct fs_node *root, *node;
	char name[16];
	int i;

	CHECK(fixture_open(&fixture, shape, KB));
	ram_record(&fixture.ram);
	root = volume_root(fixture.volume);
	for (i = 0; i < 100; i++) {
		sprintf(name, "d%d", i);
		CHECK(!make(root, name, FS_DIRECTORY | 0755, 0));
	}
	CHECK(!ext2_ops.sync(fixture.volume));
	for (i = 0; i < 100; i++) {
		sprintf(name, "d%d", i);
		CHECK(!drop(root, name, 1));
	}
	CHECK(!ext2_ops.sync(fixture.volume));
	memset(bytes, 0x5a, sizeof bytes);
	CHECK(!make(root, "data", FS_REGULAR | 0644, &node));
	CHECK(!put(node, 0, bytes, sizeof bytes));
	fs_node_put(node);
	CHECK(!ext2_ops.sync(fixture.volume));
	fs_node_put(root);
	cut_here(&fixture);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "data", &node));
	bytes_check(node, sizeof bytes, 0x5a);
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* What we have logged e2fsck replays, and finds nothing to repair. */
TEST(e2fsck_replays)
{
	static uint8_t bytes[50000];
	struct fixture fixture;
	struct fs_node *root, *node;
	int i, round;
	char name[16];

	CHECK(fixture_open(&fixture, shape, KB));
	ram_record(&fixture.ram);
	root = volume_root(fixture.volume);
	for (round = 0; round < 12; round++) {
		for (i = 0; i < 20; i++) {
			sprintf(name, "f%d", round * 20 + i);
			CHECK(!make(root, name, FS_REGULAR | 0644, &node));
			memset(bytes, round + 1, sizeof bytes);
			/* a block that begins like one of the journal's */
			memcpy(bytes, "\xc0\x3b\x39\x98", 4);
			CHECK(!put(node, 0, bytes, 3000));
			fs_node_put(node);
			if (round > 3) {
				sprintf(name, "f%d", round * 20 + i - 61);
				CHECK(!drop(root, name, 0));
			}
		}
		CHECK(!ext2_ops.sync(fixture.volume));
	}
	fs_node_put(root);
	cut_here(&fixture);
	CHECK(fixture_repair(&fixture, "-p") <= 1);
	CHECK(!verify(fixture.ram.bytes, fixture.ram.device.size));
	CHECK(fixture_repair(&fixture, "-fn") == 0);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "f239", &node));
	CHECK(node->attributes.size == 3000);
	fs_node_put(node);
	fs_node_put(root);
	fixture_close(&fixture);
}

/* More changes at once than the journal has blocks. */
TEST(sync_larger_than_the_journal)
{
	static struct fs_node *nodes[MANY];
	struct fixture fixture;
	struct fs_node *root;
	char name[16];
	int i;

	CHECK(fixture_open(&fixture, shape, KB));
	root = volume_root(fixture.volume);
	for (i = 0; i < MANY; i++) {
		sprintf(name, "%d", i);
		CHECK(!make(root, name, FS_REGULAR | 0644, &nodes[i]));
	}
	CHECK(!ext2_ops.sync(fixture.volume));
	for (i = 0; i < MANY; i++) {
		nodes[i]->attributes.uid = 7;
		fs_node_dirty(nodes[i]);
	}
	ram_record(&fixture.ram);
	CHECK(!ext2_ops.sync(fixture.volume));
	nodes[0]->attributes.uid = 8; /* the journal works again */
	fs_node_dirty(nodes[0]);
	CHECK(!ext2_ops.sync(fixture.volume));
	for (i = 0; i < MANY; i++)
		fs_node_put(nodes[i]);
	fs_node_put(root);
	cut_here(&fixture);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "0", &nodes[0]) && nodes[0]->attributes.uid == 8);
	CHECK(!find(root, "9199", &nodes[1]) && nodes[1]->attributes.uid == 7);
	fs_node_put(nodes[0]);
	fs_node_put(nodes[1]);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Eight files that grow side by side lie in few pieces. */
TEST(files_side_by_side)
{
	static uint8_t bytes[4096];
	struct fixture fixture;
	struct fs_node *root, *nodes[8];
	struct fs_extent extent;
	char name[16];
	unsigned i, round, pieces = 0;

	CHECK(fixture_open(&fixture, "-b 4096 -I 256", 40000));
	root = volume_root(fixture.volume);
	for (i = 0; i < 8; i++) {
		sprintf(name, "f%u", i);
		CHECK(!make(root, name, FS_REGULAR | 0644, &nodes[i]));
	}
	for (round = 0; round < 512; round++)
		for (i = 0; i < 8; i++)
			CHECK(!put(nodes[i], round * 4096ull, bytes, 4096));
	for (i = 0; i < 8; i++) {
		uint64_t at = 0;

		for (; at < nodes[i]->attributes.size; pieces++) {
			CHECK(!ext2_ops.extent(nodes[i], at, &extent));
			at += extent.count;
		}
		fs_node_put(nodes[i]);
	}
	fs_node_put(root);
	if (getenv("LOUD"))
		printf("%u pieces\n", pieces);
	CHECK(pieces <= 8 * 12);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}
