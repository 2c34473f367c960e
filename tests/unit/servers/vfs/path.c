/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/path.h"
#include "core/mounts.h"
#include "core/numbers.h"
#include "tree.h"
#include <string.h>
#include <test.h>

enum {
	DIR = MODE_DIRECTORY | 0755,
	REG = MODE_REGULAR | 0644,
	LNK = MODE_LINK | 0777,
	EPERM_ = -1,
	ENOENT_ = -2,
	EACCES_ = -13,
	ENOTDIR_ = -20,
	EINVAL_ = -22,
	ENAMETOOLONG_ = -36,
	ELOOP_ = -40,
};

static const struct tree_entry table[] = {
	{ 1, "bin", 2, DIR, 0 },
	{ 2, "ls", 3, REG, 0 },
	{ 1, "usr", 4, DIR, 0 },
	{ 4, "bin", 5, DIR, 0 },
	{ 5, "cc", 6, REG, 0 },
	{ 1, "sbin", 7, LNK, "usr/bin" },
	{ 1, "abs", 8, LNK, "/usr/bin/cc" },
	{ 1, "loop", 9, LNK, "loop" },
	{ 1, "a", 10, LNK, "b" },
	{ 1, "b", 11, LNK, "a/" },
	{ 1, "dangling", 12, LNK, "usr/new" },
	{ 1, "slashed", 13, LNK, "bin/" },
	{ 1, "up", 14, LNK, "usr/../bin/../usr/./bin//cc" },
	{ 1, "top", 15, LNK, "/" },
	{ 1, "file/", 16, REG, 0 },
	{ 1, "tofile", 17, LNK, "bin/ls" },
	{ 1, "closed", 18, MODE_DIRECTORY | 0700, 0 },
	{ 18, "in", 19, REG, 0 },
	{ 1, "c0", 20, LNK, "c1/x" },
	{ 1, "c1", 21, LNK, "top/top/c2" },
	{ 1, "c2", 22, LNK, "closed/../usr" },
	{ 4, "x", 23, LNK, "../bin" },
	{ 1, "danglingslash", 24, LNK, "usr/new/" },
	{ 4, "deep", 25, DIR, 0 },
	{ 25, "deeper", 26, DIR, 0 },
	{ 1, "to_closed", 27, LNK, "closed/in" },
	{ 0, 0, 0, 0, 0 },
};

TEST(path_plain_names)
{
	tree_begin(table, 100);
	CHECK(tree_find("/", 0) == 1);
	CHECK(tree_find("///", 0) == 1);
	CHECK(tree_find("/bin/ls", 0) == 3);
	CHECK(tree_find("bin//ls", 0) == 3);
	CHECK(tree_find("/bin/", 0) == 2);
	CHECK(tree_find("/bin/.", 0) == 2);
	CHECK(tree_find("/bin/./../bin/ls", 0) == 3);
	CHECK(tree_find("/../..", 0) == 1);
	CHECK(tree_find("/usr/bin/../..", 0) == 1);
	CHECK(tree_find("/bin/none", 0) == ENOENT_);
	CHECK(tree_find("/none/ls", 0) == ENOENT_);
	CHECK(tree_find("/bin/ls/", 0) == ENOTDIR_);
	CHECK(tree_find("/bin/ls/.", 0) == ENOTDIR_);
	CHECK(tree_find("/bin/ls/..", 0) == ENOTDIR_);
	CHECK(tree_find("/bin/ls/x", 0) == ENOTDIR_);
	CHECK(tree_find("", 0) == ENOENT_);
	CHECK(tree_find("", WALK_EMPTY) == 1);
	CHECK(tree_find("/bin/...", 0) == ENOENT_);
	tree_end();
}

TEST(path_answers_are_kept)
{
	unsigned asked;

	tree_begin(table, 100);
	CHECK(tree_find("/usr/bin/cc", 0) == 6);
	CHECK(tree_find("/usr/none", 0) == ENOENT_);
	CHECK(tree_find("/up", WALK_FOLLOW) == 6);
	asked = tree_questions;
	CHECK(tree_find("/usr/bin/cc", 0) == 6);
	CHECK(tree_find("/usr/none", 0) == ENOENT_);
	CHECK(tree_find("/up", WALK_FOLLOW) == 6);
	CHECK(tree_questions == asked);
	tree_end();
}

TEST(path_symbolic_links)
{
	tree_begin(table, 100);
	CHECK(tree_find("/sbin", 0) == 7);
	CHECK(tree_find("/sbin", WALK_FOLLOW) == 5);
	CHECK(tree_find("/sbin/", 0) == 5);
	CHECK(tree_find("/sbin/cc", 0) == 6);
	CHECK(tree_find("/sbin/..", 0) == 4);
	CHECK(tree_find("/abs", 0) == 8);
	CHECK(tree_find("/abs", WALK_FOLLOW) == 6);
	CHECK(tree_find("/abs/", 0) == ENOTDIR_);
	CHECK(tree_find("/up", WALK_FOLLOW) == 6);
	CHECK(tree_find("/top/top/top/abs", WALK_FOLLOW) == 6);
	CHECK(tree_find("/slashed", WALK_FOLLOW) == 2);
	CHECK(tree_find("/slashed/ls", 0) == 3);
	CHECK(tree_find("/tofile", WALK_FOLLOW) == 3);
	CHECK(tree_find("/tofile/", WALK_FOLLOW) == ENOTDIR_);
	CHECK(tree_find("/tofile/x", WALK_FOLLOW) == ENOTDIR_);
	CHECK(tree_find("/c0/ls", 0) == 3);
	CHECK(tree_find("/c0", WALK_FOLLOW) == 2);
	CHECK(tree_find("/dangling", 0) == 12);
	CHECK(tree_find("/dangling", WALK_FOLLOW) == ENOENT_);
	CHECK(tree_find("/top", WALK_FOLLOW) == 1);
	tree_end();
}

TEST(path_loops_end)
{
	char path[300] = "";

	tree_begin(table, 100);
	CHECK(tree_find("/loop", 0) == 9);
	CHECK(tree_find("/loop", WALK_FOLLOW) == ELOOP_);
	CHECK(tree_find("/loop/x", 0) == ELOOP_);
	CHECK(tree_find("/a", WALK_FOLLOW) == ELOOP_);
	for (int i = 0; i < WALK_LINKS_MAX; i++)
		strcat(path, "top/");
	CHECK(tree_find(path, 0) == 1);
	strcat(path, "top");
	CHECK(tree_find(path, 0) == 15);
	CHECK(tree_find(path, WALK_FOLLOW) == ELOOP_);
	tree_end();
}

TEST(path_lengths)
{
	static char path[5000];

	tree_begin(table, 100);
	memset(path, 'n', 256);
	CHECK(tree_find(path, 0) == ENAMETOOLONG_);
	path[255] = 0;
	CHECK(tree_find(path, 0) == ENOENT_);
	memset(path, '/', sizeof path - 1);
	CHECK(tree_find(path, 0) == ENAMETOOLONG_);
	path[4096] = 0;
	CHECK(tree_find(path, 0) == ENAMETOOLONG_);
	path[4095] = 0;
	CHECK(tree_find(path, 0) == 1);
	tree_end();
}

TEST(path_zero_bytes_are_refused)
{
	struct walk walk;

	struct mount *mount = tree_begin(table, 100);

	walk_start(
	    &walk, mount->root, mount->root, &tree_root_user, "b\0n", 3, 0);
	CHECK(walk_run(&walk) == E_INVAL);
	tree_end();
}

/* Parent mode: what found, node, wanted, last and slash say. */
static int parent(const char *path, unsigned flags, unsigned directory,
    unsigned found, const char *name, int slash)
{
	struct walk walk;

	if (tree_walk(&walk, mount_root->root, mount_root->root,
		&tree_root_user, path, WALK_PARENT | flags))
		return 0;
	return walk.node->number == directory &&
	    (walk.found ? walk.found->number : 0) == found &&
	    walk.last == LAST_NAME && walk.wanted_length == strlen(name) &&
	    !memcmp(walk.wanted, name, walk.wanted_length) &&
	    walk.slash == slash;
}

static enum walk_last last(const char *path)
{
	struct walk walk;

	CHECK(!tree_walk(&walk, mount_root->root, mount_root->root,
	    &tree_root_user, path, WALK_PARENT));
	CHECK(walk.found == walk.node);
	return walk.last;
}

TEST(path_of_what_is_to_be_changed)
{
	tree_begin(table, 100);
	CHECK(parent("/usr/new", 0, 4, 0, "new", 0));
	CHECK(parent("/usr/new/", 0, 4, 0, "new", 1));
	CHECK(parent("/usr/bin", 0, 4, 5, "bin", 0));
	CHECK(parent("/usr/bin//", 0, 4, 5, "bin", 1));
	CHECK(parent("/sbin", 0, 1, 7, "sbin", 0));
	CHECK(parent("/sbin/", 0, 1, 7, "sbin", 1));
	CHECK(parent("/sbin/cc", 0, 5, 6, "cc", 0));
	CHECK(parent("/dangling", WALK_FOLLOW, 4, 0, "new", 0));
	CHECK(parent("/danglingslash", WALK_FOLLOW, 4, 0, "new", 1));
	CHECK(parent("/dangling", 0, 1, 12, "dangling", 0));
	CHECK(parent("/abs", WALK_FOLLOW, 5, 6, "cc", 0));
	CHECK(tree_find("/none/new", WALK_PARENT) == ENOENT_);
	CHECK(tree_find("/bin/ls/new", WALK_PARENT) == ENOTDIR_);
	CHECK(tree_find("/loop", WALK_PARENT | WALK_FOLLOW) == ELOOP_);
	CHECK(last("/") == LAST_ROOT);
	CHECK(last("/usr/.") == LAST_DOT);
	CHECK(last("/usr/..") == LAST_DOT_DOT);
	CHECK(last("/usr/../") == LAST_DOT_DOT);
	tree_end();
}

static int plain(const char *path, unsigned flags)
{
	struct walk walk;
	error_t error;

	error = tree_walk(&walk, mount_root->root, mount_root->root,
	    &tree_plain_user, path, flags);
	return error ? -ERROR_NUMBER(error) : (int)walk.found->number;
}

TEST(path_needs_permission_to_search)
{
	tree_begin(table, 100);
	CHECK(plain("/closed", 0) == 18);
	CHECK(plain("/closed/", 0) == 18);
	CHECK(plain("/closed/.", 0) == EACCES_);
	CHECK(plain("/closed/..", 0) == EACCES_);
	CHECK(plain("/closed/in", 0) == EACCES_);
	CHECK(plain("/closed/none", 0) == EACCES_);
	CHECK(plain("/to_closed", WALK_FOLLOW) == EACCES_);
	CHECK(plain("/to_closed", 0) == 27);
	CHECK(plain("/c0/ls", 0) == EACCES_);
	CHECK(tree_find("/closed/in", 0) == 19);
	tree_end();
}

TEST(path_in_a_changed_root)
{
	struct node *usr, *bin;
	struct walk walk;

	tree_begin(table, 100);
	tree_find("/usr/bin", 0);
	usr = node_reference(node_find(mount_root, 4));
	bin = node_reference(node_find(mount_root, 5));
	CHECK(!tree_walk(&walk, usr, bin, &tree_root_user, "../..", 0));
	CHECK(walk.found == usr);
	CHECK(!tree_walk(&walk, usr, bin, &tree_root_user, "/bin/cc", 0));
	CHECK(walk.found->number == 6);
	CHECK(!tree_walk(&walk, usr, bin, &tree_root_user, "/..", 0));
	CHECK(walk.found == usr);
	/* "../bin" from /usr/x does not leave it. */
	CHECK(!tree_walk(&walk, usr, usr, &tree_root_user, "x", WALK_FOLLOW));
	CHECK(walk.found == bin);
	node_drop(usr);
	node_drop(bin);
	tree_end();
}

TEST(path_across_mounts)
{
	struct mount *first, *second;

	tree_begin(table, 100);
	CHECK(tree_find("/usr/deep", 0) == 25);
	first = tree_mount(node_find(mount_root, 25));
	CHECK(tree_find("/usr/deep", 0) == 1);
	CHECK(tree_find("/usr/deep/bin/ls", 0) == 3);
	CHECK(tree_find("/usr/deep/..", 0) == 4);
	CHECK(tree_find("/usr/deep/bin/../../bin/cc", 0) == 6);
	CHECK(parent("/usr/deep", 0, 4, 25, "deep", 0));
	/* Stacked on the same place. */
	second = tree_mount(mount_top(first->root));
	CHECK(mount_top(node_find(mount_root, 25)) == second->root);
	CHECK(tree_find("/usr/deep/..", 0) == 4);
	CHECK(tree_find("/usr/deep/usr/deep/deeper/../..", 0) == 4);
	CHECK(node_is_below(second->root, mount_root->root));
	CHECK(!node_is_below(mount_root->root, second->root));
	CHECK(mount_is_busy(first) && mount_is_busy(mount_root));
	cache_empty(second);
	CHECK(!mount_is_busy(second));
	tree_end();
}

TEST(path_volatile_mounts_are_asked_each_time)
{
	struct mount *mount = tree_begin(table, 100);

	mount->volatile_names = 1;
	CHECK(tree_find("/usr/bin/cc", 0) == 6);
	CHECK(tree_questions == 3);
	CHECK(tree_find("/usr/bin/cc", 0) == 6);
	CHECK(tree_find("/usr/none", 0) == ENOENT_);
	CHECK(tree_questions == 8);
	CHECK(mount->nodes == 1);
	CHECK(tree_find("/c0/ls", 0) == 3);
	tree_end();
}
