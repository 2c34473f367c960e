/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations on a good disk, on one that fails its n-th call, on one
 * that loses power, and on damaged ones.
 */
#include "model.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const shapes[] = {
	"-b 1024 -I 128 -O none,filetype,sparse_super",
	"-b 4096 -I 256 -g 1024",
	"-b 1024 -I 256 -g 1024",
	0,
};

TEST(random_operations)
{
	struct fixture fixture;
	struct model model;
	unsigned shape, i;

	for (shape = 0; shapes[shape]; shape++) {
		CHECK(fixture_open(&fixture, shapes[shape], 8192));
		model_start(&model, 17 + shape);
		CHECK(!model_prepare(&fixture));
		for (i = 0; i < 1500; i++) {
			model_step(&model, &fixture, 1);
			if (i % 97 == 0)
				CHECK(!ext2_ops.sync(fixture.volume));
		}
		model_compare(&model, &fixture, ~0u);
		CHECK(fixture_check(&fixture) == 0);
		CHECK(fixture_mount(&fixture));
		model_compare(&model, &fixture, ~0u);
		model_end(&model);
		fixture_close(&fixture);
	}
}

/* Whatever fails, nothing breaks: memory, the rest of the volume. */
TEST(every_call_fails_once)
{
	struct fixture fixture;
	struct model model;
	unsigned n, i, calls = 0;

	for (n = 1; n <= calls || !calls; n += 3) {
		CHECK(fixture_open(&fixture, shapes[0], 2048));
		model_start(&model, 5);
		CHECK(!model_prepare(&fixture));
		fixture.ram.calls = 0;
		fixture.ram.fail_at = calls ? n : 0;
		fixture.ram.fail_all = n % 2;
		for (i = 0; i < 60; i++) {
			if (model_step(&model, &fixture, 0))
				break;
			if (i % 20 == 0)
				ext2_ops.sync(fixture.volume);
		}
		if (!calls)
			calls = fixture.ram.calls;
		fixture.ram.fail_at = 0;
		fixture_unmount(&fixture);
		if (n % 10 == 0)
			CHECK(fixture_repair(&fixture, "-fy") <= 1);
		model_end(&model);
		fixture_close(&fixture);
	}
}

static void power_run(const char *shape, unsigned seed)
{
	struct fixture fixture;
	struct model model, synced;
	unsigned i, writes, at_sync, cut;

	CHECK(fixture_open(&fixture, shape, 2048));
	model_start(&model, seed);
	model_start(&synced, seed);
	CHECK(!model_prepare(&fixture));
	CHECK(!ext2_ops.sync(fixture.volume));
	ram_record(&fixture.ram);
	for (i = 0; i < 40; i++)
		model_step(&model, &fixture, 1);
	CHECK(!ext2_ops.sync(fixture.volume));
	model_copy(&synced, &model);
	at_sync = fixture.ram.write_count;
	for (i = 0; i < 40; i++)
		model_step(&model, &fixture, 1);
	ext2_ops.sync(fixture.volume);
	writes = fixture.ram.write_count;
	fixture_unmount(&fixture);
	/* what was changed after the sync may be anything */
	for (i = 0; i < MODEL_FILES; i++)
		if (model.files[i].changed > synced.step)
			synced.files[i].changed = ~0u;
	cut = at_sync + seed * 7 % (writes - at_sync + 1);
	ram_cut(&fixture.ram, cut, 0, 1000, seed);
	CHECK(fixture_repair(&fixture, "-fy") <= 1);
	CHECK(fixture_mount(&fixture));
	if (fixture.volume)
		model_compare(&synced, &fixture, synced.step);
	CHECK(fixture_check(&fixture) == 0);
	model_end(&model);
	model_end(&synced);
	fixture_close(&fixture);
}

TEST(power_is_lost)
{
	unsigned seed;

	for (seed = 1; seed <= 40; seed++)
		power_run(shapes[seed % 2 ? 0 : 2], seed);
}

static int ignore_name(void *context, const struct fs_entry *entry)
{
	uint64_t *numbers = context;

	if (numbers[0] < 60)
		numbers[++numbers[0]] = entry->node;
	return 0;
}

/* Everything one can ask of everything that is found. */
static void walk(struct fs_volume *volume, uint64_t number, int depth)
{
	static uint8_t bytes[8192];
	uint64_t numbers[64] = { 0 }, i;
	size_t count = sizeof bytes;
	struct fs_node *node;
	unsigned length;
	char target[4096];

	if (depth > 3 || fs_node_get(volume, number, &node))
		return;
	switch (node->attributes.mode & FS_KIND) {
	case FS_DIRECTORY:
		ext2_ops.read_directory(node, 0, ignore_name, numbers);
		for (i = 1; i <= numbers[0]; i++)
			walk(volume, numbers[i], depth + 1);
		make(node, "new", FS_REGULAR, 0);
		drop(node, "name-1-xxxxxxxxxxxxxxx", 0);
		break;
	case FS_REGULAR:
		ext2_ops.read(node, 0, bytes, &count);
		put(node, node->attributes.size / 2, bytes, 5000);
		ext2_ops.truncate(node, 100);
		break;
	case FS_LINK:
		ext2_ops.read_link(node, target, &length);
		break;
	}
	fs_node_put(node);
}

TEST(damaged_disks)
{
	struct fixture fixture;
	struct model model;
	uint8_t *good;
	unsigned round, i, seed = 99, size = 2048 * 1024;

	CHECK(fixture_open(&fixture, shapes[0], 2048));
	model_start(&model, 3);
	CHECK(!model_prepare(&fixture));
	for (i = 0; i < 200; i++)
		model_step(&model, &fixture, 1);
	model_end(&model);
	fixture_unmount(&fixture);
	good = malloc(size);
	memcpy(good, fixture.ram.bytes, size);
	for (round = 0; round < 1500; round++) {
		unsigned changes = 1 + (unsigned)rand_r(&seed) % 40;
		/* mostly where the structure is */
		unsigned range = round % 3 ? 64 * 1024 : size;

		memcpy(fixture.ram.bytes, good, size);
		for (i = 0; i < changes; i++) {
			unsigned at = (unsigned)rand_r(&seed) % range;

			if (round % 5 == 0)
				at = 1024 + at % 200;
			fixture.ram.bytes[at] = (uint8_t)rand_r(&seed);
		}
		if (!fixture_mount(&fixture))
			continue;
		walk(fixture.volume, fixture.volume->root, 0);
		fixture_unmount(&fixture);
	}
	free(good);
	fixture_close(&fixture);
}
