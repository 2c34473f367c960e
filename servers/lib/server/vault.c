/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Send rights that outlive the server: the vault's task holds copies, each
 * under the server's own name for the right, behind a base. A successor has
 * other names, so it uses the other one of two bases, moves there what it
 * takes, and in the end forgets what nobody took. In the same task (place.c)
 * rights and names are here still, and the base stays.
 */
#include "internal.h"
#include <base/guard.h>
#include <base/heap.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>

struct taken {
	struct map_entry by_old; /* the dead server's name */
	mach_port_t right;       /* ours, under which the vault has it now */
};

static unsigned turn; /* how often this region changed hands */
static struct map taken;  /* in the same task: kept ones, too */
static int restoring;     /* in the same task */

static mach_port_t vault_name(unsigned of_turn, mach_port_t right)
{
	return VAULT_FIRST + (of_turn & 1) * VAULT_RANGE + right;
}

static error_t taken_note(mach_port_t old, mach_port_t right)
{
	struct taken *entry = heap_alloc(sizeof *entry);

	if (!entry)
		return E_NOMEM;
	entry->right = right;
	if (!map_add(&taken, &entry->by_old, old))
		return 0;
	heap_free(entry);
	return E_NOMEM;
}

error_t vault_keep(BORROWED mach_port_t right)
{
	if (!MACH_PORT_VALID(right) || right >= VAULT_RANGE)
		return E_INVAL;
	if (restoring && !map_find(&taken, right) && taken_note(right, right))
		return E_NOMEM;
	return mach_port_insert_right(GUARD_VAULT, vault_name(turn, right),
	    right, MACH_MSG_TYPE_COPY_SEND);
}

void vault_drop(mach_port_t right)
{
	if (MACH_PORT_VALID(right) && right < VAULT_RANGE)
		mach_port_deallocate(GUARD_VAULT, vault_name(turn, right));
}

static error_t vault_extract(mach_port_t old, GIVEN mach_port_t *right)
{
	mach_port_t name = vault_name(turn - 1, old);
	mach_msg_type_name_t type;
	error_t error;

	error = mach_port_extract_right(GUARD_VAULT, name,
	    MACH_MSG_TYPE_COPY_SEND, right, &type);
	if (error)
		return error;
	mach_port_destroy(GUARD_VAULT, name);
	error = taken_note(old, *right);
	return error ? error : vault_keep(*right);
}

/* However many references there were. */
static error_t reference_one(mach_port_t task, mach_port_t name)
{
	mach_port_urefs_t count = 0;
	error_t error = mach_port_get_refs(task, name, MACH_PORT_RIGHT_SEND,
	    &count);

	if (error || count == 1)
		return error;
	return !count ? E_NOENT : mach_port_mod_refs(task, name,
	    MACH_PORT_RIGHT_SEND, 1 - (int)count);
}

/* In the same task. */
static error_t vault_claim(mach_port_t old, GIVEN mach_port_t *right)
{
	error_t error = reference_one(mach_task_self(), old);

	if (!error)
		error = reference_one(GUARD_VAULT, vault_name(turn, old));
	if (!error)
		error = taken_note(old, old);
	*right = old;
	return error;
}

error_t vault_take(mach_port_t old, GIVEN mach_port_t *right)
{
	struct map_entry *entry;
	error_t error;

	if (!MACH_PORT_VALID(old) || old >= VAULT_RANGE)
		return E_NOENT;
	entry = map_find(&taken, old);
	if (!entry)
		return restoring ? vault_claim(old, right) :
		                   vault_extract(old, right);
	*right = map_item(entry, struct taken, by_old)->right;
	error = port_copy_send(*right);
	return error ? error : vault_keep(*right);
}

static mach_port_t number_name(unsigned number)
{
	return VAULT_FIRST + 2 * VAULT_RANGE + number;
}

error_t vault_keep_at(unsigned number, BORROWED mach_port_t right)
{
	error_t error = mach_port_insert_right(GUARD_VAULT,
	    number_name(number), right, MACH_MSG_TYPE_COPY_SEND);

	if (!error)
		return 0;
	mach_port_destroy(GUARD_VAULT, number_name(number));
	return mach_port_insert_right(GUARD_VAULT, number_name(number), right,
	    MACH_MSG_TYPE_COPY_SEND);
}

error_t vault_take_at(unsigned number, GIVEN mach_port_t *right)
{
	mach_msg_type_name_t type;

	return mach_port_extract_right(GUARD_VAULT, number_name(number),
	    MACH_MSG_TYPE_COPY_SEND, right, &type);
}

void vault_drop_at(unsigned number)
{
	mach_port_destroy(GUARD_VAULT, number_name(number));
}

/* What nobody took, in the same task. */
static void unclaimed_drop(mach_port_t name)
{
	mach_port_t right = name - vault_name(turn, 0);

	if (map_find(&taken, right))
		return;
	mach_port_destroy(GUARD_VAULT, name);
	place_drop(right);
}

/* Destroys the vault's names in [first, end). */
static void names_destroy(mach_port_t first, mach_port_t end)
{
	mach_port_t *names;
	mach_port_type_t *types;
	mach_msg_type_number_t count, type_count;

	if (mach_port_names(GUARD_VAULT, &names, &count, &types, &type_count))
		return;
	for (unsigned i = 0; i < count; i++)
		if (names[i] >= first && names[i] < end && restoring)
			unclaimed_drop(names[i]);
		else if (names[i] >= first && names[i] < end)
			mach_port_destroy(GUARD_VAULT, names[i]);
	memory_free((vm_address_t)names, count * sizeof *names);
	memory_free((vm_address_t)types, type_count * sizeof *types);
}

void vault_begin(unsigned now)
{
	turn = now;
	if (!now)
		names_destroy(VAULT_FIRST,
		    VAULT_FIRST + 2 * VAULT_RANGE + VAULT_NUMBERS);
}

void vault_stay(unsigned now)
{
	turn = now;
	restoring = 1;
}

void vault_end(void)
{
	unsigned last = restoring ? turn : turn - 1;
	struct map_entry *entry;

	names_destroy(vault_name(last, 0), vault_name(last, VAULT_RANGE - 1));
	restoring = 0;
	while ((entry = map_first(&taken))) {
		map_remove(&taken, entry);
		heap_free(map_item(entry, struct taken, by_old));
	}
	map_free(&taken);
}
