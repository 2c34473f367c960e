/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damage of each kind that check.c knows: it is found, repaired, and then
 * there is none; what was not hit is as before. And volumes of random bytes.
 */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DATA = 100000,
	KB = 2048,
};

static uint8_t data[DATA];

/* Files a to e, the directories d and d/sub. */
static void tree_make(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume), *node;
	char name[2] = "a";

	pattern(data, DATA, 7);
	for (; name[0] < 'f'; name[0]++) {
		CHECK(!make(root, name, FS_REGULAR | 0644, &node));
		CHECK(!put(node, 0, data, DATA));
		fs_node_put(node);
	}
	CHECK(!make(root, "dir", FS_DIRECTORY | 0755, &node));
	CHECK(!make(node, "sub", FS_DIRECTORY | 0755, 0));
	fs_node_put(node);
	fs_node_put(root);
}

static struct node *get(struct fixture *fixture, const char *name)
{
	struct fs_node *root = volume_root(fixture->volume), *node = 0;

	CHECK(!find(root, name, &node));
	fs_node_put(root);
	return node_of(node);
}

/* Makes name mean another inode. */
static void entry_poke(struct node *directory, const char *name,
    uint32_t number)
{
	struct place place;

	CHECK(!dir_find(directory, name, (unsigned)strlen(name), &place));
	place_set(directory, &place, number);
	place_put(&place);
}

static void links_wrong(struct fixture *fixture)
{
	struct node *node = get(fixture, "a");

	node->fs.attributes.links = 5;
	node_store(node);
	fs_node_put(&node->fs);
}

static void name_of_nothing(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume);

	entry_poke(node_of(root), "a", 400);
	fs_node_put(root);
}

static void name_outside(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume);

	entry_poke(node_of(root), "a", 65535);
	fs_node_put(root);
}

static void directory_lost(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume);

	entry_poke(node_of(root), "dir", 0);
	fs_node_put(root);
}

static void dots_wrong(struct fixture *fixture)
{
	struct node *node = get(fixture, "dir");

	entry_poke(node, "..", (uint32_t)node->fs.number);
	fs_node_put(&node->fs);
}

static void dot_wrong(struct fixture *fixture)
{
	struct node *node = get(fixture, "dir");

	entry_poke(node, ".", INODE_ROOT);
	fs_node_put(&node->fs);
}

/* dir/sub/up is dir: a ring. */
static void ring_made(struct fixture *fixture)
{
	struct node *node = get(fixture, "dir");
	struct fs_node *sub;

	CHECK(!find(&node->fs, "sub", &sub));
	CHECK(!dir_add(node_of(sub), "up", 2, (uint32_t)node->fs.number));
	fs_node_put(sub);
	fs_node_put(&node->fs);
}

static void number_wrong(struct fixture *fixture)
{
	struct node *node = get(fixture, "a");

	node->block[3] = 0xfffff0;
	node_store(node);
	fs_node_put(&node->fs);
}

static void block_doubled(struct fixture *fixture)
{
	struct node *node = get(fixture, "a"), *other = get(fixture, "b");

	node->block[2] = other->block[2];
	node->block[10] = other->block[10]; /* the whole branch */
	node_store(node);
	fs_node_put(&node->fs);
	fs_node_put(&other->fs);
}

static void mode_wrong(struct fixture *fixture)
{
	struct node *node = get(fixture, "a");

	node->fs.attributes.mode = 0070644;
	node_store(node);
	fs_node_put(&node->fs);
}

static void size_wrong(struct fixture *fixture)
{
	struct node *node = get(fixture, "a");

	node->fs.attributes.size = 0xffffffff;
	node_store(node);
	fs_node_put(&node->fs);
}

static uint8_t *super_of(struct fixture *fixture, int shape)
{
	return fixture->ram.bytes + shapes[shape].base * 1024 +
	    variants[shapes[shape].variant].position;
}

/* On the disk of a volume that is not mounted. */
static void list_ring(uint8_t *super, const struct variant *variant)
{
	memcpy(super + variant->free, super + variant->free + 4, 4);
}

static void list_long(uint8_t *super, const struct variant *variant)
{
	memset(super + variant->nfree, 0x7f, 2);
}

static void list_short(uint8_t *super, const struct variant *variant)
{
	memset(super + variant->free, 0, 4);
}

static void total_wrong(uint8_t *super, const struct variant *variant)
{
	super[variant->tfree] ^= 1;
}

static void inodes_wrong(uint8_t *super, const struct variant *variant)
{
	memset(super + variant->inode + 10, 0, 2);
	super[variant->inode + 10] = super[variant->inode + 11] = 2;
}

static const struct {
	const char *name;
	void (*mounted)(struct fixture *fixture);
	void (*on_disk)(uint8_t *super, const struct variant *variant);
} damages[] = {
	{ "links_wrong", links_wrong, 0 },
	{ "name_of_nothing", name_of_nothing, 0 },
	{ "name_outside", name_outside, 0 },
	{ "directory_lost", directory_lost, 0 },
	{ "dots_wrong", dots_wrong, 0 },
	{ "dot_wrong", dot_wrong, 0 },
	{ "ring_made", ring_made, 0 },
	{ "number_wrong", number_wrong, 0 },
	{ "block_doubled", block_doubled, 0 },
	{ "mode_wrong", mode_wrong, 0 },
	{ "size_wrong", size_wrong, 0 },
	{ "list_ring", 0, list_ring },
	{ "list_long", 0, list_long },
	{ "list_short", 0, list_short },
	{ "total_wrong", 0, total_wrong },
	{ "inodes_wrong", 0, inodes_wrong },
};

static void others_are_whole(struct fixture *fixture)
{
	struct fs_node *root = volume_root(fixture->volume), *node;
	char name[2] = "c";

	for (; name[0] < 'f'; name[0]++) {
		CHECK(!find(root, name, &node) && same(node, 0, DATA, 7));
		fs_node_put(node);
	}
	fs_node_put(root);
}

TEST(damage_is_found_and_repaired)
{
	static const int chosen[] = { 0, 5, 13, 15, 16 };
	struct fixture fixture;

	for (unsigned i = 0; i < 5 * sizeof damages / sizeof *damages; i++) {
		int shape = chosen[i % 5], kind = (int)i / 5, found, left;

		/* a plausible count is how one knows V7 */
		if (shape == 16 && damages[kind].on_disk == list_long)
			continue;
		CHECK(fixture_open(&fixture, shape, KB));
		tree_make(&fixture);
		if (damages[kind].mounted)
			damages[kind].mounted(&fixture);
		fixture_unmount(&fixture);
		if (damages[kind].on_disk)
			damages[kind].on_disk(super_of(&fixture, shape),
			    &variants[shapes[shape].variant]);
		found = disk_check(&fixture.ram, 0);
		left = disk_check(&fixture.ram, 1);
		if (found <= 0 || left || disk_check(&fixture.ram, 0))
			printf("%s, %s: %d found, %d left\n",
			    damages[kind].name, shape_name(shape), found,
			    left);
		CHECK(found > 0 && !left);
		CHECK(disk_check(&fixture.ram, 0) == 0);
		CHECK(!fixture_mount(&fixture, 0));
		if (fixture.volume)
			others_are_whole(&fixture);
		CHECK(fixture_check(&fixture) == 0);
		fixture_close(&fixture);
	}
}

/* A file without a name gets one; what was below it is there. */
TEST(lost_files_are_found)
{
	struct fixture fixture;
	struct fs_node *root, *lost, *node;
	char name[16];
	struct node *dir;

	CHECK(fixture_open(&fixture, 7, KB));
	tree_make(&fixture);
	dir = get(&fixture, "dir");
	snprintf(name, sizeof name, "#%u", (unsigned)dir->fs.number);
	fs_node_put(&dir->fs);
	directory_lost(&fixture);
	fixture_unmount(&fixture);
	CHECK(disk_check(&fixture.ram, 1) == 0);
	CHECK(!fixture_mount(&fixture, 0));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "lost+found", &lost) && !find(lost, name, &node));
	CHECK(!sysv_lookup(node, "..", 2, &(uint64_t){ 0 }));
	CHECK(node->attributes.links == 3);
	fs_node_put(root);
	CHECK(!find(node, "sub", &root));
	fs_node_put(root);
	fs_node_put(lost);
	fs_node_put(node);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* A volume with wrong maps can be read, but not written. */
TEST(wrong_maps_are_mounted_read_only)
{
	struct fixture fixture;

	CHECK(fixture_open(&fixture, 0, KB));
	tree_make(&fixture);
	block_doubled(&fixture);
	fixture_unmount(&fixture);
	CHECK(fixture_mount(&fixture, 0) == E_ROFS);
	CHECK(!fixture_mount(&fixture, 1));
	others_are_whole(&fixture);
	CHECK(sysv_ops.remount(fixture.volume, 0) == E_ROFS);
	fixture_close(&fixture);
}

/* Random bytes in the metadata: errors and repairs, nothing else; and where
 * the repair says that all is well, it is. */
TEST(random_damage)
{
	struct fixture fixture;
	unsigned seed = 3;

	for (int i = 0; i < 120; i++) {
		CHECK(fixture_open(&fixture, i % SHAPES, KB));
		tree_make(&fixture);
		fixture_unmount(&fixture);
		for (int j = 0; j < 40; j++)
			fixture.ram.bytes[1024 + (unsigned)rand_r(&seed) %
			    (j < 20 ? 3000 : 80000)] =
			    (uint8_t)rand_r(&seed);
		if (!fixture_mount(&fixture, 1))
			fixture_unmount(&fixture);
		if (!disk_check(&fixture.ram, 1)) {
			CHECK(disk_check(&fixture.ram, 0) == 0);
			CHECK(!fixture_mount(&fixture, 0));
			CHECK(fixture_check(&fixture) == 0);
		}
		fixture_close(&fixture);
	}
}
