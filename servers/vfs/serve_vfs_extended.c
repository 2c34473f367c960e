/* SPDX-License-Identifier: BSD-2-Clause */
/* vfs.defs: extended attributes. Who may see and change them is decided here,
 * what they are and whether there are any by the file system. */
#include "core/numbers.h"
#include "keep.h"
#include <base/port.h>
#include <string.h>
#include <vfs.server.h>

/* The file that a request is about: by name, or by its own right. */
struct subject {
	struct lookup lookup;
	int by_right;
	struct node *node; /* reference; null: there was an error */
};

static error_t node_of_any(mach_port_t right, struct node **node)
{
	struct object *object = object_of_right(right, NULL);
	error_t error = 0;

	vfs_enter();
	if (object && object_node(object))
		*node = node_reference(object_node(object));
	else if (object)
		error = E_OPNOTSUPP; /* a pipe */
	else
		error = node_of_right(right, node);
	if (object) { /* its end may want the lock */
		vfs_leave();
		object_release(object);
		vfs_enter();
	}
	return error;
}

/* Takes the lock; subject_end() must follow in any case. */
static error_t subject_begin(struct subject *subject, object_t vfs,
    mach_port_t directory, const char *path, unsigned length, int follow)
{
	error_t error;

	subject->node = NULL;
	subject->by_right = !length && directory != MACH_PORT_NULL;
	if (subject->by_right) {
		subject->lookup.view = (struct view *)vfs;
		subject->lookup.directory = directory;
		return node_of_any(directory, &subject->node);
	}
	error = lookup_begin(&subject->lookup, vfs, directory, path, length,
	    follow ? WALK_FOLLOW : 0);
	if (!error)
		subject->node = node_reference(subject->lookup.walk.found);
	return error;
}

static error_t subject_end(struct subject *subject, error_t error)
{
	if (subject->node)
		node_drop(subject->node);
	if (!subject->by_right)
		return lookup_end(&subject->lookup, error);
	vfs_leave();
	if (!error)
		port_drop(subject->lookup.directory);
	return error;
}

static int begins(const char *name, unsigned length, const char *with)
{
	unsigned head = strlen(with);

	return length >= head && !memcmp(name, with, head);
}

/* Linux's rules; want: ACCESS_READ or ACCESS_WRITE. */
static error_t may_use(const struct subject *subject, const char *name,
    unsigned length, unsigned want)
{
	const struct node *node = subject->node;
	const struct view *view = subject->lookup.view;
	int writes = want == ACCESS_WRITE;

	if (writes && (node->mount->flags & MOUNT_READ_ONLY))
		return E_ROFS;
	if (writes &&
	    (node->attributes.flags & (FILE_IMMUTABLE | FILE_APPEND_ONLY)))
		return E_PERM;
	if (begins(name, length, "trusted.") && view->who.uid)
		return writes ? E_PERM : E_NODATA;
	if (begins(name, length, "user.")) {
		if (!node_is(node, MODE_REGULAR) &&
		    !node_is(node, MODE_DIRECTORY))
			return writes ? E_PERM : E_NODATA;
		if (writes && node_is(node, MODE_DIRECTORY) &&
		    (node->attributes.mode & MODE_STICKY) && view->who.uid &&
		    view->who.uid != node->attributes.uid)
			return E_PERM;
		return node_permit(node, view, want);
	}
	return writes && view->who.uid ? E_PERM : 0;
}

error_t serve_vfs_get_extended(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int follow,
    const name_t name, mach_msg_type_number_t name_length, small_data_t value,
    mach_msg_type_number_t *size)
{
	struct subject subject;
	error_t error = subject_begin(&subject, vfs, directory, path, length,
	    follow);

	if (!error)
		error = may_use(&subject, name, name_length, ACCESS_READ);
	if (!error)
		error = ask_extended(subject.node, name, name_length, value,
		    size);
	return subject_end(&subject, error);
}

error_t serve_vfs_set_extended(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int follow,
    const name_t name, mach_msg_type_number_t name_length,
    const small_data_t value, mach_msg_type_number_t size, int flags,
    int request)
{
	struct asked asked = { request, 0, NULL };
	struct subject subject;
	struct mount *mount;
	error_t error;

	if (change_outcome(request, &error))
		return change_done(error, directory, MACH_PORT_NULL);
	error = subject_begin(&subject, vfs, directory, path, length, follow);
	if (!error)
		error = may_use(&subject, name, name_length, ACCESS_WRITE);
	if (!error) {
		mount = subject.node->mount;
		error = change_begin(mount);
		if (!error) {
			error = tell_extended(subject.node, name, name_length,
			    value, size, flags, &asked);
			change_end(mount);
		}
	}
	return subject_end(&subject, error);
}

/* Without those that the caller may not read. */
static mach_msg_type_number_t list_visible(const struct view *view,
    char *list, mach_msg_type_number_t size)
{
	mach_msg_type_number_t from, to = 0, part;

	for (from = 0; from < size; from += part) {
		part = strnlen(list + from, size - from - 1) + 1;
		if (view->who.uid && begins(list + from, part, "trusted."))
			continue;
		memmove(list + to, list + from, part);
		to += part;
	}
	return to;
}

error_t serve_vfs_list_extended(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int follow,
    small_data_t list, mach_msg_type_number_t *size)
{
	struct subject subject;
	error_t error = subject_begin(&subject, vfs, directory, path, length,
	    follow);

	if (!error)
		error = ask_extended_list(subject.node, list, size);
	if (!error)
		*size = list_visible(subject.lookup.view, list, *size);
	return subject_end(&subject, error);
}
