/* SPDX-License-Identifier: BSD-2-Clause */
/* The swap partitions: how one is added, and found again by a successor. */
#include "core/header.h"
#include "datapager.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/port.h>
#include <block/transfer.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <server/server.h>
#include <string.h>

enum {
	RECORD = 512, /* bytes in a device's record */
};

struct area areas[AREAS_MAX];
volatile unsigned area_count;

error_t area_write(struct area *area, uint32_t slot, vm_offset_t data)
{
	size_t done;
	error_t error;

	if (!area->device)
		return E_IO;
	error = transfer_write(area->device, slot * (PAGE_SIZE / RECORD),
	    (const void *)data, PAGE_SIZE, &done);
	return !error && done != PAGE_SIZE ? E_IO : error;
}

error_t area_read(struct area *area, uint32_t slot, vm_offset_t *data)
{
	void *bytes;
	error_t error;

	if (!area->device)
		return E_IO;
	error = transfer_read(area->device, slot * (PAGE_SIZE / RECORD),
	    PAGE_SIZE, &bytes);
	if (!error)
		*data = (vm_offset_t)bytes;
	return error;
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

static error_t device_of(const char *name, mach_port_t *device)
{
	dev_name_t device_name;

	strlcpy(device_name, name, sizeof(device_name));
	return device_open(server_device, D_READ | D_WRITE, device_name,
	    device);
}

static error_t slots_of(const struct header *header, struct slots *slots,
    uint32_t *first)
{
	struct slot_place *places = kept_slots(header->pages, first);
	error_t error;

	if (!places)
		return E_NOMEM;
	error = slots_init(slots, header->pages, OBJECTS_MAX, places);
	if (error)
		return error;
	slots_mark_bad(slots, 0);
	for (uint32_t i = 0; i < header->bad_count; i++)
		slots_mark_bad(slots, header->bad[i]);
	return 0;
}

static error_t area_open(struct area *area, const char *name, uint32_t *first)
{
	struct header *header = heap_alloc(sizeof(*header));
	error_t error;

	if (!header)
		return E_NOMEM;
	error = device_of(name, &area->device);
	if (!error) {
		error = header_of(area->device, header);
		if (!error)
			error = slots_of(header, &area->slots, first);
		if (error) {
			device_close(area->device);
			port_drop(area->device);
		}
	}
	heap_free(header);
	return error;
}

/* The area counts from the last word on. */
static void area_keep(const char *name, uint32_t first, uint32_t count)
{
	struct kept_area *row = &kept->areas[area_count];

	strlcpy(row->name, name, sizeof(row->name));
	row->first = first;
	row->count = count;
	__asm__ volatile("" : : : "memory");
	kept->area_count = area_count + 1;
}

error_t area_add(const char *name, uint32_t *pages)
{
	static struct lock adding;
	struct area area;
	uint32_t first;
	error_t error = 0;

	memset(&area, 0, sizeof(area));
	lock(&adding);
	for (unsigned i = 0; i < area_count; i++)
		if (strcmp(kept->areas[i].name, name) == 0)
			error = E_BUSY;
	if (area_count == AREAS_MAX)
		error = E_NOMEM;
	if (!error)
		error = area_open(&area, name, &first);
	if (!error) {
		lock(&space_lock);
		areas[area_count] = area;
		area_keep(name, first, area.slots.count);
		area_count++;
		*pages = area.slots.free;
		unlock(&space_lock);
	}
	unlock(&adding);
	return error;
}

/* One that can't be opened any more gives errors for what lies there. */
void areas_resume(void)
{
	for (unsigned i = 0; i < kept->area_count && i < AREAS_MAX; i++) {
		struct kept_area *row = &kept->areas[i];

		if (device_of(row->name, &areas[i].device)) {
			areas[i].device = MACH_PORT_NULL;
			log_loud("swap on %s can't be opened", row->name);
		}
		if (row->first > POOL_MAX ||
		    row->count > POOL_MAX - row->first ||
		    slots_init(&areas[i].slots, row->count, OBJECTS_MAX,
			&kept->pool[row->first]))
			log_loud("swap on %s is lost", row->name);
		area_count++;
	}
}
