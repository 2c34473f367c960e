/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and names on volumes of every shape that mke2fs makes. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const shapes[] = {
	"-b 1024 -I 128 -O none,filetype,sparse_super",
	"-b 2048 -I 256",
	"-b 4096 -I 256",
	"-b 1024 -r 0 -O none",
	"-b 1024 -I 128 -O none,sparse_super -g 2048",
	0,
};

/* Contents that tell where they are from. */
static void pattern(uint8_t *bytes, size_t count, unsigned seed)
{
	size_t i;

	for (i = 0; i < count; i++)
		bytes[i] = (uint8_t)((i >> 8) * 7 + i + seed);
}

static int same(struct fs_node *node, uint64_t offset, size_t count,
    unsigned seed)
{
	uint8_t *want = malloc(count), *got = malloc(count);
	int equal;

	pattern(want, count, seed);
	equal = !ext2_ops.read(node, offset, got, &count) &&
	    !memcmp(want, got, count);
	free(want);
	free(got);
	return equal;
}

static int zeros(struct fs_node *node, uint64_t offset, size_t count)
{
	uint8_t *got = malloc(count);
	size_t i;
	int equal = !ext2_ops.read(node, offset, got, &count);

	for (i = 0; i < count; i++)
		equal = equal && !got[i];
	free(got);
	return equal;
}

static void files_test(struct fixture *fixture)
{
	static uint8_t data[300000];
	struct fs_node *root = volume_root(fixture->volume), *file, *node;
	struct fs_new what = { .mode = FS_LINK | 0777, .target = "a/b",
		.target_length = 3 };
	char target[4096], longer[201];
	unsigned length;

	pattern(data, sizeof data, 1);
	CHECK(!make(root, "file", FS_REGULAR | 0644, &file));
	CHECK(!put(file, 0, data, sizeof data));
	CHECK(same(file, 0, sizeof data, 1));
	/* sparse: single and double indirect, unaligned */
	CHECK(!make(root, "sparse", FS_REGULAR | 0600, &node));
	CHECK(!put(node, 5000001, data, 100001));
	CHECK(zeros(node, 0, 5000001));
	CHECK(same(node, 5000001, 100001, 1));
	CHECK(node->attributes.blocks < 500);
	fs_node_put(node);
	CHECK(make(root, "file", FS_REGULAR, 0) == E_EXIST);
	CHECK(!make(root, "dir", FS_DIRECTORY | 0755, &node));
	CHECK(node->attributes.links == 2 && root->attributes.links == 4);
	CHECK(drop(root, "dir", 0) == E_ISDIR);
	CHECK(drop(root, "file", 1) == E_NOTDIR);
	CHECK(!ext2_ops.link(node, "hard", 4, file));
	CHECK(file->attributes.links == 2);
	CHECK(drop(root, "dir", 1) == E_NOTEMPTY);
	fs_node_put(node);
	CHECK(!ext2_ops.create(root, "short", 5, &what, &node));
	CHECK(!ext2_ops.read_link(node, target, &length) && length == 3 &&
	    !memcmp(target, "a/b", 3));
	fs_node_put(node);
	memset(longer, 'x', 200);
	what.target = longer;
	what.target_length = 200;
	CHECK(!ext2_ops.create(root, "long", 4, &what, &node));
	CHECK(!ext2_ops.read_link(node, target, &length) && length == 200 &&
	    !memcmp(target, longer, 200));
	fs_node_put(node);
	what = (struct fs_new){ .mode = FS_CHARACTER | 0666, .special = 0x103 };
	CHECK(!ext2_ops.create(root, "null", 4, &what, &node));
	fs_node_put(node);
	what = (struct fs_new){ .mode = FS_BLOCK | 0600, .special = 0x12345 };
	CHECK(!ext2_ops.create(root, "big", 3, &what, &node));
	fs_node_put(node);
	fs_node_put(file);
	fs_node_put(root);
}

static void files_read_back(struct fixture *fixture)
{
	struct fs_node *root, *node;

	CHECK(fixture_mount(fixture));
	root = volume_root(fixture->volume);
	CHECK(!find(root, "file", &node) && same(node, 0, 300000, 1));
	CHECK(node->attributes.uid == 1000 && node->attributes.gid == 100 &&
	    node->attributes.links == 2);
	fs_node_put(node);
	CHECK(!find(root, "sparse", &node) && zeros(node, 0, 5000001) &&
	    same(node, 5000001, 100001, 1));
	/* cut in the middle of a block, grow again: zeros */
	CHECK(!ext2_ops.truncate(node, 5000500));
	CHECK(!ext2_ops.truncate(node, 5100002));
	CHECK(same(node, 5000001, 499, 1) && zeros(node, 5000500, 99502));
	fs_node_put(node);
	CHECK(!find(root, "null", &node) && node->attributes.special == 0x103);
	fs_node_put(node);
	CHECK(!find(root, "big", &node) && node->attributes.special == 0x12345);
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_check(fixture) == 0);
}

TEST(files_on_all_shapes)
{
	struct fixture fixture;
	unsigned i;
	char text[4096], want[4096];

	for (i = 0; shapes[i]; i++) {
		CHECK(fixture_open(&fixture, shapes[i], 8192));
		if (!fixture.volume)
			continue;
		files_test(&fixture);
		CHECK(fixture_check(&fixture) == 0);
		fixture_debug(&fixture, "cat /file", text, sizeof text);
		pattern((uint8_t *)want, sizeof want, 1);
		CHECK(!memcmp(text, want, sizeof text - 1));
		fixture_debug(&fixture, "stat /short", text, sizeof text);
		CHECK(strstr(text, "Fast link dest: \"a/b\""));
		fixture_debug(&fixture, "stat /big", text, sizeof text);
		CHECK(strstr(text, "Device major/minor number: 291:69"));
		files_read_back(&fixture);
		fixture_close(&fixture);
	}
}

TEST(what_debugfs_wrote)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	char text[100];
	size_t count = 5;

	CHECK(fixture_open(&fixture, shapes[2], 4096));
	CHECK(!fixture_edit(&fixture, "mkdir d\nwrite /etc/passwd d/p\n"
	    "symlink l d/p\nmknod c c 4 64\n"));
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "c", &node) && node->attributes.special == 0x440);
	fs_node_put(node);
	CHECK(!find(root, "d", &node));
	fs_node_put(root);
	root = node;
	CHECK(!find(root, "p", &node));
	CHECK(!ext2_ops.read(node, 0, text, &count) &&
	    !memcmp(text, "root:", 5));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(unlinked_but_open)
{
	static uint8_t data[100000];
	struct fixture fixture;
	struct fs_node *root, *one, *two;
	struct fs_status before, after;

	CHECK(fixture_open(&fixture, shapes[0], 4096));
	root = volume_root(fixture.volume);
	ext2_ops.status(fixture.volume, &before);
	CHECK(!make(root, "one", FS_REGULAR | 0600, &one));
	CHECK(!make(root, "two", FS_REGULAR | 0600, &two));
	pattern(data, sizeof data, 3);
	CHECK(!put(one, 0, data, sizeof data));
	CHECK(!drop(root, "one", 0) && !drop(root, "two", 0));
	CHECK(find(root, "one", &one) == E_NOENT);
	CHECK(same(one, 0, sizeof data, 3));
	CHECK(!ext2_ops.sync(fixture.volume));
	fs_node_put(one);
	fs_node_put(two);
	fs_node_put(root);
	ext2_ops.status(fixture.volume, &after);
	CHECK(before.blocks_free == after.blocks_free &&
	    before.nodes_free == after.nodes_free);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(orphans_of_a_crash)
{
	static uint8_t data[100000];
	struct fixture fixture;
	struct fs_node *root, *nodes[3];
	char name[2] = "a";
	int i;

	CHECK(fixture_open(&fixture, shapes[1], 4096));
	root = volume_root(fixture.volume);
	for (i = 0; i < 3; i++, name[0]++) {
		CHECK(!make(root, name, FS_REGULAR | 0600, &nodes[i]));
		CHECK(!put(nodes[i], 0, data, sizeof data));
		CHECK(!drop(root, name, 0));
	}
	CHECK(!ext2_ops.sync(fixture.volume));
	ram_record(&fixture.ram);
	for (i = 0; i < 3; i++)
		fs_node_put(nodes[i]);
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	ram_cut(&fixture.ram, 0, 0, 1, 0);
	CHECK(fixture_mount(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(full_disk)
{
	static uint8_t data[65536];
	struct fixture fixture;
	struct fs_node *root, *node;
	struct fs_status status;
	uint64_t at = 0;
	error_t error;
	int round;

	CHECK(fixture_open(&fixture, shapes[0], 2048));
	root = volume_root(fixture.volume);
	for (round = 0; round < 3; round++) {
		CHECK(!make(root, "f", FS_REGULAR | 0600, &node));
		for (at = 0; !(error = put(node, at, data, 1000)); at += 1000)
			;
		CHECK(error == E_NOSPC);
		ext2_ops.settle(node);
		ext2_ops.status(fixture.volume, &status);
		CHECK(status.blocks_available < 8);
		CHECK(at > 1700000);
		fs_node_put(node);
		CHECK(!drop(root, "f", 0));
	}
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(two_growing_files_lie_apart)
{
	static uint8_t data[4096];
	struct fixture fixture;
	struct fs_node *root, *one, *two;
	struct fs_extent extent;
	uint64_t at;
	int runs = 0;

	CHECK(fixture_open(&fixture, shapes[0], 8192));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "one", FS_REGULAR | 0600, &one));
	CHECK(!make(root, "two", FS_REGULAR | 0600, &two));
	for (at = 0; at < 1 << 20; at += sizeof data)
		CHECK(!put(one, at, data, sizeof data) &&
		    !put(two, at, data, sizeof data));
	for (at = 0; at < 1 << 20; at += extent.count, runs++)
		CHECK(!ext2_ops.extent(one, at, &extent) && !extent.hole);
	CHECK(runs < 20);
	fs_node_put(one);
	fs_node_put(two);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(features_are_refused)
{
	struct fixture fixture;

	CHECK(!fixture_open(&fixture, "-O extents", 4096));
	fixture_close(&fixture);
	CHECK(!fixture_open(&fixture, "-O 64bit,extents,metadata_csum", 4096));
	fixture_close(&fixture);
	CHECK(!fixture_open(&fixture, "-O uninit_bg,huge_file", 4096));
	fixture_close(&fixture);
}

/* What was promised is there when the pages come back, in any order. */
TEST(promises_hold_on_a_full_disk)
{
	static uint8_t data[32768];
	struct fixture fixture;
	struct fs_node *root, *node;
	struct fs_status status;
	uint64_t at;
	int shape;

	for (shape = 0; shape < 3; shape++) {
		/* 4 MB of it are the journal's while it is mounted */
		CHECK(fixture_open(&fixture, shapes[shape], 28672));
		root = volume_root(fixture.volume);
		CHECK(!make(root, "f", FS_REGULAR | 0600, &node));
		for (at = 0; !ext2_ops.reserve(node, at, 10000); at += 10000) {
			node->attributes.size = at + 10000;
			if (at % 70000 == 0)
				CHECK(!ext2_ops.write(node, at & ~4095ull, data,
				    4096));
		}
		CHECK(at > 20000000);
		for (at = 0; at < node->attributes.size; at += 65536)
			CHECK(!ext2_ops.write(node, at, data, sizeof data));
		for (at = 32768; at < node->attributes.size; at += 65536)
			CHECK(!ext2_ops.write(node, at, data, sizeof data));
		ext2_ops.settle(node);
		ext2_ops.status(fixture.volume, &status);
		CHECK(status.blocks_available < 40);
		fs_node_put(node);
		fs_node_put(root);
		CHECK(fixture_check(&fixture) == 0);
		fixture_close(&fixture);
	}
}
