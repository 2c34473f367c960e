/* SPDX-License-Identifier: BSD-2-Clause */
#include "keep.h"
#include <base/heap.h>
#include <string.h>

enum {
	POOL_LEAST = 64,
};

static struct keeper *keeper_of(struct tmp_node *node)
{
	return tmp_volume_of(node)->keeper;
}

error_t pool_put(struct pool_of *pool, uint32_t number)
{
	uint32_t room = pool->room * 2 + POOL_LEAST, *longer;

	if (pool->count == pool->room) {
		longer = heap_resize(pool->free, room * sizeof *longer);
		if (!longer)
			return E_NOMEM; /* it is not used again */
		pool->free = longer;
		pool->room = room;
	}
	pool->free[pool->count++] = number;
	return 0;
}

/* A free number, or a new one below limit; limit: none is left. */
static uint32_t pool_take(struct pool_of *pool, uint32_t *end, uint32_t limit)
{
	if (pool->count)
		return pool->free[--pool->count];
	return *end < limit ? (*(volatile uint32_t *)end)++ : limit;
}

static void lay_out(struct keeper *keeper, struct store *store)
{
	uint8_t *end = store->banks + store->bank_size;
	size_t room;
	uintptr_t pages;

	keeper->store = store;
	keeper->kept = (void *)store->banks;
	keeper->owners = (void *)(keeper->kept + 1);
	room = (size_t)(end - (uint8_t *)keeper->owners) - TMP_BLOCK;
	keeper->page_count = (uint32_t)(room /
	    (TMP_BLOCK + sizeof *keeper->owners));
	pages = (uintptr_t)(keeper->owners + keeper->page_count);
	keeper->pages = (char *)((pages + TMP_BLOCK - 1) &
	    ~(uintptr_t)(TMP_BLOCK - 1));
}

error_t keep_start(struct tmp_volume *volume, struct store *store,
    uint64_t blocks)
{
	struct keeper *keeper = heap_alloc_zero(sizeof *keeper);

	if (!keeper)
		return E_NOMEM;
	lay_out(keeper, store);
	volume->keeper = keeper;
	if (store->recovered)
		return keeper->kept->refused ? E_OPNOTSUPP : 0;
	keeper->kept->nodes_end = keeper->kept->names_end = 0;
	keeper->kept->pages_end = 0;
	keeper->kept->blocks_max = (uint32_t)blocks;
	keeper->kept->refused = blocks > keeper->page_count;
	if (keeper->kept->refused)
		keep_end(volume);
	return 0;
}

error_t keep_size(struct tmp_volume *volume, uint64_t blocks)
{
	struct keeper *keeper = volume->keeper;

	if (!keeper)
		return 0;
	if (blocks > keeper->page_count)
		return E_INVAL;
	store_set_word(keeper->store, &keeper->kept->blocks_max,
	    (uint32_t)blocks);
	return 0;
}

void keep_numbers(struct tmp_volume *volume)
{
	uint64_t next = volume->keeper->kept->next_number;

	if (next > volume->next_number && next < UINT32_MAX / 2)
		volume->next_number = next;
}

void keep_end(struct tmp_volume *volume)
{
	struct keeper *keeper = volume->keeper;

	if (!keeper)
		return;
	volume->keeper = 0;
	heap_free(keeper->nodes.free);
	heap_free(keeper->names.free);
	heap_free(keeper->free_pages.free);
	heap_free(keeper->leaving.free);
	heap_free(keeper->left.free);
	heap_free(keeper);
}

/* ---- nodes ---- */

error_t keep_node_take(struct tmp_node *node)
{
	struct keeper *keeper = keeper_of(node);

	if (!keeper)
		return 0;
	node->kept = pool_take(&keeper->nodes, &keeper->kept->nodes_end,
	    KEPT_NODES);
	return node->kept < KEPT_NODES ? 0 : E_NOSPC;
}

void keep_node_save(struct tmp_node *node)
{
	struct keeper *keeper = keeper_of(node);
	const struct fs_attributes *from = &node->fs.attributes;
	struct kept_node to = { .number = node->fs.number,
		.next_position = node->next_position, .size = from->size,
		.atime = from->atime, .mtime = from->mtime,
		.ctime = from->ctime, .mode = from->mode,
		.links = from->links, .uid = from->uid, .gid = from->gid,
		.special = from->special, .generation = from->generation,
		.flags = from->flags };

	if (!keeper)
		return;
	if (node->parent)
		to.parent = node->parent->fs.number;
	store_set(keeper->store, &keeper->kept->nodes[node->kept], &to,
	    sizeof to);
}

void keep_node_drop(struct tmp_node *node)
{
	static const uint64_t none;
	struct keeper *keeper = keeper_of(node);

	if (!keeper)
		return;
	store_set(keeper->store, &keeper->kept->nodes[node->kept].number,
	    &none, sizeof none);
	pool_put(&keeper->nodes, node->kept);
}

/* ---- names ---- */

error_t keep_name_take(struct tmp_entry *entry, struct tmp_node *directory)
{
	struct keeper *keeper = keeper_of(directory);

	if (!keeper)
		return 0;
	entry->kept = pool_take(&keeper->names, &keeper->kept->names_end,
	    KEPT_NAMES);
	return entry->kept < KEPT_NAMES ? 0 : E_NOSPC;
}

void keep_name_save(struct tmp_entry *entry, struct tmp_node *directory)
{
	struct keeper *keeper = keeper_of(directory);
	struct kept_name to = { .directory = directory->fs.number,
		.node = entry->node->fs.number, .position = entry->position,
		.length = entry->length };

	if (!keeper)
		return;
	memcpy(to.name, entry->name, entry->length);
	store_set(keeper->store, &keeper->kept->names[entry->kept], &to,
	    offsetof(struct kept_name, name) + entry->length);
}

void keep_name_drop(struct tmp_entry *entry, struct tmp_node *directory)
{
	struct keeper *keeper = keeper_of(directory);

	if (!keeper)
		return;
	store_set_word(keeper->store,
	    &keeper->kept->names[entry->kept].length, 0);
	pool_put(&keeper->names, entry->kept);
}

/* ---- pages ---- */

char *keep_page_take(struct tmp_node *node, size_t index)
{
	struct keeper *keeper = keeper_of(node);
	struct kept_page owner = { (uint32_t)node->fs.number,
		(uint32_t)index };
	uint32_t number;
	char *page;

	if (!keeper)
		return heap_alloc_zero(TMP_BLOCK);
	number = pool_take(&keeper->free_pages, &keeper->kept->pages_end,
	    keeper->page_count);
	if (number >= keeper->page_count)
		return 0;
	page = keeper->pages + (size_t)number * TMP_BLOCK;
	memset(page, 0, TMP_BLOCK);
	store_set(keeper->store, &keeper->owners[number], &owner,
	    sizeof owner);
	return page;
}

void keep_page_drop(struct tmp_node *node, char *page)
{
	struct keeper *keeper = keeper_of(node);
	uint32_t number;

	if (!keeper) {
		heap_free(page);
		return;
	}
	number = (uint32_t)((size_t)(page - keeper->pages) / TMP_BLOCK);
	store_set_word(keeper->store, &keeper->owners[number].number, 0);
	pool_put(&keeper->leaving, number);
}

void keep_commit(struct tmp_volume *volume)
{
	struct keeper *keeper = volume->keeper;
	struct pool_of leaving;

	if (!keeper)
		return;
	store_set(keeper->store, &keeper->kept->next_number,
	    &volume->next_number, sizeof volume->next_number);
	while (keeper->left.count)
		pool_put(&keeper->free_pages,
		    keeper->left.free[--keeper->left.count]);
	leaving = keeper->leaving;
	keeper->leaving = keeper->left;
	keeper->left = leaving;
}
