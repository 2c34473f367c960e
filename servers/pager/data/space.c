/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where pages lie: on swap partitions, or, when there is none or all are full
 * or a write fails, in this task's own memory, up to HELD_MAX pages. Held
 * pages help nobody who needs memory, but nothing is lost while the kernel
 * finds other pages to take. They are copies: the kernel lets only a few of
 * the pages that it sent be on their way, until they are freed.
 */
#include "core/header.h"
#include "core/slots.h"
#include "datapager.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <server/server.h>
#include <string.h>

enum {
	DEVICE_NAME_MAX = 32,
	RECORD = 512, /* bytes in a device's record */
};

struct area {
	char name[DEVICE_NAME_MAX];
	mach_port_t device; /* send right, owned */
	struct slots slots;
};

struct lock space_lock = LOCK_INIT(LOCK_SPACE);
static struct area areas[AREAS_MAX];
static volatile unsigned area_count; /* grows only */
static struct slots held;
static vm_offset_t held_pages[HELD_MAX]; /* vm memory, owned */
static struct space_status counters;

error_t space_start(void)
{
	return slots_init(&held, HELD_MAX, OBJECTS_MAX);
}

static error_t page_write(struct area *area, uint32_t slot, vm_offset_t data)
{
	int written = 0;
	error_t error;

	error = device_write(area->device, 0, slot * (PAGE_SIZE / RECORD),
	    (io_buf_ptr_t)data, PAGE_SIZE, &written);
	return !error && written != PAGE_SIZE ? E_IO : error;
}

static error_t page_read(struct area *area, uint32_t slot, vm_offset_t *data)
{
	mach_msg_type_number_t count = 0;
	io_buf_ptr_t bytes;
	error_t error;

	error = device_read(area->device, 0, slot * (PAGE_SIZE / RECORD),
	    PAGE_SIZE, &bytes, &count);
	if (!error && count != PAGE_SIZE) {
		memory_free((vm_address_t)bytes, count);
		error = E_IO;
	}
	if (!error)
		*data = (vm_offset_t)bytes;
	return error;
}

/* The page's old slot in an area, or a new one. */
static uint32_t slot_for(struct slots *slots, uint32_t object, uint32_t page)
{
	uint32_t slot;

	lock(&space_lock);
	slot = slots_find(slots, object, page);
	if (slot == SLOT_NONE)
		slot = slots_take(slots, object, page);
	unlock(&space_lock);
	return slot;
}

static uint32_t slot_find(const struct slots *slots, uint32_t object,
    uint32_t page)
{
	uint32_t slot;

	lock(&space_lock);
	slot = slots_find(slots, object, page);
	unlock(&space_lock);
	return slot;
}

static void slot_give(struct slots *slots, uint32_t slot)
{
	lock(&space_lock);
	slots_give(slots, slot);
	unlock(&space_lock);
}

/* Where the page was before it must not be looked for any more. */
static void held_drop(uint32_t object, uint32_t page)
{
	uint32_t slot = slot_find(&held, object, page);

	if (slot == SLOT_NONE)
		return;
	memory_free(held_pages[slot], PAGE_SIZE);
	slot_give(&held, slot);
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
		if (!page_write(area, slot_for(&area->slots, object, page),
			data))
			return 0;
		counters.failures++;
		areas_drop(object, page);
	}
	for (unsigned i = 0; i < area_count; i++) {
		area = &areas[i];
		slot = slot_for(&area->slots, object, page);
		if (slot == SLOT_NONE)
			continue;
		if (!page_write(area, slot, data))
			return 0;
		counters.failures++;
		slot_give(&area->slots, slot);
	}
	return E_NOSPC;
}

/* A copy of the page in memory, held until it is asked for. */
static error_t store_in_memory(uint32_t object, uint32_t page,
    vm_offset_t data)
{
	vm_address_t copy;
	uint32_t slot = slot_for(&held, object, page);

	if (slot == SLOT_NONE)
		return E_NOSPC;
	if (memory_allocate(PAGE_SIZE, &copy)) {
		slot_give(&held, slot);
		return E_NOSPC;
	}
	memcpy((void *)copy, (void *)data, PAGE_SIZE);
	held_pages[slot] = copy;
	return 0;
}

error_t space_store(uint32_t object, uint32_t page, vm_offset_t data)
{
	error_t error;

	held_drop(object, page);
	error = store_on_disk(object, page, data);
	if (!error) {
		counters.paged_out++;
	} else {
		areas_drop(object, page);
		error = store_in_memory(object, page, data);
	}
	memory_free(data, PAGE_SIZE);
	return error;
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
	error_t error;

	if (slot != SLOT_NONE) {
		*data = held_pages[slot];
		slot_give(&held, slot);
		*only = 1;
		return 0;
	}
	for (unsigned i = 0; i < area_count; i++) {
		slot = slot_find(&areas[i].slots, object, page);
		if (slot == SLOT_NONE)
			continue;
		error = page_read(&areas[i], slot, data);
		if (error) {
			counters.failures++;
			return E_IO;
		}
		counters.paged_in++;
		*only = is_short(&areas[i].slots);
		if (*only)
			slot_give(&areas[i].slots, slot);
		return 0;
	}
	return E_NOENT;
}

void space_forget(uint32_t object)
{
	uint32_t slot;

	lock(&space_lock);
	while ((slot = slots_first(&held, object)) != SLOT_NONE) {
		memory_free(held_pages[slot], PAGE_SIZE);
		slots_give(&held, slot);
	}
	for (unsigned i = 0; i < area_count; i++)
		while ((slot = slots_first(&areas[i].slots, object)) !=
		    SLOT_NONE)
			slots_give(&areas[i].slots, slot);
	unlock(&space_lock);
}

static error_t header_of(mach_port_t device, struct header *header)
{
	int status[DEV_GET_SIZE_COUNT];
	mach_msg_type_number_t count = DEV_GET_SIZE_COUNT;
	io_buf_ptr_t bytes;
	error_t error;

	error = device_get_status(device, DEV_GET_SIZE, status, &count);
	if (!error && (status[DEV_GET_SIZE_RECORD_SIZE] != RECORD))
		error = E_INVAL;
	if (error)
		return error;
	error = device_read(device, 0, 0, HEADER_PAGE, &bytes, &count);
	if (error)
		return error;
	if (count == HEADER_PAGE)
		error = header_read(bytes,
		    (uint32_t)status[DEV_GET_SIZE_DEVICE_SIZE] / PAGE_SIZE,
		    header);
	else
		error = E_IO;
	memory_free((vm_address_t)bytes, count);
	return error;
}

static error_t slots_of(const struct header *header, struct slots *slots)
{
	error_t error = slots_init(slots, header->pages, OBJECTS_MAX);

	if (error)
		return error;
	slots_mark_bad(slots, 0);
	for (uint32_t i = 0; i < header->bad_count; i++)
		slots_mark_bad(slots, header->bad[i]);
	return 0;
}

static error_t area_open(struct area *area, const char *name)
{
	struct header *header = heap_alloc(sizeof(*header));
	dev_name_t device_name;
	error_t error;

	if (!header)
		return E_NOMEM;
	strlcpy(device_name, name, sizeof(device_name));
	error = device_open(server_device, D_READ | D_WRITE, device_name,
	    &area->device);
	if (!error) {
		error = header_of(area->device, header);
		if (!error)
			error = slots_of(header, &area->slots);
		if (error) {
			device_close(area->device);
			port_drop(area->device);
		}
	}
	heap_free(header);
	strlcpy(area->name, name, sizeof(area->name));
	return error;
}

error_t space_add(const char *name, uint32_t *pages)
{
	static struct lock adding;
	struct area area;
	error_t error = 0;

	memset(&area, 0, sizeof(area));
	lock(&adding);
	for (unsigned i = 0; i < area_count; i++)
		if (strcmp(areas[i].name, name) == 0)
			error = E_BUSY;
	if (area_count == AREAS_MAX)
		error = E_NOMEM;
	if (!error)
		error = area_open(&area, name);
	if (!error) {
		lock(&space_lock);
		areas[area_count] = area;
		area_count++;
		*pages = area.slots.free;
		unlock(&space_lock);
	}
	unlock(&adding);
	return error;
}

void space_status(struct space_status *status)
{
	lock(&space_lock);
	*status = counters;
	status->total = status->used = 0;
	status->held = held.used;
	for (unsigned i = 0; i < area_count; i++) {
		status->total += areas[i].slots.free + areas[i].slots.used;
		status->used += areas[i].slots.used;
	}
	unlock(&space_lock);
}
