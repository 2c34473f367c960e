/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open(2), in the order in which Linux looks at things, since that decides
 * which error is seen: what the name is, then permission, then what the kind
 * of file says.
 */
#include "open.h"
#include "core/numbers.h"
#include "keep.h"
#include "text_file.h"
#include "watch.h"
#include <base/port.h>

/* OPEN_READ, OPEN_WRITE of O_*; 3 asks for both, as Linux checks it. */
static unsigned open_access(unsigned flags)
{
	switch (flags & O_ACCESS_MODE) {
	case O_READ_ONLY:
		return OPEN_READ;
	case O_WRITE_ONLY:
		return OPEN_WRITE;
	}
	return OPEN_READ | OPEN_WRITE;
}

error_t open_check_flags(unsigned flags)
{
	if (flags & O_PATH_ONLY)
		return 0;
	if (flags & O_TEMPORARY)
		return E_OPNOTSUPP;
	if ((flags & O_CREATE) && (flags & O_DIRECTORY_ONLY))
		return E_INVAL;
	return 0;
}

unsigned open_walk_flags(unsigned flags)
{
	unsigned walk = flags & O_NO_FOLLOW ? 0 : WALK_FOLLOW;

	if ((flags & O_CREATE) && !(flags & O_PATH_ONLY)) {
		walk |= WALK_PARENT;
		if (flags & O_EXCLUSIVE)
			walk = WALK_PARENT | WALK_NEW;
	}
	return walk;
}

/* The last name is missing: makes the file. */
static error_t open_create(struct opening *opening)
{
	struct walk *walk = &opening->lookup.walk;
	struct node *directory = walk->node;
	struct new_node new = { .mode =
				    MODE_REGULAR | (opening->mode & MODE_ALL),
		.target = "",
		.access = open_access(opening->flags) };
	struct node *node;
	error_t error;

	if (directory->flags & NODE_REMOVED)
		return E_NOENT;
	error = node_permit(
	    directory, opening->lookup.view, ACCESS_WRITE | ACCESS_EXECUTE);
	if (!error)
		error = change_begin(directory->mount);
	if (error)
		return error;
	access_inherit(&directory->attributes, walk->who, &new.mode, &new.gid);
	new.uid = walk->who->uid;
	/* The name may be in the target of a link: hold it, too. */
	walk_hold(walk);
	error = tell_create(directory, walk->wanted, walk->wanted_length, &new,
	    &opening->asked, &node);
	walk_release(walk);
	change_end(directory->mount);
	if (error)
		return error;
	walk->found = node;
	opening->created = 1;
	return 0;
}

/* O_CREAT: what the walk with WALK_PARENT has found. */
static error_t open_parent(struct opening *opening)
{
	const struct walk *walk = &opening->lookup.walk;

	if (walk->last != LAST_NAME)
		return opening->flags & O_EXCLUSIVE ? E_EXIST : E_ISDIR;
	if (walk->slash)
		return E_ISDIR;
	if (!walk->found)
		return create_failed(&opening->lookup.walk,
		    open_create(opening));
	if (opening->flags & O_EXCLUSIVE)
		return E_EXIST;
	return node_is(walk->found, MODE_DIRECTORY) ? E_ISDIR : 0;
}

/* What the kind of file and its mount say about opening it at all. */
static error_t open_kind(const struct walk *walk, unsigned flags, int writes)
{
	const struct node *node = walk->found;
	unsigned mount = walk_mount(walk)->flags;

	if ((flags & O_DIRECTORY_ONLY) && !node_is(node, MODE_DIRECTORY))
		return E_NOTDIR;
	switch (node->attributes.mode & MODE_TYPE) {
	case MODE_LINK:
		return E_LOOP;
	case MODE_DIRECTORY:
		if (writes)
			return E_ISDIR;
		break;
	case MODE_CHARACTER:
	case MODE_BLOCK:
		if (mount & MOUNT_NO_DEVICES)
			return E_ACCES;
	}
	if ((flags & OPEN_EXEC) && (writes ||
	    !node_is(node, MODE_REGULAR) || (mount & MOUNT_NO_EXEC)))
		return E_ACCES;
	return 0;
}

static error_t open_permit(struct opening *opening, unsigned access)
{
	struct node *node = opening->lookup.walk.found;
	struct view *view = opening->lookup.view;
	unsigned flags = opening->flags, want = 0;
	error_t error;

	if (flags & OPEN_EXEC) {
		want = ACCESS_EXECUTE;
	} else {
		want |= access & OPEN_READ ? ACCESS_READ : 0;
		want |= access & OPEN_WRITE ? ACCESS_WRITE : 0;
		want |= flags & O_TRUNCATE ? ACCESS_WRITE : 0;
	}
	error = access_mount(&node->attributes,
	    walk_mount(&opening->lookup.walk)->flags, want);
	if (!error)
		error = node_permit(node, view, want);
	if (error)
		return error;
	if ((node->attributes.flags & FILE_APPEND_ONLY) &&
	    (want & ACCESS_WRITE) &&
	    (!(flags & O_APPENDING) || (flags & O_TRUNCATE)))
		return E_PERM;
	if ((flags & O_NO_ATIME) && view->who.uid &&
	    view->who.uid != node->attributes.uid)
		return E_PERM;
	return 0;
}

/* O_TRUNC, and the set-id bits that writing clears. (A right to write does not
 * tell VFS when it is used: they go at once.) */
static error_t open_change(struct opening *opening, unsigned access)
{
	struct node *node = opening->lookup.walk.found;
	struct file_attributes change = { .size = 0 };
	unsigned mask = opening->flags & O_TRUNCATE ? ATTRIBUTE_SIZE : 0;
	error_t error;

	change.mode =
	    access_written_mode(&node->attributes, &opening->lookup.view->who);
	if ((access & OPEN_WRITE) && change.mode != node->attributes.mode)
		mask |= ATTRIBUTE_MODE;
	if (!mask)
		return 0;
	error = change_begin(node->mount);
	if (error)
		return error;
	error = tell_attributes(node, MACH_PORT_NULL, mask, &change);
	change_end(node->mount);
	return error;
}

static error_t open_regular(struct opening *opening)
{
	struct node *node = opening->lookup.walk.found;
	unsigned mount = walk_mount(&opening->lookup.walk)->flags;
	unsigned access = opening->flags & OPEN_EXEC
	    ? OPEN_READ
	    : open_access(opening->flags);
	error_t error = 0;

	if (node->attributes.flags & FILE_TEXT_OF_VFS) {
		*opening->attributes = node->attributes;
		return text_file_answer(node, &opening->right, &opening->type);
	}
	opening->type = MACH_MSG_TYPE_MOVE_SEND;
	node_reference(node);
	if (!opening->created)
		error = open_change(opening, access);
	if (!error && watch_count)
		watch_prepare(node);
	if (!error)
		error = node_right(node, access, &opening->right);
	if (!error) {
		/* That the size could not be asked is no reason to fail. */
		if (node_current(node, opening->attributes))
			*opening->attributes = node->attributes;
		if ((opening->flags & OPEN_EXEC) &&
		    (mount & MOUNT_NO_SUID))
			opening->attributes->mode &=
			    ~(uint32_t)(MODE_SET_UID | MODE_SET_GID);
	}
	node_drop(node);
	return error;
}

static error_t open_device(struct opening *opening)
{
	struct node *node = opening->lookup.walk.found;
	int session = opening->lookup.view->session;
	uint32_t uid = opening->lookup.view->who.uid;
	error_t error;

	*opening->attributes = node->attributes;
	opening->type = MACH_MSG_TYPE_MOVE_SEND;
	unlock(&vfs_lock);
	error = device_open(
	    opening->attributes, opening->flags, session, uid, &opening->right);
	lock(&vfs_lock);
	return error;
}

static error_t open_handle(struct opening *opening, int kind)
{
	struct node *node = opening->lookup.walk.found;
	error_t error;

	node_reference(node);
	error = node_current(node, opening->attributes);
	if (!error)
		error =
		    handle_answer(node, kind, &opening->right, &opening->type);
	node_drop(node);
	return error;
}

static error_t open_any(struct opening *opening, unsigned access)
{
	struct node *node = opening->lookup.walk.found;

	switch (node->attributes.mode & MODE_TYPE) {
	case MODE_REGULAR:
		return open_regular(opening);
	case MODE_DIRECTORY:
		return open_handle(opening, HANDLE_READ);
	case MODE_CHARACTER:
	case MODE_BLOCK:
		return open_device(opening);
	case MODE_FIFO:
		*opening->attributes = node->attributes;
		return channel_open(node, opening->lookup.view, access,
		    (opening->flags & O_NON_BLOCK) != 0, opening->ticket,
		    &opening->right, &opening->type);
	}
	return E_NXIO; /* sockets have an address, not a file */
}

/* The file was made, or could not be, when VFS died. */
static error_t open_known(
    struct opening *opening, const struct kept_change *change)
{
	struct mount *mount = kept_mount_find(change->mount);
	error_t error = mount ? change->error : E_NOENT;

	if (!error)
		error = ask_known(
		    mount, change->node, &opening->lookup.walk.found);
	opening->created = 1;
	return error;
}

error_t open_found(struct opening *opening)
{
	unsigned flags = opening->flags, access = open_access(flags);
	const struct kept_change *change =
	    flags & O_CREATE ? change_known(opening->ticket) : NULL;
	error_t error = 0;

	if (flags & O_PATH_ONLY) {
		if ((flags & O_DIRECTORY_ONLY) &&
		    !node_is(opening->lookup.walk.found, MODE_DIRECTORY))
			return E_NOTDIR;
		return open_handle(opening, HANDLE_PATH);
	}
	if (change)
		error = open_known(opening, change);
	else if (flags & O_CREATE)
		error = open_parent(opening);
	if (error)
		return error;
	if (!opening->created) {
		error = open_kind(&opening->lookup.walk, flags,
		    (access & OPEN_WRITE) || (flags & O_TRUNCATE));
		if (!error)
			error = open_permit(opening, access);
	}
	if (!error)
		watch_turn(opening->lookup.walk.found);
	if (!error)
		error = open_any(opening, access);
	if (!error)
		event_of(opening->lookup.walk.found, EVENT_OPEN);
	return error;
}
