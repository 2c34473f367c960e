/* SPDX-License-Identifier: BSD-2-Clause */
/* vfs.defs: inotify. */
#include "core/numbers.h"
#include "watch.h"
#include <base/port.h>
#include <vfs.server.h>

error_t serve_vfs_watcher(object_t vfs, mach_port_t *watcher,
    mach_msg_type_name_t *type)
{
	return watcher_new((struct view *)vfs, watcher, type);
}

static error_t watch_found(struct lookup *lookup, struct watcher *watcher,
    uint32_t mask, int *number)
{
	struct node *node = lookup->walk.found;
	error_t error = 0;

	if (!watcher)
		return E_INVAL;
	if ((mask & EVENT_ONLY_DIRECTORY) && !node_is(node, MODE_DIRECTORY))
		return E_NOTDIR;
	error = access_check(
	    &node->attributes, &lookup->view->who, ACCESS_READ);
	return error ? error : watch_add(watcher, node, mask, number);
}

error_t serve_vfs_watch(object_t vfs, port_copied_t right, const path_t path,
    mach_msg_type_number_t length, int mask, int request, int *number)
{
	struct end *end = object_of_right(right, &end_class);
	struct lookup lookup;
	error_t error;

	if (!end)
		return E_INVAL;
	error = watch_mask_check((uint32_t)mask);
	if (!error && !once_known(request, number, sizeof *number)) {
		error = lookup_begin(&lookup, vfs, MACH_PORT_NULL, path, length,
		    mask & EVENT_DONT_FOLLOW ? 0 : WALK_FOLLOW);
		if (!error)
			error = watch_found(&lookup, end->channel->watcher,
			    (uint32_t)mask, number);
		if (!error)
			once_note(request, number, sizeof *number);
		error = lookup_end(&lookup, error);
	}
	object_release(end);
	if (!error)
		port_drop(right);
	return error;
}

error_t serve_vfs_unwatch(
    object_t vfs, port_copied_t right, int number, int request)
{
	struct end *end = object_of_right(right, &end_class);
	error_t error = E_INVAL;
	int done = 1;

	(void)vfs;
	if (!end)
		return E_INVAL;
	vfs_enter();
	if (once_known(request, &done, sizeof done))
		error = 0;
	else if (end->channel->watcher)
		error = watch_remove(end->channel->watcher, number);
	if (!error)
		once_note(request, &done, sizeof done);
	vfs_leave();
	object_release(end);
	if (!error)
		port_drop(right);
	return error;
}
