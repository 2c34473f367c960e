/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one does with names: look up, create, link, unlink. Each operation
 * checks all it can before it changes the first thing, and undoes what it did
 * if a later step fails.
 */
#include "ffs.h"
#include <string.h>

enum {
	BLOCKS_OPERATION = 16, /* more than any operation here takes */
};

error_t ffs_lookup(struct fs_node *fs, const char *text, unsigned length,
    uint64_t *number)
{
	struct name name = { text, length };
	struct place place;
	error_t error = dir_find(node_of(fs), &name, &place);

	if (error)
		return error;
	*number = place_inode(node_of(fs), &place);
	place_put(&place);
	return 0;
}

/* The target of a symbolic link: in the inode if it fits there. */
static error_t target_write(struct node *node, const struct fs_new *what)
{
	node->fs.attributes.size = what->target_length;
	if (what->target_length < node_volume(node)->link_max) {
		memcpy(node->target, what->target, what->target_length);
		return 0;
	}
	return ffs_write(&node->fs, 0, what->target, what->target_length);
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

static error_t create_check(struct node *directory, const struct name *name,
    const struct fs_new *what)
{
	struct volume *volume = node_volume(directory);
	error_t error = volume_relieve(volume, BLOCKS_OPERATION);

	if (error)
		return error;
	if (what->target_length >= volume->block_size ||
	    what->target_length > FS_TARGET_MAX)
		return E_NAMETOOLONG;
	if ((what->mode & FS_KIND) == FS_DIRECTORY &&
	    directory->fs.attributes.links >= LINKS_MAX)
		return E_MLINK;
	return fs_name_is_free(&directory->fs, name->text, name->length);
}

static error_t ffs_create(struct fs_node *fs, const char *text, unsigned length,
    const struct fs_new *what, struct fs_node **result)
{
	struct node *directory = node_of(fs), *node;
	struct volume *volume = node_volume(directory);
	int makes_directory = (what->mode & FS_KIND) == FS_DIRECTORY;
	struct name name = { text, length };
	uint32_t number;
	error_t error = create_check(directory, &name, what);

	if (error)
		return error;
	error = inode_take(volume, directory, makes_directory, &number);
	if (error == E_NOSPC && !ffs_sync(&volume->fs)) /* freed just now? */
		error = inode_take(volume, directory, makes_directory,
		    &number);
	if (error)
		return error;
	error = node_new(volume, number, what, &node);
	if (error) {
		inode_free(volume, number, makes_directory);
		return error;
	}
	error = content_start(node, what, directory);
	if (!error)
		error = dir_add(directory, &name, number, what->mode);
	if (error) {
		node_undo(node);
		return error;
	}
	if (makes_directory) {
		node->fs.attributes.links = 2;
		directory->fs.attributes.links++;
	}
	*result = &node->fs;
	return 0;
}

static error_t ffs_link(struct fs_node *fs, const char *text, unsigned length,
    struct fs_node *target)
{
	struct node *directory = node_of(fs);
	struct name name = { text, length };
	error_t error = volume_relieve(node_volume(directory),
	    BLOCKS_OPERATION);

	if (error)
		return error;
	error = fs_link_check(fs, text, length, target, LINKS_MAX);
	if (!error)
		error = dir_add(directory, &name, (uint32_t)target->number,
		    target->attributes.mode);
	if (error)
		return error;
	target->attributes.links++;
	node_stamp(node_of(target), 0);
	return 0;
}

void node_unlinked(struct node *node, struct node *directory)
{
	fs_link_lost(&node->fs, &directory->fs);
	node_stamp(node, 0);
	if (!node->fs.attributes.links && !node->orphan) {
		node->orphan = 1;
		node_volume(node)->orphans++;
		orphan_keep(node);
	}
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

static error_t ffs_unlink(struct fs_node *fs, const char *text,
    unsigned length, int kind, struct fs_node **result)
{
	struct node *directory = node_of(fs);
	struct name name = { text, length };
	struct place place;
	struct fs_node *node;
	error_t error = volume_relieve(node_volume(directory),
	    BLOCKS_OPERATION);

	if (!error)
		error = dir_find(directory, &name, &place);
	if (error)
		return error;
	error = fs_node_get(fs->volume, place_inode(directory, &place), &node);
	if (error) {
		place_put(&place);
		return error == E_STALE ? E_UCLEAN : error;
	}
	error = node_may_go(node_of(node), kind);
	if (error)
		place_put(&place);
	else
		error = dir_remove(directory, &place);
	if (error) {
		fs_node_put(node);
		return error;
	}
	node_unlinked(node_of(node), directory);
	*result = node;
	return 0;
}

static error_t ffs_read_link(struct fs_node *fs, char *target,
    unsigned *length)
{
	struct node *node = node_of(fs);
	size_t count = (size_t)fs->attributes.size; /* checked when loaded */

	*length = (unsigned)count;
	if (!node_is_short_link(node))
		return ffs_read(fs, 0, target, &count);
	memcpy(target, node->target, count);
	return 0;
}

const struct fs_ops ffs_ops = {
	.mount = ffs_mount,
	.unmount = ffs_unmount,
	.sync = ffs_sync,
	.limit_cache = ffs_limit_cache,
	.keep = ffs_keep,
	.remount = ffs_remount,
	.status = ffs_status,
	.load = ffs_load,
	.free = ffs_free,
	.save = ffs_save,
	.remove = ffs_remove,
	.lookup = ffs_lookup,
	.create = ffs_create,
	.link = ffs_link,
	.unlink = ffs_unlink,
	.rename = ffs_rename,
	.read_link = ffs_read_link,
	.read_directory = ffs_read_directory,
	.read = ffs_read,
	.write = ffs_write,
	.extent = ffs_extent,
	.reserve = ffs_reserve,
	.settle = ffs_settle,
	.truncate = ffs_truncate,
};

const struct fs_type ffs_type = {
	.name = "ufs",
	.ops = &ffs_ops,
};
