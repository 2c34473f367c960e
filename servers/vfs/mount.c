/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounting: starting a file server, asking its root, putting it into the tree;
 * and the way back. A mount that is being left serves reads until its server
 * has agreed; then its nodes get errors and vanish as they are dropped, and
 * the last one frees it.
 */
#include "core/devices.h"
#include "core/numbers.h"
#include "vfs.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <base/thread.h>
#include <string.h>

enum {
	ANONYMOUS_FIRST = 32, /* minors of major 0; below: pipes */
	BUSY_TRIES = 3,
	BUSY_PAUSE = 20, /* milliseconds */
	END_TRIES = 250, /* for a server that has been let go */
};

static unsigned last_anonymous = ANONYMOUS_FIRST;

/* Unmounted while in use; struct mount.link. */
static struct list detached = LIST_EMPTY(detached);

static const struct {
	const char *type, *image;
} images[] = {
	{ "tmpfs", "pfs-tmp" },
	{ "ramfs", "pfs-tmp" },
	{ "devtmpfs", "pfs-tmp" },
	{ "vfat", "pfs-fat" },
	{ "msdos", "pfs-fat" },
	{ "iso9660", "pfs-iso" },
	{ "ufs", "pfs-ffs" },
};

static void image_name(const char *type, char *image, unsigned size)
{
	for (unsigned i = 0; i < sizeof images / sizeof *images; i++)
		if (!strcmp(images[i].type, type)) {
			text_format(image, size, "%s", images[i].image);
			return;
		}
	text_format(image, size, "pfs-%s", type);
}

static error_t mount_new(const struct mount_order *order, struct mount **made)
{
	struct mount *mount;
	error_t error;

	error = mount_make(order->type, order->source, order->flags, &mount);
	if (error)
		return error;
	mount->turn = heap_alloc(sizeof(struct wait_queue));
	if (!mount->turn) {
		mount_free(mount);
		return E_NOMEM;
	}
	wait_queue_init(mount->turn);
	text_copy(mount->target, sizeof mount->target, order->target,
	    strlen(order->target));
	if (order->device)
		mount->device = device_of_kernel_name(order->device);
	if (!mount->device)
		mount->device = device_number(0, last_anonymous++);
	*made = mount;
	return 0;
}

void mount_release(struct mount *mount)
{
	if (mount->area)
		memory_free((vm_address_t)mount->area,
		    ATTRIBUTE_AREA_SLOTS * sizeof(struct attribute_slot));
	port_drop(mount->pfs);
	heap_free(mount->turn);
	mount_free(mount);
}

/* Starts the server; the lock is not held. */
static error_t server_begin(const struct mount_order *order,
    const struct mount *mount, int root, mach_port_t *pfs)
{
	char image[64], name[64], arguments[1024];
	error_t error;

	image_name(order->type, image, sizeof image);
	if (order->device)
		text_format(name, sizeof name, "%s:%s", image, order->device);
	else
		text_format(name, sizeof name, "%s:%u", image, mount->id);
	text_format(arguments, sizeof arguments, "%s%s read_only=%d %s",
	    order->device ? "device=" : "", order->device ? order->device : "",
	    (mount->flags & MOUNT_READ_ONLY) != 0, order->options);
	error = server_start(image, name, arguments, pfs);
	if (error == E_EXIST && root)
		return server_find(name, pfs);
	/* Nothing of that name is mounted: it is on its way out. */
	for (int i = 0; error == E_EXIST && i < END_TRIES; i++) {
		thread_sleep(BUSY_PAUSE);
		error = server_start(image, name, arguments, pfs);
	}
	if (error == E_EXIST)
		return E_BUSY;
	if (error == E_NOENT) /* no image: a server that is there (devpts) */
		return server_find(image, pfs) ? E_NODEV : 0;
	return error == E_IO ? E_INVAL : error;
}

static error_t mount_enter(struct mount *mount, struct node *covered)
{
	struct node *root;
	error_t error = ask_root(mount, &root);

	if (error)
		return error;
	if (covered)
		covered = mount_top(covered);
	if (covered && (covered->flags & NODE_REMOVED))
		return E_NOENT;
	mount_attach(mount, root, covered);
	return 0;
}

/* A disk has one server, and a server one place in the tree. */
static int device_is_mounted(const char *name)
{
	unsigned device = device_of_kernel_name(name);
	struct list *const lists[] = { &mounts, &detached };

	for (int i = 0; device && i < 2; i++)
		list_each(link, lists[i])
		{
			if (list_item(link, struct mount, link)->device ==
			    device)
				return 1;
		}
	return 0;
}

error_t mount_start(const struct mount_order *order, struct node *covered)
{
	struct mount *mount;
	error_t error;

	if (order->device && device_is_mounted(order->device))
		return E_BUSY;
	error = mount_new(order, &mount);
	if (error)
		return error;
	if (covered)
		node_reference(covered);
	unlock(&vfs_lock);
	error = server_begin(order, mount, !covered, &mount->pfs);
	lock(&vfs_lock);
	if (!error) {
		error = mount_enter(mount, covered);
		if (error)
			tell_detach(mount, 1);
	}
	if (covered)
		node_drop(covered);
	if (error) {
		mount->leaving = mount->gone = 1;
		cache_empty(mount);
		if (mount_is_over(mount))
			mount_release(mount);
	}
	return error;
}

/* The server has ended: nothing may lead here any more. */
static void mount_over(struct mount *mount)
{
	struct node *root = mount->root;

	list_remove(&mount->link);
	mount_detach(mount);
	mount->gone = 1;
	node_drop(root);
	cache_empty(mount);
}

/* A process that has just ended may still be on its way out of here. */
static int mount_stays_busy(struct mount *mount)
{
	for (int i = 0; i < BUSY_TRIES; i++) {
		cache_empty(mount);
		if (!mount_is_busy(mount))
			return 0;
		vfs_leave();
		thread_sleep(BUSY_PAUSE);
		vfs_enter();
	}
	return 1;
}

/* Lets the PFS go, if it agrees. (That nobody has our rights any more is told
 * to it by notices of the kernel: it waits for them a while.) */
static error_t mount_dismiss(struct mount *mount, int force)
{
	cache_empty(mount);
	if (!force && mount_stays_busy(mount))
		return E_BUSY;
	vfs_leave();
	text_tell_unmount(mount);
	vfs_enter();
	return tell_detach(mount, force);
}

error_t mount_end(struct mount *mount, unsigned flags)
{
	error_t error;

	if (!mount->covered)
		return E_BUSY;
	error = change_begin(mount);
	if (error)
		return error;
	mount->leaving = 1;
	error = mount_dismiss(mount, (flags & UNMOUNT_FORCE) != 0);
	change_end(mount);
	if (!error) {
		mount_over(mount);
		return 0;
	}
	if (error == E_BUSY && (flags & UNMOUNT_DETACH)) {
		mount_detach(mount);
		list_append(&detached, &mount->link);
		return 0;
	}
	mount->leaving = 0;
	return error;
}

void mounts_finish(void)
{
	struct list *link = list_first(&detached);
	struct mount *mount;

	if (!link)
		return;
	mount = list_item(link, struct mount, link);
	list_remove(link);
	if (mount_dismiss(mount, 0))
		list_append(&detached, &mount->link);
	else
		mount_over(mount);
}

error_t mount_change(struct mount *mount, unsigned flags)
{
	int read_only = (flags & MOUNT_READ_ONLY) != 0;
	int was = (mount->flags & MOUNT_READ_ONLY) != 0;
	error_t error = 0;

	if (read_only != was) {
		error = change_begin(mount);
		if (error)
			return error;
		if (read_only)
			mount_drop_writers(mount);
		error = tell_remount(mount, read_only);
		change_end(mount);
	}
	if (!error)
		mount->flags = flags & MOUNT_KEPT;
	return error;
}

error_t mounts_sync(void)
{
	error_t error, first = 0;

	/* The list may change while the lock is dropped, but the mount that
	 * is asked stays: its root is referenced by the question. */
	list_each(link, &mounts)
	{
		struct mount *mount = list_item(link, struct mount, link);

		node_reference(mount->root);
		error = tell_sync(mount);
		if (error && !first)
			first = error;
		node_drop(mount->root);
		if (list_empty(link)) /* unmounted by force meanwhile */
			break;
	}
	mounts_finish();
	return first;
}

void mounts_flush(void)
{
	struct list *link;

	vfs_enter();
	mounts_sync();
	/* The last mounted first. Not attached any more: a lookup that is
	 * under way finds dead servers, which is what there is. */
	while ((link = list_last(&mounts))) {
		struct mount *mount = list_item(link, struct mount, link);

		list_remove(link);
		tell_detach(mount, 1);
	}
	vfs_leave();
}
