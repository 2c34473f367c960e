/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of nodes: entries of directories, negative ones, paths. See node.h. */
#include "core/names.h"
#include "core/mounts.h"
#include "core/numbers.h"
#include <base/heap.h>
#include <string.h>

static uint64_t name_key(const struct node *parent, uint32_t hash)
{
	return (uint64_t)(uintptr_t)parent << 32 | hash;
}

uint32_t name_hash(const char *text, unsigned length)
{
	uint32_t hash = 0;

	while (length--)
		hash = name_hash_step(hash, *text++);
	return hash;
}

static struct name *entry_find(
    const struct node *parent, const char *text, unsigned length, uint32_t hash)
{
	struct map_entry *entry;
	struct name *name;

	entry = map_find(&cache.names, name_key(parent, hash));
	for (; entry; entry = map_find_next(entry)) {
		name = map_item(entry, struct name, entry);
		if (name->parent == parent && name->length == length &&
		    !memcmp(name->text, text, length)) {
			name->used = 1;
			return name;
		}
	}
	return NULL;
}

static int name_is_directory(const struct name *name)
{
	return name->node && name->node->name == name;
}

struct name *name_find(
    const struct node *parent, const char *text, unsigned length, uint32_t hash)
{
	struct name *name = entry_find(parent, text, length, hash);

	return name && !name->doubted ? name : NULL;
}

/* Takes name off its node: negative and loose from now on. */
static void name_unlead(struct name *name)
{
	if (name_is_directory(name)) {
		name->node->name = NULL;
		list_append(&cache.order, &name->order);
		cache.loose_count++;
	}
	list_remove(&name->of_node);
	name->node = NULL;
}

static void name_free(struct name *name)
{
	name_unlead(name);
	cache.loose_count--;
	cache.name_count--;
	list_remove(&name->order);
	list_remove(&name->siblings);
	map_remove(&cache.names, &name->entry);
	heap_free(name);
}

static struct name *name_make(
    struct node *parent, const char *text, unsigned length, uint32_t hash)
{
	struct name *name = heap_alloc(sizeof *name + length);

	if (!name)
		return NULL;
	if (map_add(&cache.names, &name->entry, name_key(parent, hash))) {
		heap_free(name);
		return NULL;
	}
	name->parent = parent;
	name->node = NULL;
	name->used = 1;
	name->doubted = 0;
	name->length = (unsigned char)length;
	memcpy(name->text, text, length);
	list_init(&name->of_node);
	list_append(&parent->children, &name->siblings);
	list_append(&cache.order, &name->order);
	cache.name_count++;
	cache.loose_count++;
	return name;
}

/* The directory node is reached by name and nothing else from now on. */
static void name_lead_directory(struct name *name, struct node *node)
{
	struct node *parent = node->parent;

	if (node->name)
		name_free(node->name);
	list_remove(&name->order);
	cache.loose_count--;
	node->name = name;
	node->parent = node_reference(name->parent);
	if (parent)
		node_drop(parent);
}

static void name_lead(struct name *name, struct node *node)
{
	if (name->node == node)
		return;
	name_unlead(name);
	name->node = node;
	if (node) {
		list_append(&node->names, &name->of_node);
		if (node_is(node, MODE_DIRECTORY))
			name_lead_directory(name, node);
	}
}

error_t name_enter(
    struct node *parent, const char *text, unsigned length, struct node *node)
{
	uint32_t hash = name_hash(text, length);
	struct name *name = entry_find(parent, text, length, hash);

	/* A negative name in a directory that is going would outlive it. */
	if (parent->flags & (NODE_DOOMED | NODE_REMOVED))
		return node ? E_NOENT : 0;
	/* A damaged disk may say that a directory is in itself. */
	if (node && node_is(node, MODE_DIRECTORY) &&
	    node_is_below(parent, node))
		return E_UCLEAN;
	if (!name)
		name = name_make(parent, text, length, hash);
	if (!name)
		return E_NOMEM;
	name_lead(name, node);
	name->doubted = 0;
	return 0;
}

void name_forget(struct node *parent, const char *text, unsigned length)
{
	struct name *name;

	name = entry_find(parent, text, length, name_hash(text, length));
	if (name && !name_is_directory(name))
		name_free(name);
}

void names_forget(struct node *parent)
{
	list_each_safe(link, &parent->children) {
		struct name *name = list_item(link, struct name, siblings);

		if (!name_is_directory(name))
			name_free(name);
	}
}

void name_cut(struct node *parent, const char *text, unsigned length)
{
	struct name *name;

	name = entry_find(parent, text, length, name_hash(text, length));
	if (!name)
		return;
	name_unlead(name);
	name->doubted = 0;
}

void names_of_node_doubt(struct node *node)
{
	while (!list_empty(&node->names)) {
		struct name *name =
		    list_item(node->names.next, struct name, of_node);

		name_unlead(name);
		name->doubted = 1;
	}
}

void names_of_node_free(struct node *node)
{
	while (!list_empty(&node->names))
		name_free(list_item(node->names.next, struct name, of_node));
	while (!list_empty(&node->children))
		name_free(
		    list_item(node->children.next, struct name, siblings));
}

void names_trim(void)
{
	unsigned looks = 2 * cache.name_limit + 16;
	struct name *name;

	while (cache.loose_count > cache.name_limit && looks--) {
		name = list_item(cache.order.next, struct name, order);
		if (!name->used) {
			name_free(name);
			continue;
		}
		name->used = 0;
		list_remove(&name->order);
		list_append(&cache.order, &name->order);
	}
}

error_t node_path(const struct node *directory, const struct node *root,
    char *text, unsigned size, char **start, int *unreachable)
{
	char *at = text + size;
	const struct node *node = directory;

	*unreachable = 0;
	while (node != root) {
		const struct name *name = node->name;

		if (node == node->mount->root) {
			if (!node->mount->covered) {
				*unreachable = 1;
				break;
			}
			node = node->mount->covered;
			continue;
		}
		if (!name)
			return E_NOENT;
		if (at - text < name->length + 1)
			return E_RANGE;
		at -= name->length;
		memcpy(at, name->text, name->length);
		*--at = '/';
		node = node->parent;
	}
	if (at == text + size) {
		if (!size)
			return E_RANGE;
		*--at = '/';
	}
	*start = at;
	return 0;
}

int node_is_below(const struct node *directory, const struct node *ancestor)
{
	while (directory && directory != ancestor)
		directory = directory == directory->mount->root
		    ? directory->mount->covered
		    : directory->parent;
	return directory != NULL;
}
