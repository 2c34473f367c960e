/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mount --bind, --rbind, --move: changes of the tree that no file server hears
 * of. Lock held throughout.
 */
#include "core/alias.h"
#include "core/numbers.h"
#include "keep.h"
#include <base/port.h>
#include <base/text.h>
#include <string.h>

enum {
	BINDS_MOST = 64, /* of one --rbind */
};

/* The path of node from above, or "". */
static void path_write(char text[MOUNT_TEXT], const struct node *node,
    const struct node *above)
{
	char *start;
	int unreachable;

	text[0] = 0;
	if (node_path(node, above, text, MOUNT_TEXT - 1, &start, &unreachable))
		return;
	text[MOUNT_TEXT - 1] = 0;
	memmove(text, start, strlen(start) + 1);
}

static error_t bind_make(struct node *source, struct mount **made)
{
	struct mount *via = source->mount, *base = mount_base(via);
	struct mount_order order = { .type = base->type,
		.source = base->source,
		.target = "",
		.flags = via->flags,
		.known_device = base->device };
	struct node *origin = via == base ? source : alias_make(source, base);
	error_t error = origin ? directory_keep(origin) : E_INVAL;

	if (error)
		return error;
	error = mount_new(&order, made);
	if (!error)
		error = port_copy_send(base->pfs);
	if (error) {
		directory_unkeep(origin);
		return error;
	}
	(*made)->pfs = base->pfs;
	mount_bind_begin(*made, base, origin);
	path_write((*made)->inside, origin, base->root);
	return 0;
}

/* Its root, and its place. */
static error_t bind_enter(struct mount *mount, struct node *covered)
{
	const struct node *origin = mount->origin;
	struct node *root;
	error_t error = node_learn(
	    mount, origin->number, &origin->attributes, 0, &root);

	if (error)
		return error;
	root->lookups = origin->lookups;
	path_write(mount->target, covered, mount_root->root);
	return mount_stand(mount, root, covered);
}

/* A bind that stands nowhere (any more): nobody uses its nodes. */
static void bind_undo(struct mount *mount)
{
	mount->leaving = mount->gone = 1;
	bind_release(mount);
	cache_empty(mount);
	if (mount_is_over(mount))
		mount_release(mount);
}

void bind_release(struct mount *mount)
{
	if (!mount->origin)
		return;
	directory_unkeep(mount->origin);
	mount_bind_end(mount);
}

static error_t bind_one(
    struct node *source, struct node *covered, struct mount **made)
{
	error_t error = bind_make(source, made);

	if (error)
		return error;
	error = bind_enter(*made, covered);
	if (error)
		bind_undo(*made);
	return error;
}

/* What was bound for each mount below the source. */
struct copies {
	struct mount *from[BINDS_MOST], *to[BINDS_MOST];
	unsigned count;
};

static struct mount *copy_of(const struct copies *copies, struct mount *mount)
{
	for (unsigned i = 0; i < copies->count; i++)
		if (copies->from[i] == mount)
			return copies->to[i];
	return NULL;
}

/* The mounts below come along, those that stand on others after them. */
static void binds_below(
    struct copies *copies, struct node *source, struct mount *last)
{
	struct mount *made;

	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);
		struct mount *onto;
		struct node *place;

		if (mount == last || copies->count == BINDS_MOST)
			return;
		if (!mount->covered || copy_of(copies, mount) ||
		    !node_is_below(mount->covered, source))
			continue;
		onto = copy_of(copies, mount->covered->mount);
		place = onto ? alias_make(mount->covered, onto) : NULL;
		if (!place || bind_one(mount->root, mount_top(place), &made))
			continue;
		copies->from[copies->count] = mount;
		copies->to[copies->count++] = made;
	}
}

error_t mount_bind(struct node *source, struct node *covered, int deep)
{
	struct copies copies = { .count = 1 };
	struct mount *base = mount_base(source->mount);
	struct mount *made;
	error_t error;

	if (!node_is(source, MODE_DIRECTORY) ||
	    !node_is(covered, MODE_DIRECTORY))
		return E_NOTDIR;
	if ((source->flags | covered->flags) & NODE_REMOVED)
		return E_NOENT;
	if (base->leaving || source->mount->leaving)
		return E_BUSY;
	node_reference(covered);
	error = bind_one(source, covered, &made);
	node_drop(covered);
	if (error || !deep)
		return error;
	copies.from[0] = source->mount;
	copies.to[0] = made;
	binds_below(&copies, source, made);
	return 0;
}

/* Where it and what stands on it are now. */
static void targets_write(void)
{
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (!mount->covered)
			continue;
		path_write(mount->target, mount->covered, mount_root->root);
		mount_kept_place(mount);
	}
}

error_t mount_move(struct node *source, struct node *covered)
{
	struct mount *mount = source->mount;
	struct node *before = mount->covered;
	error_t error;

	if (source != mount->root || !before)
		return E_INVAL;
	if (node_is_below(covered, source))
		return E_LOOP;
	if (covered->flags & NODE_REMOVED)
		return E_NOENT;
	error = directory_keep(covered);
	if (error)
		return error;
	covered->covered_by = mount;
	mount->covered = node_reference(covered);
	before->covered_by = NULL;
	targets_write();
	directory_unkeep(before);
	node_drop(before);
	return 0;
}

void mount_change_place(struct mount *mount, unsigned flags)
{
	mount->flags = flags & MOUNT_KEPT;
	mount_kept_flags(mount);
}
