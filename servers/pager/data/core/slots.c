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

/* Each write before must stand before the next: a kill may come in between. */
#define ordered() __asm__ volatile("" : : : "memory")

static uint32_t object_of(const struct slots *slots, uint32_t slot)
{
	return slots->place[slot].state >> SLOT_BITS;
}

static unsigned state_of(const struct slots *slots, uint32_t slot)
{
	return slots->place[slot].state & ((1u << SLOT_BITS) - 1);
}

static error_t slots_allocate(struct slots *slots)
{
	slots->link = heap_alloc_zero(slots->count * sizeof(*slots->link));
	slots->hash = heap_alloc(slots->hash_size * sizeof(*slots->hash));
	slots->object = heap_alloc(
	    slots->object_limit * sizeof(*slots->object));
	if (!slots->link || !slots->hash || !slots->object) {
		slots_free(slots);
		return E_NOMEM;
	}
	memset(slots->hash, 0xff, slots->hash_size * sizeof(*slots->hash));
	memset(slots->object, 0xff,
	    slots->object_limit * sizeof(*slots->object));
	return 0;
}

/* Into the two chains. */
static void slot_link(struct slots *slots, uint32_t slot)
{
	uint32_t object = object_of(slots, slot), *head;

	head = &slots->hash[hash_of(slots, object, slots->place[slot].page)];
	slots->link[slot].hash_next = *head;
	*head = slot;
	slots->link[slot].object_next = slots->object[object];
	slots->object[object] = slot;
	slots->free--;
	slots->used++;
}

static void slot_adopt(struct slots *slots, uint32_t slot)
{
	switch (state_of(slots, slot)) {
	case SLOT_FREE:
		return;
	case SLOT_BAD:
		slots->free--;
		return;
	case SLOT_USED:
		if (object_of(slots, slot) >= slots->object_limit)
			break;
		slot_link(slots, slot);
		return;
	case SLOT_TAKEN: /* its page comes once more, and first */
		slots->next = slot;
		break;
	}
	slots->place[slot].state = SLOT_FREE;
}

error_t slots_init(struct slots *slots, uint32_t count, uint32_t object_limit,
    struct slot_place *places)
{
	error_t error;

	if (count == 0 || count > 1u << 24)
		return E_INVAL;
	memset(slots, 0, sizeof(*slots));
	slots->count = slots->free = count;
	slots->object_limit = object_limit;
	slots->place = places;
	for (slots->hash_size = 16; slots->hash_size < count / 2;)
		slots->hash_size *= 2;
	error = slots_allocate(slots);
	for (uint32_t slot = 0; slot < count && !error; slot++)
		slot_adopt(slots, slot);
	return error;
}

void slots_free(struct slots *slots)
{
	heap_free(slots->link);
	heap_free(slots->hash);
	heap_free(slots->object);
	memset(slots, 0, sizeof(*slots));
}

void slots_mark_bad(struct slots *slots, uint32_t slot)
{
	if (slot >= slots->count || state_of(slots, slot) != SLOT_FREE)
		return;
	slots->place[slot].state = SLOT_BAD;
	slots->free--;
}

uint32_t slots_find(const struct slots *slots, uint32_t object, uint32_t page)
{
	uint32_t slot;

	if (!slots->count)
		return SLOT_NONE;
	slot = slots->hash[hash_of(slots, object, page)];
	while (slot != SLOT_NONE &&
	    (slots->place[slot].page != page ||
		object_of(slots, slot) != object))
		slot = slots->link[slot].hash_next;
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
		if (state_of(slots, slot) == SLOT_FREE)
			return slot;
	}
}

uint32_t slots_take(struct slots *slots, uint32_t object, uint32_t page)
{
	uint32_t slot = search_free(slots);

	if (slot == SLOT_NONE)
		return SLOT_NONE;
	slots->place[slot].page = page;
	ordered();
	slots->place[slot].state = SLOT_TAKEN | object << SLOT_BITS;
	slot_link(slots, slot);
	slots->next = slot + 1;
	return slot;
}

void slots_keep(struct slots *slots, uint32_t slot)
{
	ordered();
	slots->place[slot].state =
	    SLOT_USED | object_of(slots, slot) << SLOT_BITS;
	ordered();
}

void slots_give(struct slots *slots, uint32_t slot)
{
	uint32_t object = object_of(slots, slot), *place;

	place = &slots->hash[hash_of(slots, object, slots->place[slot].page)];
	while (*place != slot)
		place = &slots->link[*place].hash_next;
	*place = slots->link[slot].hash_next;
	place = &slots->object[object];
	while (*place != slot)
		place = &slots->link[*place].object_next;
	*place = slots->link[slot].object_next;
	slots->place[slot].state = SLOT_FREE;
	slots->free++;
	slots->used--;
}

uint32_t slots_first(const struct slots *slots, uint32_t object)
{
	return slots->count ? slots->object[object] : SLOT_NONE;
}

uint32_t slots_count_of(const struct slots *slots, uint32_t object)
{
	uint32_t slot = slots_first(slots, object), count = 0;

	for (; slot != SLOT_NONE; slot = slots->link[slot].object_next)
		count++;
	return count;
}
