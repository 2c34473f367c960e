/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots of a swap area; see slots.h. */
#include "core/slots.h"
#include <base/heap.h>
#include <string.h>

static uint32_t hash_of(const struct slots *slots, uint32_t object,
    uint32_t page)
{
	uint32_t hash = (page ^ object << 20 ^ object >> 12) * 0x9e3779b1;

	return (hash ^ hash >> 15) & (slots->hash_size - 1);
}

error_t slots_init(struct slots *slots, uint32_t count, uint32_t object_limit)
{
	if (count == 0 || count > 1u << 24)
		return E_INVAL;
	memset(slots, 0, sizeof(*slots));
	slots->count = slots->free = count;
	slots->object_limit = object_limit;
	for (slots->hash_size = 16; slots->hash_size < count / 2;)
		slots->hash_size *= 2;
	slots->slot = heap_alloc_zero(count * sizeof(*slots->slot));
	slots->hash = heap_alloc(slots->hash_size * sizeof(*slots->hash));
	slots->object = heap_alloc(object_limit * sizeof(*slots->object));
	if (!slots->slot || !slots->hash || !slots->object) {
		slots_free(slots);
		return E_NOMEM;
	}
	memset(slots->hash, 0xff, slots->hash_size * sizeof(*slots->hash));
	memset(slots->object, 0xff, object_limit * sizeof(*slots->object));
	return 0;
}

void slots_free(struct slots *slots)
{
	heap_free(slots->slot);
	heap_free(slots->hash);
	heap_free(slots->object);
	memset(slots, 0, sizeof(*slots));
}

void slots_mark_bad(struct slots *slots, uint32_t slot)
{
	if (slot >= slots->count || slots->slot[slot].state != SLOT_FREE)
		return;
	slots->slot[slot].state = SLOT_BAD;
	slots->free--;
}

uint32_t slots_find(const struct slots *slots, uint32_t object, uint32_t page)
{
	uint32_t slot;

	if (!slots->count)
		return SLOT_NONE;
	slot = slots->hash[hash_of(slots, object, page)];
	while (slot != SLOT_NONE &&
	    (slots->slot[slot].page != page ||
		slots->slot[slot].object != object))
		slot = slots->slot[slot].hash_next;
	return slot;
}

static uint32_t search_free(struct slots *slots)
{
	uint32_t slot = slots->next;

	if (slots->free == 0)
		return SLOT_NONE;
	for (;; slot++) {
		if (slot >= slots->count)
			slot = 0;
		if (slots->slot[slot].state == SLOT_FREE)
			return slot;
	}
}

uint32_t slots_take(struct slots *slots, uint32_t object, uint32_t page)
{
	uint32_t slot = search_free(slots), *head;
	struct slot *record;

	if (slot == SLOT_NONE)
		return SLOT_NONE;
	record = &slots->slot[slot];
	record->state = SLOT_USED;
	record->object = (uint16_t)object;
	record->page = page;
	head = &slots->hash[hash_of(slots, object, page)];
	record->hash_next = *head;
	*head = slot;
	record->object_next = slots->object[object];
	slots->object[object] = slot;
	slots->next = slot + 1;
	slots->free--;
	slots->used++;
	return slot;
}

void slots_give(struct slots *slots, uint32_t slot)
{
	struct slot *record = &slots->slot[slot];
	uint32_t *place;

	place = &slots->hash[hash_of(slots, record->object, record->page)];
	while (*place != slot)
		place = &slots->slot[*place].hash_next;
	*place = record->hash_next;
	place = &slots->object[record->object];
	while (*place != slot)
		place = &slots->slot[*place].object_next;
	*place = record->object_next;
	record->state = SLOT_FREE;
	slots->free++;
	slots->used--;
}

uint32_t slots_first(const struct slots *slots, uint32_t object)
{
	return slots->count ? slots->object[object] : SLOT_NONE;
}
