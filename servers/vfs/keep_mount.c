/* SPDX-License-Identifier: BSD-2-Clause */
/* Mounts that survive, with the rights to their servers and disks. */
#include "core/numbers.h"
#include "keep.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/port.h>
#include <base/text.h>
#include <mach/mig_errors.h>
#include <pfs.client.h>
#include <string.h>

static struct kept_mount *entry_of(const struct mount *mount)
{
	for (unsigned i = 0; i < KEPT_MOUNTS; i++)
		if (kept()->mounts[i].state &&
		    kept()->mounts[i].id == mount->id)
			return &kept()->mounts[i];
	return NULL;
}

static struct kept_mount *entry_new(void)
{
	for (unsigned i = 0; i < KEPT_MOUNTS; i++)
		if (!kept()->mounts[i].state)
			return &kept()->mounts[i];
	return NULL;
}

static void entry_fill(struct kept_mount *entry, const struct mount *mount)
{
	memset(entry, 0, sizeof *entry);
	entry->id = mount->id;
	entry->flags = mount->flags;
	entry->volatile_names = (uint32_t)mount->volatile_names;
	entry->alike_names = (uint32_t)mount->alike_names;
	entry->device = mount->device;
	entry->pfs = mount->pfs;
	entry->claim = mount->claim;
	entry->covered = mount->covered ? mount->covered->kept : 0;
	entry->root = mount->root->number;
	entry->base = mount->base ? mount->base->id : 0;
	entry->origin = mount->origin ? mount->origin->kept : 0;
	memcpy(entry->inside, mount->inside, sizeof entry->inside);
	memcpy(entry->type, mount->type, sizeof entry->type);
	memcpy(entry->source, mount->source, sizeof entry->source);
	memcpy(entry->target, mount->target, sizeof entry->target);
}

error_t mount_keep(struct mount *mount)
{
	struct kept_mount *entry = entry_new();
	error_t error = entry ? 0 : E_NOMEM;

	if (!error && mount->covered)
		error = directory_keep(mount->covered);
	if (error)
		return error;
	vault_keep(mount->pfs);
	if (mount->claim)
		vault_keep(mount->claim);
	entry_fill(entry, mount);
	if (kept()->last_mount_id < mount->id)
		kept()->last_mount_id = mount->id;
	kept_ordered();
	entry->state = KEPT_ATTACHED;
	return 0;
}

void mount_kept_state(struct mount *mount, enum kept_mount_state state)
{
	struct kept_mount *entry = entry_of(mount);

	if (!entry)
		return;
	entry->state = state;
	if (mount->covered)
		directory_unkeep(mount->covered);
	if (state != KEPT_FREE)
		return;
	vault_drop(mount->pfs);
	vault_drop(mount->claim);
}

void mount_kept_place(struct mount *mount)
{
	struct kept_mount *entry = entry_of(mount);

	if (!entry)
		return;
	entry->covered = mount->covered->kept;
	memcpy(entry->target, mount->target, sizeof entry->target);
}

void mount_kept_flags(struct mount *mount)
{
	struct kept_mount *entry = entry_of(mount);

	if (entry)
		entry->flags = mount->flags;
}

/* ---- recovery ----------------------------------------------------------- */

struct mount *kept_mount_find(uint32_t id)
{
	struct list *const lists[] = { &mounts, &detached_mounts };

	for (int i = 0; i < 2; i++)
		list_each(link, lists[i])
		{
			struct mount *mount =
			    list_item(link, struct mount, link);

			if (mount->id == id)
				return mount;
		}
	return NULL;
}

/* The root of a mount whose server does not answer: nothing is in it. */
static error_t root_of_dead(struct mount *mount, uint64_t number,
    struct node **root)
{
	struct file_attributes attributes = { .mode = MODE_DIRECTORY | 0755,
		.links = 2, .slot = ~0u };

	return node_learn(mount, number, &attributes, 0, root);
}

static error_t entry_restore(struct kept_mount *entry)
{
	struct mount_order order = { .type = entry->type,
		.source = entry->source,
		.target = entry->target,
		.flags = entry->flags,
		.known_device = entry->device };
	struct mount *mount;
	struct node *root;
	error_t error = mount_new(&order, &mount);

	if (error)
		return error;
	mount_number(mount, entry->id);
	mount->volatile_names = (int)entry->volatile_names;
	mount->alike_names = (int)entry->alike_names;
	mount->inherited = 1;
	if (vault_take(entry->pfs, &mount->pfs))
		mount->pfs = MACH_PORT_NULL;
	if (entry->claim && vault_take(entry->claim, &mount->claim))
		mount->claim = MACH_PORT_NULL;
	if (entry->base) {
		mount->base = kept_mount_find(entry->base);
		if (!mount->base)
			return E_NOENT;
	}
	memcpy(mount->inside, entry->inside, sizeof mount->inside - 1);
	entry->pfs = mount->pfs;
	entry->claim = mount->claim;
	error = ask_known(mount, entry->root, &root);
	if (error) {
		log_line("%s: %s", mount->target, error_name(error));
		error = root_of_dead(mount, entry->root, &root);
	}
	if (error)
		return error;
	mount_attach(mount, root, NULL);
	return 0;
}

void mounts_restore(void)
{
	/* In the order in which they were made. */
	for (uint32_t id = 1; id <= kept()->last_mount_id; id++)
		for (unsigned i = 0; i < KEPT_MOUNTS; i++) {
			struct kept_mount *entry = &kept()->mounts[i];

			if (entry->id != id || entry->state < KEPT_ATTACHED)
				continue;
			entry->type[sizeof entry->type - 1] = 0;
			entry->source[sizeof entry->source - 1] = 0;
			entry->target[sizeof entry->target - 1] = 0;
			if (entry_restore(entry))
				entry->state = KEPT_FREE;
		}
}

/* It is a bind again; of what has gone meanwhile, of the root of that. */
static void entry_bind(struct kept_mount *entry, struct mount *mount)
{
	struct node *origin = directory_restored(entry->origin);

	if (!origin)
		origin = mount->base->root;
	mount_bind_begin(mount, mount->base, origin);
	directory_keep(origin);
	entry->origin = origin->kept;
}

static void entry_cover(struct kept_mount *entry)
{
	struct mount *mount = kept_mount_find(entry->id);
	struct node *covered = directory_restored(entry->covered);

	if (!mount)
		return;
	if (mount->base)
		entry_bind(entry, mount);
	if (entry->state == KEPT_DETACHED || (entry->covered && !covered)) {
		list_remove(&mount->link);
		list_append(&detached_mounts, &mount->link);
		return;
	}
	if (!covered) {
		mount_root = mount;
		return;
	}
	directory_keep(covered); /* it has its place */
	mount->covered = node_reference(covered);
	covered->covered_by = mount;
}

void mounts_cover(void)
{
	for (unsigned i = 0; i < KEPT_MOUNTS; i++)
		if (kept()->mounts[i].state >= KEPT_ATTACHED)
			entry_cover(&kept()->mounts[i]);
}

/* ---- what the PFSs keep for us ------------------------------------------ */

struct renewal {
	struct mount *mount;
	unsigned count;
	int part;
	node_list_t nodes;
};

static void renewal_send(struct renewal *renewal)
{
	error_t error;

	unlock(&vfs_lock);
	error = pfs_renew(renewal->mount->pfs, renewal->nodes, renewal->count,
	    renewal->part);
	lock(&vfs_lock);
	/* Some servers count nothing. */
	if (error && error != MIG_BAD_ID && error != E_OPNOTSUPP)
		log_line("%s is not renewed: %s", renewal->mount->target,
		    error_name(error));
	renewal->count = 0;
	renewal->part = 0;
}

static void mount_renew(struct mount *mount, struct renewal *renewal)
{
	struct map_entry *entry = map_first(&cache.nodes);

	if (mount->base)
		return;
	renewal->mount = mount;
	renewal->count = 0;
	renewal->part = RENEW_FIRST;
	for (; entry; entry = map_next(&cache.nodes, entry)) {
		struct node *node = map_item(entry, struct node, entry);

		if (mount_base(node->mount) != mount)
			continue;
		if (renewal->count == RENEW_MOST)
			renewal_send(renewal);
		renewal->nodes[renewal->count++] = (offset_t)node->number;
		node->lookups = 1;
	}
	renewal->part |= RENEW_LAST;
	renewal_send(renewal);
}

void mounts_renew(void)
{
	static struct renewal renewal;

	list_each(link, &mounts)
		mount_renew(list_item(link, struct mount, link), &renewal);
	list_each(link, &detached_mounts)
		mount_renew(list_item(link, struct mount, link), &renewal);
}
