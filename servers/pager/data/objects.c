/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's memory objects: numbers for their ports. The number is the
 * port's payload, so a message finds its object without a search. Only the
 * pages thread changes the table.
 */
#include "datapager.h"
#include <base/port.h>

struct paged {
	mach_port_t port;    /* receive right, owned; null: free */
	mach_port_t control; /* send rights, owned */
	mach_port_t name;
};

static struct paged objects[OBJECTS_MAX];
static uint16_t free_next[OBJECTS_MAX]; /* list of free numbers; 0 ends it */
static uint16_t free_first;
static uint32_t count;

error_t objects_start(void)
{
	for (uint32_t i = OBJECTS_MAX - 1; i > 0; i--) {
		free_next[i] = free_first;
		free_first = (uint16_t)i;
	}
	return 0;
}

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
	objects[number].port = port;
	objects[number].control = control;
	objects[number].name = name;
	count++;
	*object = number;
	return 0;
}

void object_remove(uint32_t object)
{
	struct paged *paged = &objects[object];

	port_end(paged->port);
	port_drop(paged->control);
	port_drop(paged->name);
	paged->port = paged->control = paged->name = MACH_PORT_NULL;
	free_next[object] = free_first;
	free_first = (uint16_t)object;
	count--;
}

int object_valid(uint32_t object)
{
	return object > 0 && object < OBJECTS_MAX && objects[object].port;
}

uint32_t object_count(void)
{
	return count;
}
