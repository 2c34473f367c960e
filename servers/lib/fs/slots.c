/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attribute area: memory of ours that clients map read-only, with a slot
 * for each file that has a right outside. It is written here and never read
 * back, since a read-only mapping is no protection (MACH-NOTES §1).
 */
#include "survive.h"
#include <base/atomic.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/settled.h>
#include <kernel/mach4.client.h>
#include <kernel/mach.client.h>
#include <string.h>

enum {
	SLOTS = ATTRIBUTE_AREA_SLOTS,
};

static struct attribute_slot *area;
static struct settled area_right; /* send right to the proxy, owned */
static unsigned char taken[SLOTS];
static int taken_count, next_slot;

enum {
	TAKEN = 1,
	LEFT = 2, /* by a file of an instance before us */
};

error_t slots_start(void)
{
	vm_address_t address = (vm_address_t)fs_memory->area;
	struct file_record *record = 0;
	mach_port_t proxy;
	error_t error;

	/* The kernel panics on a proxy of memory that was never touched: it
	 * has no object yet. */
	*(volatile char *)address = 0;
	error = vm_region_create_proxy(mach_task_self(), address, VM_PROT_READ,
	    SLOTS * sizeof *area, &proxy);
	if (error)
		return error;
	settled_set(&area_right, proxy);
	area = (struct attribute_slot *)address;
	while ((record = record_next(record)))
		if (record->slot >= 0 && record->slot < SLOTS &&
		    !taken[record->slot]) {
			taken[record->slot] = LEFT;
			taken_count++;
		} else {
			record->slot = -1;
		}
	return 0;
}

mach_port_t slots_right(void)
{
	return settled_get(&area_right);
}

void slot_take(struct file *file)
{
	file->slot = -1;
	if (!area || taken_count == SLOTS)
		return;
	while (taken[next_slot])
		next_slot = (next_slot + 1) % SLOTS;
	file->slot = next_slot;
	taken[file->slot] = TAKEN;
	taken_count++;
	if (file->record)
		file->record->slot = file->slot;
	slot_write(file);
}

void slot_take_back(struct file *file, int slot)
{
	if (slot >= SLOTS || taken[slot] != LEFT)
		return;
	taken[slot] = TAKEN;
	file->slot = slot;
	slot_write(file);
}

void slot_free(int slot)
{
	if (slot < 0 || slot >= SLOTS || !taken[slot])
		return;
	area[slot].version += 2;
	area[slot].node = 0;
	taken[slot] = 0;
	taken_count--;
	next_slot = slot;
}

void slot_drop(struct file *file)
{
	if (file->record)
		file->record->slot = -1;
	slot_free(file->slot);
	file->slot = -1;
}

void slot_write(struct file *file)
{
	struct fs_attributes *from = &file->node->attributes;
	struct attribute_slot *slot;

	if (file->slot < 0)
		return;
	slot = &area[file->slot];
	slot->version |= 1;
	atomic_barrier();
	slot->mode = from->mode;
	slot->links = from->links;
	slot->uid = from->uid;
	slot->gid = from->gid;
	slot->block_size = 4096;
	slot->end = file->cutting ? file->cut_size : from->size;
	slot->size = writing_size(file, slot->end);
	slot->node = file->node->number;
	slot->blocks = from->blocks + from->delayed;
	slot->atime = from->atime.seconds;
	slot->mtime = from->mtime.seconds;
	slot->ctime = from->ctime.seconds;
	slot->atime_nsec = from->atime.nanoseconds;
	slot->mtime_nsec = from->mtime.nanoseconds;
	slot->ctime_nsec = from->ctime.nanoseconds;
	slot->device = (uint32_t)fs_device_number;
	slot->special = from->special;
	slot->watched = file->watched;
	atomic_barrier();
	slot->version++;
}
