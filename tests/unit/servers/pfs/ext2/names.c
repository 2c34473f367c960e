/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories: large ones, renames, positions, indexed ones of Linux. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plain[] = "-b 1024 -I 128 -O none,filetype,sparse_super";

TEST(renames)
{
	struct fixture fixture;
	struct fs_node *root, *a, *b, *sub, *node;

	CHECK(fixture_open(&fixture, plain, 4096));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "a", FS_DIRECTORY | 0755, &a));
	CHECK(!make(root, "b", FS_DIRECTORY | 0755, &b));
	CHECK(!make(a, "sub", FS_DIRECTORY | 0755, &sub));
	CHECK(!make(a, "file", FS_REGULAR | 0644, 0));
	CHECK(!make(b, "other", FS_REGULAR | 0644, 0));
	CHECK(move(root, "a", sub, "x", 0) == E_INVAL);
	CHECK(move(root, "a", a, "x", 0) == E_INVAL);
	CHECK(move(a, "none", b, "x", 0) == E_NOENT);
	CHECK(move(a, "file", b, "other", FS_RENAME_NOREPLACE) == E_EXIST);
	CHECK(move(a, "file", root, "b", 0) == E_ISDIR);
	CHECK(move(a, "sub", b, "other", 0) == E_NOTDIR);
	CHECK(move(root, "b", a, "sub", FS_RENAME_NOREPLACE) == E_EXIST);
	CHECK(!move(a, "file", b, "other", 0));
	CHECK(find(a, "file", &node) == E_NOENT);
	CHECK(!move(a, "sub", b, "sub", 0));
	CHECK(a->attributes.links == 2 && b->attributes.links == 3);
	CHECK(!move(root, "a", b, "sub", 0)); /* over an empty directory */
	CHECK(root->attributes.links == 4);
	CHECK(!move(b, "other", b, "renamed", 0));
	CHECK(!move(b, "renamed", b, "renamed", 0));
	CHECK(!move(b, "renamed", b, "sub", FS_RENAME_EXCHANGE));
	CHECK(!find(b, "sub", &node) &&
	    (node->attributes.mode & FS_KIND) == FS_REGULAR);
	fs_node_put(node);
	fs_node_put(a);
	fs_node_put(b);
	fs_node_put(sub);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

static int count_names(void *context, const struct fs_entry *entry)
{
	unsigned *counts = context;

	if (counts[1]-- == 0)
		return 1;
	counts[0]++;
	counts[2] = (unsigned)entry->next;
	return 0;
}

/* Names seen when reading `step` of them at a time. */
static unsigned names_in(struct fs_node *directory, unsigned step)
{
	unsigned counts[3] = { 0, 0, 0 }, before;

	do {
		before = counts[0];
		counts[1] = step;
		ext2_ops.read_directory(directory, counts[2], count_names,
		    counts);
	} while (counts[0] != before);
	return counts[0];
}

TEST(twenty_thousand_names)
{
	struct fixture fixture;
	struct fs_node *root, *directory, *node;
	char name[64];
	unsigned i;

	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -N 30000", 32768));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "d", FS_DIRECTORY | 0755, &directory));
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "name-%u%.*s", i, (int)(i % 23),
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		if (make(directory, name, FS_REGULAR | 0644, 0))
			break;
	}
	CHECK(i == 20000);
	CHECK(names_in(directory, 37) == 20002);
	CHECK(make(directory, "name-0", FS_REGULAR, 0) == E_EXIST);
	CHECK(drop(root, "d", 1) == E_NOTEMPTY);
	for (i = 0; i < 20000; i += 2) {
		snprintf(name, sizeof name, "name-%u%.*s", i, (int)(i % 23),
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		if (drop(directory, name, 0))
			break;
	}
	CHECK(i == 20000);
	CHECK(names_in(directory, 1000) == 10002);
	CHECK(find(directory, "name-0", &node) == E_NOENT);
	CHECK(!find(directory, "name-1a", &node));
	fs_node_put(node);
	fs_node_put(directory);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(linked_often)
{
	struct fixture fixture;
	struct fs_node *root, *file;
	char name[32];
	unsigned i;

	CHECK(fixture_open(&fixture, plain, 8192));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "f", FS_REGULAR | 0644, &file));
	for (i = 1; i < 32000; i++) {
		snprintf(name, sizeof name, "%u", i);
		if (ext2_ops.link(root, name, (unsigned)strlen(name), file))
			break;
	}
	CHECK(i == 32000);
	CHECK(ext2_ops.link(root, "more", 4, file) == E_MLINK);
	fs_node_put(file);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* A hash tree made by e2fsck -D: read, and well after a name was added. */
TEST(indexed_directory)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	char name[64];
	unsigned i;

	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -O dir_index", 8192));
	root = volume_root(fixture.volume);
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "a-rather-long-name-%u", i);
		CHECK(!make(root, name, FS_REGULAR | 0644, 0));
	}
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	CHECK(fixture_repair(&fixture, "-fyD") <= 1);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(names_in(root, 100) == 1003);
	CHECK(!find(root, "a-rather-long-name-777", &node));
	fs_node_put(node);
	CHECK(!make(root, "one more", FS_REGULAR | 0644, 0));
	CHECK(!drop(root, "a-rather-long-name-5", 0));
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}
