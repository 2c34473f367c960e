/* SPDX-License-Identifier: BSD-2-Clause */
/* vfs.defs: mounting, and what concerns all mounts. */
#include "core/devices.h"
#include "core/numbers.h"
#include "vfs.h"
#include <base/heap.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <string.h>
#include <vfs.server.h>

enum {
	MOUNT_MAGIC = 0xc0ed0000, /* old programs set it */
	MOUNT_MAGIC_MASK = 0xffff0000,
	TYPE_MAX = 15,
};

/* The strings of a mount call, ended by 0. */
struct mount_call {
	char source[MOUNT_TEXT];
	char type[TYPE_MAX + 1];
	char options[sizeof(text_line_t) + 1];
	char device[16];
	char path[MOUNT_TEXT];
	unsigned flags;
};

static int type_is_good(const char *type)
{
	for (const char *at = type; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9')))
			return 0;
	return *type != 0;
}

static error_t call_read(struct mount_call *call, const char *source,
    unsigned source_length, const char *type, unsigned type_length,
    const char *data, unsigned data_length)
{
	if (!text_copy(
		call->source, sizeof call->source, source, source_length))
		return E_NAMETOOLONG;
	if (!text_copy(call->type, sizeof call->type, type, type_length))
		return E_NODEV;
	text_copy(call->options, sizeof call->options, data, data_length);
	if ((call->flags & MOUNT_MAGIC_MASK) == MOUNT_MAGIC)
		call->flags &= ~(unsigned)MOUNT_MAGIC_MASK;
	call->device[0] = 0;
	return mount_options(call->options, &call->flags);
}

static const char *const diskless[] = { "tmpfs", "tmp", "ramfs", "devtmpfs",
	"proc", "devpts" };

/* The disk that source names, for a type that needs one. */
static error_t call_device(struct mount_call *call, struct view *view)
{
	struct walk walk;
	struct node *node;
	error_t error;

	for (unsigned i = 0; i < sizeof diskless / sizeof *diskless; i++)
		if (!strcmp(call->type, diskless[i]))
			return 0;
	walk_start(&walk, view->root, view->current, &view->who, call->source,
	    (unsigned)strlen(call->source), WALK_FOLLOW);
	error = vfs_walk(&walk);
	/* A word that is no path: of a type that needs no disk, perhaps. */
	if (error == E_NOENT && !strchr(call->source, '/'))
		return 0;
	if (error)
		return error;
	node = walk.found;
	if (!node_is(node, MODE_BLOCK))
		return E_NOTBLK;
	if (node->mount->flags & MOUNT_NO_DEVICES)
		return E_ACCES;
	if (!device_kernel_name(
		node->attributes.special, call->device, sizeof call->device))
		return E_NXIO;
	return 0;
}

/* The path of node from the first root, for /proc/mounts. */
static void call_path(struct mount_call *call, const struct node *node)
{
	char *start;
	int unreachable;

	call->path[0] = 0;
	if (node_path(node, mount_root->root, call->path, sizeof call->path - 1,
		&start, &unreachable))
		return;
	call->path[sizeof call->path - 1] = 0;
	memmove(call->path, start, strlen(start) + 1);
}

static error_t mount_again(
    struct node *node, unsigned flags, const char *options)
{
	if (node != node->mount->root)
		return E_INVAL;
	if (!(flags & MOUNT_BIND))
		return mount_change(node->mount, flags, options);
	mount_change_place(node->mount, flags);
	return 0;
}

/* --bind, --move: source is a directory's path, too. */
static error_t mount_elsewhere(struct lookup *lookup, struct mount_call *call)
{
	struct node *node = node_reference(lookup->walk.found), *source = NULL;
	struct walk walk;
	error_t error;

	walk_start(&walk, lookup->view->root, lookup->view->current,
	    &lookup->view->who, call->source, (unsigned)strlen(call->source),
	    WALK_FOLLOW);
	error = vfs_walk(&walk);
	if (!error)
		source = node_reference(walk.found);
	if (!error && (call->flags & MOUNT_BIND))
		error = mount_bind(
		    source, node, (call->flags & MOUNT_RECURSIVE) != 0);
	else if (!error)
		error = mount_move(source, node);
	if (source)
		node_drop(source);
	node_drop(node);
	return error;
}

static error_t mount_found(struct lookup *lookup, struct mount_call *call)
{
	struct node *node = lookup->walk.found;
	struct mount_order order = { .type = call->type,
		.source = call->source,
		.target = call->path,
		.options = call->options };
	error_t error;

	if (!node_is(node, MODE_DIRECTORY))
		return E_NOTDIR;
	if (call->flags & MOUNT_REMOUNT)
		return mount_again(node, call->flags, call->options);
	if (call->flags & (MOUNT_BIND | MOUNT_MOVE))
		return mount_elsewhere(lookup, call);
	/* There is one name space: nothing propagates anyhow. */
	if (call->flags & MOUNT_PROPAGATION)
		return 0;
	if (!type_is_good(call->type))
		return E_NODEV;
	call_path(call, node);
	node_reference(node);
	error = call_device(call, lookup->view);
	order.flags = call->flags;
	order.device = call->device[0] ? call->device : NULL;
	if (!error)
		error = mount_start(&order, node);
	node_drop(node);
	return error;
}

error_t serve_vfs_mount(object_t vfs, const path_t source,
    mach_msg_type_number_t source_length, const path_t target,
    mach_msg_type_number_t target_length, const name_t type,
    mach_msg_type_number_t type_length, int flags, const text_line_t data,
    mach_msg_type_number_t data_length)
{
	struct view *view = (struct view *)vfs;
	struct mount_call *call;
	struct lookup lookup;
	error_t error;

	if (view->who.uid)
		return E_PERM;
	call = heap_alloc(sizeof *call);
	if (!call)
		return E_NOMEM;
	call->flags = (unsigned)flags;
	error = call_read(
	    call, source, source_length, type, type_length, data, data_length);
	if (!error) {
		error = lookup_begin(&lookup, vfs, MACH_PORT_NULL, target,
		    target_length, WALK_FOLLOW);
		if (!error)
			error = mount_found(&lookup, call);
		error = lookup_end(&lookup, error);
	}
	heap_free(call);
	return error;
}

error_t serve_vfs_unmount(
    object_t vfs, const path_t target, mach_msg_type_number_t length, int flags)
{
	struct view *view = (struct view *)vfs;
	struct lookup lookup;
	error_t error;

	if (view->who.uid)
		return E_PERM;
	if (flags & ~(UNMOUNT_FORCE | UNMOUNT_DETACH | UNMOUNT_NO_FOLLOW))
		return E_INVAL;
	error = lookup_begin(&lookup, vfs, MACH_PORT_NULL, target, length,
	    flags & UNMOUNT_NO_FOLLOW ? 0 : WALK_FOLLOW);
	if (!error && lookup.walk.found != lookup.walk.found->mount->root)
		error = E_INVAL;
	if (!error)
		error = mount_end(lookup.walk.found->mount, (unsigned)flags);
	if (!error)
		mounts_finish();
	return lookup_end(&lookup, error);
}

error_t serve_vfs_mounts(
    object_t vfs, large_data_t *text, mach_msg_type_number_t *size)
{
	struct vm_buffer buffer;
	unsigned length, room;
	error_t error;

	(void)vfs;
	do { /* again if a mount came in between */
		vfs_enter();
		room = mounts_text(NULL, 0, 0) + 1;
		vfs_leave();
		error = vm_buffer_new(&buffer, room);
		if (error)
			return error;
		vfs_enter();
		length = mounts_text(buffer.start, room, 0);
		vfs_leave();
		if (length >= room)
			vm_buffer_free(&buffer);
	} while (length >= room);
	vm_buffer_give(&buffer, length, text, size);
	return 0;
}

error_t serve_vfs_sync(object_t vfs)
{
	(void)vfs;
	vfs_enter();
	mounts_sync(); /* sync(2) reports nothing */
	vfs_leave();
	return 0;
}
