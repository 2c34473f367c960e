/* SPDX-License-Identifier: BSD-2-Clause */
/* Aliases of directories: see alias.h. */
#include "core/alias.h"
#include "core/listing.h"
#include "core/numbers.h"

struct mount *family_next(const struct mount *of, struct mount *at)
{
	struct mount *base = mount_base(of);
	struct list *next;

	if (!at)
		return base;
	next = at == base ? base->binds.next : at->of_base.next;
	return next == &base->binds ? NULL
				    : list_item(next, struct mount, of_base);
}

/* Most machines have no binds. */
static int is_alone(const struct node *node)
{
	return list_empty(&mount_base(node->mount)->binds);
}

/* The next alias of node behind the one in *at; null: no more. */
static struct node *alias_next(const struct node *node, struct mount **at)
{
	struct node *alias;

	while ((*at = family_next(node->mount, *at))) {
		if (*at == node->mount)
			continue;
		alias = node_find(*at, node->number);
		if (alias && node_is(alias, MODE_DIRECTORY))
			return alias;
	}
	return NULL;
}

void alias_changed(struct node *directory)
{
	struct mount *at = NULL;
	struct node *alias;

	if (is_alone(directory))
		return;
	while ((alias = alias_next(directory, &at))) {
		alias->changes++;
		alias->flags |= NODE_STALE;
		listing_forget(alias);
		if (alias->mount->alike_names)
			names_forget(alias);
	}
}

void alias_attributes(const struct node *node)
{
	struct mount *at = NULL;
	struct node *alias;

	if (is_alone(node))
		return;
	while ((alias = alias_next(node, &at))) {
		alias->changes++;
		alias->flags |= NODE_STALE;
		alias->attributes.mode = node->attributes.mode;
		alias->attributes.uid = node->attributes.uid;
		alias->attributes.gid = node->attributes.gid;
	}
}

void alias_name_forget(struct node *directory, const char *text,
    unsigned length)
{
	struct mount *at = NULL;
	struct node *alias;

	if (is_alone(directory))
		return;
	while ((alias = alias_next(directory, &at)))
		name_forget(alias, text, length);
}

void alias_name_cut(struct node *directory, const char *text, unsigned length)
{
	struct mount *at = NULL;
	struct node *alias;

	if (is_alone(directory))
		return;
	while ((alias = alias_next(directory, &at)))
		name_cut(alias, text, length);
}

/* The alias in mount of the child of parent's own alias. */
static struct node *child_make(struct node *parent, const struct node *child)
{
	struct mount *mount = parent->mount;
	struct node *made;

	if (!child->name ||
	    node_learn(mount, child->number, &child->attributes, 0, &made))
		return NULL;
	if (!made->lookups)
		made->lookups = child->lookups;
	if (name_enter(parent, child->name->text, child->name->length, made))
		return NULL;
	return made;
}

/* From the lowest directory above that mount knows, one down a turn: paths are
 * short, and this is rare. */
struct node *alias_make(struct node *directory, struct mount *mount)
{
	struct node *found, *child;

	while (!(found = node_find(mount, directory->number))) {
		child = directory;
		while (child->parent &&
		    !(found = node_find(mount, child->parent->number)))
			child = child->parent;
		if (!child->parent || !child_make(found, child))
			return NULL;
	}
	return found;
}

int alias_is_covered(const struct node *node)
{
	struct mount *at = NULL;
	const struct node *alias;

	if (is_alone(node))
		return 0;
	while ((alias = alias_next(node, &at)))
		if (alias->covered_by)
			return 1;
	return 0;
}

int alias_inherits(const struct node *node)
{
	struct mount *at = NULL;
	struct node *alias;

	if (is_alone(node) || !node_is(node, MODE_DIRECTORY))
		return 0;
	alias = alias_next(node, &at);
	if (alias && (int32_t)(node->lookups - alias->lookups) > 0)
		alias->lookups = node->lookups;
	return alias != NULL;
}
