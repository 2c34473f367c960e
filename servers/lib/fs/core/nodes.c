/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nodes of a volume that are loaded: in use, or kept for their next use in
 * the order they were put back. A node without links goes at its last put.
 *
 * Invariants:
 *  1  a node is in volume->nodes from fs_node_add to free;
 *  2  it is in volume->unused if and only if references == 0;
 *  3  unused nodes have links, or are being removed by the only caller.
 */
#include <base/text.h>
#include <fs/node.h>
#include <string.h>

enum {
	UNUSED_MAX = 1024, /* nodes kept though nobody holds them */
};

void fs_volume_init(struct fs_volume *volume, const struct fs_type *type,
    struct block_device *device, const struct fs_options *options)
{
	volume->type = type;
	volume->device = device;
	volume->read_only = options->read_only;
	volume->now = options->now;
	volume->complain = options->complain;
	map_init(&volume->nodes);
	list_init(&volume->unused);
	list_init(&volume->dirty);
	list_init(&volume->held);
	volume->node_count = volume->unused_count = 0;
}

void fs_node_init(struct fs_node *node, struct fs_volume *volume,
    uint64_t number)
{
	node->volume = volume;
	node->number = number;
	node->references = 0;
	node->shell = 0;
	list_init(&node->use);
	list_init(&node->dirty);
	list_init(&node->held);
}

error_t fs_node_add(struct fs_node *node)
{
	if (map_add(&node->volume->nodes, &node->entry, node->number))
		return E_NOMEM;
	node->volume->node_count++;
	node->references = 1;
	return 0;
}

struct fs_node *fs_node_reference(struct fs_node *node)
{
	if (!node->references++) {
		list_remove(&node->use);
		node->volume->unused_count--;
	}
	return node;
}

struct fs_node *fs_node_find(struct fs_volume *volume, uint64_t number)
{
	struct map_entry *entry = map_find(&volume->nodes, number);

	if (!entry)
		return 0;
	return fs_node_reference(map_item(entry, struct fs_node, entry));
}

error_t fs_node_get(struct fs_volume *volume, uint64_t number,
    struct fs_node **node)
{
	struct fs_node *found = fs_node_find(volume, number);
	error_t error;

	if (!found) {
		error = volume->type->ops->load(volume, number, &found);
		if (error)
			return error;
		error = fs_node_add(found);
		if (error) {
			volume->type->ops->free(found);
			return error;
		}
	}
	*node = found;
	return 0;
}

/* Saves what is to be saved and frees the node. */
static void node_end(struct fs_node *node)
{
	struct fs_volume *volume = node->volume;
	const struct fs_ops *ops = volume->type->ops;
	error_t error = 0;

	if (!list_empty(&node->dirty) && ops->save)
		error = ops->save(node);
	if (error)
		fs_complain(volume, "node %llu not saved: %x",
		    (unsigned long long)node->number, error);
	list_remove(&node->dirty);
	map_remove(&volume->nodes, &node->entry);
	volume->node_count--;
	ops->free(node);
}

void fs_node_put(struct fs_node *node)
{
	struct fs_volume *volume = node->volume;
	const struct fs_ops *ops = volume->type->ops;
	error_t error;

	if (node->references > 1) {
		node->references--;
		return;
	}
	/* Still referenced while it is removed: remove may look it up. */
	if (!node->attributes.links && ops->remove) {
		error = ops->remove(node);
		if (error)
			fs_complain(volume, "node %llu not removed: %x",
			    (unsigned long long)node->number, error);
		list_remove(&node->dirty);
		node_end(node);
		return;
	}
	node->references = 0;
	list_append(&volume->unused, &node->use);
	if (++volume->unused_count > UNUSED_MAX)
		fs_nodes_trim(volume, UNUSED_MAX - UNUSED_MAX / 8);
}

void fs_node_hold(struct fs_node *node)
{
	list_append(&node->volume->held, &node->held);
}

void fs_nodes_let_go(struct fs_volume *volume)
{
	struct list *link;

	while ((link = list_take(&volume->held)))
		fs_node_put(list_item(link, struct fs_node, held));
}

void fs_node_dirty(struct fs_node *node)
{
	if (list_empty(&node->dirty))
		list_append(&node->volume->dirty, &node->dirty);
}

error_t fs_nodes_save(struct fs_volume *volume)
{
	const struct fs_ops *ops = volume->type->ops;
	error_t first = 0, error;

	list_each_safe(link, &volume->dirty) {
		error = ops->save(list_item(link, struct fs_node, dirty));
		if (!error)
			list_remove(link);
		else if (!first)
			first = error;
	}
	return first;
}

void fs_nodes_trim(struct fs_volume *volume, unsigned keep)
{
	while (volume->unused_count > keep) {
		struct list *link = list_take(&volume->unused);

		volume->unused_count--;
		node_end(list_item(link, struct fs_node, use));
	}
}

int fs_nodes_busy(struct fs_volume *volume)
{
	return volume->node_count > volume->unused_count;
}

int fs_nodes_unnamed(struct fs_volume *volume)
{
	struct map_entry *entry = map_first(&volume->nodes);

	for (; entry; entry = map_next(&volume->nodes, entry))
		if (!map_item(entry, struct fs_node, entry)->attributes.links)
			return 1;
	return 0;
}

size_t fs_read_below(uint64_t end, uint64_t offset, void *buffer, size_t count)
{
	size_t inside = offset < end ? (size_t)(end - offset) : 0;

	if (offset < end && count <= end - offset)
		return count;
	memset((char *)buffer + inside, 0, count - inside);
	return inside;
}

void fs_complain(struct fs_volume *volume, const char *format, ...)
{
	char text[160];
	va_list list;

	if (!volume->complain)
		return;
	va_start(list, format);
	text_format_list(text, sizeof text, format, list);
	va_end(list);
	volume->complain(volume, text);
}
