/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's memory objects: numbers for their ports. The number is the
 * port's payload, so a message finds its object without a search. Only the
 * pages thread changes the table, which outlives the task, as the ports do.
 *
 * The kernel's two rights for each are in the vault alone, under names made
 * from the number: a message brings the one it needs.
 */
#include "datapager.h"
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>
#include <server/recover.h>

static uint16_t free_next[OBJECTS_MAX]; /* list of free numbers; 0 ends it */
static uint16_t free_first;
static uint32_t count;

static mach_port_t vault_control(uint32_t object)
{
	return VAULT_OWN + 2 * object;
}

static mach_port_t vault_name(uint32_t object)
{
	return VAULT_OWN + 2 * object + 1;
}

error_t objects_start(void)
{
	for (uint32_t i = OBJECTS_MAX - 1; i > 0; i--) {
		if (kept->objects[i]) {
			count++;
			continue;
		}
		space_forget(i); /* it ended while its pages were forgotten */
		free_next[i] = free_first;
		free_first = (uint16_t)i;
	}
	return 0;
}

static error_t vault_put(mach_port_t name, CONSUMED mach_port_t right)
{
	mach_port_destroy(GUARD_VAULT, name); /* of a death */
	return mach_port_insert_right(GUARD_VAULT, name, right,
	    MACH_MSG_TYPE_MOVE_SEND);
}

static GIVEN mach_port_t vault_get(mach_port_t name)
{
	mach_msg_type_name_t type;
	mach_port_t right;

	if (mach_port_extract_right(GUARD_VAULT, name,
		MACH_MSG_TYPE_COPY_SEND, &right, &type))
		return MACH_PORT_NULL;
	return right;
}

GIVEN mach_port_t object_control(uint32_t object)
{
	return vault_get(vault_control(object));
}

GIVEN mach_port_t object_name(uint32_t object)
{
	return vault_get(vault_name(object));
}

/* The caller has said in the hand that the port is in between. */
error_t object_add(CONSUMED mach_port_t port, CONSUMED mach_port_t control,
    CONSUMED mach_port_t name, uint32_t *object)
{
	uint32_t number = free_first;
	error_t error;

	if (number == 0)
		return E_NOSPC;
	error = port_set_payload(port, number);
	if (!error)
		error = port_move_to_set(port, pages_set);
	if (error)
		return error;
	free_first = free_next[number];
	vault_put(vault_control(number), control);
	vault_put(vault_name(number), name);
	kept->objects[number] = port;
	recover_port(port);
	count++;
	*object = number;
	return 0;
}

void object_remove(uint32_t object)
{
	mach_port_t port = kept->objects[object];

	kept->hand.port = port;
	recover_port_end(port);
	kept->objects[object] = MACH_PORT_NULL;
	mach_port_destroy(GUARD_VAULT, vault_control(object));
	mach_port_destroy(GUARD_VAULT, vault_name(object));
	free_next[object] = free_first;
	free_first = (uint16_t)object;
	count--;
}

int object_valid(uint32_t object)
{
	return object > 0 && object < OBJECTS_MAX && kept->objects[object];
}

mach_port_t object_port(uint32_t object)
{
	return kept->objects[object];
}

uint32_t object_count(void)
{
	return count;
}

/* ---- a new instance: number 0 is the manager's port -------------------- */

static uint32_t *port_place(uint32_t number)
{
	kept = server_memory;
	return number ? &kept->objects[number] : &kept->manager;
}

/* One that was in between is not sure to come, or was moved to the vault. */
static mach_port_t port_name(uint32_t number, int *sure)
{
	uint32_t *place = port_place(number);

	if (!*place || *place != kept->hand.port)
		return *place;
	if (!kept->hand.rescued) {
		*sure = 0;
		return *place;
	}
	*place = MACH_PORT_NULL;
	return MACH_PORT_NULL;
}

static error_t port_restore(uint32_t number, CONSUMED mach_port_t port)
{
	error_t error = 0;

	if (number)
		error = port_set_payload(port, number);
	if (!error)
		error = recover_port(port);
	if (!error)
		error = port_move_to_set(port, pages_set);
	*port_place(number) = error ? MACH_PORT_NULL : port;
	return error;
}

const struct recovery_ports objects_ports = {
	.limit = OBJECTS_MAX,
	.name = port_name,
	.restore = port_restore,
};
