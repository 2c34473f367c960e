/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree in memory: see shadow.h. */
#include "fakes/shadow.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void shadow_start(struct shadow *tree)
{
	memset(tree, 0, sizeof *tree);
}

void shadow_end(struct shadow *tree)
{
	unsigned i;

	for (i = 0; i < tree->used; i++)
		free(tree->nodes[i].bytes);
	shadow_start(tree);
}

void shadow_copy(struct shadow *to, const struct shadow *from)
{
	unsigned i;

	*to = *from;
	for (i = 0; i < to->used; i++) {
		to->nodes[i].bytes = calloc(1, SHADOW_BYTES);
		memcpy(to->nodes[i].bytes, from->nodes[i].bytes,
		    from->nodes[i].size);
	}
}

const struct shadow_name *shadow_find(const struct shadow *tree,
    const char *path)
{
	unsigned i;

	for (i = 0; i < tree->count; i++)
		if (!strcmp(tree->names[i].path, path))
			return &tree->names[i];
	return 0;
}

static struct shadow_node *node_at(struct shadow *tree, const char *path)
{
	const struct shadow_name *name = shadow_find(tree, path);

	return name ? &tree->nodes[name->node] : 0;
}

/* The directory that path is to be in exists. */
static int parent_exists(struct shadow *tree, const char *path)
{
	const char *slash = strrchr(path, '/');
	char parent[SHADOW_PATH];
	struct shadow_node *node;

	if (!slash)
		return 1;
	snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
	node = node_at(tree, parent);
	return node && node->kind == FS_DIRECTORY;
}

static error_t name_add(struct shadow *tree, const char *path, int node)
{
	struct shadow_name *name;

	if (shadow_find(tree, path))
		return E_EXIST;
	if (!parent_exists(tree, path))
		return E_NOENT;
	if (tree->count == SHADOW_NAMES || strlen(path) >= SHADOW_PATH)
		return E_FBIG;
	name = &tree->names[tree->count++];
	strcpy(name->path, path);
	name->node = node;
	return 0;
}

static void name_remove(struct shadow *tree, const char *path)
{
	const struct shadow_name *name = shadow_find(tree, path);

	tree->names[name - tree->names] = tree->names[--tree->count];
}

static error_t node_add(struct shadow *tree, const char *path, uint32_t kind)
{
	struct shadow_node *node = &tree->nodes[tree->used];
	error_t error;

	if (tree->used == SHADOW_NODES)
		return E_FBIG;
	error = name_add(tree, path, (int)tree->used);
	if (error)
		return error;
	tree->used++;
	node->kind = kind;
	node->size = 0;
	node->bytes = calloc(1, SHADOW_BYTES);
	return 0;
}

static int is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return !strncmp(path, directory, length) && path[length] == '/';
}

static int is_empty(const struct shadow *tree, const char *directory)
{
	unsigned i;

	for (i = 0; i < tree->count; i++)
		if (is_below(tree->names[i].path, directory))
			return 0;
	return 1;
}

static error_t shadow_remove(struct shadow *tree, const char *path,
    uint32_t kind)
{
	struct shadow_node *node = node_at(tree, path);

	if (!node)
		return E_NOENT;
	if ((node->kind == FS_DIRECTORY) != (kind == FS_DIRECTORY))
		return E_ISDIR;
	if (kind == FS_DIRECTORY && !is_empty(tree, path))
		return E_NOTEMPTY;
	name_remove(tree, path);
	return 0;
}

static error_t shadow_rename(struct shadow *tree, const char *from,
    const char *to)
{
	struct shadow_node *node = node_at(tree, from);
	struct shadow_node *target = node_at(tree, to);
	char path[SHADOW_PATH * 2];
	unsigned i;
	error_t error;

	if (!node || !parent_exists(tree, to))
		return E_NOENT;
	if (node == target || !strcmp(from, to) || is_below(to, from))
		return E_INVAL;
	if (target) {
		error = shadow_remove(tree, to, node->kind);
		if (error)
			return error;
	}
	for (i = 0; i < tree->count; i++) {
		char *name = tree->names[i].path;

		if (strcmp(name, from) && !is_below(name, from))
			continue;
		snprintf(path, sizeof path, "%s%s", to, name + strlen(from));
		if (strlen(path) >= SHADOW_PATH)
			return E_FBIG;
		strcpy(name, path);
	}
	return 0;
}

/* What a write puts at an offset: never 0, never what disks are filled with. */
static uint8_t byte_of(unsigned version, unsigned offset)
{
	return (uint8_t)(1 + (offset * 31 + offset / 512 * 17 + version * 53) %
	    199);
}

void step_bytes(const struct step *step, unsigned version, uint8_t *bytes)
{
	unsigned i;

	for (i = 0; i < step->count; i++)
		bytes[i] = byte_of(version, step->offset + i);
}

static error_t shadow_write(struct shadow *tree, const struct step *step,
    unsigned version)
{
	struct shadow_node *node = node_at(tree, step->path);

	if (!node || node->kind != FS_REGULAR)
		return E_NOENT;
	if (step->offset + step->count > SHADOW_BYTES)
		return E_FBIG;
	step_bytes(step, version, node->bytes + step->offset);
	if (step->offset + step->count > node->size)
		node->size = step->offset + step->count;
	return 0;
}

const char *const shadow_attributes[] = { "user.one", "user.another" };

uint32_t shadow_sum(const uint8_t *bytes, size_t count)
{
	uint32_t sum = (uint32_t)count + 1;
	size_t i;

	for (i = 0; i < count; i++)
		sum = sum * 31 + bytes[i];
	return sum ? sum : 1;
}

static error_t shadow_attribute(struct shadow *tree, const struct step *step,
    unsigned version)
{
	struct shadow_node *node = node_at(tree, step->path);
	struct step from = { .count = step->count };
	uint8_t bytes[SHADOW_BYTES / 8];

	if (!node || (!step->count && !node->attributes[step->offset]))
		return E_NOENT;
	step_bytes(&from, version, bytes);
	node->attributes[step->offset] = step->count ?
	    shadow_sum(bytes, step->count) : 0;
	return 0;
}

static error_t shadow_truncate(struct shadow *tree, const struct step *step)
{
	struct shadow_node *node = node_at(tree, step->path);

	if (!node || node->kind != FS_REGULAR)
		return E_NOENT;
	if (step->offset < node->size)
		memset(node->bytes + step->offset, 0,
		    node->size - step->offset);
	node->size = step->offset;
	return 0;
}

static error_t shadow_symlink(struct shadow *tree, const struct step *step)
{
	error_t error = node_add(tree, step->path, FS_LINK);

	if (error)
		return error;
	tree->nodes[tree->used - 1].size = step->count;
	memset(tree->nodes[tree->used - 1].bytes, 't', step->count);
	return 0;
}

static error_t shadow_link(struct shadow *tree, const struct step *step)
{
	const struct shadow_name *name = shadow_find(tree, step->path);

	if (!name)
		return E_NOENT;
	if (tree->nodes[name->node].kind == FS_DIRECTORY)
		return E_ISDIR;
	return name_add(tree, step->other, name->node);
}

error_t shadow_step(struct shadow *tree, const struct step *step,
    unsigned version)
{
	switch (step->kind) {
	case STEP_CREATE:
		return node_add(tree, step->path, FS_REGULAR);
	case STEP_MKDIR:
		return node_add(tree, step->path, FS_DIRECTORY);
	case STEP_SYMLINK:
		return shadow_symlink(tree, step);
	case STEP_LINK:
		return shadow_link(tree, step);
	case STEP_UNLINK:
		return shadow_remove(tree, step->path, FS_REGULAR);
	case STEP_RMDIR:
		return shadow_remove(tree, step->path, FS_DIRECTORY);
	case STEP_RENAME:
		return shadow_rename(tree, step->path, step->other);
	case STEP_WRITE:
	case STEP_LATE:
		return shadow_write(tree, step, version);
	case STEP_TRUNCATE:
		return shadow_truncate(tree, step);
	case STEP_ATTRIBUTE:
		return shadow_attribute(tree, step, version);
	case STEP_COMMIT:
	case STEP_SYNC:
		return 0;
	}
	return E_INVAL;
}

void step_print(const struct step *step)
{
	static const char *const names[] = { "create", "mkdir", "symlink",
		"link", "unlink", "rmdir", "rename", "write", "write-late",
		"truncate", "commit", "sync", "attribute" };

	printf("%s", names[step->kind]);
	if (step->path)
		printf(" %s", step->path);
	if (step->other)
		printf(" %s", step->other);
	if (step->offset || step->count)
		printf(" %u+%u", step->offset, step->count);
	printf("; ");
}
