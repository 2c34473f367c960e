/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rename, with all of POSIX's rules and Linux's two flags. The new name is
 * there before the old one goes, in memory and on the disk (late.c); only an
 * exchange may show the disk one file under both names for a moment.
 */
#include "ffs.h"

enum {
	DEPTH_MAX = 4096, /* of directories: deeper ones must be rings */
	BLOCKS_OPERATION = 16,
};

static const struct name dots = { "..", 2 };

/* The node that a name stands for, with a reference. */
static error_t name_node(struct node *directory, const struct name *name,
    struct node **node)
{
	struct fs_node *found;
	uint64_t number;
	error_t error = ffs_lookup(&directory->fs, name->text, name->length,
	    &number);

	if (error)
		return error;
	error = fs_node_get(directory->fs.volume, number, &found);
	if (error)
		return error == E_STALE ? E_UCLEAN : error;
	*node = node_of(found);
	return 0;
}

/* E_INVAL if directory is node or lies below it. */
static error_t below_check(struct node *directory, const struct node *node)
{
	struct node *at = node_of(fs_node_reference(&directory->fs)), *above;
	unsigned depth;
	error_t error = 0;

	for (depth = 0; depth < DEPTH_MAX && !error; depth++) {
		if (at == node)
			error = E_INVAL;
		if (error || at->fs.number == ROOT)
			break;
		error = name_node(at, &dots, &above);
		if (!error) {
			fs_node_put(&at->fs);
			at = above;
		}
	}
	fs_node_put(&at->fs);
	if (depth == DEPTH_MAX)
		return volume_damaged(node_volume(directory),
		    "a ring above directory", directory->fs.number);
	return error;
}

/* Makes ".." of a directory that moved name its new parent. */
static error_t parent_change(struct node *node, struct node *from,
    struct node *to)
{
	struct place place;
	error_t error = dir_find(node, &dots, &place);

	if (error)
		return error == E_NOENT ? volume_damaged(node_volume(node),
		    "no .. in directory", node->fs.number) : error;
	error = dir_change(node, &place, (uint32_t)to->fs.number, FS_DIRECTORY);
	if (error)
		return error;
	if (from->fs.attributes.links > 2)
		from->fs.attributes.links--;
	to->fs.attributes.links++;
	fs_node_dirty(&from->fs);
	fs_node_dirty(&to->fs);
	return 0;
}

/* Makes an existing name stand for node. */
static error_t name_change(struct node *directory, const struct name *name,
    struct node *node)
{
	struct place place;
	error_t error = dir_find(directory, name, &place);

	if (error)
		return error;
	return dir_change(directory, &place, (uint32_t)node->fs.number,
	    node->fs.attributes.mode);
}

struct names {
	struct name from, to;
};

static error_t exchange(struct fs_rename *rename, const struct names *names,
    struct node *one, struct node *other)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	error_t error = 0;

	if (is_directory(one))
		error = below_check(to, one);
	if (!error && is_directory(other))
		error = below_check(from, other);
	if (!error)
		error = name_change(from, &names->from, other);
	if (!error)
		error = name_change(to, &names->to, one);
	if (!error && from != to && is_directory(one))
		error = parent_change(one, from, to);
	if (!error && from != to && is_directory(other))
		error = parent_change(other, to, from);
	if (!error) {
		node_stamp(one, 0);
		node_stamp(other, 0);
	}
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
	if (!error && target)
		error = node_may_go(target, is_directory(node));
	return error;
}

static error_t move(struct fs_rename *rename, const struct names *names,
    struct node *node, struct node *target)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	struct place place;
	error_t error = move_check(rename, node, target);

	if (error)
		return error;
	if (target)
		error = name_change(to, &names->to, node);
	else
		error = dir_add(to, &names->to, (uint32_t)node->fs.number,
		    node->fs.attributes.mode);
	if (!error)
		error = dir_find(from, &names->from, &place);
	if (!error)
		error = dir_remove(from, &place);
	if (error)
		return error;
	if (target)
		node_unlinked(target, to);
	if (is_directory(node) && from != to)
		error = parent_change(node, from, to);
	node_stamp(node, 0);
	return error;
}

error_t ffs_rename(struct fs_rename *rename)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	const struct names names = {
		{ rename->from_name, rename->from_length },
		{ rename->to_name, rename->to_length },
	};
	struct node *node, *target = 0;
	error_t error = volume_relieve(node_volume(from), BLOCKS_OPERATION);

	if (!error)
		error = name_node(from, &names.from, &node);
	if (error)
		return error;
	error = name_node(to, &names.to, &target);
	if (error == E_NOENT)
		error = rename->flags & FS_RENAME_EXCHANGE ? E_NOENT : 0;
	else if (!error && (rename->flags & FS_RENAME_NOREPLACE))
		error = E_EXIST;
	if (!error && target != node)
		error = rename->flags & FS_RENAME_EXCHANGE ?
		    exchange(rename, &names, node, target) :
		    move(rename, &names, node, target);
	if (error || target == node) {
		/* two names of one node: nothing is done, as POSIX wants */
		if (target)
			fs_node_put(&target->fs);
		target = 0;
	}
	if (error) {
		fs_node_put(&node->fs);
		return error;
	}
	rename->moved = &node->fs;
	rename->replaced = target ? &target->fs : 0;
	return 0;
}
