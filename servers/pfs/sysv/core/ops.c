/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one does with names: look up, create, link, unlink. Each operation
 * checks all it can before it changes the first thing, and undoes what it did
 * if a later step fails.
 */
#include "sysv.h"

enum {
	BLOCKS_OPERATION = 8, /* more than any operation here takes */
};

error_t name_check(unsigned length)
{
	return length > NAME_MAX_SYSV ? E_NAMETOOLONG : 0;
}

error_t sysv_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number)
{
	struct place place;
	error_t error = dir_find(node_of(directory), name, length, &place);

	if (error)
		return error;
	*number = place_number(node_of(directory), &place);
	place_put(&place);
	return 0;
}

/* What a new node has from its start on. */
static error_t content_start(struct node *node, const struct fs_new *what,
    struct node *directory)
{
	if (node_is(node, FS_DIRECTORY))
		return dir_start(node, (uint32_t)directory->fs.number);
	if (!node_is(node, FS_LINK))
		return 0;
	node->fs.attributes.size = what->target_length;
	return sysv_write(&node->fs, 0, what->target, what->target_length);
}

static error_t create_check(struct node *directory, const char *name,
    unsigned length, const struct fs_new *what)
{
	struct volume *volume = node_volume(directory);
	uint32_t kind = what->mode & FS_KIND;
	error_t error = volume_relieve(volume, BLOCKS_OPERATION);

	if (!error)
		error = name_check(length);
	if (!error)
		error = fs_name_is_free(&directory->fs, name, length);
	if (error)
		return error;
	if (kind == FS_LINK && what->target_length >= volume->block_size)
		return E_NAMETOOLONG;
	if (kind == FS_DIRECTORY &&
	    directory->fs.attributes.links >= volume->variant->links_max)
		return E_MLINK;
	if ((kind == FS_CHARACTER || kind == FS_BLOCK) &&
	    what->special > 0xffff)
		return E_INVAL; /* 8 + 8 bits is all there is */
	return 0;
}

error_t sysv_create(struct fs_node *fs, const char *name, unsigned length,
    const struct fs_new *what, struct fs_node **result)
{
	struct node *directory = node_of(fs), *node;
	struct volume *volume = node_volume(directory);
	uint32_t number;
	error_t error = create_check(directory, name, length, what);

	if (!error)
		error = inode_take(volume, &number);
	if (error)
		return error;
	error = node_new(volume, number, what, &node);
	if (error) {
		inode_release(volume, number);
		return error;
	}
	error = content_start(node, what, directory);
	if (!error)
		error = dir_add(directory, name, length, number);
	if (error) {
		fs_node_put(&node->fs); /* without links: it goes */
		return error;
	}
	node->fs.attributes.links = 1;
	if (node_is(node, FS_DIRECTORY)) {
		node->fs.attributes.links = 2;
		fs->attributes.links++;
		node_store(directory);
	}
	node_store(node);
	*result = &node->fs;
	return 0;
}

error_t sysv_link(struct fs_node *fs, const char *name, unsigned length,
    struct fs_node *target)
{
	struct node *directory = node_of(fs), *node = node_of(target);
	struct volume *volume = node_volume(directory);
	error_t error = volume_relieve(volume, BLOCKS_OPERATION);

	if (!error)
		error = name_check(length);
	if (!error)
		error = fs_link_check(fs, name, length, target,
		    volume->variant->links_max);
	if (!error)
		error = dir_add(directory, name, length,
		    (uint32_t)target->number);
	if (error)
		return error;
	target->attributes.links++;
	node_stamp(node, 0);
	node_store(node);
	return 0;
}

void node_unlinked(struct node *node, struct node *directory)
{
	fs_link_lost(&node->fs, &directory->fs);
	if (node_is(node, FS_DIRECTORY))
		node_store(directory);
	node_stamp(node, 0);
	node_store(node);
}

error_t node_may_go(struct node *node, int as_directory)
{
	int empty;
	error_t error;

	if (!as_directory)
		return node_is(node, FS_DIRECTORY) ? E_ISDIR : 0;
	if (!node_is(node, FS_DIRECTORY))
		return E_NOTDIR;
	error = dir_is_empty(node, &empty);
	if (error)
		return error;
	return empty ? 0 : E_NOTEMPTY;
}

error_t sysv_unlink(struct fs_node *fs, const char *name, unsigned length,
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
	error = fs_node_get(fs->volume, place_number(directory, &place),
	    &node);
	if (error) {
		place_put(&place);
		return error == E_STALE ? E_UCLEAN : error;
	}
	error = node_may_go(node_of(node), kind);
	if (!error)
		place_set(directory, &place, 0);
	place_put(&place);
	if (error) {
		fs_node_put(node);
		return error;
	}
	node_unlinked(node_of(node), directory);
	*result = node;
	return 0;
}

static error_t sysv_read_link(struct fs_node *fs, char *target,
    unsigned *length)
{
	size_t count = (size_t)fs->attributes.size; /* checked when loaded */

	*length = (unsigned)count;
	return sysv_read(fs, 0, target, &count);
}

const struct fs_ops sysv_ops = {
	.mount = sysv_mount,
	.unmount = sysv_unmount,
	.sync = sysv_sync,
	.limit_cache = sysv_limit_cache,
	.keep = sysv_keep,
	.remount = sysv_remount,
	.status = sysv_status,
	.load = sysv_load,
	.free = sysv_free,
	.save = sysv_save,
	.remove = sysv_remove,
	.refresh = sysv_refresh,
	.change = sysv_change,
	.lookup = sysv_lookup,
	.create = sysv_create,
	.link = sysv_link,
	.unlink = sysv_unlink,
	.rename = sysv_rename,
	.read_link = sysv_read_link,
	.read_directory = sysv_read_directory,
	.read = sysv_read,
	.write = sysv_write,
	.extent = sysv_extent,
	.punch = sysv_punch,
	.reserve = sysv_reserve,
	.settle = sysv_settle,
	.truncate = sysv_truncate,
};

const struct fs_type sysv_type = {
	.name = "sysv",
	.ops = &sysv_ops,
};
