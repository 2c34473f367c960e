/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounting: starting a file server, asking its root, putting it into the tree;
 * and the way back. A mount that is being left serves reads until its server
 * has agreed; then its nodes get errors and vanish as they are dropped, and
 * the last one frees it.
 */
#include "core/devices.h"
#include "core/numbers.h"
#include "keep.h"
#include "watch.h"
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

/* Unmounted while in use; struct mount.link. */
struct list detached_mounts = LIST_EMPTY(detached_mounts);

error_t mount_new(const struct mount_order *order, struct mount **made)
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
	mount->device = order->known_device;
	if (order->device)
		mount->device = device_of_kernel_name(order->device);
	if (!mount->device)
		mount->device = device_number(
		    0, ANONYMOUS_FIRST + kept()->last_anonymous++);
	*made = mount;
	return 0;
}

void mount_release(struct mount *mount)
{
	struct mount *base = mount->base;

	if (mount->area)
		memory_free((vm_address_t)mount->area,
		    ATTRIBUTE_AREA_SLOTS * sizeof(struct attribute_slot));
	port_drop(mount->pfs);
	heap_free(mount->turn);
	mount_free(mount);
	if (base && mount_is_over(base))
		mount_release(base);
}

/* What a server needs to be started; made with the lock, used without. */
struct start {
	char image[64], name[64], arguments[1024];
	char file[32];      /* the name of a file's right, while it starts */
	int root;
};

static unsigned options_text(struct start *start,
    const struct mount_order *order, const struct mount *mount)
{
	return text_append(start->arguments, sizeof start->arguments,
	    " read_only=%d %s", (mount->flags & MOUNT_READ_ONLY) != 0,
	    order->options);
}

static error_t start_prepare(struct start *start,
    const struct mount_order *order, const struct mount *mount)
{
	error_t error;

	start->arguments[0] = start->file[0] = 0;
	error = image_prepare(order->type, start->image, sizeof start->image);
	if (error)
		return error;
	if (order->device)
		text_format(start->name, sizeof start->name, "%s:%s",
		    start->image, order->device);
	else
		text_format(start->name, sizeof start->name, "%s:%u",
		    start->image, mount->id);
	return 0;
}

/* Claims a loop device; the server will find its file under a name. */
static error_t start_loop(struct start *start, struct mount *mount)
{
	struct file_place place;
	error_t error;

	error = device_claim_loop(mount->device,
	    (mount->flags & MOUNT_READ_ONLY) != 0, &mount->claim, &place);
	if (error)
		return error;
	text_format(start->file, sizeof start->file, "loop-%u", mount->id);
	text_format(start->arguments, sizeof start->arguments,
	    "file=%s start=%llu bytes=%llu", start->file,
	    (unsigned long long)place.start, (unsigned long long)place.bytes);
	error = right_publish(start->file, place.file);
	if (error) {
		start->file[0] = 0;
		port_drop(place.file);
	}
	return error;
}

/* Claims the disk; says to the server where it lies. */
static error_t start_device(struct start *start,
    const struct mount_order *order, struct mount *mount)
{
	struct disk_place place;
	error_t error;

	if (device_major(mount->device) == MAJOR_LOOP)
		return start_loop(start, mount);
	error = device_claim(mount->device,
	    (mount->flags & MOUNT_READ_ONLY) != 0, &mount->claim, &place);
	if (error && !start->root)
		return error;
	if (error || !place.sectors) /* a whole disk */
		text_format(start->arguments, sizeof start->arguments,
		    "device=%s", order->device);
	else
		text_format(start->arguments, sizeof start->arguments,
		    "device=%s start=%llu sectors=%llu", place.disk,
		    (unsigned long long)place.start,
		    (unsigned long long)place.sectors);
	return 0;
}

static error_t start_again(const struct start *start, mach_port_t *pfs)
{
	error_t error = server_start(
	    start->image, start->name, start->arguments, pfs);

	if (error == E_EXIST && start->root)
		return server_find(start->name, pfs);
	/* Nothing of that name is mounted: it is on its way out. */
	for (int i = 0; error == E_EXIST && i < END_TRIES; i++) {
		thread_sleep(BUSY_PAUSE);
		error = server_start(
		    start->image, start->name, start->arguments, pfs);
	}
	return error == E_EXIST ? E_BUSY : error;
}

/* Starts the server; the lock is not held. */
static error_t server_begin(const struct mount_order *order,
    struct mount *mount, struct start *start)
{
	error_t error = 0;

	if (order->device)
		error = start_device(start, order, mount);
	if (error)
		return error;
	if (order->offered)
		text_format(start->arguments, sizeof start->arguments,
		    "file=%s", order->offered);
	options_text(start, order, mount);
	error = start_again(start, &mount->pfs);
	if (start->file[0])
		right_withdraw(start->file);
	if (error == E_NOENT) /* no image: a server that is there (devpts) */
		return server_find(start->image, &mount->pfs) ? E_NODEV : 0;
	return error == E_IO ? E_INVAL : error;
}

error_t mount_stand(
    struct mount *mount, struct node *root, struct node *covered)
{
	error_t error;

	mount_attach(mount, root, covered);
	error = mount_keep(mount);
	if (error) {
		mount_detach(mount);
		node_drop(root);
	}
	return error;
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
	return mount_stand(mount, root, covered);
}

/* Its disk is anybody's again. Lock held. */
static void disk_release(struct mount *mount)
{
	port_drop(mount->claim);
	mount->claim = MACH_PORT_NULL;
}

/* The server has ended: nothing may lead here any more. */
static void mount_over(struct mount *mount)
{
	struct node *root = mount->root;

	list_remove(&mount->link);
	mount_kept_state(mount, KEPT_FREE);
	mount_detach(mount);
	mount->gone = 1;
	disk_release(mount);
	bind_release(mount);
	node_drop(root);
	cache_empty(mount);
}

/* A process that has just ended may still be on its way out of here. */
static int mount_stays_busy(struct mount *mount)
{
	for (int i = 0; i < BUSY_TRIES; i++) {
		watches_unmount(mount, 0);
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
	if (force)
		watches_unmount(mount, 1);
	cache_empty(mount);
	if (!list_empty(&mount->binds))
		return E_BUSY;
	if ((!force || mount->base) && mount_stays_busy(mount))
		return E_BUSY;
	if (mount->base) /* its server serves on */
		return 0;
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
		mount_kept_state(mount, KEPT_DETACHED);
		mount_detach(mount);
		list_append(&detached_mounts, &mount->link);
		return 0;
	}
	mount->leaving = 0;
	return error;
}

/* One that was unmounted while in use is let go, if nobody uses it now. */
static error_t detached_finish(struct mount *mount)
{
	error_t error;

	list_remove(&mount->link);
	error = mount_dismiss(mount, 0);
	if (error)
		list_append(&detached_mounts, &mount->link);
	else
		mount_over(mount);
	return error;
}

void mounts_finish(void)
{
	struct list *link = list_first(&detached_mounts);

	if (link)
		detached_finish(list_item(link, struct mount, link));
}

static struct mount *mount_of_device(struct list *list, unsigned device)
{
	list_each(link, list)
	{
		struct mount *mount = list_item(link, struct mount, link);

		if (mount->device == device)
			return mount_base(mount);
	}
	return NULL;
}

/* A disk has one server, and a server one place in the tree. */
static error_t device_free(const char *name)
{
	unsigned device = device_of_kernel_name(name);
	struct mount *left;

	if (device && mount_of_device(&mounts, device))
		return E_BUSY;
	left = device ? mount_of_device(&detached_mounts, device) : NULL;
	return left ? detached_finish(left) : 0;
}

error_t mount_start(const struct mount_order *order, struct node *covered)
{
	struct start start;
	struct mount *mount;
	error_t error;

	error = order->device ? device_free(order->device) : 0;
	if (!error)
		error = mount_new(order, &mount);
	if (error)
		return error;
	if (covered)
		node_reference(covered);
	start.root = !covered;
	error = start_prepare(&start, order, mount);
	if (!error) {
		unlock(&vfs_lock);
		error = server_begin(order, mount, &start);
		lock(&vfs_lock);
	}
	if (!error) {
		error = mount_enter(mount, covered);
		if (error)
			tell_detach(mount, 1);
	}
	if (covered)
		node_drop(covered);
	if (error) {
		mount->leaving = mount->gone = 1;
		disk_release(mount);
		cache_empty(mount);
		if (mount_is_over(mount))
			mount_release(mount);
	}
	return error;
}

error_t mount_change(
    struct mount *place, unsigned flags, const char *options)
{
	struct mount *mount = mount_base(place);
	int read_only = (flags & MOUNT_READ_ONLY) != 0;
	int changes = read_only != ((mount->flags & MOUNT_READ_ONLY) != 0);
	error_t error = 0;

	if (changes || *options) {
		error = change_begin(mount);
		if (error)
			return error;
		if (changes && read_only)
			mount_drop_writers(mount);
		error = tell_remount(mount, read_only, options);
		change_end(mount);
	}
	if (!error)
		mount->flags = flags & MOUNT_KEPT;
	mount_kept_flags(mount);
	if (!error && place != mount)
		mount_change_place(place, flags);
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

		if (mount->base)
			continue;
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
		if (!mount->base)
			tell_detach(mount, 1);
	}
	vfs_leave();
}
