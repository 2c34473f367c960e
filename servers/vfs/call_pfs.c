/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions and orders to physical file servers. All functions but tell_forget
 * are called with VFS's lock held and return with it held; it is dropped for
 * the message, and the nodes in question are referenced for that time.
 *
 * An answer about names is believed only if no change of that directory was
 * completed since the question (node->changes); else it may be older than what
 * we know, and is asked again.
 */
#include "call_pfs.h"
#include "core/alias.h"
#include "core/listing.h"
#include "core/numbers.h"
#include "keep.h"
#include "renamed.h"
#include "watch.h"
#include <base/heap.h>
#include <base/memory.h>
#include <base/port.h>
#include <file.client.h>
#include <pfs.client.h>
#include <string.h>

/* The directory's contents have changed by our order. */
static void directory_changed(struct node *directory)
{
	directory->changes++;
	directory->flags |= NODE_STALE;
	listing_forget(directory);
	if (directory->mount->alike_names)
		names_forget(directory);
	alias_changed(directory);
}

static error_t learn_name(struct walk *walk, uint64_t number,
    const struct file_attributes *attributes, unsigned changes)
{
	struct node *directory = walk->node, *node;
	error_t error;

	error = node_learn(directory->mount, number, attributes, 1, &node);
	if (error)
		return error;
	if (directory->changes != changes) {
		node_doubt(node);
		walk_retry(walk);
		return 0;
	}
	if (!directory->mount->volatile_names || node_is(node, MODE_DIRECTORY))
		error = name_enter_moved(
		    directory, walk->wanted, walk->wanted_length, node);
	/* Only a directory must have its name to be used. */
	if (error && (error != E_NOMEM || node_is(node, MODE_DIRECTORY)))
		return error;
	walk_answer(walk, node);
	return 0;
}

error_t ask_name(struct walk *walk)
{
	struct file_attributes attributes;
	struct node *directory = walk->node;
	unsigned changes = directory->changes;
	offset_t number;
	error_t error;

	cache.misses++;
	walk_hold(walk);
	unlock(&vfs_lock);
	error = pfs_error(
	    pfs_lookup(directory->mount->pfs, (offset_t)directory->number,
		walk->wanted, walk->wanted_length, &number, &attributes));
	lock(&vfs_lock);
	walk_release(walk);
	if (!error)
		return learn_name(walk, (uint64_t)number, &attributes, changes);
	if (error != E_NOENT)
		return error;
	if (directory->changes != changes) {
		walk_retry(walk);
		return 0;
	}
	if (!directory->mount->volatile_names)
		name_enter(directory, walk->wanted, walk->wanted_length, NULL);
	walk_answer(walk, NULL);
	return 0;
}

error_t ask_link(struct node *link)
{
	path_t text;
	mach_msg_type_number_t length = sizeof text;
	char *target;
	error_t error;

	call_begin(link);
	error = pfs_error(pfs_read_link(
	    link->mount->pfs, (offset_t)link->number, text, &length));
	call_end(link);
	if (error)
		return error;
	if (link->mount->volatile_names)
		length = open_name(text, length, sizeof text);
	target = heap_alloc(length + 1);
	if (!target)
		return E_NOMEM;
	memcpy(target, text, length);
	target[length] = 0;
	/* A link never changes: if it was asked twice, both are the same; and
	 * another walk may be reading the first. */
	if (link->target) {
		heap_free(target);
		return 0;
	}
	link->target = target;
	link->target_length = length;
	return 0;
}

error_t ask_attributes(struct node *node)
{
	struct file_attributes attributes;
	unsigned changes = node->changes;
	error_t error;

	node->flags &= ~(unsigned)NODE_STALE;
	call_begin(node);
	error = pfs_error(pfs_get_attributes(
	    node->mount->pfs, (offset_t)node->number, &attributes));
	lock(&vfs_lock);
	if (error) {
		node->flags |= NODE_STALE;
	} else {
		unsigned stale = node->flags & NODE_STALE;

		node_update(node, &attributes);
		/* Something changed meanwhile: true now, not for long. */
		if (stale || node->changes != changes)
			node->flags |= NODE_STALE;
	}
	node_drop(node);
	return error;
}

void ask_area(struct node *node)
{
	struct mount *mount = node->mount;
	mach_port_t right = MACH_PORT_NULL;
	mach_port_t object = MACH_PORT_NULL, area = MACH_PORT_NULL;
	vm_address_t address = 0;
	int slot = -1;
	error_t error;

	for (unsigned access = 1; access < 4; access++)
		if (node->rights[access].port)
			right = node->rights[access].port;
	if (right == MACH_PORT_NULL)
		return;
	mount->area_asked = 1;
	call_begin(node);
	error = file_map(right, &object, &area, &slot);
	if (!error) {
		port_drop(object);
		if (slot >= 0 && MACH_PORT_VALID(area))
			memory_map(area, 0,
			    ATTRIBUTE_AREA_SLOTS *
				sizeof(struct attribute_slot),
			    VM_PROT_READ, &address);
		port_drop(area);
	}
	call_end(node);
	if (address) {
		mount->area = (const struct attribute_slot *)address;
		mount->area_slots = ATTRIBUTE_AREA_SLOTS;
	}
}

error_t ask_right(struct node *node, unsigned access)
{
	struct file_attributes attributes;
	mach_port_t right = MACH_PORT_NULL;
	error_t error;

	call_begin(node);
	error = pfs_error(pfs_open(node->mount->pfs, (offset_t)node->number,
	    (int)access, &right, &attributes));
	lock(&vfs_lock);
	if (!error) {
		node_update(node, &attributes);
		node_keep_right(node, access, right);
	}
	node_drop(node);
	return error;
}

error_t ask_directory(struct node *node, offset_t position, char *data,
    mach_msg_type_number_t *size, offset_t *next)
{
	const struct piece *piece = listing_find(node, position);
	unsigned changes = node->changes;
	error_t error;

	if (piece) {
		memcpy(data, piece->data, piece->size);
		*size = piece->size;
		*next = piece->next;
		return 0;
	}
	*size = IO_INLINE_MAX;
	call_begin(node);
	error = pfs_error(pfs_read_directory(node->mount->pfs,
	    (offset_t)node->number, position, data, size, next));
	lock(&vfs_lock);
	/* Reading may set the time of access. */
	if (!(node->mount->flags & MOUNT_READ_ONLY) &&
	    node->attributes.atime <= node->attributes.mtime)
		node->flags |= NODE_STALE;
	if (!error && node->changes == changes && !node->mount->volatile_names)
		listing_keep(node, position, data, *size, *next);
	node_drop(node);
	return error;
}

error_t ask_status(struct mount *mount, struct file_system_status *status)
{
	error_t error;

	call_begin(mount->root);
	error = pfs_error(pfs_status(mount->pfs, status));
	call_end(mount->root);
	return error;
}

error_t ask_identity(struct mount *mount, mach_port_t file, struct node **node)
{
	struct file_attributes attributes;
	offset_t number;
	int access;
	error_t error;

	call_begin(mount->root);
	error = pfs_identify(mount->pfs, file, &number, &access);
	if (!error)
		error = pfs_get_attributes(mount->pfs, number, &attributes);
	lock(&vfs_lock);
	if (!error)
		error =
		    node_learn(mount, (uint64_t)number, &attributes, 1, node);
	if (!error) {
		node_reference(*node);
		if (access & OPEN_WRITE)
			(*node)->flags |= NODE_WRITTEN;
	}
	node_drop(mount->root);
	return error;
}

error_t ask_root(struct mount *mount, struct node **root)
{
	struct file_attributes attributes;
	name_t type;
	mach_msg_type_number_t length = sizeof type;
	offset_t number;
	error_t error;

	unlock(&vfs_lock);
	error = pfs_error(pfs_attach(mount->pfs, (int)mount->device, &number,
	    &attributes, type, &length));
	lock(&vfs_lock);
	if (error)
		return error;
	mount->volatile_names = (attributes.flags & FILE_VOLATILE) != 0;
	mount->alike_names = (attributes.flags & FILE_ALIKE) != 0;
	if ((attributes.mode & MODE_TYPE) != MODE_DIRECTORY)
		return E_UCLEAN;
	return node_learn(mount, (uint64_t)number, &attributes, 1, root);
}

error_t ask_known(struct mount *mount, uint64_t number, struct node **node)
{
	struct file_attributes attributes;
	error_t error;

	*node = node_find(mount, number);
	if (*node)
		return 0;
	unlock(&vfs_lock);
	error = pfs_error(pfs_get_attributes(
	    mount->pfs, (offset_t)number, &attributes));
	lock(&vfs_lock);
	return error ? error : node_learn(mount, number, &attributes, 0, node);
}

error_t tell_create(struct node *directory, const char *name, unsigned length,
    const struct new_node *new, struct asked *asked, struct node **made)
{
	struct file_attributes attributes;
	mach_port_t right = MACH_PORT_NULL;
	offset_t number;
	error_t error;

	watch_turn(directory);
	change_create(asked, directory, name, length, new);
	call_begin(directory);
	error = pfs_error(
	    pfs_create(directory->mount->pfs, (offset_t)directory->number, name,
		length, (int)new->mode, (int)new->uid, (int)new->gid,
		(int)new->device, new->target, new->target_length,
		(int)new->access, (int)asked->serial, &number, &attributes,
		&right));
	lock(&vfs_lock);
	change_end_asked(asked, error, error ? 0 : (uint64_t)number);
	directory_changed(directory);
	if (!error) {
		error = node_learn(
		    directory->mount, (uint64_t)number, &attributes, 1, made);
		if (error)
			port_drop(right);
	}
	if (!error) {
		node_keep_right(*made, new->access, right);
		alias_name_forget(directory, name, length);
		if (!directory->mount->volatile_names)
			name_enter(directory, name, length, *made);
		if (watch_count)
			event_created(directory, name, length, *made);
	}
	node_drop(directory);
	return error;
}

error_t tell_link(struct node *directory, const char *name, unsigned length,
    struct node *node, struct asked *asked)
{
	struct file_attributes attributes;
	error_t error;

	node_reference(directory);
	watch_turn(node);
	change_link(asked, directory, name, length, node);
	call_begin(node);
	error =
	    pfs_error(pfs_link(node->mount->pfs, (offset_t)directory->number,
		name, length, (offset_t)node->number, (int)asked->serial,
		&attributes));
	lock(&vfs_lock);
	change_end_asked(asked, error, 0);
	directory_changed(directory);
	if (!error) {
		node_update(node, &attributes);
		alias_name_forget(directory, name, length);
		name_enter(directory, name, length, node);
		if (watch_count)
			event_linked(directory, name, length, node);
	}
	node_drop(node);
	node_drop(directory);
	return error;
}

/* A name of node number is gone; links are left. */
static void node_unlinked(struct mount *mount, uint64_t number, unsigned links)
{
	struct mount *at = NULL;
	struct node *node;

	while ((at = family_next(mount, at))) {
		node = node_find(at, number);
		if (!node)
			continue;
		node->flags |= NODE_STALE;
		node->changes++;
		if (links == 0 || node_is(node, MODE_DIRECTORY)) {
			directory_gone(node);
			node_remove(node);
		}
	}
}

error_t tell_unlink(struct node *directory, const char *name, unsigned length,
    int kind, struct node *victim, struct asked *asked)
{
	offset_t number;
	int links, parted;
	error_t error;

	node_reference(directory);
	if (victim)
		watch_turn(victim);
	node_drop(directory);
	parted = victim && node_part(victim);
	change_unlink(asked, directory, name, length, kind);
	call_begin(directory);
	error = pfs_error(pfs_unlink(directory->mount->pfs,
	    (offset_t)directory->number, name, length, kind,
	    parted ? (int)victim->lookups : 0, (int)asked->serial, &number,
	    &links));
	lock(&vfs_lock);
	if (parted)
		node_parted(victim, !error && !links);
	change_end_asked(asked, error, 0);
	if (!error) {
		directory_changed(directory);
		name_cut(directory, name, length);
		alias_name_cut(directory, name, length);
		node_unlinked(
		    directory->mount, (uint64_t)number, (unsigned)links);
		if (watch_count)
			events_unlinked(directory, name, length, kind,
			    (uint64_t)number, (unsigned)links);
	}
	node_drop(directory);
	return error;
}

error_t tell_rename(struct node *from, const char *from_name,
    unsigned from_length, struct node *to, const char *to_name,
    unsigned to_length, unsigned flags, struct asked *asked)
{
	struct renamed done = { from, to, from_name, to_name, from_length,
		to_length, 0, 0, 0, (flags & RENAME_EXCHANGE) != 0 };
	offset_t moved, replaced;
	int links;
	error_t error;

	node_reference(to);
	watch_turn(from);
	change_rename(asked, from, from_name, from_length, to, to_name,
	    to_length, flags);
	call_begin(from);
	error = pfs_error(pfs_rename(from->mount->pfs,
	    (offset_t)from->number, from_name, from_length,
	    (offset_t)to->number, to_name, to_length, (int)flags,
	    (int)asked->serial, &moved, &replaced, &links));
	lock(&vfs_lock);
	change_end_asked(asked, error, 0);
	if (!error) {
		done.moved = (uint64_t)moved;
		done.replaced = (uint64_t)replaced;
		done.links = (unsigned)links;
		directory_changed(from);
		directory_changed(to);
		names_renamed(&done);
		if (replaced && !done.exchange)
			node_unlinked(from->mount, done.replaced, done.links);
		if (watch_count)
			events_renamed(&done);
	}
	node_drop(from);
	node_drop(to);
	return error;
}

error_t tell_attributes(struct node *node, mach_port_t file, unsigned mask,
    const struct file_attributes *attributes)
{
	mach_port_t pfs = node->mount->pfs;
	offset_t number = (offset_t)node->number;
	struct file_attributes now;
	error_t error;

	watch_turn(node);
	call_begin(node);
	error = pfs_error(file == MACH_PORT_NULL ?
	    pfs_set_attributes(pfs, number, (int)mask, *attributes, &now) :
	    pfs_set_file_attributes(pfs, number, file, (int)mask, *attributes,
		&now));
	lock(&vfs_lock);
	if (!error) {
		node->changes++;
		if (mask & ATTRIBUTE_MODE)
			node->attributes.mode = now.mode;
		if (mask & ATTRIBUTE_UID)
			node->attributes.uid = now.uid;
		if (mask & ATTRIBUTE_GID)
			node->attributes.gid = now.gid;
		node_update(node, &now);
		alias_attributes(node);
		event_of(node, watch_change(mask));
	}
	node_drop(node);
	return error;
}

error_t tell_sync(struct mount *mount)
{
	error_t error;

	call_begin(mount->root);
	error = pfs_error(pfs_sync(mount->pfs));
	call_end(mount->root);
	return error;
}

error_t tell_remount(struct mount *mount, int read_only, const char *options)
{
	error_t error;

	call_begin(mount->root);
	error = pfs_error(pfs_remount(mount->pfs, read_only, options,
	    (mach_msg_type_number_t)strlen(options)));
	call_end(mount->root);
	return error;
}

error_t tell_detach(struct mount *mount, int force)
{
	error_t error;

	unlock(&vfs_lock);
	error = pfs_error(pfs_detach(mount->pfs, force));
	if (error && port_is_dead(mount->pfs))
		error = 0; /* it has ended without being asked */
	lock(&vfs_lock);
	return error;
}

void tell_forget(const struct node *node)
{
	pfs_forget(
	    node->mount->pfs, (offset_t)node->number, (int)node->lookups);
}
