/* SPDX-License-Identifier: BSD-2-Clause */
/* Bind mounts: aliases of directories. */
#include "core/alias.h"
#include "core/numbers.h"
#include "tree.h"
#include <string.h>
#include <test.h>

/* /a/b/c and /a/b/file, /d */
static const struct tree_entry table[] = {
	{ 1, "a", 2, MODE_DIRECTORY | 0755, NULL },
	{ 2, "b", 3, MODE_DIRECTORY | 0755, NULL },
	{ 3, "c", 4, MODE_DIRECTORY | 0755, NULL },
	{ 3, "file", 5, MODE_REGULAR | 0644, NULL },
	{ 1, "d", 6, MODE_DIRECTORY | 0755, NULL },
	{ 0 },
};

static struct mount *bound;

/* /a/b at /d */
static void begin(void)
{
	struct node *root, *origin, *covered;

	tree_begin(table, 100);
	CHECK(tree_find("/a/b/c", 0) == 4 && tree_find("/d", 0) == 6);
	origin = node_find(mount_root, 3);
	covered = node_find(mount_root, 6);
	CHECK(!mount_make("tree", "table", 0, &bound));
	mount_bind_begin(bound, mount_root, origin);
	CHECK(!node_learn(bound, 3, &origin->attributes, 1, &root));
	mount_attach(bound, root, covered);
}

static void end(void)
{
	mount_bind_end(bound);
	tree_end();
}

TEST(files_are_the_bases_and_directories_the_binds)
{
	begin();
	CHECK(tree_find("/d/file", 0) == 5 && tree_find("/d/c", 0) == 4);
	CHECK(!node_find(bound, 5) && node_find(mount_root, 5));
	CHECK(node_find(bound, 4) && node_find(bound, 4)->mount == bound);
	CHECK(node_find(bound, 4) != node_find(mount_root, 4));
	CHECK(tree_find("/d/..", 0) == 1 && tree_find("/d/c/../..", 0) == 1);
	CHECK(tree_find("/a/b/..", 0) == 2);
	CHECK(mount_is_busy(mount_root));
	end();
}

TEST(changes_reach_the_aliases)
{
	struct node *one, *other;
	unsigned changes;

	begin();
	CHECK(tree_find("/d/c", 0) == 4 && tree_find("/d/none", 0) == -2);
	one = node_find(mount_root, 4);
	other = node_find(bound, 4);
	changes = other->changes;
	alias_changed(one);
	CHECK(other->changes != changes && (other->flags & NODE_STALE));
	one->attributes.mode = MODE_DIRECTORY | 0700;
	one->attributes.uid = 7;
	alias_attributes(one);
	CHECK((other->attributes.mode & 07777) == 0700);
	CHECK(other->attributes.uid == 7);

	one = node_find(mount_root, 3);
	other = node_find(bound, 3);
	CHECK(name_find(other, "none", 4, name_hash("none", 4)));
	alias_name_forget(one, "none", 4);
	CHECK(!name_find(other, "none", 4, name_hash("none", 4)));
	alias_name_cut(one, "c", 1);
	CHECK(!name_find(other, "c", 1, name_hash("c", 1))->node);
	CHECK(name_find(one, "c", 1, name_hash("c", 1))->node);
	end();
}

TEST(an_alias_is_made_with_all_above_it)
{
	struct node *made;

	begin();
	made = alias_make(node_find(mount_root, 4), bound);
	CHECK(made && made->mount == bound && made->number == 4);
	CHECK(made->parent == bound->root);
	CHECK(alias_make(node_find(mount_root, 4), bound) == made);
	CHECK(!alias_make(node_find(mount_root, 2), bound));
	CHECK(!alias_make(node_find(mount_root, 6), bound));
	CHECK(alias_make(bound->root, mount_root) == node_find(mount_root, 3));
	end();
}

TEST(the_last_alias_tells_the_server)
{
	struct node *one, *other;

	begin();
	tree_find("/d/c", 0);
	one = node_find(mount_root, 4);
	other = node_find(bound, 4);
	one->lookups = 9;
	other->lookups = 5;
	CHECK(alias_inherits(one) && other->lookups == 9);
	CHECK(alias_inherits(other) && one->lookups == 9);
	CHECK(!alias_inherits(node_find(mount_root, 6)));
	CHECK(!alias_is_covered(node_find(mount_root, 3)));
	node_find(bound, 3)->covered_by = bound;
	CHECK(alias_is_covered(node_find(mount_root, 3)));
	node_find(bound, 3)->covered_by = NULL;
	end();
}
