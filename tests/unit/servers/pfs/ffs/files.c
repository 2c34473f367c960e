/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and their tails: what fragments and blocks a size has. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *order, *options;
} shapes[] = {
	{ "le", "bsize=4096,fsize=512" },
	{ "be", "bsize=8192,fsize=1024" },
	{ "le", "bsize=16384,fsize=2048" },
	{ "be", "bsize=4096,fsize=4096" },
	{ "le", "bsize=8192,fsize=4096" },
};

enum {
	SHAPES = sizeof shapes / sizeof *shapes,
	DISK_SIZE = 8 * 1024 * 1024,
};

static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 7 + offset / 251 + 3);
}

static error_t fill(struct fs_node *node, uint64_t from, uint64_t to)
{
	uint8_t bytes[3000];

	while (from < to) {
		size_t count = to - from < sizeof bytes ?
		    (size_t)(to - from) : sizeof bytes, i;
		error_t error;

		for (i = 0; i < count; i++)
			bytes[i] = byte_at(from + i);
		error = put(node, from, bytes, count);
		if (error)
			return error;
		from += count;
	}
	return 0;
}

static int holds(struct fs_node *node, uint64_t from, uint64_t to)
{
	uint8_t bytes[3000];

	while (from < to) {
		size_t count = to - from < sizeof bytes ?
		    (size_t)(to - from) : sizeof bytes, i;

		if (ffs_ops.read(node, from, bytes, &count))
			return 0;
		for (i = 0; i < count; i++)
			if (bytes[i] != byte_at(from + i))
				return 0;
		from += count;
	}
	return 1;
}

/* The fragments that a file of that size has, by the book. */
static uint64_t sectors_for(struct fs_volume *fs, uint64_t size)
{
	struct volume *volume = (struct volume *)fs;
	uint64_t blocks = size >> volume->block_shift, frags, maps;
	uint64_t rest = size & (volume->block_size - 1);

	frags = blocks * volume->frags;
	if (rest)
		frags += blocks < 12 ? (rest + volume->frag_size - 1) >>
		    volume->frag_shift : volume->frags;
	blocks += rest != 0;
	maps = blocks > 12;
	if (blocks > 12 + volume->pointers)
		maps += 1 + (blocks - 12 - volume->pointers +
		    volume->pointers - 1) / volume->pointers;
	return (frags + maps * volume->frags) * (volume->frag_size / 512);
}

TEST(sizes)
{
	static const unsigned sizes[] = { 0, 1, 511, 512, 513, 1025, 4095,
		4096, 4097, 9000, 16383, 49152, 49153, 65536, 98304, 98305,
		196609, 400000, 2500000 };
	unsigned shape, i;

	for (shape = 0; shape < SHAPES; shape++) {
		struct fixture fixture;
		struct fs_node *root, *node;
		char name[32];

		CHECK(fixture_open(&fixture, DISK_SIZE, shapes[shape].order,
		    shapes[shape].options));
		root = volume_root(fixture.volume);
		for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			sprintf(name, "%u", sizes[i]);
			CHECK(!make(root, name, FS_REGULAR | 0644, &node));
			CHECK(!fill(node, 0, sizes[i]));
			ffs_ops.settle(node);
			CHECK(holds(node, 0, sizes[i]));
			fs_node_put(node);
		}
		fs_node_put(root);
		CHECK(fixture_check(&fixture) == 0);
		CHECK(fixture_mount(&fixture));
		root = volume_root(fixture.volume);
		for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			sprintf(name, "%u", sizes[i]);
			CHECK(!find(root, name, &node));
			CHECK(node->attributes.size == sizes[i]);
			CHECK(holds(node, 0, sizes[i]));
			CHECK(node->attributes.blocks ==
			    sectors_for(fixture.volume, sizes[i]));
			fs_node_put(node);
		}
		fs_node_put(root);
		fixture_close(&fixture);
	}
}

/* Two files whose tails grow in turn take each other's room. */
TEST(tails_grow)
{
	unsigned shape, size;

	for (shape = 0; shape < SHAPES; shape++) {
		struct fixture fixture;
		struct fs_node *root, *one, *other;

		CHECK(fixture_open(&fixture, DISK_SIZE, shapes[shape].order,
		    shapes[shape].options));
		root = volume_root(fixture.volume);
		CHECK(!make(root, "one", FS_REGULAR | 0600, &one));
		CHECK(!make(root, "other", FS_REGULAR | 0600, &other));
		for (size = 0; size < 60000; size += 700) {
			CHECK(!fill(one, size, size + 700));
			CHECK(!fill(other, size, size + 700));
			if (size % 2100 == 0)
				CHECK(!ffs_ops.sync(fixture.volume));
		}
		CHECK(holds(one, 0, size) && holds(other, 0, size));
		CHECK(!ffs_ops.truncate(one, 1000));
		CHECK(holds(one, 0, 1000));
		CHECK(!ffs_ops.truncate(other, 30001));
		CHECK(!fill(one, 1000, 3000));
		CHECK(holds(one, 0, 3000) && holds(other, 0, 30001));
		fs_node_put(one);
		fs_node_put(other);
		fs_node_put(root);
		CHECK(fixture_check(&fixture) == 0);
		fixture_close(&fixture);
	}
}

/* What is cut off is zeros when the file grows again. */
TEST(cut_and_grow)
{
	static uint8_t bytes[20000];
	struct fixture fixture;
	struct fs_node *root, *node;
	size_t count = sizeof bytes, i;

	CHECK(fixture_open(&fixture, DISK_SIZE, "le", "bsize=8192,fsize=1024"));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "file", FS_REGULAR | 0600, &node));
	CHECK(!fill(node, 0, 20000));
	CHECK(!ffs_ops.truncate(node, 5000));
	CHECK(!ffs_ops.truncate(node, 20000));
	CHECK(!ffs_ops.read(node, 0, bytes, &count));
	for (i = 0; i < sizeof bytes; i++)
		if (bytes[i] != (i < 5000 ? byte_at(i) : 0))
			break;
	CHECK(i == sizeof bytes);
	CHECK(!ffs_ops.truncate(node, 0));
	CHECK(!node->attributes.blocks);
	/* sparse, in a tree of three levels */
	CHECK(!put(node, 5000000000u, "end", 3));
	count = 3;
	CHECK(!ffs_ops.read(node, 5000000000u, bytes, &count));
	CHECK(!memcmp(bytes, "end", 3));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* A volume that fills up: what was promised can be written; all comes back. */
TEST(full)
{
	struct fixture fixture;
	struct fs_status before, after;
	struct fs_node *root, *node;
	unsigned count = 0, i;
	char name[32];

	CHECK(fixture_open(&fixture, 2 * 1024 * 1024, "be",
	    "bsize=8192,fsize=1024"));
	root = volume_root(fixture.volume);
	CHECK(!ffs_ops.status(fixture.volume, &before));
	for (;;) {
		error_t error;

		sprintf(name, "file-%u", count);
		error = make(root, name, FS_REGULAR | 0600, &node);
		if (error) {
			CHECK(error == E_NOSPC);
			break;
		}
		node->attributes.uid = count % 2 ? 1000 : 0;
		error = ffs_ops.reserve(node, 0, 3000 + count * 100);
		if (!error) {
			node->attributes.size = 3000 + count * 100;
			CHECK(!fill(node, 0, node->attributes.size));
			CHECK(holds(node, 0, node->attributes.size));
		} else {
			CHECK(error == E_NOSPC);
		}
		ffs_ops.settle(node);
		fs_node_put(node);
		count++;
	}
	CHECK(count > 50);
	CHECK(!ffs_ops.sync(fixture.volume));
	for (i = 0; i < count; i++) {
		sprintf(name, "file-%u", i);
		CHECK(!drop(root, name, 0));
	}
	fs_node_put(root);
	CHECK(!ffs_ops.sync(fixture.volume));
	CHECK(!ffs_ops.status(fixture.volume, &after));
	CHECK(after.nodes_free == before.nodes_free);
	/* but for the root directory, which does not shrink */
	CHECK(after.blocks_free + 24 >= before.blocks_free);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Volumes that we make ourselves, of any size: no fault, and they work. */
TEST(made_here)
{
	static const unsigned sizes[] = { 300, 1000, 5000, 8192, 30000 };
	unsigned shape, i, big;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (shape = 0; shape < 5; shape++) {
			static const uint32_t frags[] = { 512, 1024, 2048, 4096,
				8192 };
			struct ffs_make what = { 8 * frags[shape],
				frags[shape], 4096, 5, 0 };
			struct fs_time now = { 1700000000, 0 };
			struct fixture fixture = { .volume = 0 };
			struct fs_node *root, *node;
			error_t error;

			big = (i + shape) % 2;
			what.big = (int)big;
			ram_open(&fixture.ram, sizes[i] * 1024);
			memset(fixture.ram.bytes, 0xdb, sizes[i] * 1024);
			error = ffs_make(&fixture.ram.device, &what, &now);
			CHECK(!error ||
			    (error == E_NOSPC && sizes[i] < 2000));
			CHECK(error || fixture_mount(&fixture));
			if (!error) {
				root = volume_root(fixture.volume);
				CHECK(!make(root, "f", FS_REGULAR, &node));
				CHECK(!fill(node, 0, 30000));
				fs_node_put(node);
				CHECK(!make(root, "d", FS_DIRECTORY, 0));
				fs_node_put(root);
				CHECK(fixture_check(&fixture) == 0);
			}
			fixture_close(&fixture);
		}
}
