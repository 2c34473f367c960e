/* SPDX-License-Identifier: BSD-2-Clause */
/* vfs.defs: what changes names and attributes. */
#include "core/alias.h"
#include "core/numbers.h"
#include "keep.h"
#include <base/port.h>
#include <string.h>
#include <vfs.server.h>

int change_outcome(int request, error_t *error)
{
	const struct kept_change *change;

	if (!changes_left())
		return 0;
	vfs_enter();
	change = change_look(request);
	if (change)
		*error = change->error;
	vfs_leave();
	return change != NULL;
}

error_t change_done(
    error_t error, port_copied_t directory, port_copied_t other)
{
	if (error)
		return error;
	port_drop(directory);
	port_drop(other);
	return 0;
}

/* Making a name in directory, now. */
static error_t may_make(const struct lookup *lookup)
{
	const struct node *directory = lookup->walk.node;

	if (directory->flags & NODE_REMOVED)
		return E_NOENT;
	return node_permit(
	    directory, lookup->view, ACCESS_WRITE | ACCESS_EXECUTE);
}

/* What the last component of the name of something new must be. */
static error_t new_name(const struct walk *walk, int directory)
{
	if (walk->last != LAST_NAME || walk->found)
		return E_EXIST;
	/* "name/" can only be a directory's. */
	return walk->slash && !directory ? E_NOENT : 0;
}

static error_t create_check(const struct view *view, uint32_t *mode,
    const char *target, unsigned length)
{
	switch (*mode & MODE_TYPE) {
	case 0:
		*mode |= MODE_REGULAR;
		return 0;
	case MODE_CHARACTER:
	case MODE_BLOCK:
		return view->who.uid ? E_PERM : 0;
	case MODE_LINK:
		*mode |= 0777;
		if (length >= PATH_BYTES_MAX)
			return E_NAMETOOLONG;
		if (memchr(target, 0, length))
			return E_INVAL;
		return length ? 0 : E_NOENT;
	case MODE_REGULAR:
	case MODE_DIRECTORY:
	case MODE_FIFO:
	case MODE_SOCKET:
		return 0;
	}
	return E_INVAL;
}

static error_t create_found(
    struct lookup *lookup, struct new_node *new, struct asked *asked)
{
	struct walk *walk = &lookup->walk;
	int directory = (new->mode &MODE_TYPE) == MODE_DIRECTORY;
	struct node *node;
	error_t error;

	error = new_name(walk, directory);
	if (!error)
		error = may_make(lookup);
	if (!error)
		error = change_begin(walk->node->mount);
	if (error)
		return error;
	access_inherit(
	    &walk->node->attributes, walk->who, &new->mode, &new->gid);
	new->uid = walk->who->uid;
	error = tell_create(walk->node, walk->wanted, walk->wanted_length, new,
	    asked, &node);
	change_end(walk->node->mount);
	return error;
}

error_t serve_vfs_create(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int mode, int device,
    const path_t target, mach_msg_type_number_t target_length, int request)
{
	struct new_node new = { .mode = (uint32_t)mode,
		.device = (uint32_t)device,
		.target = target,
		.target_length = target_length };
	struct asked asked = { request, 0, NULL };
	struct lookup lookup;
	error_t error;

	if (change_outcome(request, &error))
		return change_done(error, directory, MACH_PORT_NULL);
	error = lookup_begin(&lookup, vfs, directory, path, length,
	    WALK_PARENT | WALK_NEW);
	if (!error)
		error =
		    create_check(lookup.view, &new.mode, target, target_length);
	if (!error)
		error = create_failed(&lookup.walk,
		    create_found(&lookup, &new, &asked));
	return lookup_end(&lookup, error);
}

/* link(2): from is found and referenced; lookup is of the new name. */
static error_t link_found(struct lookup *lookup, struct node *from,
    const struct mount *via, struct asked *asked)
{
	struct walk *walk = &lookup->walk;
	error_t error;

	error = new_name(walk, 0);
	if (!error && via != walk->node->mount)
		error = E_XDEV;
	if (!error)
		error = may_make(lookup);
	if (!error &&
	    (from->attributes.flags & (FILE_IMMUTABLE | FILE_APPEND_ONLY)))
		error = E_PERM;
	if (!error && node_is(from, MODE_DIRECTORY))
		error = E_PERM;
	if (!error && (from->flags & NODE_REMOVED))
		error = E_NOENT;
	if (!error)
		error = change_begin(from->mount);
	if (error)
		return error;
	error = tell_link(
	    walk->node, walk->wanted, walk->wanted_length, from, asked);
	change_end(from->mount);
	return error;
}

error_t serve_vfs_link(object_t vfs, port_copied_t from_directory,
    const path_t from, mach_msg_type_number_t from_length,
    port_copied_t to_directory, const path_t to,
    mach_msg_type_number_t to_length, int follow, int request)
{
	struct asked asked = { request, 0, NULL };
	struct lookup source, lookup;
	const struct mount *via = NULL; /* only compared */
	struct node *node = NULL;
	error_t error;

	if (change_outcome(request, &error))
		return change_done(error, from_directory, to_directory);
	error = lookup_begin(&source, vfs, from_directory, from, from_length,
	    follow ? WALK_FOLLOW : 0);
	if (!error) {
		via = walk_mount(&source.walk);
		node = node_reference(source.walk.found);
	}
	vfs_leave();
	if (error) {
		vfs_enter();
		return lookup_end(&source, error);
	}
	error = lookup_begin(
	    &lookup, vfs, to_directory, to, to_length, WALK_PARENT);
	if (!error)
		error = link_found(&lookup, node, via, &asked);
	node_drop(node);
	error = lookup_end(&lookup, error);
	vfs_enter();
	return lookup_end(&source, error);
}

/* Linux's answers for names that can't be removed. */
static error_t unlink_name(const struct walk *walk, int directory)
{
	if (!directory)
		return walk->last == LAST_NAME ? 0 : E_ISDIR;
	switch (walk->last) {
	case LAST_NAME:
		return 0;
	case LAST_DOT:
		return E_INVAL;
	case LAST_DOT_DOT:
		return E_NOTEMPTY;
	case LAST_ROOT:
		break;
	}
	return E_BUSY;
}

static error_t unlink_found(
    struct lookup *lookup, int directory, struct asked *asked)
{
	struct walk *walk = &lookup->walk;
	struct node *parent = walk->node, *node = walk->found;
	int is_directory = node && node_is(node, MODE_DIRECTORY);
	error_t error;

	error = unlink_name(walk, directory);
	if (!error)
		error = access_mount(
		    &parent->attributes, parent->mount->flags, ACCESS_WRITE);
	if (error)
		return error;
	if (!node)
		return E_NOENT;
	if (!directory && walk->slash)
		return is_directory ? E_ISDIR : E_NOTDIR;
	error =
	    access_remove(&parent->attributes, &node->attributes, walk->who);
	if (error)
		return error;
	if (directory != is_directory)
		return directory ? E_NOTDIR : E_ISDIR;
	if (node->covered_by || alias_is_covered(node))
		return E_BUSY;
	error = change_begin(parent->mount);
	if (error)
		return error;
	error = tell_unlink(parent, walk->wanted, walk->wanted_length,
	    directory, node, asked);
	change_end(parent->mount);
	return error;
}

error_t serve_vfs_unlink(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int kind, int request)
{
	struct asked asked = { request, 0, NULL };
	struct lookup lookup;
	error_t error;

	if (change_outcome(request, &error))
		return change_done(error, directory, MACH_PORT_NULL);
	error =
	    lookup_begin(&lookup, vfs, directory, path, length, WALK_PARENT);
	if (!error)
		error = unlink_found(&lookup, kind == 1, &asked);
	return lookup_end(&lookup, error);
}

error_t serve_vfs_unlink_here(object_t vfs, const path_t path,
    mach_msg_type_number_t length, int kind, int request)
{
	return serve_vfs_unlink(vfs, MACH_PORT_NULL, path, length, kind,
	    request);
}

/* One side of a rename. */
struct side {
	struct node *directory, *node; /* references; node null: missing */
	const char *name;
	unsigned length;
	enum walk_last last;
	int slash;
};

static void side_take(struct side *side, const struct walk *walk)
{
	side->directory = node_reference(walk->node);
	side->node = walk->found ? node_reference(walk->found) : NULL;
	side->name = walk->wanted;
	side->length = walk->wanted_length;
	side->last = walk->last;
	side->slash = walk->slash;
}

static void side_drop(struct side *side)
{
	node_drop(side->directory);
	if (side->node)
		node_drop(side->node);
}

/* Names: what exists, what is written with a slash, what is in what. */
static error_t rename_names(
    const struct side *from, const struct side *to, unsigned flags)
{
	int exchange = flags & RENAME_EXCHANGE;

	if (from->directory->mount != to->directory->mount)
		return E_XDEV;
	if (from->last != LAST_NAME)
		return E_BUSY;
	if (to->last != LAST_NAME)
		return flags & RENAME_NO_REPLACE ? E_EXIST : E_BUSY;
	if (from->directory->mount->flags & MOUNT_READ_ONLY)
		return E_ROFS;
	if (!from->node)
		return E_NOENT;
	if ((flags & RENAME_NO_REPLACE) && to->node)
		return E_EXIST;
	if (exchange && !to->node)
		return E_NOENT;
	if (exchange && !node_is(to->node, MODE_DIRECTORY) && to->slash)
		return E_NOTDIR;
	if (!node_is(from->node, MODE_DIRECTORY) &&
	    (from->slash || (!exchange && to->slash)))
		return E_NOTDIR;
	if (node_is_below(to->directory, from->node))
		return E_INVAL;
	if (to->node && node_is_below(from->directory, to->node))
		return exchange ? E_INVAL : E_NOTEMPTY;
	return 0;
}

/* A directory that changes its parent is itself written: its "..". */
static error_t may_move(const struct view *view, const struct node *node,
    const struct side *from, const struct side *to)
{
	if (from->directory == to->directory || !node_is(node, MODE_DIRECTORY))
		return 0;
	return access_check(&node->attributes, &view->who, ACCESS_WRITE);
}

static error_t rename_permit(const struct view *view, const struct side *from,
    const struct side *to, unsigned flags)
{
	int directory = node_is(from->node, MODE_DIRECTORY);
	error_t error;

	error = access_remove(
	    &from->directory->attributes, &from->node->attributes, &view->who);
	if (error)
		return error;
	if (to->node)
		error = access_remove(&to->directory->attributes,
		    &to->node->attributes, &view->who);
	else if (to->directory->flags & NODE_REMOVED)
		error = E_NOENT;
	else
		error = access_check(&to->directory->attributes, &view->who,
		    ACCESS_WRITE | ACCESS_EXECUTE);
	if (error)
		return error;
	if (to->node && !(flags & RENAME_EXCHANGE) &&
	    directory != node_is(to->node, MODE_DIRECTORY))
		return directory ? E_NOTDIR : E_ISDIR;
	error = may_move(view, from->node, from, to);
	if (!error && (flags & RENAME_EXCHANGE))
		error = may_move(view, to->node, from, to);
	if (!error &&
	    (from->node->covered_by || (to->node && to->node->covered_by)))
		error = E_BUSY;
	return error;
}

static error_t rename_sides(const struct view *view, const struct side *from,
    const struct side *to, unsigned flags, struct asked *asked)
{
	struct mount *mount = from->directory->mount;
	error_t error;

	if (flags & ~(unsigned)(RENAME_NO_REPLACE | RENAME_EXCHANGE) ||
	    flags == (RENAME_NO_REPLACE | RENAME_EXCHANGE))
		return E_INVAL;
	error = rename_names(from, to, flags);
	if (error)
		return error;
	if (from->node == to->node)
		return 0;
	error = rename_permit(view, from, to, flags);
	if (!error)
		error = change_begin(mount);
	if (error)
		return error;
	error = tell_rename(from->directory, from->name, from->length,
	    to->directory, to->name, to->length, flags, asked);
	change_end(mount);
	return error;
}

error_t serve_vfs_rename(object_t vfs, port_copied_t from_directory,
    const path_t from, mach_msg_type_number_t from_length,
    port_copied_t to_directory, const path_t to,
    mach_msg_type_number_t to_length, int flags, int request)
{
	struct asked asked = { request, 0, NULL };
	struct lookup source, target;
	struct side old, new;
	error_t error;

	if (change_outcome(request, &error))
		return change_done(error, from_directory, to_directory);
	error = lookup_begin(
	    &source, vfs, from_directory, from, from_length, WALK_PARENT);
	if (error)
		return lookup_end(&source, error);
	side_take(&old, &source.walk);
	unlock(&vfs_lock);
	error = lookup_begin(
	    &target, vfs, to_directory, to, to_length, WALK_PARENT);
	if (!error) {
		side_take(&new, &target.walk);
		/* While the second was looked up the first may have moved:
		 * the PFS looks at the names again and has the last word. */
		error = rename_sides(
		    source.view, &old, &new, (unsigned)flags, &asked);
		side_drop(&new);
	}
	side_drop(&old);
	error = lookup_end(&target, error);
	vfs_enter();
	return lookup_end(&source, error);
}

static error_t change_check(const struct node *node, const struct view *view,
    unsigned *mask, struct file_attributes *attributes)
{
	error_t error = 0;

	if (node->mount->flags & MOUNT_READ_ONLY)
		return E_ROFS;
	if ((*mask & ATTRIBUTE_MODE) && node_is(node, MODE_LINK))
		return E_OPNOTSUPP;
	if (*mask & ATTRIBUTE_SIZE) {
		if (node_is(node, MODE_DIRECTORY))
			return E_ISDIR;
		if (!node_is(node, MODE_REGULAR) ||
		    (int64_t)attributes->size < 0)
			return E_INVAL;
		error =
		    access_check(&node->attributes, &view->who, ACCESS_WRITE);
		if (!error && (node->attributes.flags & FILE_APPEND_ONLY))
			error = E_PERM;
	}
	if (!error && (*mask & ~(unsigned)ATTRIBUTE_SIZE))
		error = access_change(
		    &node->attributes, &view->who, mask, attributes);
	if (error || !(*mask & ATTRIBUTE_SIZE) || (*mask & ATTRIBUTE_MODE))
		return error;
	attributes->mode = access_written_mode(&node->attributes, &view->who);
	if (attributes->mode != node->attributes.mode)
		*mask |= ATTRIBUTE_MODE;
	return 0;
}

/* file: null, or the right by which node is said to be known: if the PFS does
 * not say so, too, it is E_INVAL. */
static error_t node_change(struct node *node, mach_port_t file,
    const struct view *view, unsigned mask, struct file_attributes *attributes)
{
	error_t error = change_check(node, view, &mask, attributes);

	if (error || !mask)
		return error;
	error = change_begin(node->mount);
	if (error)
		return error;
	error = tell_attributes(node, file, mask, attributes);
	change_end(node->mount);
	return error;
}

error_t serve_vfs_set_attributes(object_t vfs, port_copied_t directory,
    const path_t path, mach_msg_type_number_t length, int follow, int mask,
    file_attributes_t attributes)
{
	struct lookup lookup;
	error_t error;

	error = lookup_begin(&lookup, vfs, directory, path, length,
	    (follow ? WALK_FOLLOW : 0) |
		(directory != MACH_PORT_NULL ? WALK_EMPTY : 0));
	if (!error && (walk_mount(&lookup.walk)->flags & MOUNT_READ_ONLY))
		error = E_ROFS;
	if (!error)
		error = node_change(lookup.walk.found, MACH_PORT_NULL,
		    lookup.view, (unsigned)mask, &attributes);
	return lookup_end(&lookup, error);
}

/* A right to write is not kept here, so the PFS would have to be asked whose
 * it is. The client says so, too: the PFS looks whether that is true. */
static error_t right_change(mach_port_t file, const struct view *view,
    unsigned mask, struct file_attributes *attributes)
{
	struct file_attributes change = *attributes;
	struct node *node = node_said(attributes);
	error_t error = E_INVAL;

	if (node) {
		node_reference(node);
		error = node_change(node, file, view, mask, &change);
		node_drop(node);
	}
	if (error != E_INVAL)
		return error;
	error = node_of_right(file, &node);
	if (error)
		return error;
	error = node_change(node, MACH_PORT_NULL, view, mask, attributes);
	node_drop(node);
	return error;
}

error_t serve_vfs_set_file_attributes(
    object_t vfs, port_copied_t file, int mask, file_attributes_t attributes)
{
	struct object *object = object_of_right(file, NULL);
	struct view *view = (struct view *)vfs;
	struct node *node;
	error_t error;

	vfs_enter();
	if (object && object->class == &end_class) {
		error = end_change(
		    (struct end *)object, view, (unsigned)mask, &attributes);
	} else if (mask & ATTRIBUTE_SIZE) {
		error = E_INVAL; /* file_set_size of the file itself */
	} else if (object && object_node(object)) {
		node = node_reference(object_node(object));
		error = node_change(node, MACH_PORT_NULL, view, (unsigned)mask,
		    &attributes);
		node_drop(node);
	} else {
		error =
		    right_change(file, view, (unsigned)mask, &attributes);
	}
	vfs_leave();
	if (object)
		object_release(object);
	if (!error)
		port_drop(file);
	return error;
}
