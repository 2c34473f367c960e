/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages in memory, when there is no room on a partition, or none works: up to
 * HELD_MAX. They help nobody who needs memory, but nothing is lost while the
 * kernel finds other pages to take. They are copies: the kernel lets only a few
 * of the pages that it sent be on their way, until they are freed. They lie in
 * the vault alone, wired, and outlive this task there.
 */
#include "datapager.h"
#include <base/mach.h>
#include <kernel/mach.client.h>
#include <kernel/mach_host.client.h>
#include <mach/vm_inherit.h>
#include <server/server.h>
#include <string.h>

#define HELD_ADDRESS 0x50000000u /* in the vault */

struct slots held;

error_t held_start(void)
{
	return slots_init(&held, HELD_MAX, OBJECTS_MAX, kept->held);
}

static vm_address_t place_of(uint32_t slot)
{
	return HELD_ADDRESS + slot * PAGE_SIZE;
}

static error_t vault_write(uint32_t slot, vm_offset_t data)
{
	vm_address_t place = place_of(slot);
	error_t error;

	vm_deallocate(GUARD_VAULT, place, PAGE_SIZE); /* of a death */
	error = vm_allocate(GUARD_VAULT, &place, PAGE_SIZE, FALSE);
	if (!error)
		error = vm_inherit(GUARD_VAULT, place, PAGE_SIZE,
		    VM_INHERIT_NONE);
	if (!error)
		error = vm_write(GUARD_VAULT, place, data, PAGE_SIZE);
	if (!error)
		error = vm_wire(server_host, GUARD_VAULT, place, PAGE_SIZE,
		    VM_PROT_READ | VM_PROT_WRITE);
	return error;
}

error_t held_store(uint32_t object, uint32_t page, vm_offset_t data)
{
	vm_address_t copy;
	uint32_t slot = slot_for(&held, object, page);
	error_t error;

	if (slot == SLOT_NONE)
		return E_NOSPC;
	error = memory_allocate(PAGE_SIZE, &copy);
	if (!error) {
		memcpy((void *)copy, (void *)data, PAGE_SIZE);
		error = vault_write(slot, copy);
		memory_free(copy, PAGE_SIZE);
	}
	if (error) {
		held_end(slot);
		return E_NOSPC;
	}
	slot_keep(&held, slot);
	shortage_look();
	return 0;
}

error_t held_fetch(uint32_t slot, vm_offset_t *data)
{
	mach_msg_type_number_t size;

	return vm_read(GUARD_VAULT, place_of(slot), PAGE_SIZE, data, &size);
}

void held_end(uint32_t slot)
{
	slot_give(&held, slot);
	vm_deallocate(GUARD_VAULT, place_of(slot), PAGE_SIZE);
}

void held_drop(uint32_t object, uint32_t page)
{
	uint32_t slot = slot_find(&held, object, page);

	if (slot != SLOT_NONE)
		held_end(slot);
}
