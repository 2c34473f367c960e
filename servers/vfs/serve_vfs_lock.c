/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs.defs: advisory locks. The rules are in core/locks.c; here is who owns
 * them and who waits.
 *
 * flock's owner is an open file description, which VFS does not know: it is a
 * number that the client chose, and all views that had it from that client by
 * fork are members. Numbers of different families mean different things, so
 * nobody can guess himself into another's lock. The last member that leaves
 * or ends takes the lock along.
 *
 * A node with locks or waiters is kept by a reference of its lock list.
 */
#include "core/numbers.h"
#include "keep_lock.h"
#include <base/heap.h>
#include <base/port.h>
#include <vfs.server.h>

static struct list locked = LIST_EMPTY(locked); /* struct lock_list.link */
static unsigned waiters; /* requests that wait, or a little more */

error_t node_locks(struct node *node, struct lock_list **locks)
{
	if (!node->locks) {
		node->locks = heap_alloc(sizeof *node->locks);
		if (!node->locks)
			return E_NOLCK;
		lock_list_init(node->locks, node_reference(node));
		list_append(&locked, &node->locks->link);
	}
	*locks = node->locks;
	return 0;
}

/* Frees the list of node if nobody needs it. */
static void node_locks_settle(struct node *node)
{
	struct lock_list *locks = node->locks;

	if (!locks || !lock_list_is_idle(locks))
		return;
	node->locks = NULL;
	list_remove(&locks->link);
	heap_free(locks);
	node_drop(node);
}

static void locks_settle_all(void)
{
	list_each_safe(link, &locked)
	{
		struct lock_list *locks =
		    list_item(link, struct lock_list, link);

		node_locks_settle(locks->node);
	}
}

/* Something was released: all who wait look again. */
static void locks_released(void)
{
	if (!waiters)
		return;
	waiters = 0;
	list_each(link, &views)
	{
		struct view *view = list_item(link, struct view, link);

		if (view->waiting.count)
			wait_wake(&view->waiting);
	}
}

static void membership_end(struct view *view, struct membership *membership)
{
	struct description *description = membership->description;

	list_remove(&membership->of_view);
	member_unkeep(membership);
	view->description_count--;
	heap_free(membership);
	if (--description->members)
		return;
	lock_owner_end(&description->owner);
	heap_free(description);
}

void locks_forget_view(struct view *view)
{
	int had = !list_empty(&view->locks.locks) ||
	    !list_empty(&view->locks.waits) || !list_empty(&view->descriptions);

	if (!had)
		return;
	lock_owner_end(&view->locks);
	while (!list_empty(&view->descriptions))
		membership_end(view,
		    list_item(
			view->descriptions.next, struct membership, of_view));
	locks_released();
	locks_settle_all();
}

static struct membership *membership_of(struct view *view, int number)
{
	list_each(link, &view->descriptions)
	{
		struct membership *membership =
		    list_item(link, struct membership, of_view);

		if (membership->number == number)
			return membership;
	}
	return NULL;
}

error_t membership_make(
    struct view *view, int number, struct description *description)
{
	struct membership *membership = heap_alloc(sizeof *membership);

	if (!membership)
		return E_NOLCK;
	membership->number = number;
	membership->description = description;
	member_keep(view, membership);
	description->members++;
	view->description_count++;
	list_append(&view->descriptions, &membership->of_view);
	return 0;
}

error_t locks_copy_view(struct view *from, struct view *to)
{
	error_t error = 0;

	list_each(link, &from->descriptions)
	{
		struct membership *membership =
		    list_item(link, struct membership, of_view);

		if (!error)
			error = membership_make(
			    to, membership->number, membership->description);
	}
	return error;
}

error_t locks_move_view(struct view *from, struct view *to)
{
	error_t error = locks_copy_view(from, to);

	if (!error)
		lock_owner_move(&from->locks, &to->locks);
	return error;
}

struct view *view_of_pid(int pid)
{
	list_each(link, &views)
	{
		struct view *view = list_item(link, struct view, link);

		if (view->pid == pid)
			return view;
	}
	return NULL;
}

/*
 * The description was named by the process in number's upper half, and came to
 * view by forks: if it is an ancestor, it and all between have it, too. Makes
 * them members, or finds that one of them is: then view joins that.
 */
static error_t flock_join(
    struct view *view, int number, struct description **description)
{
	int namer = number >> 16;
	struct membership *known = NULL;
	struct view *above;
	error_t error = 0;

	for (above = view; above && above->pid != namer;
	     above = view_of_pid(above->parent))
		if (!known)
			known = membership_of(above, number);
	if (!above || above == view)
		return 0;
	if (!known)
		known = membership_of(above, number);
	if (known)
		*description = known->description;
	for (above = view; above && !error;
	     above = above->pid == namer ? NULL : view_of_pid(above->parent))
		if (!membership_of(above, number))
			error = membership_make(above, number, *description);
	return error;
}

static error_t flock_owner(
    struct view *view, int number, struct lock_owner **owner)
{
	struct membership *membership = membership_of(view, number);
	struct description *description, *new;
	error_t error;

	if (membership) {
		*owner = &membership->description->owner;
		return 0;
	}
	new = description = heap_alloc_zero(sizeof *description);
	if (!description)
		return E_NOLCK;
	description_init(description, view->pid);
	error = flock_join(view, number, &description);
	if (!error && !membership_of(view, number))
		error = membership_make(view, number, description);
	if (!new->members)
		heap_free(new);
	if (error)
		return error;
	*owner = &description->owner;
	return 0;
}

/* LOCK_LEAVE and LOCK_NONE: needs no file list. */
static void flock_leave(struct view *view, int number)
{
	struct membership *membership = membership_of(view, number);

	if (!membership)
		return;
	membership_end(view, membership);
	locks_released();
	locks_settle_all();
}

struct lock_request {
	struct view *view;
	struct node *node;
	struct lock_owner *owner;
	struct list *locks;
	struct lock_range range;
	int wait, ticket, whole;
};

static error_t lock_try_set(struct lock_request *request)
{
	struct lock_range none = request->range;
	error_t error;

	/* flock gives up what it has before it takes another kind. */
	none.type = LOCK_NONE;
	if (request->whole && !list_empty(&request->owner->locks) &&
	    list_item(request->owner->locks.next, struct file_lock, of_owner)
		    ->type != request->range.type) {
		lock_set(request->locks, request->owner, &none);
		locks_released();
	}
	error = lock_set(request->locks, request->owner, &request->range);
	if (!error && request->range.type != LOCK_WRITE)
		locks_released();
	return error;
}

static error_t lock_run(struct lock_request *request)
{
	error_t error;

	lock_wait_end(request->owner, request->ticket);
	error = lock_try_set(request);
	if (error != E_AGAIN || !request->wait)
		return error;
	if (wait_cancelled())
		return E_INTR;
	error = request->whole
	    ? 0
	    : lock_wait_begin(request->node->locks, request->locks,
		  request->owner, &request->range, request->ticket);
	if (error)
		return error;
	waiters++;
	error = wait_park(&request->view->waiting, request->ticket);
	if (error != E_PARKED)
		lock_wait_end(request->owner, request->ticket);
	return error;
}

static error_t lock_node(struct lock_request *request, int number)
{
	struct lock_list *locks;
	error_t error;

	error = node_locks(request->node, &locks);
	if (error)
		return error;
	request->locks = request->whole ? &locks->whole : &locks->records;
	request->owner = &request->view->locks;
	if (request->whole)
		error = flock_owner(request->view, number, &request->owner);
	if (!error)
		error = lock_run(request);
	node_locks_settle(request->node);
	return error;
}

/* A file or directory, by whatever right. With a reference; E_BADF. */
static error_t node_of_file(mach_port_t file, struct node **node)
{
	struct object *object = object_of_right(file, NULL);
	struct node *found = object ? object_node(object) : NULL;

	vfs_enter();
	if (!object)
		return node_of_right(file, node);
	if (found)
		*node = node_reference(found);
	unlock(&vfs_lock);
	object_release(object);
	lock(&vfs_lock);
	return found ? 0 : E_INVAL;
}

error_t serve_vfs_lock(object_t vfs, port_copied_t file, int kind, int owner,
    int type, offset_t offset, offset_t count, int wait, int ticket)
{
	struct lock_request request = { .view = (struct view *)vfs,
		.wait = wait,
		.ticket = ticket,
		.whole = kind == 1 };
	error_t error;

	if (kind != 0 && kind != 1)
		return E_INVAL;
	if (kind == 1 && type == LOCK_LEAVE) {
		vfs_enter();
		flock_leave(request.view, owner);
		vfs_leave();
		port_drop(file);
		return 0;
	}
	error = lock_range_make(
	    &request.range, type, kind ? 0 : offset, kind ? 0 : count);
	if (error)
		return error;
	error = node_of_file(file, &request.node);
	if (!error) {
		error = lock_node(&request, owner);
		node_drop(request.node);
	}
	vfs_leave();
	if (!error)
		port_drop(file);
	return error;
}

error_t serve_vfs_test_lock(object_t vfs, port_copied_t file, int kind,
    int owner, int *type, offset_t *offset, offset_t *count, int *pid)
{
	struct view *view = (struct view *)vfs;
	struct lock_range range;
	struct node *node;
	error_t error;

	(void)owner;
	if (kind != 0 || *type == LOCK_NONE)
		return E_INVAL;
	error = lock_range_make(&range, *type, *offset, *count);
	if (error)
		return error;
	error = node_of_file(file, &node);
	if (!error) {
		if (node->locks)
			lock_test(&node->locks->records, &view->locks, &range);
		else
			range.type = LOCK_NONE;
		node_drop(node);
	}
	vfs_leave();
	if (error)
		return error;
	*type = range.type;
	*pid = 0;
	if (range.type != LOCK_NONE) {
		*offset = (offset_t)range.start;
		*count = range.end == LOCK_END
		    ? 0
		    : (offset_t)(range.end - range.start + 1);
		*pid = range.pid;
	}
	port_drop(file);
	return 0;
}
