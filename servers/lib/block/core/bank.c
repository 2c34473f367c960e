/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The blocks that outlive the server: those that the disk does not have,
 * neither in place nor in a journal. A buffer that is dirty has a slot, which
 * holds what the buffer held when the last operation ended; what the operation
 * in progress changes is in the buffer only, until the store's commit.
 *
 * A block that has changed a lot goes to another slot, which is written at once
 * since nothing counts there yet; the commit says that it does, and that the
 * old one does not. Small changes are copied into the log.
 */
#include "parts.h"
#include <base/heap.h>
#include <string.h>

enum {
	SMALL_SHARE = 4, /* of a block: less is a small change */
	ROOM_LEAST = 64,
};

static uint32_t slot_check(const struct bank_slot *slot)
{
	return ((uint32_t)slot->block * 0x9e3779b1u ^
	    (uint32_t)(slot->block >> 32)) + slot->order * 0x85ebca6bu + 1;
}

static uint8_t *slot_data(const struct cache *cache, int slot)
{
	return cache->bank.data + (size_t)slot * cache->block_size;
}

/* Lists that all slots below end fit in. */
static error_t room_make(struct bank *bank, uint32_t end)
{
	uint32_t room = bank->room, *longer;

	if (end <= room)
		return 0;
	room = end < ROOM_LEAST ? ROOM_LEAST : end * 2;
	longer = heap_resize(bank->free, room * sizeof *longer);
	if (!longer)
		return E_NOMEM;
	bank->free = longer;
	longer = heap_resize(bank->leaving, room * sizeof *longer);
	if (!longer)
		return E_NOMEM;
	bank->leaving = longer;
	bank->room = room;
	return 0;
}

static int slot_take(struct cache *cache)
{
	struct bank *bank = &cache->bank;
	uint32_t end = bank->head->end;

	if (bank->free_count)
		return (int)bank->free[--bank->free_count];
	if (end >= bank->head->count || room_make(bank, end + 1))
		return -1;
	bank->slots[end].order = ORDER_CLEAN;
	*(volatile uint32_t *)&bank->head->end = end + 1;
	return (int)end;
}

static void slot_set(struct buffer *buffer, int slot)
{
	struct bank *bank = &buffer->cache->bank;
	struct bank_slot now = { buffer->block, buffer->order, 0 };

	now.check = slot_check(&now);
	store_set(bank->store, &bank->slots[slot], &now, sizeof now);
	buffer->slot = slot;
}

/* By the next commit. */
static void slot_leave(struct buffer *buffer)
{
	struct bank *bank = &buffer->cache->bank;

	if (buffer->slot < 0)
		return;
	store_set_word(bank->store, &bank->slots[buffer->slot].order,
	    ORDER_CLEAN);
	bank->leaving[bank->leaving_count++] = (uint32_t)buffer->slot;
	buffer->slot = -1;
}

/* To a run that it touches, or as one more, or to the last one. */
static void part_add(struct buffer *buffer, unsigned low, unsigned high)
{
	unsigned i = 0;

	while (i < buffer->parts && (low > buffer->part[i].high ||
		high < buffer->part[i].low))
		i++;
	if (i == buffer->parts && i < BUFFER_PARTS) {
		buffer->part[i].low = low;
		buffer->part[i].high = high;
		buffer->parts++;
		return;
	}
	if (i == BUFFER_PARTS)
		i--;
	if (low < buffer->part[i].low)
		buffer->part[i].low = low;
	if (high > buffer->part[i].high)
		buffer->part[i].high = high;
}

void bank_changed(struct buffer *buffer, unsigned low, unsigned high)
{
	if (!buffer->cache->bank.store)
		return;
	low &= ~3u; /* whole words are copied by less instructions */
	high = (high + 3) & ~3u;
	if (list_empty(&buffer->changed)) {
		list_append(&buffer->cache->changed, &buffer->changed);
		buffer->parts = 0;
	}
	part_add(buffer, low, high);
}

void bank_drop(struct buffer *buffer)
{
	struct bank *bank = &buffer->cache->bank;

	list_remove(&buffer->changed);
	if (buffer->slot < 0)
		return;
	*(volatile uint32_t *)&bank->slots[buffer->slot].order = ORDER_CLEAN;
	bank->free[bank->free_count++] = (uint32_t)buffer->slot;
	buffer->slot = -1;
}

void bank_forget(struct buffer *buffer)
{
	list_remove(&buffer->changed);
	slot_leave(buffer);
}

/* All of it, to another slot. */
static void buffer_keep_whole(struct buffer *buffer)
{
	struct cache *cache = buffer->cache;
	int slot = slot_take(cache);

	if (slot < 0) {
		cache->bank.store->head->lost = 1;
		return;
	}
	memcpy(slot_data(cache, slot), buffer->data, cache->block_size);
	slot_leave(buffer);
	slot_set(buffer, slot);
}

static void buffer_keep(struct buffer *buffer)
{
	struct cache *cache = buffer->cache;
	unsigned count = 0, i;

	for (i = 0; i < buffer->parts; i++)
		count += buffer->part[i].high - buffer->part[i].low;
	if (buffer->slot < 0 || count > cache->block_size / SMALL_SHARE) {
		buffer_keep_whole(buffer);
		return;
	}
	for (i = 0; i < buffer->parts; i++) {
		unsigned low = buffer->part[i].low;

		store_set(cache->bank.store,
		    slot_data(cache, buffer->slot) + low, buffer->data + low,
		    buffer->part[i].high - low);
	}
}

void cache_keep(struct cache *cache)
{
	struct list *link;

	while ((link = list_take(&cache->changed))) {
		struct buffer *buffer =
		    list_item(link, struct buffer, changed);

		if (buffer->order != ORDER_CLEAN)
			buffer_keep(buffer);
	}
}

void cache_kept(struct cache *cache)
{
	struct bank *bank = &cache->bank;

	while (bank->leaving_count)
		bank->free[bank->free_count++] =
		    bank->leaving[--bank->leaving_count];
}

/* What an earlier instance kept is here, and to be written. */
static error_t bank_load(struct cache *cache)
{
	struct bank *bank = &cache->bank;
	struct buffer *buffer;
	uint32_t i;
	error_t error;

	for (i = 0; i < bank->head->end; i++) {
		const struct bank_slot *slot = &bank->slots[i];

		if (slot->order == ORDER_CLEAN)
			continue;
		if (slot->check != slot_check(slot) ||
		    slot->order >= ORDER_END ||
		    map_find(&cache->map, slot->block))
			return E_UCLEAN;
		error = buffer_new(cache, slot->block, &buffer);
		if (error)
			return error;
		memcpy(buffer->data, slot_data(cache, (int)i),
		    cache->block_size);
		buffer->slot = (int)i;
		buffer_dirty(buffer, (enum buffer_order)slot->order);
		list_remove(&buffer->changed);
		buffer_put(buffer);
	}
	return 0;
}

static void bank_lay_out(struct cache *cache, uint8_t *memory, size_t size)
{
	struct bank *bank = &cache->bank;
	uint32_t count = (uint32_t)((size - sizeof *bank->head) /
	    (cache->block_size + sizeof *bank->slots));

	bank->head = (void *)memory;
	bank->slots = (void *)(memory + sizeof *bank->head);
	bank->data = (void *)(bank->slots + count);
	if (bank->store->recovered)
		return;
	bank->head->end = 0;
	bank->head->block_size = cache->block_size;
	bank->head->count = count;
}

error_t cache_survive(struct cache *cache, struct store *store,
    unsigned number, unsigned of)
{
	struct bank *bank = &cache->bank;
	uint32_t i;
	error_t error;

	bank->store = store;
	bank_lay_out(cache, store->banks + number * (store->bank_size / of),
	    store->bank_size / of);
	if (bank->head->block_size != cache->block_size ||
	    bank->head->end > bank->head->count)
		return E_UCLEAN;
	error = room_make(bank, bank->head->end);
	if (!error)
		error = bank_load(cache);
	if (error)
		return error;
	for (i = bank->head->end; i-- > 0;)
		if (bank->slots[i].order == ORDER_CLEAN)
			bank->free[bank->free_count++] = i;
	store->caches[number] = cache;
	return 0;
}

void bank_close(struct cache *cache)
{
	struct bank *bank = &cache->bank;
	unsigned i;

	for (i = 0; bank->store && i < 2; i++)
		if (bank->store->caches[i] == cache)
			bank->store->caches[i] = 0;
	heap_free(bank->free);
	heap_free(bank->leaving);
}
