/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new instance in the task of the one before it (README.md, "Recovery"): the
 * ACS has ended its threads and freed its memory; its names are still there.
 * Receive rights of declared objects stay as they are, in their pool's set,
 * with their payload, with what was asked of the kernel. All else that the
 * names stand for is let go: it would be the dead instance's secret.
 *
 *	name                          stays if
 *	receive right                 a row, or the server itself, knows it
 *	send right                    the vault has it too, or a record says so
 *	send-once right               never: who waits for an answer asks again
 *	port set                      it is a pool's
 *	dead name                     never
 */
#include "core/region.h"
#include "internal.h"
#include <base/guard.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/thread.h>
#include <kernel/mach_port.client.h>
#include <server/recover.h>

enum {
	RECEIVED = 1, /* a receive right that nobody has taken yet */
	HELD = 2,     /* a send right that stays */
	NAMED = 4,    /* by a record: not another's name if it is dead, too */
	NAMES_MAX = 1 << 22,
};

struct names {
	mach_port_t *names;
	mach_port_type_t *types;
	mach_msg_type_number_t count, type_count;
};

int server_in_place, place_is_old;
static mach_port_t self; /* the task */
static struct vm_buffer mark_buffer;
static unsigned char *marks; /* by name, in the buffer */
static mach_port_t marks_end;
static const struct region_head *head; /* what the instance before left */

static int names_get(mach_port_t task, struct names *names)
{
	return mach_port_names(task, &names->names, &names->count,
	    &names->types, &names->type_count) == 0;
}

static void names_free(struct names *names)
{
	memory_free((vm_address_t)names->names,
	    names->count * sizeof *names->names);
	memory_free((vm_address_t)names->types,
	    names->type_count * sizeof *names->types);
}

/* What this instance has itself, by now. */
static int name_is_ours(mach_port_t name)
{
	return name == self || name == thread_self()->port ||
	    name == thread_self()->reply_port || name == GUARD_PORT ||
	    name == GUARD_VAULT;
}

static void mark(mach_port_t name, unsigned char what)
{
	if (name < marks_end)
		marks[name] |= what;
}

/* Counts ports that an instance before us received. */
static unsigned received_count(const struct names *names)
{
	unsigned count = 0;

	for (unsigned i = 0; i < names->count; i++) {
		if (names->names[i] >= marks_end)
			marks_end = names->names[i] + 1;
		count += names->types[i] & MACH_PORT_TYPE_RECEIVE &&
		    !name_is_ours(names->names[i]);
	}
	return count;
}

/* The vault's of this turn are under the same names here, behind a base. */
static void vault_mark(unsigned turn)
{
	mach_port_t base = VAULT_FIRST + (turn & 1) * VAULT_RANGE;
	struct names names;

	if (!names_get(GUARD_VAULT, &names))
		return;
	for (unsigned i = 0; i < names.count; i++)
		if (names.names[i] >= base &&
		    names.names[i] - base < VAULT_RANGE)
			mark(names.names[i] - base, HELD);
	names_free(&names);
}

/* Rights that a record of that row says it has. */
static void row_mark(const struct region *region, uint32_t index)
{
	const struct recovery *const *recovers = server_running->recovers;
	const struct region_row *row = &region->rows[index];
	mach_port_t rights[HOLDS_MAX] = { 0 };
	const void *record;
	unsigned kind;

	if (row_port(row) != 1)
		return;
	kind = row_class(row) & (KINDS_MAX - 1);
	for (unsigned i = 0; i <= kind; i++)
		if (!recovers[i])
			return;
	if (!recovers[kind]->holds || !(record = row_record(region, index)))
		return;
	recovers[kind]->holds(record, rights);
	for (unsigned i = 0; i < HOLDS_MAX; i++)
		mark(rights[i], HELD | NAMED);
}

static int name_is_set(mach_port_t name)
{
	if (!server_in_place)
		return 0;
	for (unsigned i = 0; i < REGION_SETS; i++)
		if (head->sets[i] == name)
			return 1;
	return 0;
}

void place_drop(mach_port_t name)
{
	mach_port_urefs_t count = 0;

	if (!mach_port_get_refs(self, name, MACH_PORT_RIGHT_SEND, &count) &&
	    count)
		mach_port_mod_refs(self, name, MACH_PORT_RIGHT_SEND,
		    -(int)count);
}

static void name_clean(mach_port_t name, mach_port_type_t type)
{
	if (name_is_ours(name) || name >= marks_end)
		return;
	if (type & MACH_PORT_TYPE_RECEIVE) {
		mark(name, RECEIVED);
		if (type & MACH_PORT_TYPE_SEND && !(marks[name] & HELD))
			place_drop(name);
	} else if (type & MACH_PORT_TYPE_SEND_ONCE) {
		port_drop(name);
	} else if (!(marks[name] & HELD && type & MACH_PORT_TYPE_SEND) &&
	    !(marks[name] & NAMED && type & MACH_PORT_TYPE_DEAD_NAME) &&
	    !(type & MACH_PORT_TYPE_PORT_SET && name_is_set(name))) {
		port_destroy(name);
	}
}

static void held_mark(mach_port_t name)
{
	mark(name, HELD);
}

/* What stays besides ports. */
static void rights_mark(const struct region *region)
{
	server_memory = region->memory;
	if (server_running->holds)
		server_running->holds(held_mark);
	vault_mark(region->head->turn);
	for (uint32_t i = 0; i < region->head->row_end; i++)
		row_mark(region, i);
}

/* E_INVAL: another server's: who refuses to take over touches nothing. */
static error_t region_look(struct region *region)
{
	uint32_t version;

	head = (void *)REGION_ADDRESS;
	if (region_lay_out(region, (void *)REGION_ADDRESS, REGION_SIZE,
		head->row_limit, head->memory_size))
		return E_UCLEAN;
	return region_check(region, server_running->name, head->row_limit,
	    head->memory_size, &version);
}

static void place_clean(const struct names *names)
{
	struct region region;
	error_t error = region_look(&region);

	if (error == E_INVAL || vm_buffer_new(&mark_buffer, marks_end))
		return;
	marks = mark_buffer.start;
	server_in_place = !error;
	if (!error)
		rights_mark(&region);
	for (unsigned i = 0; i < names->count; i++)
		name_clean(names->names[i], names->types[i]);
}

void place_begin(void)
{
	struct names names;

	self = mach_task_self();
	if (!server_running->recovers || !names_get(self, &names))
		return;
	place_is_old = received_count(&names) != 0;
	if (place_is_old && marks_end <= NAMES_MAX)
		place_clean(&names);
	names_free(&names);
}

mach_port_t place_port_set(unsigned pool)
{
	mach_port_type_t type;

	if (!server_in_place || pool >= REGION_SETS || !head->sets[pool] ||
	    mach_port_type(self, head->sets[pool], &type) ||
	    !(type & MACH_PORT_TYPE_PORT_SET))
		return MACH_PORT_NULL;
	return head->sets[pool];
}

int place_take(mach_port_t name)
{
	if (name >= marks_end || !(marks[name] & RECEIVED))
		return 0;
	marks[name] &= ~RECEIVED;
	return 1;
}

void place_end(void)
{
	if (!marks)
		return;
	for (mach_port_t name = 1; name < marks_end; name++)
		if (marks[name] & RECEIVED)
			recover_port_end(name); /* whatever was asked */
	vm_buffer_free(&mark_buffer);
	marks = 0;
}
