/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where pages lie: on swap partitions, or, when there is none or all are full
 * or a write fails, in memory (held.c). A page's slot says that it is there
 * when it is written, not before.
 */
#include "datapager.h"
#include <base/mach.h>
#include <string.h>

struct lock space_lock = LOCK_INIT(LOCK_SPACE);

uint32_t slot_for(struct slots *slots, uint32_t object, uint32_t page)
{
	uint32_t slot;

	lock(&space_lock);
	slot = slots_find(slots, object, page);
	if (slot == SLOT_NONE)
		slot = slots_take(slots, object, page);
	unlock(&space_lock);
	return slot;
}

uint32_t slot_find(const struct slots *slots, uint32_t object,
    uint32_t page)
{
	uint32_t slot;

	lock(&space_lock);
	slot = slots_find(slots, object, page);
	unlock(&space_lock);
	return slot;
}

void slot_keep(struct slots *slots, uint32_t slot)
{
	lock(&space_lock);
	slots_keep(slots, slot);
	unlock(&space_lock);
}

void slot_give(struct slots *slots, uint32_t slot)
{
	lock(&space_lock);
	slots_give(slots, slot);
	unlock(&space_lock);
}

static void areas_drop(uint32_t object, uint32_t page)
{
	uint32_t slot;

	for (unsigned i = 0; i < area_count; i++) {
		slot = slot_find(&areas[i].slots, object, page);
		if (slot != SLOT_NONE)
			slot_give(&areas[i].slots, slot);
	}
}

/* Writes to the area that has the page already, else to the first with room
 * that works. */
static error_t store_on_disk(uint32_t object, uint32_t page, vm_offset_t data)
{
	struct area *area;
	uint32_t slot;

	for (unsigned i = 0; i < area_count; i++) {
		area = &areas[i];
		if (slot_find(&area->slots, object, page) == SLOT_NONE)
			continue;
		if (!area_write(area, slot_for(&area->slots, object, page),
			data))
			return 0;
		kept->counters.failures++;
		areas_drop(object, page);
	}
	for (unsigned i = 0; i < area_count; i++) {
		area = &areas[i];
		slot = slot_for(&area->slots, object, page);
		if (slot == SLOT_NONE)
			continue;
		if (!area_write(area, slot, data)) {
			slot_keep(&area->slots, slot);
			shortage_look();
			return 0;
		}
		kept->counters.failures++;
		slot_give(&area->slots, slot);
	}
	return E_NOSPC;
}

error_t space_store(uint32_t object, uint32_t page, vm_offset_t data)
{
	error_t error = store_on_disk(object, page, data);

	if (!error) {
		held_drop(object, page);
		kept->counters.paged_out++;
		return 0;
	}
	held_drop(object, page);
	areas_drop(object, page);
	return held_store(object, page, data);
}

/* With less than a quarter free, slots of pages that are in memory again are
 * given to others: memory and swap then add up to what programs can use. */
static int is_short(const struct slots *slots)
{
	return slots->free < slots->used / 3;
}

error_t space_fetch(uint32_t object, uint32_t page, vm_offset_t *data,
    int *only)
{
	uint32_t slot = slot_find(&held, object, page);

	if (slot != SLOT_NONE) {
		*only = 1;
		return held_fetch(slot, data) ? E_IO : 0;
	}
	for (unsigned i = 0; i < area_count; i++) {
		slot = slot_find(&areas[i].slots, object, page);
		if (slot == SLOT_NONE)
			continue;
		if (area_read(&areas[i], slot, data)) {
			kept->counters.failures++;
			return E_IO;
		}
		kept->counters.paged_in++;
		*only = is_short(&areas[i].slots);
		return 0;
	}
	return E_NOENT;
}

void space_drop(uint32_t object, uint32_t page)
{
	held_drop(object, page);
	areas_drop(object, page);
}

void space_forget(uint32_t object)
{
	uint32_t slot;

	while ((slot = slots_first(&held, object)) != SLOT_NONE)
		held_end(slot);
	lock(&space_lock);
	for (unsigned i = 0; i < area_count; i++)
		while ((slot = slots_first(&areas[i].slots, object)) !=
		    SLOT_NONE)
			slots_give(&areas[i].slots, slot);
	unlock(&space_lock);
}

uint32_t space_pages(uint32_t object)
{
	uint32_t pages;

	lock(&space_lock);
	pages = slots_count_of(&held, object);
	for (unsigned i = 0; i < area_count; i++)
		pages += slots_count_of(&areas[i].slots, object);
	unlock(&space_lock);
	return pages;
}

void space_status(struct space_status *status)
{
	lock(&space_lock);
	*status = kept->counters;
	status->total = status->used = 0;
	status->held = held.used;
	for (unsigned i = 0; i < area_count; i++) {
		status->total += areas[i].slots.free + areas[i].slots.used;
		status->used += areas[i].slots.used;
	}
	unlock(&space_lock);
}
