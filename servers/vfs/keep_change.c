/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of names are done once, though VFS may die between asking a file
 * server for one and answering its client.
 *
 * Before the file server is asked, the thread's entry says what for, under two
 * numbers: the client's, and one of VFS's own by which the file server knows
 * whether it has done it. A successor asks again for all that may be in doubt,
 * before it serves anybody (a mount has one change under way at a time); the
 * file server does it or says what came of it. The outcome waits for the client
 * that asks again. Another request of the same process says that it has it.
 */
#include "core/numbers.h"
#include "keep.h"
#include <base/log.h>
#include <string.h>

static unsigned left; /* outcomes that wait */

/* A number of VFS's own: no process has such a one, and each looks like another
 * process's (server/core/once.h). */
static uint32_t serial_new(void)
{
	uint32_t count = ++kept()->last_change;

	return (0x8000u | (count & 0x7fff)) << 16 | (count >> 15 & 0xffff);
}

static struct kept_change *entry_own(void)
{
	return &kept()->changes[once_thread()];
}

/* The entry of a change that is about to be asked for; ends with change_ask. */
static struct kept_change *entry_begin(
    struct asked *asked, enum kept_change_kind kind, struct mount *mount)
{
	struct kept_change *entry;

	if (asked->serial)
		return NULL; /* again: it is written down */
	asked->serial = serial_new();
	if (!asked->request)
		return NULL; /* our own: nobody will ask again */
	entry = entry_own();
	entry->number = 0;
	kept_ordered();
	entry->object = once_object();
	entry->serial = asked->serial;
	entry->kind = kind;
	entry->mount = mount->id;
	entry->done = 0;
	asked->entry = entry;
	return entry;
}

static void name_write(struct kept_name *to, const struct node *in,
    const char *text, unsigned size)
{
	to->directory = in->number;
	to->length = size < sizeof to->text ? size : sizeof to->text;
	memcpy(to->text, text, to->length);
}

static void entry_end(struct kept_change *entry, const struct asked *asked)
{
	kept_ordered();
	entry->number = (uint32_t)asked->request;
	kept_ordered();
}

void change_create(struct asked *asked, const struct node *directory,
    const char *name, unsigned length, const struct new_node *new)
{
	struct kept_change *entry =
	    entry_begin(asked, CHANGE_CREATE, directory->mount);

	if (!entry)
		return;
	name_write(&entry->name, directory, name, length);
	entry->mode = new->mode;
	entry->uid = new->uid;
	entry->gid = new->gid;
	entry->device = new->device;
	entry->access = new->access;
	entry->target_length = new->target_length;
	memcpy(entry->target, new->target, new->target_length);
	entry_end(entry, asked);
}

void change_link(struct asked *asked, const struct node *directory,
    const char *name, unsigned length, const struct node *node)
{
	struct kept_change *entry =
	    entry_begin(asked, CHANGE_LINK, directory->mount);

	if (!entry)
		return;
	name_write(&entry->name, directory, name, length);
	entry->node = node->number;
	entry_end(entry, asked);
}

void change_unlink(struct asked *asked, const struct node *directory,
    const char *name, unsigned length, int kind)
{
	struct kept_change *entry =
	    entry_begin(asked, CHANGE_UNLINK, directory->mount);

	if (!entry)
		return;
	name_write(&entry->name, directory, name, length);
	entry->access = (uint32_t)kind;
	entry_end(entry, asked);
}

void change_rename(struct asked *asked, const struct node *from,
    const char *from_name, unsigned from_length, const struct node *to,
    const char *to_name, unsigned to_length, unsigned flags)
{
	struct kept_change *entry =
	    entry_begin(asked, CHANGE_RENAME, from->mount);

	if (!entry)
		return;
	name_write(&entry->name, from, from_name, from_length);
	name_write(&entry->to, to, to_name, to_length);
	entry->access = flags;
	entry_end(entry, asked);
}

void change_extended(struct asked *asked, const struct node *node,
    const char *name, unsigned length, const char *value, unsigned size,
    int flags)
{
	struct kept_change *entry =
	    entry_begin(asked, CHANGE_EXTENDED, node->mount);

	if (!entry)
		return;
	name_write(&entry->name, node, name, length);
	entry->access = (uint32_t)flags;
	entry->target_length = size;
	memcpy(entry->target, value, size);
	entry_end(entry, asked);
}

void change_end_asked(
    const struct asked *asked, error_t error, uint64_t node)
{
	struct kept_change *entry = asked->entry;

	if (!entry)
		return;
	entry->error = error;
	if (node)
		entry->node = node;
	kept_ordered();
	entry->done = 1;
}

/* ---- recovery ----------------------------------------------------------- */

static struct node *directory_of(
    struct mount *mount, const struct kept_name *name)
{
	struct node *node;

	if (name->length > sizeof name->text ||
	    ask_known(mount, name->directory, &node))
		return NULL;
	return node_is(node, MODE_DIRECTORY) ? node_reference(node) : NULL;
}

static error_t create_again(struct kept_change *entry, struct asked *asked,
    struct node *directory)
{
	struct new_node new = { .mode = entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.device = entry->device,
		.target = entry->target,
		.target_length = entry->target_length,
		.access = entry->access };
	struct node *node;
	error_t error;

	if (entry->target_length > sizeof entry->target)
		return E_UCLEAN;
	error = tell_create(directory, entry->name.text, entry->name.length,
	    &new, asked, &node);
	if (!error)
		entry->node = node->number;
	return error;
}

static error_t link_again(struct kept_change *entry, struct asked *asked,
    struct node *directory)
{
	struct node *node;
	error_t error = ask_known(directory->mount, entry->node, &node);

	return error ? error
		     : tell_link(directory, entry->name.text,
			   entry->name.length, node, asked);
}

static error_t rename_again(struct kept_change *entry, struct asked *asked,
    struct node *directory)
{
	struct node *to = directory_of(directory->mount, &entry->to);
	error_t error;

	if (!to)
		return E_NOENT;
	error = tell_rename(directory, entry->name.text, entry->name.length, to,
	    entry->to.text, entry->to.length, entry->access, asked);
	node_drop(to);
	return error;
}

static error_t extended_again(struct kept_change *entry, struct asked *asked,
    struct mount *mount)
{
	struct node *node;
	error_t error;

	if (entry->target_length > sizeof entry->target ||
	    entry->name.length > sizeof entry->name.text)
		return E_UCLEAN;
	error = ask_known(mount, entry->name.directory, &node);
	return error ? error
		     : tell_extended(node, entry->name.text,
			   entry->name.length, entry->target,
			   entry->target_length, (int)entry->access, asked);
}

static error_t change_again(struct kept_change *entry)
{
	struct asked asked = { (int)entry->number, entry->serial, NULL };
	struct mount *mount = kept_mount_find(entry->mount);
	struct node *directory;
	error_t error = E_UCLEAN;

	if (mount && entry->kind == CHANGE_EXTENDED)
		return extended_again(entry, &asked, mount);
	directory = mount ? directory_of(mount, &entry->name) : NULL;
	if (!directory)
		return E_NOENT;
	switch (entry->kind) {
	case CHANGE_CREATE:
		error = create_again(entry, &asked, directory);
		break;
	case CHANGE_LINK:
		error = link_again(entry, &asked, directory);
		break;
	case CHANGE_UNLINK:
		error = tell_unlink(directory, entry->name.text,
		    entry->name.length, (int)entry->access, NULL, &asked);
		break;
	case CHANGE_RENAME:
		error = rename_again(entry, &asked, directory);
		break;
	}
	node_drop(directory);
	return error;
}

/* Where an outcome waits: a free place, or the oldest. */
static struct kept_change *place_left(void)
{
	for (unsigned i = 0; i < KEPT_CHANGES_LEFT; i++)
		if (!kept()->changes_left[i].number)
			return &kept()->changes_left[i];
	return &kept()->changes_left[kept()->last_change % KEPT_CHANGES_LEFT];
}

void changes_again(void)
{
	for (unsigned i = 0; i < ONCE_THREADS; i++) {
		struct kept_change *entry = &kept()->changes[i], *to;

		if (!entry->number)
			continue;
		if (!entry->done) /* else the PFS has answered */
			entry->error = change_again(entry);
		to = place_left();
		to->number = 0;
		kept_ordered();
		memcpy(&to->object, &entry->object,
		    sizeof *to - offsetof(struct kept_change, object));
		kept_ordered();
		to->number = entry->number;
		kept_ordered();
		entry->number = 0;
	}
	for (unsigned i = 0; i < KEPT_CHANGES_LEFT; i++)
		left += kept()->changes_left[i].number != 0;
}

const struct kept_change *change_look(int request)
{
	uint32_t number = (uint32_t)request;
	const struct kept_change *found = NULL;

	for (unsigned i = 0; i < KEPT_CHANGES_LEFT; i++) {
		struct kept_change *entry = &kept()->changes_left[i];

		/* Another may say the same numbers. */
		if (!entry->number || entry->object != once_object() ||
		    entry->number >> 16 != number >> 16)
			continue;
		if (entry->number == number) {
			found = entry;
		} else {
			entry->number = 0;
			left--;
		}
	}
	return found;
}

int changes_left(void)
{
	return left != 0;
}
