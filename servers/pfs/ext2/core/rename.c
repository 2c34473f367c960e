/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rename, with all of POSIX's rules and Linux's two flags. The new name is
 * there before the old one goes, so that a file is never without a name.
 */
#include "ext2.h"

enum {
	BLOCKS_OPERATION = 16,
};

static int is_directory(const struct node *node)
{
	return (node->fs.attributes.mode & FS_KIND) == FS_DIRECTORY;
}

/* E_INVAL if directory is node or lies below it. */
static error_t below_check(struct node *directory, const struct node *node)
{
	error_t error = fs_below_check(&directory->fs, &node->fs);

	return error == E_LOOP ? volume_damaged(node_volume(directory),
	    "a ring above directory", directory->fs.number) : error;
}

/* What a rename changes, found (and its buffers held) before it changes the
 * first of them: after that nothing can fail but to add a name. */
struct spots {
	struct place from, to, parent, other_parent;
	unsigned char has_from, has_to, has_parent, has_other_parent;
};

static error_t spot_find(struct node *directory, const char *name,
    unsigned length, struct place *place, unsigned char *has)
{
	error_t error = dir_find(directory, name, length, place);

	*has = !error;
	return error;
}

static error_t parent_find(struct node *node, struct place *place,
    unsigned char *has)
{
	error_t error = spot_find(node, "..", 2, place, has);

	return error == E_NOENT ? volume_damaged(node_volume(node),
	    "no .. in directory", node->fs.number) : error;
}

static void spots_put(struct spots *spots)
{
	if (spots->has_from)
		place_put(&spots->from);
	if (spots->has_to)
		place_put(&spots->to);
	if (spots->has_parent)
		place_put(&spots->parent);
	if (spots->has_other_parent)
		place_put(&spots->other_parent);
}

/* Makes ".." of a directory that moved name its new parent. */
static void parent_change(struct node *node, struct place *place,
    struct node *from, struct node *to)
{
	dir_change(node, place, (uint32_t)to->fs.number, FS_DIRECTORY);
	if (from->fs.attributes.links > 2)
		from->fs.attributes.links--;
	to->fs.attributes.links++;
	fs_node_dirty(&from->fs);
	fs_node_dirty(&to->fs);
}

static void name_change(struct node *directory, struct place *place,
    struct node *node)
{
	dir_change(directory, place, (uint32_t)node->fs.number,
	    node->fs.attributes.mode);
}

/* The places of both names, if other is a name already, and of ".." of what
 * is a directory and changes its parent. */
static error_t spots_find(struct fs_rename *rename, struct node *one,
    struct node *other, int exchange, struct spots *spots)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	error_t error = spot_find(from, rename->from_name, rename->from_length,
	    &spots->from, &spots->has_from);

	if (!error && other)
		error = spot_find(to, rename->to_name, rename->to_length,
		    &spots->to, &spots->has_to);
	if (!error && from != to && is_directory(one))
		error = parent_find(one, &spots->parent, &spots->has_parent);
	if (!error && exchange && from != to && is_directory(other))
		error = parent_find(other, &spots->other_parent,
		    &spots->has_other_parent);
	return error;
}

static error_t exchange(struct fs_rename *rename, struct fs_node *first,
    struct fs_node *second)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	struct node *one = node_of(first), *other = node_of(second);
	struct spots spots = { 0 };
	error_t error = 0;

	if (is_directory(one))
		error = below_check(to, one);
	if (!error && is_directory(other))
		error = below_check(from, other);
	if (!error)
		error = spots_find(rename, one, other, 1, &spots);
	if (!error) {
		name_change(from, &spots.from, other);
		name_change(to, &spots.to, one);
		if (spots.has_parent)
			parent_change(one, &spots.parent, from, to);
		if (spots.has_other_parent)
			parent_change(other, &spots.other_parent, to, from);
		node_stamp(one, 0);
		node_stamp(other, 0);
	}
	spots_put(&spots);
	return error;
}

static error_t move_check(struct fs_rename *rename, struct node *node,
    struct node *target)
{
	struct node *to = node_of(rename->to);
	error_t error = 0;

	if (!to->fs.attributes.links)
		return E_NOENT;
	if (is_directory(node) && rename->from != rename->to) {
		error = below_check(to, node);
		if (!error && !target &&
		    to->fs.attributes.links >= LINKS_MAX)
			error = E_MLINK;
	}
	if (!error && target) {
		error = node_may_go(target, is_directory(node));
		/* "mv file directory" and the reverse */
		if (error == E_NOTEMPTY && !is_directory(node))
			error = E_ISDIR;
	}
	return error;
}

static error_t move(struct fs_rename *rename, struct fs_node *fs,
    struct fs_node *replaced)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	struct node *node = node_of(fs);
	struct node *target = replaced ? node_of(replaced) : 0;
	struct spots spots = { 0 };
	error_t error = move_check(rename, node, target);

	if (!error)
		error = spots_find(rename, node, target, 0, &spots);
	if (!error && target)
		name_change(to, &spots.to, node);
	else if (!error)
		error = dir_add(to, rename->to_name, rename->to_length,
		    (uint32_t)node->fs.number, node->fs.attributes.mode);
	if (!error) {
		place_again(node_volume(from), &spots.from);
		dir_remove(from, &spots.from);
		spots.has_from = 0;
		if (target)
			node_unlinked(target, to);
		if (spots.has_parent)
			parent_change(node, &spots.parent, from, to);
		node_stamp(node, 0);
	}
	spots_put(&spots);
	return error;
}

error_t ext2_rename(struct fs_rename *rename)
{
	error_t error = volume_relieve(volume_of(rename->from->volume),
	    BLOCKS_OPERATION);

	return error ? error : fs_names_move(rename, exchange, move);
}
