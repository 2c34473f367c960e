/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories and all that changes names. Every check comes before the first
 * change, so nothing has to be undone. */
#include "keep.h"
#include <base/heap.h>
#include <string.h>

enum {
	TYPE_DIRECTORY = 4, /* DT_DIR */
};

static int is_directory(const struct tmp_node *node)
{
	return (node->fs.attributes.mode & FS_KIND) == FS_DIRECTORY;
}

static struct tmp_entry *entry_find(const struct tmp_node *directory,
    const char *name, unsigned length)
{
	struct map_entry *hash = map_find(&directory->names,
	    map_hash(name, length));

	for (; hash; hash = map_find_next(hash)) {
		struct tmp_entry *entry = map_item(hash, struct tmp_entry,
		    hash);

		if (entry->length == length &&
		    memcmp(entry->name, name, length) == 0)
			return entry;
	}
	return NULL;
}

static struct tmp_entry *entry_new(struct tmp_node *directory,
    const char *name, unsigned length, struct tmp_node *node)
{
	struct tmp_entry *entry = heap_alloc(sizeof(*entry) + length + 1);

	if (!entry)
		return NULL;
	memcpy(entry->name, name, length);
	entry->name[length] = 0;
	entry->length = length;
	entry->node = node;
	entry->position = directory->next_position;
	if (map_add(&directory->names, &entry->hash, map_hash(name, length))) {
		heap_free(entry);
		return NULL;
	}
	list_append(&directory->entries, &entry->link);
	return entry;
}

error_t tmp_entry_set(struct tmp_node *directory, const char *name,
    unsigned length, uint64_t position, uint32_t kept, struct tmp_node *node)
{
	struct tmp_entry *entry = entry_new(directory, name, length, node);

	if (!entry)
		return E_NOMEM;
	entry->position = position;
	entry->kept = kept;
	return 0;
}

/* Adds a name; the links are counted by the caller. */
static error_t entry_add(struct tmp_node *directory, const char *name,
    unsigned length, struct tmp_node *node)
{
	struct tmp_entry *entry = entry_new(directory, name, length, node);

	if (!entry)
		return E_NOSPC;
	if (keep_name_take(entry, directory)) {
		list_remove(&entry->link);
		map_remove(&directory->names, &entry->hash);
		heap_free(entry);
		return E_NOSPC;
	}
	keep_name_save(entry, directory);
	directory->next_position++;
	directory->fs.attributes.size += 32;
	tmp_stamp(directory, 1);
	return 0;
}

static void entry_free(struct tmp_node *directory, struct tmp_entry *entry)
{
	keep_name_drop(entry, directory);
	list_remove(&entry->link);
	map_remove(&directory->names, &entry->hash);
	directory->fs.attributes.size -= 32;
	tmp_stamp(directory, 1);
	heap_free(entry);
}

error_t tmp_lookup(struct fs_node *directory, const char *name,
    unsigned length, uint64_t *number)
{
	struct tmp_node *node = tmp_node_of(directory);
	struct tmp_entry *entry;

	if (length == 2 && memcmp(name, "..", 2) == 0) {
		*number = node->parent->fs.number;
		return 0;
	}
	entry = entry_find(node, name, length);
	if (!entry)
		return E_NOENT;
	*number = entry->node->fs.number;
	return 0;
}

error_t tmp_create(struct fs_node *fs, const char *name, unsigned length,
    const struct fs_new *what, struct fs_node **result)
{
	struct tmp_node *directory = tmp_node_of(fs), *node;
	error_t error;

	if (!fs->attributes.links)
		return E_NOENT;
	if (entry_find(directory, name, length))
		return E_EXIST;
	error = tmp_node_new(tmp_volume_of(directory), what, &node);
	if (error)
		return error;
	error = entry_add(directory, name, length, node);
	if (error) {
		fs_node_put(&node->fs); /* without links: it goes */
		return error;
	}
	node->fs.attributes.links = 1;
	if (is_directory(node)) {
		node->parent = directory;
		node->fs.attributes.links = 2;
		fs->attributes.links++;
	}
	*result = fs_node_reference(&node->fs); /* the first: it exists */
	return 0;
}

error_t tmp_link(struct fs_node *fs, const char *name, unsigned length,
    struct fs_node *node)
{
	struct tmp_node *directory = tmp_node_of(fs);
	error_t error;

	if (!fs->attributes.links || !node->attributes.links)
		return E_NOENT;
	if (entry_find(directory, name, length))
		return E_EXIST;
	error = entry_add(directory, name, length, tmp_node_of(node));
	if (error)
		return error;
	node->attributes.links++;
	tmp_stamp(tmp_node_of(node), 0);
	return 0;
}

/* A name of node in directory is gone. The reference of its existence goes
 * with the last; the caller holds another. */
static void node_unlinked(struct tmp_node *node, struct tmp_node *directory)
{
	if (is_directory(node)) {
		node->fs.attributes.links = 0;
		directory->fs.attributes.links--;
	} else {
		node->fs.attributes.links--;
	}
	tmp_stamp(node, 0);
	if (!node->fs.attributes.links)
		fs_node_put(&node->fs);
}

static error_t may_go(const struct tmp_node *node, int as_directory)
{
	if (!as_directory)
		return is_directory(node) ? E_ISDIR : 0;
	if (!is_directory(node))
		return E_NOTDIR;
	return list_empty(&node->entries) ? 0 : E_NOTEMPTY;
}

error_t tmp_unlink(struct fs_node *fs, const char *name, unsigned length,
    int kind, struct fs_node **result)
{
	struct tmp_node *directory = tmp_node_of(fs), *node;
	struct tmp_entry *entry = entry_find(directory, name, length);
	error_t error;

	if (!entry)
		return E_NOENT;
	node = entry->node;
	error = may_go(node, kind);
	if (error)
		return error;
	fs_node_reference(&node->fs);
	entry_free(directory, entry);
	node_unlinked(node, directory);
	*result = &node->fs;
	return 0;
}

/* directory is node or lies below it. */
static int is_below(const struct tmp_node *directory,
    const struct tmp_node *node)
{
	for (; directory != node; directory = directory->parent) {
		if (directory->parent == directory)
			return 0;
	}
	return 1;
}

static void parent_change(struct tmp_node *node, struct tmp_node *to)
{
	if (!is_directory(node))
		return;
	node->parent->fs.attributes.links--;
	to->fs.attributes.links++;
	node->parent = to;
}

static error_t exchange(struct fs_rename *rename, struct tmp_entry *one,
    struct tmp_entry *other)
{
	struct tmp_node *from = tmp_node_of(rename->from);
	struct tmp_node *to = tmp_node_of(rename->to);
	struct tmp_node *node = one->node;

	if ((is_directory(one->node) && is_below(to, one->node)) ||
	    (is_directory(other->node) && is_below(from, other->node)))
		return E_INVAL;
	parent_change(one->node, to);
	parent_change(other->node, from);
	one->node = other->node;
	other->node = node;
	keep_name_save(one, from);
	keep_name_save(other, to);
	tmp_stamp(one->node, 0);
	tmp_stamp(other->node, 0);
	tmp_stamp(from, 1);
	tmp_stamp(to, 1);
	return 0;
}

static error_t move(struct fs_rename *rename, struct tmp_entry *source,
    struct tmp_entry *target)
{
	struct tmp_node *from = tmp_node_of(rename->from);
	struct tmp_node *to = tmp_node_of(rename->to);
	struct tmp_node *node = source->node, *replaced;
	error_t error = 0;

	if (is_directory(node) && is_below(to, node))
		return E_INVAL;
	if (target)
		error = may_go(target->node, is_directory(node));
	else
		error = entry_add(to, rename->to_name, rename->to_length, node);
	if (error)
		return error;
	if (target) {
		replaced = target->node;
		target->node = node;
		keep_name_save(target, to);
		node_unlinked(replaced, to);
		tmp_stamp(to, 1);
	}
	entry_free(from, source);
	parent_change(node, to);
	tmp_stamp(node, 0);
	return 0;
}

error_t tmp_rename(struct fs_rename *rename)
{
	struct tmp_entry *source, *target;
	error_t error = 0;

	source = entry_find(tmp_node_of(rename->from), rename->from_name,
	    rename->from_length);
	target = entry_find(tmp_node_of(rename->to), rename->to_name,
	    rename->to_length);
	if (!source || (!target && (rename->flags & FS_RENAME_EXCHANGE)))
		return E_NOENT;
	if (!rename->to->attributes.links)
		return E_NOENT;
	if (target && (rename->flags & FS_RENAME_NOREPLACE))
		return E_EXIST;
	rename->moved = fs_node_reference(&source->node->fs);
	rename->replaced = NULL;
	if (target && target->node == source->node)
		return 0; /* two names of one node: nothing is done */
	if (target)
		rename->replaced = fs_node_reference(&target->node->fs);
	error = rename->flags & FS_RENAME_EXCHANGE ?
	    exchange(rename, source, target) :
	    move(rename, source, target);
	if (error) {
		fs_node_put(rename->moved);
		if (rename->replaced)
			fs_node_put(rename->replaced);
	}
	return error;
}

error_t tmp_read_link(struct fs_node *node, char *target, unsigned *length)
{
	*length = (unsigned)node->attributes.size;
	memcpy(target, tmp_node_of(node)->target, *length);
	return 0;
}

static int emit_dots(struct tmp_node *node, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct fs_entry dots = { "..", 0, 0, TYPE_DIRECTORY, 0 };

	for (; position < TMP_POSITION_FIRST; position++) {
		dots.length = (unsigned)position + 1;
		dots.node = position ? node->parent->fs.number :
		                       node->fs.number;
		dots.next = position + 1;
		if (emit(context, &dots))
			return 1;
	}
	return 0;
}

error_t tmp_read_directory(struct fs_node *fs, uint64_t position,
    fs_emit_t emit, void *context)
{
	struct tmp_node *node = tmp_node_of(fs);

	if (emit_dots(node, position, emit, context))
		return 0;
	list_each(link, &node->entries) {
		struct tmp_entry *entry = list_item(link, struct tmp_entry,
		    link);
		struct fs_entry out = { entry->name, entry->length,
			entry->node->fs.number,
			fs_entry_type(entry->node->fs.attributes.mode),
			entry->position + 1 };

		if (entry->position >= position && emit(context, &out))
			break;
	}
	return 0;
}
