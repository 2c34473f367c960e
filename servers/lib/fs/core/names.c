/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What types do with names in the same way, if ".." is a name as others are: a
 * rename but for its changes, with all of POSIX's rules and Linux's two flags.
 */
#include <fs/node.h>

enum {
	DEPTH_MAX = 4096, /* of directories: deeper ones must be rings */
};

error_t fs_name_get(struct fs_node *directory, const char *name,
    unsigned length, struct fs_node **node)
{
	struct fs_volume *volume = directory->volume;
	uint64_t number;
	error_t error = volume->type->ops->lookup(directory, name, length,
	    &number);

	if (error)
		return error;
	error = fs_node_get(volume, number, node);
	return error == E_STALE ? E_UCLEAN : error;
}

error_t fs_name_is_free(struct fs_node *directory, const char *name,
    unsigned length)
{
	uint64_t number;
	error_t error;

	if (!directory->attributes.links)
		return E_NOENT; /* removed, but somebody's current directory */
	error = directory->volume->type->ops->lookup(directory, name, length,
	    &number);
	if (!error)
		return E_EXIST;
	return error == E_NOENT ? 0 : error;
}

error_t fs_link_check(struct fs_node *directory, const char *name,
    unsigned length, const struct fs_node *node, uint32_t links_max)
{
	if (!node->attributes.links)
		return E_NOENT;
	if (node->attributes.links >= links_max)
		return E_MLINK;
	return fs_name_is_free(directory, name, length);
}

void fs_link_lost(struct fs_node *node, struct fs_node *directory)
{
	struct fs_attributes *attributes = &node->attributes;

	if ((attributes->mode & FS_KIND) == FS_DIRECTORY) {
		attributes->links = 0;
		if (directory->attributes.links > 2)
			directory->attributes.links--;
		fs_node_dirty(directory);
	} else if (attributes->links) {
		attributes->links--;
	}
}

error_t fs_below_check(struct fs_node *directory, const struct fs_node *node)
{
	struct fs_node *at = fs_node_reference(directory), *above;
	unsigned depth;
	error_t error = 0;

	for (depth = 0; depth < DEPTH_MAX && !error; depth++) {
		if (at == node)
			error = E_INVAL;
		if (error || at->number == at->volume->root)
			break;
		error = fs_name_get(at, "..", 2, &above);
		if (!error) {
			fs_node_put(at);
			at = above;
		}
	}
	fs_node_put(at);
	if (depth == DEPTH_MAX)
		return E_LOOP;
	return error == E_NOENT ? E_UCLEAN : error;
}

error_t fs_names_move(struct fs_rename *rename, fs_move_t exchange,
    fs_move_t move)
{
	int exchanges = (rename->flags & FS_RENAME_EXCHANGE) != 0;
	struct fs_node *node, *target = 0;
	error_t error = fs_name_get(rename->from, rename->from_name,
	    rename->from_length, &node);

	if (error)
		return error;
	error = fs_name_get(rename->to, rename->to_name, rename->to_length,
	    &target);
	if (error == E_NOENT)
		error = exchanges ? E_NOENT : 0;
	else if (!error && (rename->flags & FS_RENAME_NOREPLACE))
		error = E_EXIST;
	if (!error && target != node)
		error = (exchanges ? exchange : move)(rename, node, target);
	if (target && (error || target == node)) {
		/* two names of one node: nothing is done, as POSIX wants */
		fs_node_put(target);
		target = 0;
	}
	if (error) {
		fs_node_put(node);
		return error;
	}
	rename->moved = node;
	rename->replaced = target;
	return 0;
}
