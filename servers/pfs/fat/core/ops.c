/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one does with names: look up, create, unlink, list. Each operation
 * checks all it can before it changes the first thing.
 */
#include "fat.h"
#include <string.h>

enum {
	CLUSTERS_OPERATION = 4, /* more than any operation here takes */
	POSITION_FIRST = 2,     /* of listings, behind "." and ".." */
	TYPE_DIRECTORY = 4,     /* DT_DIR */
	TYPE_REGULAR = 8,
};

static error_t found_node(struct node *directory, const struct found *found,
    struct node **node)
{
	struct volume *volume = node_volume(directory);
	struct fs_node *loaded;
	error_t error = fs_node_get(&volume->fs,
	    place_number(volume, found->place), &loaded);

	if (error)
		return error == E_STALE ? E_UCLEAN : error;
	*node = node_of(loaded);
	return 0;
}

error_t node_find(struct node *directory, const char *name, unsigned length,
    struct found *found, struct node **node)
{
	error_t error = names_find(directory, name, length, found);

	return error ? error : found_node(directory, found, node);
}

error_t fat_lookup(struct fs_node *fs, const char *name, unsigned length,
    uint64_t *number)
{
	struct node *directory = node_of(fs);
	struct found found;
	error_t error;

	if (length == 1 && name[0] == '.') {
		*number = fs->number;
		return 0;
	}
	if (length == 2 && !memcmp(name, "..", 2))
		return directory_above(directory, number);
	error = names_find(directory, name, length, &found);
	if (!error)
		*number = place_number(node_volume(directory), found.place);
	return error;
}

static error_t create_check(struct node *directory, const char *name,
    unsigned length, const struct fs_new *what)
{
	uint32_t kind = what->mode & FS_KIND;
	struct found found;
	error_t error;

	if (kind != FS_REGULAR && kind != FS_DIRECTORY)
		return E_PERM;
	error = volume_relieve(node_volume(directory), CLUSTERS_OPERATION);
	if (error)
		return error;
	if (!directory->fs.attributes.links)
		return E_NOENT; /* removed, but somebody's current directory */
	error = names_find(directory, name, length, &found);
	return error == E_NOENT ? 0 : error ? error : E_EXIST;
}

/* Gives node its name. */
static error_t name_give(struct node *directory, const struct new_name *name,
    struct node *node)
{
	struct disk_entry entry;
	struct found made;
	error_t error;

	memset(&entry, 0, sizeof entry);
	node_entry(node, &entry);
	error = names_add(directory, name, &entry, &made);
	if (error)
		return error;
	node->fs.number = made.place;
	error = fs_node_add(&node->fs);
	if (error)
		names_remove(directory, &made, 0);
	else
		node_place(node, made.place);
	return error;
}

error_t fat_create(struct fs_node *fs, const char *name, unsigned length,
    const struct fs_new *what, struct fs_node **result)
{
	struct node *directory = node_of(fs), *node;
	struct new_name made;
	error_t error = create_check(directory, name, length, what);

	if (!error)
		error = name_make(directory, name, length, &made);
	if (!error)
		error = node_make(directory, what, &node);
	if (error)
		return error;
	error = name_give(directory, &made, node);
	if (error) {
		node_unmake(node);
		return error;
	}
	if (node_is_directory(node))
		fs->attributes.links++;
	node_stamp(directory);
	fs_node_dirty(&node->fs);
	*result = &node->fs;
	return 0;
}

error_t fat_link(struct fs_node *directory, const char *name,
    unsigned length, struct fs_node *node)
{
	(void)directory, (void)name, (void)length, (void)node;
	return E_PERM;
}

void node_unlinked(struct node *node, struct node *directory)
{
	if (node_is_directory(node))
		directory->fs.attributes.links--;
	node->fs.attributes.links = 0;
	node_place(node, 0);
	fs_node_dirty(&node->fs);
}

error_t node_may_go(struct node *node, int as_directory)
{
	error_t error;

	if (!as_directory)
		return node_is_directory(node) ? E_ISDIR : 0;
	if (!node_is_directory(node))
		return E_NOTDIR;
	error = index_need(node);
	if (error)
		return error;
	return index_names(node) ? E_NOTEMPTY : 0;
}

error_t fat_unlink(struct fs_node *fs, const char *name, unsigned length,
    int kind, struct fs_node **result)
{
	struct node *directory = node_of(fs), *node;
	struct found found;
	error_t error = volume_relieve(node_volume(directory), 0);

	if (!error)
		error = node_find(directory, name, length, &found, &node);
	if (error)
		return error;
	error = node_may_go(node, kind);
	if (!error)
		error = names_remove(directory, &found, 0);
	if (error) {
		fs_node_put(&node->fs);
		return error;
	}
	node_unlinked(node, directory);
	node_stamp(directory);
	*result = &node->fs;
	return 0;
}

static int emit_dots(struct node *directory, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct fs_entry dots = { "..", 0, 0, TYPE_DIRECTORY, 0 };

	for (; position < POSITION_FIRST; position++) {
		dots.length = (unsigned)position + 1;
		dots.node = directory->fs.number;
		if (position && directory_above(directory, &dots.node))
			dots.node = directory->fs.number;
		dots.next = position + 1;
		if (emit(context, &dots))
			return 1;
	}
	return 0;
}

/* The name at slot, if there is one. 1: it was not taken. */
static int emit_slot(struct cursor *cursor, uint32_t slot,
    const struct disk_entry *entry, fs_emit_t emit, void *context)
{
	struct volume *volume = node_volume(cursor->directory);
	struct fs_entry out;
	struct found found;

	if (!entry_is_name(volume, entry, cursor_place(cursor, slot)) ||
	    found_read(cursor, slot, &found))
		return 0;
	out.name = found.name;
	out.length = found.length;
	out.node = place_number(volume, found.place);
	out.type = found.entry.attributes & ATTRIBUTE_DIRECTORY ?
	    TYPE_DIRECTORY : TYPE_REGULAR;
	out.next = (uint64_t)slot + 1 + POSITION_FIRST;
	return emit(context, &out);
}

error_t fat_read_directory(struct fs_node *fs, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct node *directory = node_of(fs);
	uint32_t slot = 0, slots = directory_slots(directory);
	struct disk_entry *entry;
	struct cursor cursor;
	error_t error = 0;

	if (!fs->attributes.links)
		return 0;
	if (emit_dots(directory, position, emit, context))
		return 0;
	if (position > (uint64_t)slots + POSITION_FIRST)
		return 0;
	if (position > POSITION_FIRST)
		slot = (uint32_t)position - POSITION_FIRST;
	cursor_start(&cursor, directory);
	for (; slot < slots; slot++) {
		error = cursor_get(&cursor, slot, &entry);
		if (error || entry->name[0] == NAME_END ||
		    emit_slot(&cursor, slot, entry, emit, context))
			break;
	}
	cursor_end(&cursor);
	return error;
}

const struct fs_ops fat_ops = {
	.mount = fat_mount,
	.unmount = fat_unmount,
	.sync = fat_sync,
	.keep = fat_keep,
	.remount = fat_remount,
	.status = fat_status,
	.load = fat_load,
	.free = fat_free,
	.save = fat_save,
	.remove = fat_remove,
	.refresh = fat_refresh,
	.change = fat_change,
	.lookup = fat_lookup,
	.create = fat_create,
	.link = fat_link,
	.unlink = fat_unlink,
	.rename = fat_rename,
	.read_directory = fat_read_directory,
	.read = fat_read,
	.write = fat_write,
	.extent = fat_extent,
	.reserve = fat_reserve,
	.settle = fat_settle,
	.truncate = fat_truncate,
};

const struct fs_type fat_type = {
	.name = "vfat",
	.flags = FS_TYPE_ALIKE,
	.ops = &fat_ops,
};
