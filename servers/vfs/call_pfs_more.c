/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to file servers (see call_pfs.c): extended attributes, watches. */
#include "call_pfs.h"
#include "core/alias.h"
#include "keep.h"
#include "watch.h"
#include <pfs.client.h>

error_t ask_extended(struct node *node, const char *name, unsigned length,
    char *value, mach_msg_type_number_t *size)
{
	error_t error;

	*size = IO_INLINE_MAX;
	call_begin(node);
	error = pfs_error(pfs_get_extended(node->mount->pfs,
	    (offset_t)node->number, name, length, value, size));
	call_end(node);
	return error;
}

error_t ask_extended_list(
    struct node *node, char *list, mach_msg_type_number_t *size)
{
	error_t error;

	*size = IO_INLINE_MAX;
	call_begin(node);
	error = pfs_error(pfs_list_extended(
	    node->mount->pfs, (offset_t)node->number, list, size));
	call_end(node);
	return error;
}

error_t tell_extended(struct node *node, const char *name, unsigned length,
    const char *value, unsigned size, int flags, struct asked *asked)
{
	error_t error;

	change_extended(asked, node, name, length, value, size, flags);
	call_begin(node);
	error = pfs_error(pfs_set_extended(node->mount->pfs,
	    (offset_t)node->number, name, length, value, size, flags,
	    (int)asked->serial));
	lock(&vfs_lock);
	change_end_asked(asked, error, 0);
	node->flags |= NODE_STALE; /* its ctime, its blocks */
	node->changes++;
	alias_changed(node);
	if (!error)
		event_of(node, EVENT_ATTRIBUTES);
	node_drop(node);
	return error;
}

error_t ask_watch(struct node *node, unsigned what, int *rights)
{
	static mach_port_t notify; /* send right, owned */
	error_t error = 0;

	if (!notify)
		error = vfs_public_right(&notify);
	if (error)
		return error;
	call_begin(node);
	error = pfs_error(pfs_watch(node->mount->pfs, (offset_t)node->number,
	    (int)what, notify, rights));
	call_end(node);
	return error;
}

error_t ask_happened(
    struct mount *mount, node_list_t happened, mach_msg_type_number_t *count)
{
	struct node *root = mount->root;
	error_t error;

	call_begin(root);
	error = pfs_error(pfs_happened(mount->pfs, happened, count));
	call_end(root);
	return error;
}
