/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps done to a volume, and a tree read from one: see shadow.h. */
#include "fakes/shadow.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fs_ops *ops_of(const struct fs_volume *volume)
{
	return volume->type->ops;
}

error_t volume_path(struct fs_volume *volume, const char *path,
    struct fs_node **node)
{
	struct fs_node *at, *next;
	error_t error = fs_node_get(volume, volume->root, &at);

	while (!error && *path) {
		unsigned length = (unsigned)strcspn(path, "/");
		uint64_t number;

		error = ops_of(volume)->lookup(at, path, length, &number);
		if (!error)
			error = fs_node_get(volume, number, &next);
		fs_node_put(at);
		at = next;
		path += length + (path[length] == '/');
	}
	if (!error)
		*node = at;
	return error;
}

/* The directory that path is in, with a reference; name: what follows. */
static error_t parent_get(struct fs_volume *volume, const char *path,
    struct fs_node **directory, const char **name, unsigned *length)
{
	const char *slash = strrchr(path, '/');
	char parent[SHADOW_PATH];

	*name = slash ? slash + 1 : path;
	*length = (unsigned)strlen(*name);
	snprintf(parent, sizeof parent, "%.*s",
	    slash ? (int)(slash - path) : 0, path);
	return volume_path(volume, parent, directory);
}

static error_t volume_create(struct fs_volume *volume, const struct step *step,
    uint32_t mode)
{
	char target[SHADOW_BYTES / 8];
	struct fs_new what = { .mode = mode, .target = target };
	struct fs_node *directory, *node;
	const char *name;
	unsigned length;
	error_t error = parent_get(volume, step->path, &directory, &name,
	    &length);

	if (error)
		return error;
	memset(target, 't', sizeof target);
	if ((mode & FS_KIND) == FS_LINK)
		what.target_length = step->count;
	error = ops_of(volume)->create(directory, name, length, &what, &node);
	if (!error)
		fs_node_put(node);
	fs_node_put(directory);
	return error;
}

static error_t volume_link(struct fs_volume *volume, const struct step *step)
{
	struct fs_node *directory, *node;
	const char *name;
	unsigned length;
	error_t error = volume_path(volume, step->path, &node);

	if (error)
		return error;
	error = parent_get(volume, step->other, &directory, &name, &length);
	if (!error) {
		error = ops_of(volume)->link(directory, name, length, node);
		fs_node_put(directory);
	}
	fs_node_put(node);
	return error;
}

static error_t volume_unlink(struct fs_volume *volume, const char *path,
    int kind)
{
	struct fs_node *directory, *node;
	const char *name;
	unsigned length;
	error_t error = parent_get(volume, path, &directory, &name, &length);

	if (error)
		return error;
	error = ops_of(volume)->unlink(directory, name, length, kind, &node);
	if (!error)
		fs_node_put(node);
	fs_node_put(directory);
	return error;
}

static error_t volume_rename(struct fs_volume *volume, const struct step *step)
{
	struct fs_rename rename = { 0 };
	error_t error = parent_get(volume, step->path, &rename.from,
	    &rename.from_name, &rename.from_length);

	if (error)
		return error;
	error = parent_get(volume, step->other, &rename.to, &rename.to_name,
	    &rename.to_length);
	if (!error) {
		error = ops_of(volume)->rename(&rename);
		if (!error) {
			fs_node_put(rename.moved);
			if (rename.replaced)
				fs_node_put(rename.replaced);
		}
		fs_node_put(rename.to);
	}
	fs_node_put(rename.from);
	return error;
}

/* The room, the size, and if bytes the data: as lib/fs does it. */
static error_t node_write(struct fs_node *node, const struct step *step,
    const uint8_t *bytes)
{
	const struct fs_ops *ops = ops_of(node->volume);
	uint64_t end = (uint64_t)step->offset + step->count;
	error_t error = ops->reserve ?
	    ops->reserve(node, step->offset, step->count) : 0;

	if (error)
		return error;
	if (end > node->attributes.size)
		node->attributes.size = end;
	node->volume->now(&node->attributes.mtime);
	fs_node_dirty(node);
	return bytes ? ops->write(node, step->offset, bytes, step->count) : 0;
}

static error_t volume_write(struct fs_volume *volume, const struct step *step,
    unsigned version)
{
	uint8_t *bytes = malloc(step->count);
	struct fs_node *node;
	error_t error = volume_path(volume, step->path, &node);

	if (!error) {
		step_bytes(step, version, bytes);
		error = node_write(node, step,
		    step->kind == STEP_WRITE ? bytes : 0);
		fs_node_put(node);
	}
	free(bytes);
	return error;
}

/* A path of tree's node, or null. */
static const char *node_path(const struct shadow *tree, int node)
{
	unsigned i;

	for (i = 0; i < tree->count; i++)
		if (tree->names[i].node == node)
			return tree->names[i].path;
	return 0;
}

error_t volume_late(struct fs_volume *volume, const struct step *step,
    const struct shadow *tree, int index)
{
	const char *path = node_path(tree, index);
	const struct fs_ops *ops = ops_of(volume);
	const struct shadow_node *from = &tree->nodes[index];
	struct fs_node *node;
	error_t error;

	if (!path || step->offset >= from->size)
		return 0;
	error = volume_path(volume, path, &node);
	if (error)
		return error;
	error = ops->write(node, step->offset, from->bytes + step->offset,
	    step->offset + step->count > from->size ?
	    from->size - step->offset : step->count);
	if (!error && ops->settle)
		ops->settle(node);
	fs_node_put(node);
	return error;
}

static error_t volume_truncate(struct fs_volume *volume,
    const struct step *step)
{
	struct fs_node *node;
	error_t error = volume_path(volume, step->path, &node);

	if (error)
		return error;
	error = ops_of(volume)->truncate(node, step->offset);
	fs_node_put(node);
	return error;
}

static error_t volume_attribute(struct fs_volume *volume,
    const struct step *step, unsigned version)
{
	const char *name = shadow_attributes[step->offset];
	struct step from = { .count = step->count };
	uint8_t bytes[SHADOW_BYTES / 8];
	struct fs_node *node;
	error_t error = volume_path(volume, step->path, &node);

	if (error)
		return error;
	step_bytes(&from, version, bytes);
	error = ops_of(volume)->set_extended(node, name,
	    (unsigned)strlen(name), bytes, step->count,
	    step->count ? 0 : FS_EXTENDED_REMOVE);
	fs_node_put(node);
	return error;
}

error_t volume_step(struct fs_volume *volume, const struct step *step,
    unsigned version)
{
	switch (step->kind) {
	case STEP_CREATE:
		return volume_create(volume, step, FS_REGULAR | 0644);
	case STEP_MKDIR:
		return volume_create(volume, step, FS_DIRECTORY | 0755);
	case STEP_SYMLINK:
		return volume_create(volume, step, FS_LINK | 0777);
	case STEP_LINK:
		return volume_link(volume, step);
	case STEP_UNLINK:
		return volume_unlink(volume, step->path, 0);
	case STEP_RMDIR:
		return volume_unlink(volume, step->path, 1);
	case STEP_RENAME:
		return volume_rename(volume, step);
	case STEP_WRITE:
	case STEP_LATE:
		return volume_write(volume, step, version);
	case STEP_TRUNCATE:
		return volume_truncate(volume, step);
	case STEP_ATTRIBUTE:
		return volume_attribute(volume, step, version);
	case STEP_COMMIT:
	case STEP_SYNC:
		return ops_of(volume)->sync(volume);
	}
	return E_INVAL;
}

struct reading {
	struct shadow *tree;
	struct fs_volume *volume;
	char path[SHADOW_PATH]; /* of the directory */
	unsigned first;       /* of its names in tree */
	error_t error;
};

static int name_take(void *context, const struct fs_entry *entry)
{
	struct reading *reading = context;
	struct shadow *tree = reading->tree;
	char name[FS_NAME_MAX + 1], path[SHADOW_PATH + FS_NAME_MAX + 2];

	snprintf(name, sizeof name, "%.*s", (int)entry->length, entry->name);
	if (!strcmp(name, ".") || !strcmp(name, "..") ||
	    !strcmp(name, "lost+found"))
		return 0;
	snprintf(path, sizeof path, "%s%s%s", reading->path,
	    reading->path[0] ? "/" : "", name);
	if (tree->count == SHADOW_NAMES || strlen(path) >= SHADOW_PATH ||
	    shadow_find(tree, path)) {
		reading->error = E_FBIG;
		return 1;
	}
	strcpy(tree->names[tree->count].path, path);
	tree->names[tree->count++].node = -1;
	return 0;
}

static error_t content_read(struct fs_node *node, struct shadow_node *to)
{
	const struct fs_ops *ops = ops_of(node->volume);
	char target[FS_TARGET_MAX + 1];
	size_t count;
	unsigned length;
	error_t error;

	to->bytes = calloc(1, SHADOW_BYTES);
	if (to->kind == FS_DIRECTORY)
		return 0;
	if (node->attributes.size > SHADOW_BYTES)
		return E_FBIG;
	to->size = (unsigned)node->attributes.size;
	count = to->size;
	if (to->kind != FS_LINK)
		return ops->read(node, 0, to->bytes, &count);
	error = ops->read_link(node, target, &length);
	if (!error && length != to->size)
		return E_UCLEAN;
	memcpy(to->bytes, target, to->size);
	return error;
}

static error_t attributes_read(struct fs_node *node, struct shadow_node *to)
{
	const struct fs_ops *ops = ops_of(node->volume);
	uint8_t value[4096];
	size_t count;
	unsigned i;
	error_t error = 0;

	for (i = 0; i < SHADOW_ATTRIBUTES && ops->get_extended && !error; i++) {
		const char *name = shadow_attributes[i];

		count = sizeof value;
		error = ops->get_extended(node, name, (unsigned)strlen(name),
		    value, &count);
		if (!error)
			to->attributes[i] = shadow_sum(value, count);
		else if (error == E_NODATA || error == E_OPNOTSUPP)
			error = 0;
	}
	return error;
}

/* The node of a name: one that was seen before, or a new one. */
static error_t node_read(struct shadow *tree, struct fs_node *node, int *index)
{
	unsigned i;
	error_t error;

	for (i = 0; i < tree->used; i++)
		if (tree->nodes[i].number == node->number) {
			*index = (int)i;
			return 0;
		}
	if (tree->used == SHADOW_NODES)
		return E_FBIG;
	*index = (int)tree->used++;
	tree->nodes[i].number = node->number;
	tree->nodes[i].kind = node->attributes.mode & FS_KIND;
	error = content_read(node, &tree->nodes[i]);
	return error ? error : attributes_read(node, &tree->nodes[i]);
}

static error_t directory_read(struct shadow *tree, struct fs_volume *volume,
    const char *path)
{
	struct reading reading = { .tree = tree, .volume = volume };
	struct fs_node *node;
	error_t error = volume_path(volume, path, &node);

	if (error)
		return error;
	strcpy(reading.path, path);
	error = ops_of(volume)->read_directory(node, 0, name_take, &reading);
	fs_node_put(node);
	return error ? error : reading.error;
}

error_t shadow_read(struct shadow *tree, struct fs_volume *volume)
{
	unsigned i;
	error_t error = directory_read(tree, volume, "");

	/* Names of directories that are read join the end. */
	for (i = 0; i < tree->count && !error; i++) {
		struct fs_node *node;

		error = volume_path(volume, tree->names[i].path, &node);
		if (error)
			break;
		error = node_read(tree, node, &tree->names[i].node);
		fs_node_put(node);
		if (!error && tree->nodes[tree->names[i].node].kind ==
		    FS_DIRECTORY)
			error = directory_read(tree, volume,
			    tree->names[i].path);
	}
	return error;
}
