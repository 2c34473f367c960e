/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes: debugfs and e2fsck see what we write, and back. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static error_t set(struct fs_node *node, const char *name, const char *value,
    unsigned flags)
{
	return ext2_ops.set_extended(node, name, strlen(name), value,
	    strlen(value), flags);
}

/* Is its value this one? null: it has none. */
static int has(struct fs_node *node, const char *name, const char *value)
{
	char found[4096];
	size_t size = sizeof found;
	error_t error = ext2_ops.get_extended(node, name, strlen(name), found,
	    &size);

	if (!value)
		return error == E_NODATA;
	return !error && size == strlen(value) && !memcmp(found, value, size);
}

TEST(attributes_of_all_kinds)
{
	static const char all[] = "user.alpha\0user.b\0trusted.t\0security.s";
	struct fixture fixture;
	struct fs_node *root, *a;
	char text[2000];
	size_t size;

	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -O none,filetype", 1024));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "a", FS_REGULAR | 0644, &a));
	CHECK(has(a, "user.b", 0));
	CHECK(!set(a, "user.alpha", "one", 0));
	CHECK(!set(a, "security.s", "", 0));
	CHECK(!set(a, "trusted.t", "secret", FS_EXTENDED_CREATE));
	CHECK(!set(a, "user.b", "two", 0));
	CHECK(!set(a, "user.b", "twice", FS_EXTENDED_REPLACE));
	CHECK(set(a, "user.b", "", FS_EXTENDED_CREATE) == E_EXIST);
	CHECK(set(a, "user.c", "", FS_EXTENDED_REPLACE) == E_NODATA);
	CHECK(set(a, "other.c", "", 0) == E_OPNOTSUPP);
	CHECK(set(a, "user.", "", 0) == E_INVAL);
	CHECK(set(a, "system.posix_acl_access", "", 0) == E_OPNOTSUPP);
	CHECK(has(a, "user.alpha", "one") && has(a, "user.b", "twice"));
	CHECK(has(a, "security.s", "") && has(a, "user.alph", 0));
	size = sizeof text;
	CHECK(!ext2_ops.list_extended(a, text, &size));
	CHECK(size == sizeof all);
	size = 5;
	CHECK(ext2_ops.list_extended(a, text, &size) == E_RANGE);
	CHECK(a->attributes.blocks == 2);
	fs_node_put(a);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_debug(&fixture, "ea_get a trusted.t", text, sizeof text);
	CHECK(strstr(text, "secret") != 0);
	fixture_close(&fixture);
}

/* A full block takes no more and stays as it is; the last one frees it. */
TEST(attributes_fill_a_block)
{
	char name[32], value[101] = "";
	struct fixture fixture;
	struct fs_status before, after;
	struct fs_node *root, *a;
	error_t error = 0;
	int count = 0, i;

	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -O none,filetype", 1024));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "b", FS_REGULAR | 0644, &a));
	CHECK(!ext2_ops.status(fixture.volume, &before));
	memset(value, 'v', 100);
	while (!error) {
		snprintf(name, sizeof name, "user.%d", count);
		error = set(a, name, value, 0);
		count += !error;
	}
	CHECK(error == E_NOSPC && count == 8);
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof name, "user.%d", i);
		CHECK(has(a, name, value));
		CHECK(!set(a, name, "", FS_EXTENDED_REMOVE));
	}
	CHECK(set(a, "user.0", "", FS_EXTENDED_REMOVE) == E_NODATA);
	CHECK(a->attributes.blocks == 0);
	CHECK(!ext2_ops.sync(fixture.volume));
	CHECK(!ext2_ops.status(fixture.volume, &after));
	CHECK(before.blocks_free == after.blocks_free);
	fs_node_put(a);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Those that Linux puts behind the inode are found, and move with a change. */
TEST(attributes_behind_the_inode)
{
	struct fixture fixture;
	struct fs_node *root, *a;
	char text[2000];

	CHECK(fixture_open(&fixture, "-b 1024 -I 256 -O none,filetype,"
	    "ext_attr", 1024));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "a", FS_REGULAR | 0644, 0));
	fs_node_put(root);
	CHECK(!fixture_edit(&fixture,
	    "ea_set a user.in inside\nea_set a user.other more\n"));
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "a", &a));
	CHECK(has(a, "user.in", "inside") && has(a, "user.other", "more"));
	CHECK(!set(a, "user.new", "out", 0));
	CHECK(!set(a, "user.other", "", FS_EXTENDED_REMOVE));
	CHECK(has(a, "user.in", "inside") && has(a, "user.other", 0));
	fs_node_put(a);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_debug(&fixture, "ea_list a", text, sizeof text);
	CHECK(strstr(text, "user.in") && strstr(text, "user.new"));
	CHECK(!strstr(text, "user.other"));
	fixture_close(&fixture);
}
