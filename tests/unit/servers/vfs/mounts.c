/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/mounts.h"
#include "core/numbers.h"
#include "tree.h"
#include <string.h>
#include <test.h>

static const struct tree_entry table[] = {
	{ 1, "a", 2, MODE_DIRECTORY | 0755, 0 },
	{ 2, "b", 3, MODE_DIRECTORY | 0755, 0 },
	{ 0, 0, 0, 0, 0 },
};

TEST(mount_options_that_are_flags)
{
	char some[] = "rw,nosuid,uid=5,,noexec,size=1m,defaults";
	char bad[] = "a=b c";
	char none[] = "";
	unsigned flags = MOUNT_READ_ONLY | MOUNT_NO_DEVICES;

	CHECK(mount_options(some, &flags) == 0);
	CHECK(!strcmp(some, "uid=5 size=1m"));
	CHECK(flags == (MOUNT_NO_SUID | MOUNT_NO_EXEC | MOUNT_NO_DEVICES));
	CHECK(mount_options(bad, &flags) == E_INVAL);
	CHECK(mount_options(none, &flags) == 0 && !*none);
}

TEST(mount_table_as_text)
{
	char text[256];
	struct mount *mount = tree_begin(table, 10), *second;
	const char *all = "table / tree rw 0 0\n"
			  "my\\040disk /a\\134b tree ro,nosuid 0 0\n";

	strcpy(mount->target, "/");
	tree_find("/a", 0);
	second = tree_mount(node_find(mount, 2));
	strcpy(second->source, "my disk");
	strcpy(second->target, "/a\\b");
	second->flags = MOUNT_READ_ONLY | MOUNT_NO_SUID;
	CHECK(mounts_text(text, sizeof text, 0) == strlen(all));
	CHECK(!strcmp(text, all));
	CHECK(mounts_text(text, 10, 0) == strlen(all) && strlen(text) == 9);
	CHECK(mounts_text(NULL, 0, 0) == strlen(all));
	mount->device = 0x301;
	mount->id = 7;
	second->id = 9;
	second->device = 0x20;
	mounts_text(text, sizeof text, 1);
	CHECK(!strcmp(text,
	    "7 0 3:1 / / rw - tree table rw\n"
	    "9 7 0:32 / /a\\134b ro,nosuid - tree "
	    "my\\040disk ro\n"));
	tree_end();
}

TEST(mount_is_busy_while_used)
{
	struct mount *second;
	struct node *inside;

	tree_begin(table, 10);
	tree_find("/a", 0);
	second = tree_mount(node_find(mount_root, 2));
	CHECK(!mount_is_busy(second) && mount_is_busy(mount_root));
	tree_find("/a/a", 0);
	inside = node_reference(node_find(second, 2));
	cache_empty(second);
	CHECK(mount_is_busy(second));
	node_drop(inside);
	cache_empty(second);
	CHECK(!mount_is_busy(second));
	node_reference(second->root);
	CHECK(mount_is_busy(second));
	node_drop(second->root);
	mount_detach(second);
	CHECK(tree_find("/a/b", 0) == 3);
	node_drop(second->root);
	CHECK(cache_empty(second) == 0);
	for (struct node *node = cache_take_doomed(); node;
	     node = cache_take_doomed())
		node_free(node);
	mount_free(second);
	tree_end();
}
