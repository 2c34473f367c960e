/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server is killed between two operations, and in the middle of a sync:
 * another instance finds the disk and the memory that survives as they were
 * then, and in them all that the model has. In the end e2fsck finds nothing.
 */
#include "fakes/survivor.h"
#include "model.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

enum {
	BANKS = 16 << 20,
};

struct memory {
	struct store_head head;
	uint32_t words[STORE_WORDS];
	uint8_t log[STORE_LOG];
	uint8_t banks[BANKS];
};

static struct memory *memory, *kept;
static uint8_t *disk;
static struct store store;

static void store_over(int recovered)
{
	store = (struct store)SURVIVOR_STORE(memory);
	CHECK(!survivor_open(&store, recovered));
}

/* What the instance does after this moment never was. */
static void kill_it(struct fixture *fixture)
{
	memcpy(kept, memory, sizeof *kept);
	memcpy(disk, fixture->ram.bytes, fixture->ram.device.size);
	fixture_unmount(fixture);
	memcpy(memory, kept, sizeof *kept);
	memcpy(fixture->ram.bytes, disk, fixture->ram.device.size);
	fixture->ram.fail_at = 0;
	store_over(1);
	CHECK(fixture_mount(fixture));
	fs_nodes_let_go(fixture->volume);
}

/* Some of the writes of a sync get to the disk. */
static void kill_in_sync(struct fixture *fixture, unsigned calls)
{
	fixture->ram.calls = 0;
	fixture->ram.fail_at = 1 + calls;
	fixture->ram.fail_all = 1;
	ext2_ops.sync(fixture->volume);
	kill_it(fixture);
}

static void run(const char *shape, unsigned seed)
{
	struct fixture fixture;
	struct model model;

	memset(memory, 0, sizeof *memory);
	CHECK(fixture_open(&fixture, shape, 8192));
	CHECK(!fixture_unmount(&fixture));
	store_over(0);
	fixture.store = &store;
	CHECK(fixture_mount(&fixture));
	model_start(&model, seed);
	CHECK(!model_prepare(&fixture));
	for (unsigned i = 0; i < 400; i++) {
		model_step(&model, &fixture, 1);
		CHECK(!ext2_ops.keep(fixture.volume));
		store_commit(&store);
		if (i % 31 == 0)
			CHECK(!ext2_ops.sync(fixture.volume));
		if (i % 41 == 7)
			kill_it(&fixture);
		else if (i % 41 == 23)
			kill_in_sync(&fixture, i / 20);
		else
			continue;
		model_compare(&model, &fixture, ~0u);
	}
	CHECK(fixture_check(&fixture) == 0);
	model_end(&model);
	fixture_close(&fixture);
}

/* The n-th call of the disk is the last one, in a remount or in a mount. */
static int killed_at(struct fixture *fixture, unsigned n, int mounting)
{
	int ended;

	if (mounting) {
		CHECK(!ext2_ops.remount(fixture->volume, 1));
		fixture->volume->read_only = 1;
	}
	fixture->ram.calls = 0;
	fixture->ram.fail_at = n;
	fixture->ram.fail_all = 1;
	ended = !ext2_ops.remount(fixture->volume, !mounting);
	if (ended)
		fixture->volume->read_only = !mounting;
	kill_it(fixture);
	return ended;
}

/* A plain volume's journal is being made, or taken away, when it is killed;
 * then files are made and removed, and it is unmounted. */
static void journal_kill(int mounting)
{
	struct fixture fixture;
	struct fs_node *root;
	unsigned n;
	int ended = 0;

	memset(memory, 0, sizeof *memory);
	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -O none,filetype", 8192));
	CHECK(!fixture_unmount(&fixture));
	store_over(0);
	fixture.store = &store;
	for (n = 1; !ended; n++) {
		CHECK(fixture_mount(&fixture));
		root = volume_root(fixture.volume);
		CHECK(!make(root, "file", FS_REGULAR | 0644, 0));
		fs_node_put(root);
		CHECK(!ext2_ops.keep(fixture.volume));
		store_commit(&store);
		ended = killed_at(&fixture, n, mounting);
		root = volume_root(fixture.volume);
		CHECK(!drop(root, "file", 0));
		fs_node_put(root);
		CHECK(fixture_check(&fixture) == 0);
	}
	CHECK(n > 12);
	fixture_close(&fixture);
}

static void memory_make(void)
{
	memory = calloc(1, sizeof *memory);
	kept = malloc(sizeof *kept);
	disk = malloc(8192 * 1024);
}

static void memory_end(void)
{
	free(memory);
	free(kept);
	free(disk);
}

TEST(killed_while_a_journal_comes_or_goes)
{
	memory_make();
	journal_kill(0);
	journal_kill(1);
	memory_end();
}

TEST(killed_at_any_time)
{
	memory_make();
	run("-b 1024 -I 128 -O none,filetype,sparse_super", 3);
	run("-b 1024 -I 128 -J size=1 "
	    "-O none,filetype,sparse_super,has_journal", 4);
	run("-b 4096 -I 256 -g 1024", 6);
	run("-b 2048 -I 256 -J size=2 "
	    "-O none,filetype,sparse_super,has_journal", 5);
	memory_end();
}
