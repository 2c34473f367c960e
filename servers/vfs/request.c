/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame of a request: the lock, the path, the change, the end. */
#include "core/numbers.h"
#include "keep_lock.h"
#include "watch.h"
#include <base/port.h>

struct lock vfs_lock;

void vfs_enter(void)
{
	lock(&vfs_lock);
}

/* The last node of a file system that is no longer mounted takes it along. */
static void node_release(struct node *node)
{
	struct mount *mount = node->mount;

	node_free(node);
	if (mount_is_over(mount))
		mount_release(mount);
}

void vfs_leave(void)
{
	struct list fired = LIST_EMPTY(fired);
	struct node *node;

	cache_trim();
	if (!list_empty(&watch_fired))
		list_append_all(&fired, &watch_fired);
	while ((node = cache_take_doomed())) {
		unlock(&vfs_lock);
		node_end(node);
		lock(&vfs_lock);
		node_release(node);
	}
	unlock(&vfs_lock);
	if (!list_empty(&fired))
		pollers_tell(&fired);
}

error_t vfs_walk(struct walk *walk)
{
	error_t error;

	for (;;) {
		error = walk_run(walk);
		if (error == WALK_LOOKUP) {
			error = ask_name(walk);
		} else if (error == WALK_LINK) {
			struct node *link = walk->found;

			walk_hold(walk);
			error = ask_link(link);
			walk_release(walk);
		} else {
			return error;
		}
		if (error)
			return error;
	}
}

/* As on Linux: who may look into a process may see where it is. */
static int may_see(const struct credentials *who, const struct credentials *of)
{
	return who->uid == 0 || (who->uid == of->uid &&
	    who->uid == of->real_uid && who->gid == of->gid &&
	    who->gid == of->real_gid);
}

error_t place_of(
    const struct walk *walk, const struct node *link, struct node **to)
{
	int pid = (int)link->attributes.generation;
	const struct view *view = view_of_pid(pid);

	if (!view)
		return E_NOENT;
	if (!may_see(walk->who, &view->who))
		return E_ACCES;
	*to = view->root;
	if (link->attributes.flags & FILE_CURRENT)
		*to = view->current;
	return 0;
}

error_t lookup_begin(struct lookup *lookup, object_t view,
    mach_port_t directory, const char *path, unsigned length, unsigned flags)
{
	struct node *start;

	lookup->view = (struct view *)view;
	lookup->directory = directory;
	lookup->from = NULL;
	if (directory != MACH_PORT_NULL)
		lookup->from = object_of_right(directory, &handle_class);
	vfs_enter();
	start = lookup->view->current;
	if (lookup->from)
		start = lookup->from->node;
	else if (directory != MACH_PORT_NULL && !(length && *path == '/'))
		return E_NOTDIR;
	walk_start(&lookup->walk, lookup->view->root, start, &lookup->view->who,
	    path, length, flags);
	lookup->walk.pid = lookup->view->pid;
	lookup->walk.place = place_of;
	return vfs_walk(&lookup->walk);
}

error_t create_failed(struct walk *walk, error_t error)
{
	/* A parked request is nobody's here any more. */
	if (!error || error == E_EXIST || error == E_PARKED || !walk->unasked)
		return error;
	walk->unasked = 0;
	return !ask_name(walk) && walk->found ? E_EXIST : error;
}

error_t lookup_end(struct lookup *lookup, error_t error)
{
	vfs_leave();
	if (lookup->from)
		object_release(lookup->from);
	if (!error && lookup->directory != MACH_PORT_NULL)
		port_drop(lookup->directory);
	return error;
}

error_t change_begin(struct mount *of)
{
	struct mount *mount = mount_base(of);

	if (mount->leaving || of->leaving)
		return E_BUSY;
	if (mount->busy)
		return wait_cancelled() ? E_INTR : wait_park(mount->turn, 0);
	mount->busy = 1;
	return 0;
}

void change_end(struct mount *of)
{
	struct mount *mount = mount_base(of);

	mount->busy = 0;
	wait_wake(mount->turn);
}
