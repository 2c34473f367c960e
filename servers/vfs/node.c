/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes as requests use them: attributes that are current, file rights.
 *
 * Whose word counts: mode, owner and group are VFS's own, all changes pass
 * here. Size, blocks and times of a regular file that has a file right outside
 * change without us; the PFS shows them in the node's attribute slot, and if
 * it has none it is asked, once somebody may write. All else changes only by
 * our own doing, and then the node is marked stale.
 *
 * VFS keeps the file rights of a node while it keeps the node, so an open of a
 * known file is one message. `rights` finds the node of such a right when a
 * client hands it in.
 */
#include "core/alias.h"
#include "core/numbers.h"
#include "vfs.h"
#include <base/heap.h>
#include <base/mach.h>
#include <base/port.h>
#include <kernel/mach_port.client.h>

enum {
	SLOT_TRIES = 100,
	SPARE_RIGHTS = 24,
};

static struct map rights = MAP_EMPTY;
static const struct mount *found_last; /* only compared */

/* Copies what the PFS publishes; 0 if it can't be had. */
static int slot_read(const struct attribute_slot *slot, struct node *node,
    struct file_attributes *now)
{
	for (int i = 0; i < SLOT_TRIES; i++) {
		uint32_t version = slot->version;

		atomic_barrier();
		now->size = slot->size;
		now->blocks = slot->blocks;
		now->atime = slot->atime;
		now->mtime = slot->mtime;
		now->ctime = slot->ctime;
		now->atime_nsec = slot->atime_nsec;
		now->mtime_nsec = slot->mtime_nsec;
		now->ctime_nsec = slot->ctime_nsec;
		now->links = slot->links;
		if (slot->node != node->number)
			return 0;
		atomic_barrier();
		if (!(version & 1) && slot->version == version)
			return 1;
	}
	return 0;
}

/* A regular file's slot: it says itself whether it is still this file's. */
static const struct attribute_slot *node_slot(const struct node *node)
{
	const struct mount *mount = node->mount;

	if (!mount->area || node->attributes.slot >= mount->area_slots)
		return NULL;
	return &mount->area[node->attributes.slot];
}

static error_t node_ask(struct node *node, struct file_attributes *attributes)
{
	error_t error = ask_attributes(node);

	if (!error)
		*attributes = node->attributes;
	return error;
}

error_t node_current(struct node *node, struct file_attributes *attributes)
{
	const struct attribute_slot *slot;

	if (node->flags & NODE_STALE)
		return node_ask(node, attributes);
	if (node_is(node, MODE_REGULAR)) {
		if (!node->mount->area_asked && (node->flags & NODE_WRITTEN))
			ask_area(node);
		slot = node_slot(node);
		if (slot) {
			*attributes = node->attributes;
			if (slot_read(slot, node, attributes))
				return 0;
		}
		if (slot || (node->flags & NODE_WRITTEN))
			return node_ask(node, attributes);
	}
	*attributes = node->attributes;
	return 0;
}

void node_keep_right(struct node *node, unsigned access, mach_port_t port)
{
	struct node_right *right = &node->rights[access];

	if (!MACH_PORT_VALID(port))
		return;
	/* Another request may have been quicker; PFSs give the same port. */
	if (right->port || map_add(&rights, &right->entry, port)) {
		port_drop(port);
		return;
	}
	right->port = port;
	right->node = node;
	if (access & OPEN_WRITE)
		node->flags |= NODE_WRITTEN;
}

static void node_lose_right(struct node *node, unsigned access)
{
	struct node_right *right = &node->rights[access];

	if (!right->port)
		return;
	map_remove(&rights, &right->entry);
	port_drop(right->port);
	port_drop_many(right->port, (int)right->spare);
	right->port = MACH_PORT_NULL;
	right->spare = right->opened = 0;
}

void node_lose_reader(struct node *node)
{
	node_lose_right(node, OPEN_READ);
}

/*
 * One reference of right to give away. A kernel call for each open would be a
 * tenth of what an open costs: from the second one on they are made by the
 * dozen.
 */
static error_t right_take(struct node_right *right)
{
	error_t error;

	if (right->spare) {
		right->spare--;
		return 0;
	}
	if (!right->opened) {
		right->opened = 1;
		return syscall_mach_port_insert_right(mach_task_self(),
		    right->port, right->port, MACH_MSG_TYPE_COPY_SEND);
	}
	error = mach_port_mod_refs(
	    mach_task_self(), right->port, MACH_PORT_RIGHT_SEND, SPARE_RIGHTS);
	if (!error)
		right->spare = SPARE_RIGHTS - 1;
	return error;
}

/* A right to write is given away whole: while one is outside, its file server
 * lets the file's pages be written. So is any right to a file of which somebody
 * wants to hear when it is closed. */
static error_t right_move(struct node *node, unsigned access)
{
	struct node_right *right = &node->rights[access];

	map_remove(&rights, &right->entry);
	right->port = MACH_PORT_NULL;
	right->spare = right->opened = 0;
	return 0;
}

error_t node_right(struct node *node, unsigned access, mach_port_t *port)
{
	struct node_right *right = &node->rights[access];
	error_t error;

	/* A dead right is noticed here: its server is gone. */
	for (int i = 0; i < 3; i++) {
		if (!right->port) {
			error = ask_right(node, access);
			if (error)
				return error;
			if (!right->port)
				return E_NOMEM;
		}
		if ((access & OPEN_WRITE) && !node->mount->area_asked) {
			ask_area(node); /* who has it may take it meanwhile */
			continue;
		}
		*port = right->port;
		if ((access & OPEN_WRITE) || node->reported)
			return right_move(node, access);
		if (!right_take(right))
			return 0;
		node_lose_right(node, access);
	}
	return E_IO;
}

error_t node_of_right(mach_port_t file, struct node **node)
{
	struct map_entry *entry = map_find(&rights, file);

	if (entry) {
		*node = node_reference(
		    map_item(entry, struct node_right, entry)->node);
		return 0;
	}
	/* Where it was found last time it is again, as a rule. */
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (mount != found_last)
			continue;
		if (!mount->leaving &&
		    !ask_identity(mount_base(mount), file, node))
			return 0;
		break;
	}
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (!mount->leaving &&
		    !ask_identity(mount_base(mount), file, node)) {
			found_last = mount;
			return 0;
		}
		if (list_empty(link)) /* unmounted by force meanwhile */
			break;
	}
	return E_BADF;
}

struct node *node_said(const struct file_attributes *attributes)
{
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (mount->device == attributes->device)
			return mount->leaving ? NULL :
			    node_find(mount_base(mount), attributes->node);
	}
	return NULL;
}

void node_end(struct node *node)
{
	int inherited;

	/* The map of rights is under the lock; the rest is nobody else's. */
	lock(&vfs_lock);
	for (unsigned access = 1; access < 4; access++)
		node_lose_right(node, access);
	inherited = alias_inherits(node);
	unlock(&vfs_lock);
	if (node->lookups && !inherited)
		tell_forget(node);
}

void mount_drop_writers(struct mount *mount)
{
	struct map_entry *entry = map_first(&cache.nodes);

	for (; entry; entry = map_next(&cache.nodes, entry)) {
		struct node *node = map_item(entry, struct node, entry);

		if (node->mount != mount)
			continue;
		node_lose_right(node, OPEN_WRITE);
		node_lose_right(node, OPEN_READ | OPEN_WRITE);
	}
}

error_t node_permit(
    const struct node *node, const struct view *view, unsigned want)
{
	error_t error;

	error = access_mount(&node->attributes, node->mount->flags, want);
	return error ? error
		     : access_check(&node->attributes, &view->who, want);
}
