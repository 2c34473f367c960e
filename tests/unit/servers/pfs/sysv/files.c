/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and names on volumes of every shape. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DATA = 300000,
	FAR = 5000001, /* triple indirect with 512-byte blocks */
};

static uint8_t data[DATA];

static void special_make(struct fs_node *root, const char *name,
    uint32_t mode, uint32_t special)
{
	struct fs_new what = { .mode = mode, .special = special };
	struct fs_node *node;

	CHECK(!sysv_ops.create(root, name, (unsigned)strlen(name), &what,
	    &node));
	fs_node_put(node);
}

static void link_make(struct fs_node *root, const char *name, unsigned length)
{
	char target[4096];
	struct fs_new what = { .mode = FS_LINK | 0777, .target = target,
		.target_length = length };
	struct fs_node *node;

	memset(target, 'x', sizeof target);
	CHECK(!sysv_ops.create(root, name, (unsigned)strlen(name), &what,
	    &node));
	fs_node_put(node);
	what.target_length = root->volume->block_size;
	CHECK(sysv_ops.create(root, "n", 1, &what, &node) == E_NAMETOOLONG);
}

static void write_all(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume), *file, *node;

	pattern(data, DATA, 1);
	CHECK(!make(root, "file", FS_REGULAR | 0644, &file));
	CHECK(!put(file, 0, data, DATA));
	CHECK(same(file, 0, DATA, 1));
	CHECK(file->attributes.blocks >= (DATA + 511) / 512);
	CHECK(!make(root, "sparse", FS_REGULAR | 0600, &node));
	CHECK(!put(node, FAR, data, 100001));
	CHECK(zeros(node, 0, FAR) && same(node, FAR, 100001, 1));
	CHECK(node->attributes.blocks < 300);
	fs_node_put(node);
	CHECK(make(root, "file", FS_REGULAR, 0) == E_EXIST);
	CHECK(!make(root, "fourteen.bytes", FS_REGULAR, 0));
	CHECK(make(root, "fifteen.bytes.x", FS_REGULAR, 0) == E_NAMETOOLONG);
	CHECK(!make(root, "dir", FS_DIRECTORY | 0755, &node));
	CHECK(node->attributes.links == 2 && root->attributes.links == 3);
	CHECK(drop(root, "dir", 0) == E_ISDIR);
	CHECK(drop(root, "file", 1) == E_NOTDIR);
	CHECK(!sysv_ops.link(node, "hard", 4, file));
	CHECK(file->attributes.links == 2);
	CHECK(drop(root, "dir", 1) == E_NOTEMPTY);
	fs_node_put(node);
	link_make(root, "short", 3);
	link_make(root, "long", root->volume->block_size - 1);
	special_make(root, "null", FS_CHARACTER | 0666, 0x103);
	special_make(root, "fifo", FS_FIFO | 0600, 0);
	fs_node_put(file);
	fs_node_put(root);
}

static void read_all(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume), *node;
	char target[4096];
	unsigned length;

	CHECK(!find(root, "file", &node) && same(node, 0, DATA, 1));
	CHECK(node->attributes.uid == 1000 && node->attributes.gid == 100 &&
	    node->attributes.links == 2 &&
	    node->attributes.mode == (FS_REGULAR | 0644) &&
	    node->attributes.mtime.seconds >= 1700000000);
	fs_node_put(node);
	CHECK(!find(root, "sparse", &node) && zeros(node, 0, FAR) &&
	    same(node, FAR, 100001, 1));
	fs_node_put(node);
	CHECK(!find(root, "fourteen.bytes", &node));
	fs_node_put(node);
	CHECK(!find(root, "null", &node) && node->attributes.special == 0x103);
	fs_node_put(node);
	CHECK(!find(root, "long", &node) &&
	    !sysv_ops.read_link(node, target, &length) &&
	    length == root->volume->block_size - 1 && target[0] == 'x');
	fs_node_put(node);
	fs_node_put(root);
}

/* Cut in the middle of a block, grow again: zeros. */
static void cut_and_grow(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume), *node;

	CHECK(!find(root, "sparse", &node));
	CHECK(!sysv_ops.truncate(node, FAR + 499));
	CHECK(!sysv_ops.truncate(node, FAR + 100001));
	CHECK(same(node, FAR, 499, 1) && zeros(node, FAR + 499, 99502));
	CHECK(!sysv_ops.truncate(node, 0) && !node->attributes.blocks);
	fs_node_put(node);
	CHECK(!find(root, "file", &node));
	CHECK(!sysv_ops.punch(node, 20000, 200000));
	CHECK(same(node, 0, 20000, 1) && zeros(node, 22048, 196000));
	CHECK(node->attributes.blocks < 300);
	fs_node_put(node);
	fs_node_put(root);
}

TEST(files_on_all_shapes)
{
	struct fixture fixture;
	struct shape shape;

	for (int i = 0; i < SHAPES; i++) {
		CHECK(fixture_open(&fixture, i, 8192));
		CHECK(!shape_detect(&fixture.ram.device, &shape) &&
		    shape.variant == &variants[shapes[i].variant] &&
		    shape.bytes == shapes[i].bytes &&
		    shape.block_size == shapes[i].block_size &&
		    shape.base == shapes[i].base * 1024);
		if (!fixture.volume) {
			printf("not mounted: %s\n", shape_name(i));
			continue;
		}
		write_all(&fixture);
		CHECK(fixture_check(&fixture) == 0);
		CHECK(!fixture_mount(&fixture, 1));
		read_all(&fixture);
		CHECK(!fixture_unmount(&fixture));
		CHECK(!fixture_mount(&fixture, 0));
		read_all(&fixture);
		cut_and_grow(&fixture);
		CHECK(fixture_check(&fixture) == 0);
		fixture_close(&fixture);
	}
}

TEST(unlinked_but_open)
{
	struct fixture fixture;
	struct fs_node *root, *one, *two;
	struct fs_status before, after;

	CHECK(fixture_open(&fixture, 0, 4096));
	root = volume_root(fixture.volume);
	sysv_ops.status(fixture.volume, &before);
	CHECK(!make(root, "one", FS_REGULAR | 0600, &one));
	CHECK(!make(root, "two", FS_REGULAR | 0600, &two));
	pattern(data, DATA, 3);
	CHECK(!put(one, 0, data, DATA));
	CHECK(!drop(root, "one", 0) && !drop(root, "two", 0));
	CHECK(find(root, "one", &one) == E_NOENT);
	CHECK(same(one, 0, DATA, 3));
	CHECK(!sysv_ops.sync(fixture.volume));
	fs_node_put(one);
	fs_node_put(two);
	fs_node_put(root);
	sysv_ops.status(fixture.volume, &after);
	CHECK(before.blocks_free == after.blocks_free &&
	    before.nodes_free == after.nodes_free);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Power goes while files without names are open: the next mount ends them. */
TEST(orphans_of_a_cut)
{
	struct fixture fixture;
	struct fs_status before, after;
	struct fs_node *root, *nodes[3];
	char name[2] = "a";

	CHECK(fixture_open(&fixture, 6, 4096));
	sysv_ops.status(fixture.volume, &before);
	root = volume_root(fixture.volume);
	for (int i = 0; i < 3; i++, name[0]++) {
		CHECK(!make(root, name, FS_REGULAR | 0600, &nodes[i]));
		CHECK(!put(nodes[i], 0, data, DATA));
		CHECK(!drop(root, name, 0));
	}
	CHECK(!sysv_ops.sync(fixture.volume));
	ram_record(&fixture.ram);
	for (int i = 0; i < 3; i++)
		fs_node_put(nodes[i]);
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	ram_cut(&fixture.ram, 0, 0, 1, 0);
	CHECK(!fixture_mount(&fixture, 0));
	sysv_ops.status(fixture.volume, &after);
	CHECK(before.blocks_free == after.blocks_free &&
	    before.nodes_free == after.nodes_free);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(full_disk)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	struct fs_status status;
	uint64_t at = 0;
	error_t error;

	CHECK(fixture_open(&fixture, 15, 1024));
	root = volume_root(fixture.volume);
	for (int round = 0; round < 3; round++) {
		CHECK(!make(root, "f", FS_REGULAR | 0600, &node));
		for (at = 0; !(error = put(node, at, data, 1000)); at += 1000)
			;
		CHECK(error == E_NOSPC);
		sysv_ops.settle(node);
		sysv_ops.status(fixture.volume, &status);
		CHECK(status.blocks_available < 8);
		CHECK(at > 900000);
		fs_node_put(node);
		CHECK(!drop(root, "f", 0));
	}
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* What was promised is there when the pages come back, in any order. */
TEST(promises_hold_on_a_full_disk)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	uint64_t at;

	for (int shape = 0; shape < SHAPES; shape += 3) {
		CHECK(fixture_open(&fixture, shape, 8192));
		root = volume_root(fixture.volume);
		CHECK(!make(root, "f", FS_REGULAR | 0600, &node));
		for (at = 0; !sysv_ops.reserve(node, at, 10000); at += 10000) {
			node->attributes.size = at + 10000;
			if (at % 70000 == 0)
				CHECK(!sysv_ops.write(node, at & ~4095ull, data,
				    4096));
		}
		CHECK(at > 7000000);
		for (at = 0; at < node->attributes.size; at += 65536)
			CHECK(!sysv_ops.write(node, at, data, 32768));
		for (at = 32768; at < node->attributes.size; at += 65536)
			CHECK(!sysv_ops.write(node, at, data, 32768));
		sysv_ops.settle(node);
		fs_node_put(node);
		fs_node_put(root);
		CHECK(fixture_check(&fixture) == 0);
		fixture_close(&fixture);
	}
}

TEST(read_only_volumes)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	uint8_t *before = malloc(2048 * 1024);

	CHECK(fixture_open(&fixture, 13, 2048));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "f", FS_REGULAR | 0600, &node));
	CHECK(!put(node, 0, data, DATA));
	fs_node_put(node);
	fs_node_put(root);
	/* read-only and back */
	CHECK(!sysv_ops.remount(fixture.volume, 1));
	fixture.volume->read_only = 1;
	CHECK(disk_check(&fixture.ram, 0) == 0);
	CHECK(!sysv_ops.remount(fixture.volume, 0));
	fixture.volume->read_only = 0;
	CHECK(fixture_check(&fixture) == 0);
	/* a read-only mount writes nothing, even on a device that could */
	memcpy(before, fixture.ram.bytes, 2048 * 1024);
	fixture.ram.device.read_only = 1;
	CHECK(!fixture_mount(&fixture, 0) && fixture.volume->read_only);
	root = volume_root(fixture.volume);
	CHECK(!find(root, "f", &node) && node->attributes.size == DATA);
	CHECK(sysv_ops.remount(fixture.volume, 0) == E_ROFS);
	fs_node_put(node);
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	CHECK(!memcmp(before, fixture.ram.bytes, 2048 * 1024));
	free(before);
	fixture_close(&fixture);
}
