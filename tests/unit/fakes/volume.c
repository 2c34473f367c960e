/* SPDX-License-Identifier: BSD-2-Clause */
/* A mounted volume in a test's hands: see volume.h. */
#include "fakes/volume.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fake_clock(struct fs_time *time)
{
	static uint32_t ticks;

	time->seconds = 1700000000 + ticks / 1000;
	time->nanoseconds = ticks++ % 1000 * 1000000;
}

void fake_complain(struct fs_volume *volume, const char *text)
{
	(void)volume;
	if (getenv("LOUD"))
		printf("complaint: %s\n", text);
}

error_t volume_unmount(struct fs_volume *volume)
{
	fs_nodes_trim(volume, 0);
	return volume->type->ops->unmount(volume);
}

struct fs_node *volume_root(struct fs_volume *volume)
{
	struct fs_node *root = 0;

	fs_node_get(volume, volume->root, &root);
	return root;
}

error_t make(struct fs_node *directory, const char *name, uint32_t mode,
    struct fs_node **node)
{
	struct fs_new what = { .mode = mode, .uid = 1000, .gid = 100 };
	struct fs_node *made;
	error_t error = directory->volume->type->ops->create(directory, name,
	    (unsigned)strlen(name), &what, &made);

	if (error)
		return error;
	if (node)
		*node = made;
	else
		fs_node_put(made);
	return 0;
}

error_t find(struct fs_node *directory, const char *name,
    struct fs_node **node)
{
	uint64_t number;
	error_t error = directory->volume->type->ops->lookup(directory, name,
	    (unsigned)strlen(name), &number);

	return error ? error : fs_node_get(directory->volume, number, node);
}

error_t drop(struct fs_node *directory, const char *name, int kind)
{
	struct fs_node *node;
	error_t error = directory->volume->type->ops->unlink(directory, name,
	    (unsigned)strlen(name), kind, &node);

	if (!error)
		fs_node_put(node);
	return error;
}

error_t move(struct fs_node *from, const char *name, struct fs_node *to,
    const char *to_name, unsigned flags)
{
	struct fs_rename rename = { .from = from, .to = to, .from_name = name,
		.to_name = to_name, .from_length = (unsigned)strlen(name),
		.to_length = (unsigned)strlen(to_name), .flags = flags };
	error_t error = from->volume->type->ops->rename(&rename);

	if (error)
		return error;
	fs_node_put(rename.moved);
	if (rename.replaced)
		fs_node_put(rename.replaced);
	return 0;
}

error_t put(struct fs_node *node, uint64_t offset, const void *data,
    size_t count)
{
	const struct fs_ops *ops = node->volume->type->ops;
	error_t error = ops->reserve(node, offset, count);

	if (error)
		return error;
	if (offset + count > node->attributes.size) {
		node->attributes.size = offset + count;
		fs_node_dirty(node);
	}
	return ops->write(node, offset, data, count);
}
