/* SPDX-License-Identifier: BSD-2-Clause */
/* vfs.defs: opening and looking. */
#include "core/numbers.h"
#include "keep.h"
#include "open.h"
#include <base/memory.h>
#include <base/port.h>
#include <base/text.h>
#include <string.h>
#include <vfs.server.h>

error_t serve_vfs_open(object_t vfs, port_copied_t directory, const path_t path,
    mach_msg_type_number_t length, int flags, int mode, int ticket,
    mach_port_t *file, mach_msg_type_name_t *type,
    file_attributes_t *attributes)
{
	struct opening opening;
	error_t error;

	opening.flags = (unsigned)flags;
	opening.mode = (uint32_t)mode;
	opening.ticket = ticket;
	opening.created = 0;
	opening.asked.request = ticket;
	opening.asked.serial = 0;
	opening.asked.entry = NULL;
	opening.attributes = attributes;
	error = open_check_flags(opening.flags);
	if (error)
		return error;
	error = lookup_begin(&opening.lookup, vfs, directory, path, length,
	    open_walk_flags(opening.flags));
	if (!error)
		error = open_found(&opening);
	if (!error) {
		*file = opening.right;
		*type = opening.type;
	}
	return lookup_end(&opening.lookup, error);
}

error_t serve_vfs_open_here(object_t vfs, const path_t path,
    mach_msg_type_number_t length, int flags, int mode, int ticket,
    mach_port_t *file, mach_msg_type_name_t *type,
    file_attributes_t *attributes)
{
	return serve_vfs_open(vfs, MACH_PORT_NULL, path, length, flags, mode,
	    ticket, file, type, attributes);
}

error_t serve_vfs_cancel(object_t vfs, int ticket)
{
	struct view *view = (struct view *)vfs;

	if (ticket)
		wait_cancel(&view->waiting, ticket);
	return 0;
}

error_t serve_vfs_stat(object_t vfs, port_copied_t directory, const path_t path,
    mach_msg_type_number_t length, int follow, file_attributes_t *attributes)
{
	struct lookup lookup;
	error_t error;

	error = lookup_begin(&lookup, vfs, directory, path, length,
	    WALK_EMPTY | (follow ? WALK_FOLLOW : 0));
	if (!error)
		error = node_current(lookup.walk.found, attributes);
	return lookup_end(&lookup, error);
}

error_t serve_vfs_stat_here(object_t vfs, const path_t path,
    mach_msg_type_number_t length, int follow, file_attributes_t *attributes)
{
	return serve_vfs_stat(vfs, MACH_PORT_NULL, path, length, follow,
	    attributes);
}

error_t serve_vfs_access(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int want, int effective,
    int follow)
{
	struct view *view = (struct view *)vfs;
	struct credentials who;
	struct lookup lookup;
	struct node *node;
	error_t error;

	if (want & ~(ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE))
		return E_INVAL;
	/* The path, too, is walked as the real user. */
	error = lookup_begin(&lookup, vfs, directory, path, 0, WALK_EMPTY);
	if (error && (error != E_NOTDIR || !length || *path != '/'))
		return lookup_end(&lookup, error);
	who = view->who;
	if (!effective) {
		who.uid = who.real_uid;
		who.gid = who.real_gid;
	}
	walk_start(&lookup.walk, view->root,
	    lookup.from ? lookup.from->node : view->current, &who, path, length,
	    follow ? WALK_FOLLOW : 0);
	lookup.walk.pid = view->pid;
	lookup.walk.place = place_of;
	error = vfs_walk(&lookup.walk);
	node = lookup.walk.found;
	if (!error && want) {
		unsigned mount = walk_mount(&lookup.walk)->flags;

		error =
		    access_mount(&node->attributes, mount, (unsigned)want);
		if (!error && (want & ACCESS_EXECUTE) &&
		    node_is(node, MODE_REGULAR) &&
		    (mount & MOUNT_NO_EXEC))
			error = E_ACCES;
		if (!error)
			error = access_check(
			    &node->attributes, &who, (unsigned)want);
	}
	return lookup_end(&lookup, error);
}

/* The path of where a link of /proc leads. */
static error_t place_path(const struct lookup *lookup, path_t target,
    mach_msg_type_number_t *size)
{
	unsigned room = PATH_BYTES_MAX - 1;
	struct node *node;
	int unreachable;
	char *start;
	error_t error;

	error = place_of(&lookup->walk, lookup->walk.found, &node);
	if (!error)
		error = node_path(node, lookup->view->root, target, room,
		    &start, &unreachable);
	if (error)
		return error;
	*size = (unsigned)(target + room - start);
	memmove(target, start, *size);
	return 0;
}

error_t serve_vfs_read_link(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, path_t target,
    mach_msg_type_number_t *size)
{
	struct lookup lookup;
	struct node *node;
	error_t error;

	error = lookup_begin(&lookup, vfs, directory, path, length, WALK_EMPTY);
	node = lookup.walk.found;
	if (!error && !node_is(node, MODE_LINK))
		error = length ? E_INVAL : E_NOENT;
	if (!error && (node->attributes.flags & FILE_SELF)) {
		*size =
		    (unsigned)text_format(target, 16, "%d", lookup.view->pid);
	} else if (!error && (node->attributes.flags & FILE_PLACE)) {
		error = place_path(&lookup, target, size);
	} else if (!error) {
		node_reference(node);
		if (!node->target)
			error = ask_link(node);
		if (!error) {
			memcpy(target, node->target, node->target_length);
			*size = node->target_length;
		}
		node_drop(node);
	}
	return lookup_end(&lookup, error);
}

error_t serve_vfs_stat_file(
    object_t vfs, port_copied_t file, file_attributes_t *attributes)
{
	struct object *object = object_of_right(file, NULL);
	struct node *node;
	error_t error;

	(void)vfs;
	vfs_enter();
	if (object && object->class == &end_class) {
		error = end_attributes((struct end *)object, attributes);
	} else if (object && object_node(object)) {
		error = node_current(object_node(object), attributes);
	} else {
		error = node_of_right(file, &node);
		if (!error) {
			error = node_current(node, attributes);
			node_drop(node);
		}
	}
	vfs_leave();
	if (object)
		object_release(object);
	if (!error)
		port_drop(file);
	return error;
}

/* The directory that chdir or chroot names. */
static error_t directory_found(const struct lookup *lookup)
{
	const struct node *node = lookup->walk.found;

	if (!node_is(node, MODE_DIRECTORY))
		return E_NOTDIR;
	return access_check(
	    &node->attributes, &lookup->view->who, ACCESS_EXECUTE);
}

error_t serve_vfs_change_directory(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length)
{
	struct lookup lookup;
	error_t error;

	error = lookup_begin(&lookup, vfs, directory, path, length,
	    WALK_FOLLOW | (directory != MACH_PORT_NULL ? WALK_EMPTY : 0));
	if (!error)
		error = directory_found(&lookup);
	if (!error)
		error = view_change(
		    lookup.view, &lookup.view->current, lookup.walk.found);
	return lookup_end(&lookup, error);
}

error_t serve_vfs_change_root(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length)
{
	struct lookup lookup;
	error_t error;

	error =
	    lookup_begin(&lookup, vfs, directory, path, length, WALK_FOLLOW);
	if (!error)
		error = directory_found(&lookup);
	if (!error && lookup.view->who.uid)
		error = E_PERM;
	if (!error)
		error = view_change(
		    lookup.view, &lookup.view->root, lookup.walk.found);
	return lookup_end(&lookup, error);
}

error_t serve_vfs_current_directory(
    object_t vfs, path_t path, mach_msg_type_number_t *length)
{
	static const char mark[] = "(unreachable)";
	struct view *view = (struct view *)vfs;
	unsigned room = PATH_BYTES_MAX - 1;
	int unreachable;
	char *start;
	error_t error;

	vfs_enter();
	error = node_path(
	    view->current, view->root, path, room, &start, &unreachable);
	vfs_leave();
	if (error)
		return error == E_RANGE ? E_NAMETOOLONG : error;
	if (unreachable) {
		if ((unsigned)(start - path) < sizeof mark - 1)
			return E_NAMETOOLONG;
		start -= sizeof mark - 1;
		memcpy(start, mark, sizeof mark - 1);
	}
	*length = (unsigned)(path + room - start);
	memmove(path, start, *length);
	return 0;
}

/* statfs flags are mount's but for relatime. */
static void status_finish(
    const struct mount *mount, struct file_system_status *status)
{
	status->flags = (mount->flags & ~(unsigned)MOUNT_RELATIVE_ATIME) | 0x20;
	if (mount->flags & MOUNT_RELATIVE_ATIME)
		status->flags |= 0x1000;
	status->id[0] = mount->device;
	status->id[1] = 0;
}

static error_t node_status(struct node *node, struct file_system_status *status)
{
	struct mount *mount = node->mount;
	error_t error;

	node_reference(node);
	error = ask_status(mount, status);
	if (!error)
		status_finish(mount, status);
	node_drop(node);
	return error;
}

error_t serve_vfs_file_system_status(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length,
    file_system_status_t *status)
{
	struct lookup lookup;
	error_t error;

	error =
	    lookup_begin(&lookup, vfs, directory, path, length, WALK_FOLLOW);
	if (!error)
		error = node_status(lookup.walk.found, status);
	return lookup_end(&lookup, error);
}

error_t serve_vfs_file_status(
    object_t vfs, port_copied_t file, file_system_status_t *status)
{
	struct object *object = object_of_right(file, NULL);
	struct node *node;
	error_t error;

	(void)vfs;
	vfs_enter();
	if (object && object->class == &end_class) {
		memset(status, 0, sizeof *status);
		status->magic = 0x50495045; /* pipefs */
		status->block_size = 4096;
		status->name_max = NAME_LENGTH_MAX;
		error = 0;
	} else if (object && object_node(object)) {
		error = node_status(object_node(object), status);
	} else {
		error = node_of_right(file, &node);
		if (!error) {
			error = node_status(node, status);
			node_drop(node);
		}
	}
	vfs_leave();
	if (object)
		object_release(object);
	if (!error)
		port_drop(file);
	return error;
}

error_t serve_vfs_pipe(object_t vfs, mach_port_t *read_end,
    mach_msg_type_name_t *read_type, mach_port_t *write_end,
    mach_msg_type_name_t *write_type, int *number)
{
	mach_port_t rights[2];
	mach_msg_type_name_t types[2];
	error_t error =
	    channel_pipe((struct view *)vfs, rights, types, number);

	if (error)
		return error;
	*read_end = rights[0];
	*read_type = types[0];
	*write_end = rights[1];
	*write_type = types[1];
	return 0;
}

error_t serve_vfs_socket_pair(object_t vfs, int type, mach_port_t *first,
    mach_msg_type_name_t *first_type, mach_port_t *second,
    mach_msg_type_name_t *second_type)
{
	mach_port_t rights[2];
	mach_msg_type_name_t types[2];
	error_t error;

	if (type != 1 && type != 2)
		return E_INVAL;
	error =
	    channel_socket_pair((struct view *)vfs, type == 2, rights, types);
	if (error)
		return error;
	*first = rights[0];
	*first_type = types[0];
	*second = rights[1];
	*second_type = types[1];
	return 0;
}
