/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes: found, made, kept, doomed. See node.h for the invariants. */
#include "core/listing.h"
#include "core/mounts.h"
#include "core/names.h"
#include "core/numbers.h"
#include <base/heap.h>
#include <string.h>

enum {
	NAMES_EACH = 3,
};

struct node_cache cache;

void cache_init(unsigned nodes)
{
	map_init(&cache.nodes);
	map_init(&cache.names);
	list_init(&cache.unused);
	list_init(&cache.worthless);
	list_init(&cache.order);
	list_init(&cache.doomed);
	cache.node_count = cache.name_count = cache.loose_count = 0;
	cache.node_limit = nodes;
	cache.name_limit = nodes * NAMES_EACH;
	cache.hits = cache.misses = 0;
}

static uint64_t node_key(const struct mount *mount, uint64_t number)
{
	return number ^ (uint64_t)mount->id << 40;
}

struct node *node_find(const struct mount *mount, uint64_t number)
{
	struct map_entry *entry;
	struct node *node;

	entry = map_find(&cache.nodes, node_key(mount, number));
	for (; entry; entry = map_find_next(entry)) {
		node = map_item(entry, struct node, entry);
		if (node->mount == mount && node->number == number)
			return node;
	}
	return NULL;
}

static int node_is_worthless(const struct node *node)
{
	return (node->flags & NODE_REMOVED) || node->mount->volatile_names ||
	    node->mount->leaving;
}

/* Nobody uses node any more, or yet. */
static void node_rest(struct node *node)
{
	list_remove(&node->link);
	list_append(node_is_worthless(node) ? &cache.worthless : &cache.unused,
	    &node->link);
}

/* A file that the PFS counts no links of has no name, whoever asked. */
static void node_look(struct node *node)
{
	if (node->attributes.links || node->mount->volatile_names ||
	    node_is(node, MODE_DIRECTORY))
		return;
	node->flags |= NODE_REMOVED;
	if (!node->references)
		node_rest(node);
}

static error_t node_make(
    struct mount *mount, uint64_t number, struct node **made)
{
	struct node *node = heap_alloc_zero(sizeof *node);

	if (!node)
		return E_NOMEM;
	if (map_add(&cache.nodes, &node->entry, node_key(mount, number))) {
		heap_free(node);
		return E_NOMEM;
	}
	node->mount = mount;
	node->number = number;
	list_init(&node->names);
	list_init(&node->children);
	list_init(&node->pieces);
	list_init(&node->link);
	node_rest(node);
	mount->nodes++;
	cache.node_count++;
	*made = node;
	return 0;
}

error_t node_learn(struct mount *mount, uint64_t number,
    const struct file_attributes *attributes, unsigned counted,
    struct node **node)
{
	struct node *known;
	error_t error;

	if ((attributes->mode & MODE_TYPE) != MODE_DIRECTORY)
		mount = mount_base(mount);
	known = node_find(mount, number);

	/* The number of a removed file can come back for another one only
	 * after the PFS was told to forget the old one; then the old node is
	 * doomed. A removed node found here is one that lost a race: still
	 * the same file. */
	if (!known) {
		error = node_make(mount, number, &known);
		if (error)
			return error;
	}
	if (!known->attributes.mode) {
		known->attributes = *attributes;
		known->attributes.node = number;
		known->attributes.device = mount->device;
		if (mount->inherited)
			known->flags |= NODE_WRITTEN;
		node_look(known);
	} else if ((known->flags & NODE_STALE) || mount->volatile_names) {
		node_update(known, attributes);
	}
	known->flags |= NODE_USED;
	if (!attributes->told) /* a server that counts */
		known->lookups += counted;
	else if (counted && (!known->lookups ||
	    (int32_t)(attributes->told - known->lookups) > 0))
		known->lookups = attributes->told;
	*node = known;
	return 0;
}

void node_update(struct node *node, const struct file_attributes *attributes)
{
	struct file_attributes now = *attributes;

	if (!node->mount->volatile_names) {
		now.mode = node->attributes.mode;
		now.uid = node->attributes.uid;
		now.gid = node->attributes.gid;
	}
	now.node = node->number;
	now.device = node->mount->device;
	node->attributes = now;
	node->flags &= ~(unsigned)NODE_STALE;
	node_look(node);
}

struct node *node_reference(struct node *node)
{
	if (node->references++ == 0)
		list_remove(&node->link);
	return node;
}

/* Invariant 5: nothing leads to node any more. */
static void node_doom(struct node *node)
{
	struct node *parent = node->parent;

	names_of_node_free(node);
	listing_forget(node);
	map_remove(&cache.nodes, &node->entry);
	list_remove(&node->link);
	list_append(&cache.doomed, &node->link);
	node->flags |= NODE_DOOMED;
	node->mount->nodes--;
	node->mount->doomed++;
	cache.node_count--;
	node->parent = NULL;
	if (parent)
		node_drop(parent);
}

int node_part(struct node *node)
{
	if (node->references || node->attributes.links != 1 ||
	    !node->lookups || node_is_worthless(node) ||
	    node_is(node, MODE_DIRECTORY))
		return 0;
	names_of_node_doubt(node);
	node_doom(node);
	list_remove(&node->link);
	return 1;
}

void node_parted(struct node *node, int forgotten)
{
	if (forgotten)
		node->lookups = 0;
	list_append(&cache.doomed, &node->link);
}

void node_drop(struct node *node)
{
	if (--node->references == 0)
		node_rest(node);
}

void node_doubt(struct node *node)
{
	if (node->references || !list_empty(&node->names))
		return;
	list_remove(&node->link);
	list_append(&cache.worthless, &node->link);
}

void node_remove(struct node *node)
{
	node->flags |= NODE_REMOVED;
	node->attributes.links = 0;
	if (!node->references)
		node_rest(node);
}

static void trim_nodes(void)
{
	unsigned looks = 2 * cache.node_limit + 16;
	struct node *node;

	while (cache.node_count > cache.node_limit && looks--) {
		struct list *link = list_first(&cache.unused);

		if (!link)
			return;
		node = list_item(link, struct node, link);
		if (node->flags & NODE_USED) {
			node->flags &= ~(unsigned)NODE_USED;
			list_remove(link);
			list_append(&cache.unused, link);
			continue;
		}
		node_doom(node);
	}
}

void cache_trim(void)
{
	while (!list_empty(&cache.worthless))
		node_doom(list_item(cache.worthless.next, struct node, link));
	if (cache.node_count > cache.node_limit)
		trim_nodes();
	if (cache.loose_count > cache.name_limit)
		names_trim();
}

static int doom_one(struct list *list, const struct mount *mount)
{
	list_each(link, list)
	{
		struct node *node = list_item(link, struct node, link);

		if (node->mount == mount) {
			node_doom(node);
			return 1;
		}
	}
	return 0;
}

unsigned cache_empty(struct mount *mount)
{
	/* A doomed directory may free its parent: look from the start. */
	while (
	    doom_one(&cache.worthless, mount) || doom_one(&cache.unused, mount))
		continue;
	return mount->nodes;
}

struct node *cache_take_doomed(void)
{
	struct list *link = list_take(&cache.doomed);

	return link ? list_item(link, struct node, link) : NULL;
}

void node_free(struct node *node)
{
	node->mount->doomed--;
	heap_free(node->target);
	heap_free(node);
}
