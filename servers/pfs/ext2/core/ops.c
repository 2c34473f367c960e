/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one does with names: look up, create, link, unlink. Each operation
 * checks all it can before it changes the first thing, and undoes what it did
 * if a later step fails.
 */
#include "ext2.h"
#include <string.h>

enum {
	BLOCKS_OPERATION = 16, /* more than any operation here takes */
};

static int is_directory(const struct node *node)
{
	return (node->fs.attributes.mode & FS_KIND) == FS_DIRECTORY;
}

error_t ext2_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number)
{
	struct place place;
	error_t error = dir_find(node_of(directory), name, length, &place);

	if (error)
		return error;
	*number = place_entry(&place)->inode;
	place_put(&place);
	return 0;
}

/* The target of a symbolic link: in the inode if it fits there. */
static error_t target_write(struct node *node, const struct fs_new *what)
{
	node->fs.attributes.size = what->target_length;
	if (what->target_length < sizeof node->block) {
		memcpy(node->block, what->target, what->target_length);
		return 0;
	}
	return ext2_write(&node->fs, 0, what->target, what->target_length);
}

/* What a new node has from its start on. */
static error_t content_start(struct node *node, const struct fs_new *what,
    struct node *directory)
{
	if (is_directory(node))
		return dir_start(node, (uint32_t)directory->fs.number);
	if ((what->mode & FS_KIND) == FS_LINK)
		return target_write(node, what);
	return 0;
}

/* A node that did not get its name: its last put removes it. */
static void node_undo(struct node *node)
{
	node->fs.attributes.links = 0;
	fs_node_put(&node->fs);
}

static error_t create_check(struct node *directory, const char *name,
    unsigned length, const struct fs_new *what)
{
	struct volume *volume = node_volume(directory);
	error_t error = volume_relieve(volume, BLOCKS_OPERATION);

	if (error)
		return error;
	if (what->target_length > volume->block_size - 1)
		return E_NAMETOOLONG;
	if ((what->mode & FS_KIND) == FS_DIRECTORY &&
	    directory->fs.attributes.links >= LINKS_MAX)
		return E_MLINK;
	return fs_name_is_free(&directory->fs, name, length);
}

error_t ext2_create(struct fs_node *fs, const char *name, unsigned length,
    const struct fs_new *what, struct fs_node **result)
{
	struct node *directory = node_of(fs), *node;
	struct volume *volume = node_volume(directory);
	int makes_directory = (what->mode & FS_KIND) == FS_DIRECTORY;
	uint32_t number;
	error_t error = create_check(directory, name, length, what);

	if (error)
		return error;
	error = inode_take(volume, directory, makes_directory, &number);
	if (error)
		return error;
	error = node_new(volume, number, what, directory, &node);
	if (error) {
		inode_free(volume, number, makes_directory);
		return error;
	}
	error = content_start(node, what, directory);
	if (!error)
		error = dir_add(directory, name, length, number, what->mode);
	if (error) {
		node_undo(node);
		return error;
	}
	if (makes_directory) {
		node->fs.attributes.links = 2;
		directory->fs.attributes.links++;
	}
	ext2_settle(&node->fs); /* its window: the next file lies beside it */
	*result = &node->fs;
	return 0;
}

error_t ext2_link(struct fs_node *fs, const char *name, unsigned length,
    struct fs_node *target)
{
	struct node *directory = node_of(fs), *node = node_of(target);
	error_t error = volume_relieve(node_volume(directory),
	    BLOCKS_OPERATION);

	if (error)
		return error;
	error = fs_link_check(fs, name, length, target, LINKS_MAX);
	if (!error)
		error = dir_add(directory, name, length,
		    (uint32_t)target->number, target->attributes.mode);
	if (error)
		return error;
	target->attributes.links++;
	node_stamp(node, 0);
	return 0;
}

void node_unlinked(struct node *node, struct node *directory)
{
	fs_link_lost(&node->fs, &directory->fs);
	node_stamp(node, 0);
	if (!node->fs.attributes.links)
		orphan_add(node);
}

error_t node_may_go(struct node *node, int as_directory)
{
	int empty;
	error_t error;

	if (!as_directory)
		return is_directory(node) ? E_ISDIR : 0;
	if (!is_directory(node))
		return E_NOTDIR;
	error = dir_is_empty(node, &empty);
	if (error)
		return error;
	return empty ? 0 : E_NOTEMPTY;
}

error_t ext2_unlink(struct fs_node *fs, const char *name, unsigned length,
    int kind, struct fs_node **result)
{
	struct node *directory = node_of(fs);
	struct place place;
	struct fs_node *node;
	error_t error = volume_relieve(node_volume(directory),
	    BLOCKS_OPERATION);

	if (!error)
		error = dir_find(directory, name, length, &place);
	if (error)
		return error;
	error = fs_node_get(fs->volume, place_entry(&place)->inode, &node);
	if (error) {
		place_put(&place);
		return error == E_STALE ? E_UCLEAN : error;
	}
	error = node->attributes.flags & (FS_FLAG_IMMUTABLE | FS_FLAG_APPEND) ?
	    E_PERM : node_may_go(node_of(node), kind);
	if (error) {
		place_put(&place);
		fs_node_put(node);
		return error;
	}
	dir_remove(directory, &place);
	node_unlinked(node_of(node), directory);
	*result = node;
	return 0;
}

error_t ext2_read_link(struct fs_node *fs, char *target, unsigned *length)
{
	struct node *node = node_of(fs);
	size_t count = (size_t)fs->attributes.size; /* checked when loaded */

	*length = (unsigned)count;
	if (!node_is_fast_link(node))
		return ext2_read(fs, 0, target, &count);
	memcpy(target, node->block, count);
	return 0;
}

const struct fs_ops ext2_ops = {
	.mount = ext2_mount,
	.unmount = ext2_unmount,
	.sync = ext2_sync,
	.limit_cache = ext2_limit_cache,
	.keep = ext2_keep,
	.remount = ext2_remount,
	.status = ext2_status,
	.load = ext2_load,
	.free = ext2_free,
	.save = ext2_save,
	.remove = ext2_remove,
	.lookup = ext2_lookup,
	.create = ext2_create,
	.link = ext2_link,
	.unlink = ext2_unlink,
	.rename = ext2_rename,
	.read_link = ext2_read_link,
	.read_directory = ext2_read_directory,
	.read = ext2_read,
	.write = ext2_write,
	.extent = ext2_extent,
	.take = ext2_take,
	.punch = ext2_punch,
	.reserve = ext2_reserve,
	.settle = ext2_settle,
	.truncate = ext2_truncate,
	.get_extended = ext2_get_extended,
	.set_extended = ext2_set_extended,
	.list_extended = ext2_list_extended,
};

const struct fs_type ext2_type = {
	.name = "ext2",
	.flags = FS_TYPE_GUARDS,
	.settable = INODE_FLAGS_SETTABLE,
	.ops = &ext2_ops,
};
