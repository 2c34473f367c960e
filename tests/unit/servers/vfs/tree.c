/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"
#include "core/mounts.h"
#include "core/numbers.h"
#include <base/heap.h>
#include <string.h>
#include <test.h>

unsigned tree_questions;
const struct credentials tree_root_user,
    tree_plain_user = { .uid = 1, .gid = 1 };

static const struct tree_entry *table;

static struct file_attributes attributes_of(unsigned mode)
{
	return (struct file_attributes){ .mode = mode, .links = 1 };
}

static struct node *root_of(struct mount *mount)
{
	struct file_attributes attributes =
	    attributes_of(MODE_DIRECTORY | 0755);
	struct node *root;

	CHECK(node_learn(mount, 1, &attributes, 1, &root) == 0);
	return root;
}

struct mount *tree_begin(const struct tree_entry *entries, unsigned limit)
{
	struct mount *mount;

	table = entries;
	tree_questions = 0;
	cache_init(limit);
	CHECK(mount_make("tree", "table", 0, &mount) == 0);
	mount_attach(mount, root_of(mount), NULL);
	return mount;
}

struct mount *tree_mount(struct node *covered)
{
	struct mount *mount;

	CHECK(mount_make("tree", "table", 0, &mount) == 0);
	mount_attach(mount, root_of(mount), covered);
	return mount;
}

static void free_doomed(void)
{
	struct node *node;

	while ((node = cache_take_doomed()))
		node_free(node);
}

void tree_end(void)
{
	while (!list_empty(&mounts)) {
		struct mount *mount =
		    list_item(mounts.previous, struct mount, link);

		mount_detach(mount);
		node_drop(mount->root);
		CHECK(cache_empty(mount) == 0);
		free_doomed();
		mount_free(mount);
	}
	CHECK(cache.node_count == 0 && cache.name_count == 0);
	CHECK(cache.loose_count == 0);
	map_free(&cache.nodes);
	map_free(&cache.names);
}

static const struct tree_entry *ask(
    unsigned directory, const char *name, unsigned length)
{
	const struct tree_entry *entry = table;

	tree_questions++;
	for (; entry->directory; entry++)
		if (entry->directory == directory &&
		    strlen(entry->name) == length &&
		    !memcmp(entry->name, name, length))
			return entry;
	return NULL;
}

static error_t answer_lookup(struct walk *walk)
{
	const struct tree_entry *entry = ask(
	    (unsigned)walk->node->number, walk->wanted, walk->wanted_length);
	struct file_attributes attributes;
	struct node *node = NULL;
	error_t error;

	if (entry) {
		attributes = attributes_of(entry->mode);
		error = node_learn(
		    walk->node->mount, entry->node, &attributes, 1, &node);
		if (error)
			return error;
	}
	error = 0;
	if (!walk->node->mount->volatile_names ||
	    (node && node_is(node, MODE_DIRECTORY)))
		error = name_enter(
		    walk->node, walk->wanted, walk->wanted_length, node);
	if (!error)
		walk_answer(walk, node);
	return error;
}

static void answer_link(struct node *link)
{
	const struct tree_entry *entry = table;

	for (; entry->node != link->number; entry++)
		continue;
	tree_questions++;
	link->target_length = (unsigned)strlen(entry->target);
	link->target = heap_alloc(link->target_length + 1);
	memcpy(link->target, entry->target, link->target_length);
}

error_t tree_walk(struct walk *walk, struct node *root, struct node *start,
    const struct credentials *who, const char *path, unsigned flags)
{
	error_t error;

	walk_start(walk, root, start, who, path, (unsigned)strlen(path), flags);
	for (;;) {
		error = walk_run(walk);
		if (error != WALK_LOOKUP && error != WALK_LINK)
			return error;
		walk_hold(walk);
		cache_trim(); /* as others do meanwhile */
		free_doomed();
		walk_release(walk);
		if (error == WALK_LINK)
			answer_link(walk->found);
		else if ((error = answer_lookup(walk)))
			return error;
	}
}

int tree_find(const char *path, unsigned flags)
{
	struct walk walk;
	error_t error;
	int number;

	error = tree_walk(&walk, mount_root->root, mount_root->root,
	    &tree_root_user, path, flags);
	if (error)
		number = -ERROR_NUMBER(error);
	else
		number = walk.found ? (int)walk.found->number : 0;
	cache_trim();
	free_doomed();
	return number;
}
