/* SPDX-License-Identifier: BSD-2-Clause */
/* Views and handles: how they are made and end. (Ends: channel.c.) */
#include "core/numbers.h"
#include "text_file.h"
#include "keep.h"
#include "watch.h"
#include <base/heap.h>
#include <file.server.h>
#include <string.h>
#include <vfs.server.h>

struct list views = LIST_EMPTY(views);

static routine_t vfs_interface(const mach_msg_header_t *request)
{
	return (routine_t)vfs_server_routine(request);
}

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

static void view_destroy(object_t object)
{
	struct view *view = (struct view *)object;

	vfs_enter();
	channel_forget_view(view);
	locks_forget_view(view);
	list_remove(&view->link);
	view_unkeep(view);
	node_drop(view->root);
	node_drop(view->current);
	vfs_leave();
	heap_free(view);
}

static void handle_no_senders(object_t object)
{
	struct handle *handle = (struct handle *)object;
	int last;

	vfs_enter();
	/* A right that was given out meanwhile keeps it. */
	last = !object->senders.exist &&
	    handle->node->handles[handle->kind] == handle;
	if (last)
		handle->node->handles[handle->kind] = NULL;
	if (last && handle->kind == HANDLE_READ)
		event_of(handle->node, EVENT_CLOSE_READ);
	vfs_leave();
	if (last)
		object_release(handle);
}

static void handle_destroy(object_t object)
{
	struct handle *handle = (struct handle *)object;

	vfs_enter();
	if (node_is(handle->node, MODE_DIRECTORY))
		directory_unkeep(handle->node);
	node_drop(handle->node);
	vfs_leave();
	heap_free(handle);
}

static int view_owner(const struct object *object)
{
	return ((const struct view *)object)->pid;
}

const struct object_class view_class = {
	.name = "view",
	.owner = view_owner,
	.interfaces = (const interface_t[]){ vfs_interface, 0 },
	.destroy = view_destroy,
};

const struct object_class handle_class = {
	.name = "directory",
	.interfaces = (const interface_t[]){ file_interface, 0 },
	.destroy = handle_destroy,
	.no_senders = handle_no_senders,
};

struct node *object_node(const struct object *object)
{
	if (object->class == &handle_class)
		return ((const struct handle *)object)->node;
	if (object->class == &text_file_class)
		return ((const struct text_file *)object)->node;
	return NULL;
}

error_t view_new(
    int pid, struct node *root, struct node *current, struct view **made)
{
	struct view *view = heap_alloc_zero(sizeof *view);
	error_t error;

	if (!view)
		return E_NOMEM;
	error = view_keep_directories(root, current);
	if (error) {
		heap_free(view);
		return error;
	}
	object_init(&view->object, &view_class);
	view->root = node_reference(root);
	view->current = node_reference(current);
	view->who.groups = view->groups;
	view->pid = pid;
	lock_owner_init(&view->locks, pid);
	list_init(&view->descriptions);
	list_init(&view->openers);
	wait_queue_init(&view->waiting);
	list_append(&views, &view->link);
	*made = view;
	return 0;
}

error_t view_make(int pid, struct view **view)
{
	struct node *root;

	if (!mount_root)
		return E_NODEV;
	root = mount_top(mount_root->root);
	return view_new(pid, root, root, view);
}

error_t view_copy(struct view *view, int pid, struct view **copy)
{
	struct view *new;
	error_t error;

	error = view_new(pid, view->root, view->current, &new);
	if (error)
		return error;
	new->who = view->who;
	new->who.groups = new->groups;
	memcpy(new->groups, view->groups,
	    view->who.group_count * sizeof *view->groups);
	new->session = view->session;
	new->parent = view->pid;
	error = view_keep_groups(new);
	if (error) {
		list_remove(&new->link);
		view_unkeep(new);
		node_drop(new->root);
		node_drop(new->current);
		heap_free(new);
		return error;
	}
	*copy = new;
	return 0;
}

error_t handle_make(struct node *node, int kind, struct handle **made)
{
	struct handle *handle = heap_alloc_zero(sizeof *handle);

	if (!handle)
		return E_NOMEM;
	if (node_is(node, MODE_DIRECTORY) && directory_keep(node)) {
		heap_free(handle);
		return E_NOMEM;
	}
	object_init(&handle->object, &handle_class);
	handle->node = node_reference(node);
	handle->kind = kind;
	node->handles[kind] = handle;
	*made = handle;
	return 0;
}

error_t handle_answer(
    struct node *node, int kind, mach_port_t *right, mach_msg_type_name_t *type)
{
	struct handle *handle = node->handles[kind];
	error_t error;

	if (!handle) {
		error = handle_make(node, kind, &handle);
		if (error)
			return error;
	}
	/* If this fails the handle stays for the next one who tries. */
	return object_make_answer(handle, &pool_files, right, type);
}
