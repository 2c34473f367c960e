/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables as they outlive the task: keep.h. The rights in them are kept in
 * the vault while they stand there. Each kept right has a reference of its own
 * here, so that no name comes to mean another port.
 *
 * The ports: that for events, and each D that is at home (guard.c). A D that
 * comes or goes is in doubt for a moment (HOME_DOUBT); one that has just come
 * is in the hand.
 */
#include "keep.h"
#include <base/guard.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach_host.client.h>
#include <server/recover.h>
#include <string.h>

enum {
	RIGHTS_MAX = 1024,
	NAMES_END = 8192, /* a right with a larger name is not kept */
	MARK_KEPT = 1,
	MARK_WANTED = 2,
};

struct area *area;
static unsigned char marks[NAMES_END]; /* by name */
static mach_port_t rights[RIGHTS_MAX]; /* that are kept */
static unsigned right_count;
static struct child *restored[KEPT_CHILDREN]; /* of the tables' children */

#define ordered() __asm__ volatile("" : : : "memory")

/* ---- rights ------------------------------------------------------------ */

/* It is in the vault; the caller's reference becomes ours. */
static void right_note(mach_port_t right)
{
	marks[right] |= MARK_KEPT;
	rights[right_count++] = right;
}

static void right_keep(mach_port_t right)
{
	if (!MACH_PORT_VALID(right) || right >= NAMES_END)
		return;
	if (!(marks[right] & MARK_KEPT)) {
		if (right_count == RIGHTS_MAX || vault_keep(right))
			return;
		if (port_copy_send(right)) {
			vault_drop(right);
			return;
		}
		right_note(right);
	}
	marks[right] |= MARK_WANTED;
}

/* Those that are in the tables no more. */
static void rights_sweep(void)
{
	for (unsigned i = 0; i < right_count;) {
		mach_port_t right = rights[i];

		if (marks[right] & MARK_WANTED) {
			marks[right] &= ~MARK_WANTED;
			i++;
			continue;
		}
		marks[right] = 0;
		rights[i] = rights[--right_count];
		vault_drop(right);
		port_drop(right);
	}
}

mach_port_t keep_take(mach_port_t old)
{
	mach_port_t right;

	if (!MACH_PORT_VALID(old) || vault_take(old, &right))
		return MACH_PORT_NULL;
	if (right >= NAMES_END || marks[right] & MARK_KEPT ||
	    right_count == RIGHTS_MAX || port_copy_send(right))
		vault_drop(right); /* once is enough */
	else
		right_note(right);
	return right;
}

static void rights_of_tables(const struct kept_tables *tables)
{
	for (unsigned i = 0; i < tables->children_count; i++) {
		const struct child *child = &tables->children[i];

		right_keep(child->task);
		right_keep(child->guard.vault);
		right_keep(child->guard.death);
	}
	for (unsigned i = 0; i < tables->names_count; i++)
		right_keep(tables->names[i].port);
	for (unsigned i = 0; i < tables->watches_count; i++)
		right_keep(tables->watches[i].notify);
}

/* ---- the tables -------------------------------------------------------- */

/* What is read while nobody pages may not leave. */
static void wire(const void *start, const void *end)
{
	vm_address_t first = page_trunc((vm_address_t)start);

	if (vm_wire(acs_host, GUARD_VAULT, first,
		page_round((vm_address_t)end) - first,
		VM_PROT_READ | VM_PROT_WRITE))
		log_loud("what is to survive is not wired");
}

static void children_keep(struct kept_tables *to)
{
	static unsigned wired[2];
	unsigned *end = &wired[to - area->tables];

	to->children_count = 0;
	for (struct child *child = NULL; (child = child_next(child));) {
		unsigned at = to->children_count;

		if (at == KEPT_CHILDREN) {
			log_loud("too many servers: they outlive no ACS");
			return;
		}
		if (at >= *end) {
			wire(&to->children[at], &to->children[at + 1]);
			*end = at + 1;
		}
		to->children[to->children_count++] = *child;
	}
}

static void names_keep(struct kept_tables *to)
{
	to->names_count = 0;
	list_each(link, &names.all) {
		struct name *from = list_item(link, struct name, link);
		struct kept_name *name = &to->names[to->names_count];

		if (to->names_count == KEPT_NAMES)
			return;
		strlcpy(name->environment, from->environment,
		    sizeof(name->environment));
		strlcpy(name->text, from->text, sizeof(name->text));
		name->version = from->version;
		name->port = from->port;
		name->owner = 0;
		for (struct child *child = NULL; (child = child_next(child));)
			if (child == from->owner)
				name->owner = child->number;
		to->names_count++;
	}
}

static void environments_keep(struct kept_tables *to)
{
	to->environments_count = 0;
	list_each(link, &environments.all) {
		if (to->environments_count == KEPT_ENVIRONMENTS)
			return;
		to->environments[to->environments_count++] =
		    *list_item(link, struct environment, link);
	}
}

void keep_write(void)
{
	struct kept_tables *to;

	if (!area || area->magic != KEEP_MAGIC)
		return;
	to = &area->tables[!area->turn];
	children_keep(to);
	names_keep(to);
	environments_keep(to);
	to->watches_count = watches_keep(to->watches, KEPT_WATCHES);
	to->images_count = images_keep(to->images, KEPT_IMAGES);
	rights_of_tables(to);
	ordered();
	area->turn = !area->turn;
	ordered();
	rights_sweep();
}

static const struct kept_tables *tables_last(void)
{
	return &area->tables[area->turn & 1];
}

int keep_is_on(void)
{
	return area && area->magic == KEEP_MAGIC;
}

/* ---- a new instance ---------------------------------------------------- */

static struct child *child_of_number(unsigned number)
{
	for (struct child *child = NULL; (child = child_next(child));)
		if (child->number == number)
			return child;
	return NULL;
}

static void environment_restore(const struct environment *from)
{
	struct environment *made, kept;

	if (environments_add(&environments, from->name, "", from->flags, &made))
		return;
	kept = *made;
	*made = *from;
	made->link = kept.link;
	made->ending = 0; /* its thread is gone: who ends it asks again */
}

static void name_restore(const struct kept_name *from)
{
	mach_port_t port = keep_take(from->port);
	void *owner = from->owner ? (void *)child_of_number(from->owner) :
	                            environments_find(&environments,
	                                from->environment);

	if (!port || !owner ||
	    names_add(&names, from->environment, from->text, from->version,
		port, owner))
		port_drop(port);
}

void keep_restore(void)
{
	static int done;
	const struct kept_tables *from = tables_last();

	if (done++ || area->magic != KEEP_MAGIC)
		return;
	for (unsigned i = 0; i < from->environments_count; i++)
		environment_restore(&from->environments[i]);
	for (unsigned i = 0; i < from->images_count; i++)
		image_restore(&from->images[i]);
	for (unsigned i = 0; i < from->children_count; i++)
		restored[i] = child_restore(&from->children[i]);
	for (unsigned i = 0; i < from->names_count; i++)
		name_restore(&from->names[i]);
	for (unsigned i = 0; i < from->watches_count; i++)
		watch_restore(&from->watches[i],
		    keep_take(from->watches[i].notify));
}

static mach_port_t port_name(uint32_t number, int *sure)
{
	const struct kept_tables *from = tables_last();
	const struct guard *guard;

	if (number == 0)
		return area->events;
	if (number > from->children_count)
		return MACH_PORT_NULL;
	guard = &from->children[number - 1].guard;
	*sure = guard->home != HOME_DOUBT;
	if (guard->death == events_held()) {
		*sure = area->hand.rescued; /* then it comes, too */
		return guard->death;
	}
	return guard->home ? guard->death : MACH_PORT_NULL;
}

static error_t port_restore(uint32_t number, CONSUMED mach_port_t port)
{
	struct child *child;

	keep_restore();
	if (number == 0) {
		events_port = port;
		area->events = port;
		return recover_port(port);
	}
	child = restored[number - 1];
	if (!child || child->guard.death != port)
		return E_NOENT;
	child->guard.home = HOME_HERE;
	return recover_port(port);
}

const struct recovery_ports keep_ports = {
	.limit = KEPT_CHILDREN + 1,
	.name = port_name,
	.restore = port_restore,
};

void keep_prepare(void)
{
	area = server_memory;
}

/* A first start: the area is zero. */
static void area_make(void)
{
	wire((void *)REGION_ADDRESS, area->tables[0].children);
	wire(&area->tables[1], area->tables[1].children);
	area->shutdown = -1;
	ordered();
	area->magic = KEEP_MAGIC;
}

error_t keep_start(void)
{
	if (!server_recovered) {
		area_make();
		return 0;
	}
	keep_restore();
	if (area->magic != KEEP_MAGIC)
		return E_UCLEAN;
	for (unsigned i = 0; i < tables_last()->environments_count; i++)
		if (tables_last()->environments[i].ending)
			environment_end(tables_last()->environments[i].name,
			    "it was told to");
	return 0;
}
