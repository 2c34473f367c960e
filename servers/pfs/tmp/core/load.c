/* SPDX-License-Identifier: BSD-2-Clause */
/* The volume again, from what was kept of it: see keep.h. */
#include "keep.h"
#include <base/heap.h>
#include <string.h>

static struct tmp_node *node_find(struct tmp_volume *volume, uint64_t number)
{
	struct map_entry *entry = map_find(&volume->fs.nodes, number);

	return entry ? tmp_node_of(map_item(entry, struct fs_node, entry)) : 0;
}

static error_t node_load(struct tmp_volume *volume, uint32_t kept)
{
	const struct kept_node *from = &volume->keeper->kept->nodes[kept];
	struct fs_attributes *to;
	struct tmp_node *node = heap_alloc_zero(sizeof *node);

	if (!node)
		return E_NOMEM;
	tmp_node_init(node, volume, from->number);
	node->kept = kept;
	node->next_position = from->next_position;
	to = &node->fs.attributes;
	to->size = from->size;
	to->mode = from->mode;
	to->links = from->links;
	to->uid = from->uid;
	to->gid = from->gid;
	to->special = from->special;
	to->generation = from->generation;
	to->flags = from->flags;
	to->atime = from->atime;
	to->mtime = from->mtime;
	to->ctime = from->ctime;
	if (fs_node_add(&node->fs)) {
		heap_free(node);
		return E_NOMEM;
	}
	volume->nodes_used++;
	if (!to->links)
		fs_node_hold(&node->fs);
	return 0;
}

static error_t nodes_load(struct tmp_volume *volume)
{
	struct keeper *keeper = volume->keeper;
	uint32_t i;
	error_t error = 0;

	for (i = keeper->kept->nodes_end; i-- > 0 && !error;)
		if (keeper->kept->nodes[i].number)
			error = node_load(volume, i);
		else
			error = pool_put(&keeper->nodes, i);
	for (i = 0; i < keeper->kept->nodes_end && !error; i++) {
		const struct kept_node *from = &keeper->kept->nodes[i];

		if (from->number)
			node_find(volume, from->number)->parent =
			    node_find(volume, from->parent);
	}
	return error;
}

static error_t pages_load(struct tmp_volume *volume)
{
	struct keeper *keeper = volume->keeper;
	error_t error = 0;

	for (uint32_t i = keeper->kept->pages_end; i-- > 0 && !error;) {
		struct kept_page *owner = &keeper->owners[i];
		struct tmp_node *node = owner->number ?
		    node_find(volume, owner->number) : 0;

		if (node)
			error = tmp_page_set(node, owner->index,
			    keeper->pages + (size_t)i * TMP_BLOCK);
		else
			error = pool_put(&keeper->free_pages, i);
	}
	return error;
}

static error_t targets_load(struct tmp_volume *volume)
{
	struct map_entry *entry = map_first(&volume->fs.nodes);

	for (; entry; entry = map_next(&volume->fs.nodes, entry)) {
		struct tmp_node *node = tmp_node_of(
		    map_item(entry, struct fs_node, entry));
		size_t length = (size_t)node->fs.attributes.size;

		if ((node->fs.attributes.mode & FS_KIND) != FS_LINK)
			continue;
		if (!node->page_count || !node->pages[0] ||
		    length >= TMP_BLOCK)
			return E_UCLEAN;
		node->target = heap_text(node->pages[0], length);
		if (!node->target)
			return E_NOMEM;
		node->fs.attributes.blocks = 0;
	}
	return 0;
}

static int name_before(const struct kept_name *one,
    const struct kept_name *other)
{
	return one->position < other->position;
}

/* Shell sort: no memory, no recursion, good enough for thousands. */
static void names_sort(struct kept_name **names, uint32_t count)
{
	uint32_t gap, i, j;

	for (gap = count / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11)
		for (i = gap; i < count; i++) {
			struct kept_name *name = names[i];

			for (j = i; j >= gap &&
			     name_before(name, names[j - gap]); j -= gap)
				names[j] = names[j - gap];
			names[j] = name;
		}
}

static error_t name_load(struct tmp_volume *volume, struct kept_name *from)
{
	struct tmp_node *directory = node_find(volume, from->directory);
	struct tmp_node *node = node_find(volume, from->node);

	if (!directory || !node || from->length > FS_NAME_MAX)
		return E_UCLEAN;
	return tmp_entry_set(directory, from->name, from->length,
	    from->position,
	    (uint32_t)(from - volume->keeper->kept->names), node);
}

static error_t names_load(struct tmp_volume *volume)
{
	struct keeper *keeper = volume->keeper;
	uint32_t end = keeper->kept->names_end, count = 0, i;
	struct kept_name **names = heap_alloc((end + 1) * sizeof *names);
	error_t error = 0;

	if (!names)
		return E_NOMEM;
	for (i = end; i-- > 0 && !error;)
		if (keeper->kept->names[i].length)
			names[count++] = &keeper->kept->names[i];
		else
			error = pool_put(&keeper->names, i);
	names_sort(names, count);
	for (i = 0; i < count && !error; i++)
		error = name_load(volume, names[i]);
	heap_free(names);
	return error;
}

error_t keep_load(struct tmp_volume *volume)
{
	const struct kept *kept = volume->keeper->kept;
	error_t error;

	if (kept->nodes_end > KEPT_NODES || kept->names_end > KEPT_NAMES ||
	    kept->pages_end > volume->keeper->page_count ||
	    kept->blocks_max > volume->keeper->page_count)
		return E_UCLEAN;
	volume->next_number = kept->next_number;
	volume->blocks_max = kept->blocks_max;
	error = nodes_load(volume);
	if (!error)
		error = pages_load(volume);
	if (!error)
		error = targets_load(volume);
	return error ? error : names_load(volume);
}
