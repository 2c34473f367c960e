/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attribute area: memory of ours that clients map read-only, with a slot
 * for each file that has a right outside. It is written here and never read
 * back, since a read-only mapping is no protection (MACH-NOTES §1).
 */
#include "fs.h"
#include <base/atomic.h>
#include <base/mach.h>
#include <base/memory.h>
#include <kernel/mach4.client.h>
#include <kernel/mach.client.h>
#include <string.h>

enum {
	SLOTS = ATTRIBUTE_AREA_SLOTS,
};

static struct attribute_slot *area;
static mach_port_t area_right; /* send right to the proxy, owned */
static int16_t next_free[SLOTS];
static int first_free = -1;

error_t slots_start(void)
{
	vm_address_t address;
	error_t error;
	int slot;

	error = memory_allocate(SLOTS * sizeof *area, &address);
	if (error)
		return error;
	/* The kernel panics on a proxy of memory that was never touched: it
	 * has no object yet. */
	*(volatile char *)address = 0;
	error = vm_region_create_proxy(mach_task_self(), address, VM_PROT_READ,
	    SLOTS * sizeof *area, &area_right);
	if (error)
		return error;
	area = (struct attribute_slot *)address;
	for (slot = SLOTS - 1; slot >= 0; slot--) {
		next_free[slot] = (int16_t)first_free;
		first_free = slot;
	}
	return 0;
}

mach_port_t slots_right(void)
{
	return area_right;
}

void slot_take(struct file *file)
{
	file->slot = first_free;
	if (first_free < 0)
		return;
	first_free = next_free[first_free];
	slot_write(file);
}

void slot_drop(struct file *file)
{
	if (file->slot < 0)
		return;
	area[file->slot].version += 2;
	area[file->slot].node = 0;
	next_free[file->slot] = (int16_t)first_free;
	first_free = file->slot;
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
	slot->size = file->cutting ? file->cut_size : from->size;
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
	atomic_barrier();
	slot->version++;
}
