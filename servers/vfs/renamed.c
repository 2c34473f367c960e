/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cache knows after a rename. */
#include "renamed.h"
#include "core/alias.h"
#include "core/listing.h"
#include "core/numbers.h"
#include "keep.h"

error_t name_enter_moved(struct node *parent, const char *text,
    unsigned length, struct node *node)
{
	struct node *before = node->parent;
	const struct name *name = node->name;
	error_t error;

	if (!node->kept)
		return name_enter(parent, text, length, node);
	if (before)
		node_reference(before);
	error = name_enter(parent, text, length, node);
	if (!error && name != node->name)
		directory_moved(node, before);
	if (before)
		node_drop(before);
	return error;
}

/* Its ctime is another, and if it is a directory, what its ".." leads to. */
static void node_moved(struct node *node)
{
	node->flags |= NODE_STALE;
	node->changes++;
	listing_forget(node);
}

/* moved is under name in directory from now on. */
static void name_moved(struct node *directory, const char *name,
    unsigned length, struct node *moved)
{
	if (moved) {
		node_moved(moved);
		name_enter_moved(directory, name, length, moved);
	} else {
		name_forget(directory, name, length);
	}
}

/* What mount calls number: files are its base's, directories its own. */
static struct node *node_seen(struct mount *mount, uint64_t number)
{
	struct node *node = node_find(mount, number);

	if (node || !mount->base)
		return node;
	node = node_find(mount->base, number);
	return node && node_is(node, MODE_DIRECTORY) ? NULL : node;
}

/* What the cache knows of mount's own names. */
static void own_renamed(const struct renamed *done)
{
	struct mount *mount = done->from->mount;
	struct node *moved = node_seen(mount, done->moved);
	struct node *other = done->replaced
	    ? node_seen(mount, done->replaced)
	    : NULL;

	name_cut(done->from, done->from_name, done->from_length);
	name_cut(done->to, done->to_name, done->to_length);
	name_moved(done->to, done->to_name, done->to_length, moved);
	if (done->exchange)
		name_moved(done->from, done->from_name, done->from_length,
		    other);
}

/* A directory that mount knows an alias of has moved: so does the alias. If
 * it has left what is bound here, nothing leads to it any more. */
static void alias_moved(struct mount *mount, uint64_t number,
    struct node *directory, const char *name, unsigned length)
{
	struct node *alias = node_find(mount, number), *to;

	if (!alias || !node_is(alias, MODE_DIRECTORY))
		return;
	node_moved(alias);
	to = alias_make(directory, mount);
	if (!to || name_enter_moved(to, name, length, alias)) {
		directory_gone(alias);
		node_remove(alias);
	}
}

/* The same in the rest of the family. */
static void aliases_renamed(const struct renamed *done)
{
	struct mount *mount = done->from->mount, *at = NULL;

	alias_name_cut(done->from, done->from_name, done->from_length);
	alias_name_cut(done->to, done->to_name, done->to_length);
	while ((at = family_next(mount, at))) {
		if (at == mount)
			continue;
		alias_moved(at, done->moved, done->to, done->to_name,
		    done->to_length);
		if (done->exchange)
			alias_moved(at, done->replaced, done->from,
			    done->from_name, done->from_length);
	}
	alias_name_forget(done->from, done->from_name, done->from_length);
	alias_name_forget(done->to, done->to_name, done->to_length);
}

void names_renamed(const struct renamed *done)
{
	own_renamed(done);
	aliases_renamed(done);
}
