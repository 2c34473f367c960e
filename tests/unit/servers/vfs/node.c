/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/node.h"
#include "core/mounts.h"
#include "core/numbers.h"
#include "tree.h"
#include <base/heap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <test.h>

enum {
	DIR = MODE_DIRECTORY | 0755,
	REG = MODE_REGULAR | 0644,
};

static const struct tree_entry table[] = {
	{ 1, "a", 2, DIR, 0 },
	{ 2, "b", 3, DIR, 0 },
	{ 3, "c", 4, DIR, 0 },
	{ 1, "file", 5, REG, 0 },
	{ 2, "other", 5, REG, 0 },
	{ 1, "z", 6, DIR, 0 },
	{ 0, 0, 0, 0, 0 },
};

/* The path of node seen from root: "E2" for E_NOENT. */
static const char *path_of(struct node *node, struct node *root)
{
	static char text[64];
	int unreachable;
	char *start;
	error_t error;

	error =
	    node_path(node, root, text, sizeof text - 1, &start, &unreachable);
	if (error) {
		snprintf(text, sizeof text, "E%d", ERROR_NUMBER(error));
		return text;
	}
	text[sizeof text - 1] = 0;
	return unreachable ? "unreachable" : start;
}

static struct node *use(const char *path)
{
	CHECK(tree_find(path, 0) > 0);
	return node_reference(
	    node_find(mount_root, (uint64_t)tree_find(path, 0)));
}

TEST(node_paths)
{
	char text[4];
	char *start;
	int unreachable;
	struct mount *mount = tree_begin(table, 100);
	struct node *c = use("/a/b/c"), *a = use("/a"), *z = use("/z");

	CHECK(!strcmp(path_of(mount->root, mount->root), "/"));
	CHECK(!strcmp(path_of(c, mount->root), "/a/b/c"));
	CHECK(!strcmp(path_of(c, a), "/b/c"));
	CHECK(!strcmp(path_of(a, a), "/"));
	CHECK(!strcmp(path_of(c, z), "unreachable"));
	CHECK(node_path(c, mount->root, text, 4, &start, &unreachable) ==
	    E_RANGE);
	node_drop(c);
	node_drop(a);
	node_drop(z);
	tree_end();
}

TEST(node_path_follows_renames)
{
	struct mount *mount = tree_begin(table, 100);
	struct node *b = use("/a/b"), *c = use("/a/b/c"), *z = use("/z");

	name_cut(b->parent, "b", 1);
	CHECK(name_enter(z, "new", 3, b) == 0);
	CHECK(!strcmp(path_of(c, mount->root), "/z/new/c"));
	CHECK(tree_find("/a/b", 0) == -2 && tree_find("/z/new/c", 0) == 4);
	CHECK(node_is_below(c, z));
	node_drop(b);
	node_drop(c);
	node_drop(z);
	tree_end();
}

TEST(node_removed_directories)
{
	struct mount *mount = tree_begin(table, 100);
	struct node *c = use("/a/b/c");

	name_cut(c->parent, "c", 1);
	node_remove(c);
	CHECK(!strcmp(path_of(c, mount->root), "E2"));
	CHECK(c->parent && c->parent->number == 3);
	CHECK(name_enter(c, "x", 1, NULL) == 0);
	CHECK(cache.worthless.next == &cache.worthless);
	node_drop(c);
	cache_trim();
	CHECK(node_find(mount, 4) == NULL);
	node_free(cache_take_doomed());
	CHECK(tree_find("/a/b/c", 0) == -2);
	tree_end();
}

TEST(node_of_a_directory_in_itself_is_refused)
{
	struct node *a, *c;

	tree_begin(table, 100);
	c = use("/a/b/c");
	a = use("/a");
	CHECK(name_enter(c, "a", 1, a) == E_UCLEAN);
	CHECK(name_enter(c, "root", 4, mount_root->root) == E_UCLEAN);
	CHECK(name_enter(c, "c", 1, c) == E_UCLEAN);
	node_drop(a);
	node_drop(c);
	tree_end();
}

TEST(node_cache_is_bounded)
{
	static struct tree_entry many[2001];
	static char names[2000][16];
	struct mount *mount;
	int good = 0;

	for (int i = 0; i < 2000; i++) {
		snprintf(names[i], sizeof names[i], "n%d", i);
		many[i] = (struct tree_entry){ 1, names[i], (unsigned)i + 2,
			i % 2 ? DIR : REG, 0 };
	}
	mount = tree_begin(many, 50);
	for (int i = 0; i < 2000; i++) {
		char path[24];

		snprintf(path, sizeof path, "/n%d", i);
		good += tree_find(path, 0) == i + 2;
		snprintf(path, sizeof path, "/m%d", i);
		good += tree_find(path, 0) == -2;
	}
	CHECK(good == 4000);
	CHECK(cache.node_count <= 51 && mount->nodes == cache.node_count);
	CHECK(cache.loose_count <= 151);
	tree_end();
}

/* Used nodes stay, and so do the directories above them. */
TEST(node_in_use_is_kept)
{
	struct node *c;

	tree_begin(table, 100);
	c = use("/a/b/c");
	cache.node_limit = cache.name_limit = 0;
	CHECK(tree_find("/file", 0) == 5 && tree_find("/z", 0) == 6);
	CHECK(node_find(mount_root, 4) == c && node_find(mount_root, 2));
	CHECK(!strcmp(path_of(c, mount_root->root), "/a/b/c"));
	node_drop(c);
	cache_trim();
	tree_find("/", 0);
	tree_end();
}

TEST(node_counts_what_the_pfs_told)
{
	struct mount *mount = tree_begin(table, 100);
	struct node *file;

	CHECK(tree_find("/file", 0) == 5 && tree_find("/a/other", 0) == 5);
	file = node_find(mount, 5);
	CHECK(file->lookups == 2);
	CHECK(tree_find("/file", 0) == 5 && file->lookups == 2);
	name_forget(mount->root, "file", 4);
	CHECK(tree_find("/file", 0) == 5 && file->lookups == 3);
	tree_end();
}

/* The right to an unlinked file was handed in after the node had gone. */
TEST(node_without_links_is_worthless)
{
	struct file_attributes attributes = { .mode = REG };
	struct mount *mount = tree_begin(table, 100);
	struct node *node;

	CHECK(node_learn(mount, 77, &attributes, 1, &node) == 0);
	CHECK(node->flags & NODE_REMOVED);
	cache_trim();
	CHECK(node_find(mount, 77) == NULL);
	node_free(cache_take_doomed());
	tree_end();
}

static struct name *name_of(struct node *parent, const char *text)
{
	unsigned length = (unsigned)strlen(text);

	return name_find(parent, text, length, name_hash(text, length));
}

TEST(node_that_loses_its_only_name)
{
	struct file_attributes attributes = { .mode = REG, .links = 1,
		.told = 7 };
	struct mount *mount = tree_begin(table, 100);
	struct node *root = mount->root, *node, *other;

	CHECK(!node_learn(mount, 50, &attributes, 1, &node));
	CHECK(!name_enter(root, "new", 3, node));
	node_reference(node);
	CHECK(!node_part(node)); /* somebody uses it */
	node_drop(node);
	CHECK(name_of(root, "new")->node == node);
	CHECK(node_part(node));
	/* Who looks now must ask the PFS, and may be told of the same file. */
	CHECK(!name_of(root, "new") && !node_find(mount, 50));
	attributes.told = 8;
	CHECK(!node_learn(mount, 50, &attributes, 1, &other));
	CHECK(other != node && other->lookups == 8);
	CHECK(!name_enter(root, "new", 3, other));
	CHECK(name_of(root, "new")->node == other);
	CHECK(!cache_take_doomed());
	node_parted(node, 0);
	CHECK(cache_take_doomed() == node && node->lookups == 7);
	node_free(node);
	/* It was removed, and VFS need not say more. */
	CHECK(node_part(other));
	name_cut(root, "new", 3);
	CHECK(name_of(root, "new") && !name_of(root, "new")->node);
	node_parted(other, 1);
	CHECK(cache_take_doomed() == other && !other->lookups);
	node_free(other);
	tree_end();
}

/* Random changes: the cache must answer as a plain table does. */
TEST(node_names_under_random_changes)
{
	struct mount *mount = tree_begin(table, 10);
	struct node *root = mount->root;
	unsigned there[8] = { 0 }, wrong = 0;

	srand(5);
	for (int round = 0; round < 5000; round++) {
		char text[2] = { (char)('A' + rand() % 8), 0 };
		unsigned which = (unsigned)(text[0] - 'A');
		struct file_attributes attributes = {
			.mode = rand() % 2 ? DIR : REG, .links = 1
		};
		struct name *name =
		    name_find(root, text, 1, name_hash(text, 1));
		struct node *node;

		if (name)
			wrong += (name->node ? name->node->number : 0) !=
			    there[which];
		if (rand() % 3) {
			if (name && name->node) {
				node = name->node;
				name_cut(root, text, 1);
				node_remove(node);
				there[which] = 0;
			}
		} else if (!there[which]) {
			there[which] = (unsigned)round + 10;
			CHECK(!node_learn(
			    mount, there[which], &attributes, 1, &node));
			CHECK(!name_enter(root, text, 1, node));
		}
		cache_trim();
		for (node = cache_take_doomed(); node;
		     node = cache_take_doomed())
			node_free(node);
	}
	CHECK(wrong == 0);
	tree_end();
}
