/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects that outlive the task; README.md, "Recovery", has states and
 * invariants, core/region.c the memory. Everything here runs with table_lock
 * held.
 */
#include "rows.h"
#include <base/guard.h>
#include <base/mach.h>
#include <base/port.h>
#include <mach/notify.h>
#include <server/recover.h>
#include <string.h>

_Static_assert(offsetof(struct region_head, trace) == REGION_TRACE, "same");
_Static_assert(offsetof(struct region_head, hand) == REGION_HAND, "same");
_Static_assert((int)RECORD_MAX == (int)REGION_RECORD, "one size");
_Static_assert((int)POOLS_MAX == (int)REGION_SETS, "one each");

enum {
	SPARES_MAX = 64,            /* of a pool */
};

/* Ports that are ready for an object: in their pool's set, and asked for. */
struct spare {
	uint32_t index;
	mach_port_t port; /* receive right, owned */
	unsigned made; /* rights of it */
};
static struct spare spares[POOLS_MAX][SPARES_MAX];
static unsigned spare_count[POOLS_MAX];

struct region region;
int recover_on;
uint32_t recover_rows;

static uint32_t index_of(const struct object *object)
{
	return object->handle & HANDLE_INDEX;
}

/* The number of the class's recovery, or -1. */
static int recovery_find(const struct object_class *class)
{
	const struct recovery *const *each = server_running->recovers;

	for (unsigned i = 0; each[i] && i < KIND_SPARE; i++) {
		if (each[i]->class == class)
			return i;
	}
	return -1;
}

void row_write(struct object *object, int kind, const void *old)
{
	const struct recovery *recovery = server_running->recovers[kind];
	uint8_t record[REGION_RECORD] = { 0 };

	if (recovery->save)
		recovery->save(object, record);
	if (old && !memcmp(record, old, sizeof record))
		return;
	row_save(&region, index_of(object), record);
}

static unsigned pool_number(const struct pool *pool)
{
	unsigned number = 0;

	while (number < pool_count && pools[number] != pool)
		number++;
	return number;
}

/* What the row of an object says besides the port's name. */
static unsigned kind_of(const struct object *object, unsigned pool, int kind)
{
	return row_kind(pool << KIND_BITS | (unsigned)kind,
	    object->handle / (HANDLE_INDEX + 1));
}

error_t row_ask(uint32_t index, mach_port_t port, unsigned kind)
{
	error_t error = port_notify_destroyed(port, GUARD_PORT);

	if (error)
		row_set(&region, index, 0, 0, ROW_FREE);
	else
		row_set(&region, index, port, kind, ROW_OPEN);
	return error;
}

error_t recover_opened(struct object *object, struct pool *pool)
{
	uint32_t index = index_of(object);
	unsigned all;
	int kind;

	if (!recover_on || index >= recover_rows)
		return 0;
	kind = recovery_find(object->class);
	if (kind < 0)
		return 0;
	all = kind_of(object, pool_number(pool), kind);
	row_set(&region, index, object->port, all, ROW_OPENING);
	row_write(object, kind, 0);
	return row_ask(index, object->port, all);
}

int recover_closes(struct object *object)
{
	uint32_t index = index_of(object);
	struct region_row *row;

	if (!recover_on || index >= recover_rows)
		return 0;
	row = &region.rows[index];
	if (!row->state)
		return 0;
	row_set(&region, index, row->name, row->state >> 8, ROW_CLOSING);
	port_notify_cancel(object->port, MACH_NOTIFY_PORT_DESTROYED);
	port_end(object->port);
	row_set(&region, index, 0, 0, ROW_FREE);
	return 1;
}

/* No message for it can be left: the notice that its senders are gone came
 * after all of theirs. */
int recover_parks(struct object *object)
{
	uint32_t index = index_of(object);
	unsigned pool;
	struct spare *spare;

	if (!recover_on || index >= recover_rows || object->senders.exist ||
	    !object->senders.ended || !region.rows[index].state)
		return 0;
	pool = row_class(&region.rows[index]) >> KIND_BITS;
	if (spare_count[pool] >= SPARES_MAX)
		return 0;
	row_set(&region, index, object->port, pool << KIND_BITS | KIND_SPARE,
	    ROW_OPEN);
	spare = &spares[pool][spare_count[pool]++];
	spare->index = index;
	spare->port = object->port;
	spare->made = object->senders.made;
	table_park(object);
	return 1;
}

int recover_unparks(struct object *object, struct pool *pool)
{
	unsigned number = pool_number(pool), all;
	struct spare *spare;
	int kind;

	if (!recover_on || number >= pool_count || !spare_count[number])
		return 0;
	kind = recovery_find(object->class);
	if (kind < 0)
		return 0;
	spare = &spares[number][spare_count[number] - 1];
	if (table_unpark(object, spare->index, spare->port))
		return 0;
	if (port_set_payload(spare->port, object->handle)) {
		table_park(object);
		object->port = MACH_PORT_NULL;
		return 0;
	}
	spare_count[number]--;
	senders_start(&object->senders, spare->made);
	all = kind_of(object, number, kind);
	row_set(&region, spare->index, spare->port, all, ROW_OPENING);
	row_write(object, kind, 0);
	row_set(&region, spare->index, spare->port, all, ROW_OPEN);
	return 1;
}

unsigned recover_spares(void)
{
	unsigned count = 0;

	lock(&table_lock);
	for (unsigned i = 0; i < POOLS_MAX; i++)
		count += spare_count[i];
	unlock(&table_lock);
	return count;
}

void object_save(void *pointer)
{
	struct object *object = pointer;

	lock(&table_lock);
	if (recover_on && object->port && index_of(object) < recover_rows &&
	    region.rows[index_of(object)].state)
		row_write(object, recovery_find(object->class), 0);
	unlock(&table_lock);
}

int recover_asked;

error_t recover_port(mach_port_t port)
{
	return recover_asked ? 0 : port_notify_destroyed(port, GUARD_PORT);
}

void recover_port_end(CONSUMED mach_port_t port)
{
	port_notify_cancel(port, MACH_NOTIFY_PORT_DESTROYED);
	port_end(port);
}

void recover_hand(struct hand *hand)
{
	region.head->hand = (uint32_t)(uintptr_t)hand;
}

