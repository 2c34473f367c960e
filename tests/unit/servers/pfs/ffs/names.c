/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories with many names, which come and go between syncs. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAMES = 3000,
	DISK_SIZE = 8 * 1024 * 1024,
};

static void name_of(char *name, unsigned i)
{
	sprintf(name, "%u-%.*s", i, (int)(i % 40),
	    "a-name-that-is-as-long-as-its-number-says");
}

static int counted(void *context, const struct fs_entry *entry)
{
	(void)entry;
	++*(unsigned *)context;
	return 0;
}

static void odd_drop(struct fs_node *root)
{
	char name[64];
	unsigned i;

	for (i = 1; i < NAMES; i += 2) {
		name_of(name, i);
		CHECK(!drop(root, name, 0));
	}
}

/* Half of them go and come back, without and with a sync between: a directory
 * does not grow by that for ever, and every name is there once. */
static void come_and_go(int big)
{
	const struct ffs_make what = { 8192, 1024, 2048, 5, big };
	const struct fs_time now = { 1700000000, 0 };
	struct fixture fixture = { .volume = 0 };
	struct fs_node *root, *node;
	unsigned i, round, count = 0;
	uint64_t size = 0;
	char name[64];

	ram_open(&fixture.ram, DISK_SIZE);
	CHECK(!ffs_make(&fixture.ram.device, &what, &now));
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	for (i = 0; i < NAMES; i++) {
		name_of(name, i);
		CHECK(!make(root, name, FS_REGULAR | 0644, 0));
		if (i % 500 == 0)
			CHECK(!ffs_ops.sync(fixture.volume));
	}
	for (round = 0; round < 6; round++) {
		odd_drop(root);
		if (round % 2)
			CHECK(!ffs_ops.sync(fixture.volume));
		for (i = 1; i < NAMES; i += 2) {
			name_of(name, i);
			CHECK(find(root, name, &node) == E_NOENT);
			CHECK(!make(root, name, FS_REGULAR | 0644, 0));
		}
		if (round == 1)
			size = root->attributes.size;
	}
	CHECK(root->attributes.size <= size + size / 8);
	CHECK(!ffs_ops.read_directory(root, 0, counted, &count));
	CHECK(count == NAMES + 2);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	for (i = 0; i < NAMES; i++) {
		name_of(name, i);
		CHECK(!find(root, name, &node));
		fs_node_put(node);
	}
	fs_node_put(root);
	fixture_close(&fixture);
}

TEST(many_names)
{
	come_and_go(0);
	come_and_go(1);
}
