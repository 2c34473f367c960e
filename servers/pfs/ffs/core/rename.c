/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rename, with all of POSIX's rules and Linux's two flags. The new name is
 * there before the old one goes, in memory and on the disk (late.c); only an
 * exchange may show the disk one file under both names for a moment.
 */
#include "ffs.h"

enum {
	BLOCKS_OPERATION = 16,
};

static const struct name dots = { "..", 2 };

/* E_INVAL if directory is node or lies below it. */
static error_t below_check(struct node *directory, const struct node *node)
{
	error_t error = fs_below_check(&directory->fs, &node->fs);

	return error == E_LOOP ? volume_damaged(node_volume(directory),
	    "a ring above directory", directory->fs.number) : error;
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

static struct name name_from(const struct fs_rename *rename)
{
	return (struct name){ rename->from_name, rename->from_length };
}

static struct name name_to(const struct fs_rename *rename)
{
	return (struct name){ rename->to_name, rename->to_length };
}

static error_t exchange(struct fs_rename *rename, struct fs_node *first,
    struct fs_node *second)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	struct node *one = node_of(first), *other = node_of(second);
	const struct name old = name_from(rename), new = name_to(rename);
	error_t error = 0;

	if (is_directory(one))
		error = below_check(to, one);
	if (!error && is_directory(other))
		error = below_check(from, other);
	if (!error)
		error = name_change(from, &old, other);
	if (!error)
		error = name_change(to, &new, one);
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

static error_t move(struct fs_rename *rename, struct fs_node *fs,
    struct fs_node *replaced)
{
	struct node *from = node_of(rename->from), *to = node_of(rename->to);
	struct node *node = node_of(fs);
	struct node *target = replaced ? node_of(replaced) : 0;
	const struct name old = name_from(rename), new = name_to(rename);
	struct place place;
	error_t error = move_check(rename, node, target);

	if (error)
		return error;
	if (target)
		error = name_change(to, &new, node);
	else
		error = dir_add(to, &new, (uint32_t)node->fs.number,
		    node->fs.attributes.mode);
	if (!error)
		error = dir_find(from, &old, &place);
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
	error_t error = volume_relieve(volume_of(rename->from->volume),
	    BLOCKS_OPERATION);

	return error ? error : fs_names_move(rename, exchange, move);
}
