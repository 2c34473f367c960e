/* SPDX-License-Identifier: BSD-2-Clause */
/* vfs_control.defs: views, for the process server. */
#include "keep.h"
#include <base/memory.h>
#include <base/port.h>
#include <string.h>
#include <vfs_control.server.h>

/* Gives out the right to a new view; its one reference passes to the port. */
static error_t view_give(
    struct view *view, mach_port_t *right, mach_msg_type_name_t *type)
{
	error_t error = object_make_answer(view, &pool_files, right, type);

	object_release(view);
	return error;
}

error_t serve_vfs_control_new_view(
    object_t control, int pid, mach_port_t *right, mach_msg_type_name_t *type)
{
	struct view *view;
	error_t error;

	(void)control;
	vfs_enter();
	error = view_make(pid, &view);
	vfs_leave();
	return error ? error : view_give(view, right, type);
}

error_t serve_vfs_control_copy_view(object_t control, port_copied_t port,
    int pid, mach_port_t *right, mach_msg_type_name_t *type)
{
	struct view *view = object_of_right(port, &view_class), *copy = NULL;
	error_t error;

	(void)control;
	if (!view)
		return E_INVAL;
	vfs_enter();
	error = view_copy(view, pid, &copy);
	if (!error)
		error = locks_copy_view(view, copy);
	vfs_leave();
	object_release(view);
	if (error && copy)
		object_release(copy);
	if (!error)
		error = view_give(copy, right, type);
	if (!error)
		port_drop(port);
	return error;
}

error_t serve_vfs_control_renew_view(object_t control, port_copied_t port,
    mach_port_t *right, mach_msg_type_name_t *type)
{
	struct view *view = object_of_right(port, &view_class), *new = NULL;
	error_t error;

	(void)control;
	if (!view)
		return E_INVAL;
	vfs_enter();
	error = view_copy(view, view->pid, &new);
	if (!error) {
		new->parent = view->parent;
		error = locks_move_view(view, new);
	}
	vfs_leave();
	if (error && new)
		object_release(new);
	if (!error)
		error = view_give(new, right, type);
	if (!error) {
		port_drop(port);
		object_close_port(view);
	}
	object_release(view);
	return error;
}

error_t serve_vfs_control_set_credentials(object_t control, port_copied_t port,
    int uid, int gid, int real_uid, int real_gid, int_array_t groups,
    mach_msg_type_number_t count)
{
	struct view *view;
	error_t error;

	(void)control;
	if (count > GROUPS_MAX)
		return E_INVAL;
	view = object_of_right(port, &view_class);
	if (!view)
		return E_INVAL;
	vfs_enter();
	view->who.uid = (uint32_t)uid;
	view->who.gid = (uint32_t)gid;
	view->who.real_uid = (uint32_t)real_uid;
	view->who.real_gid = (uint32_t)real_gid;
	memcpy(view->groups, groups, count * sizeof *groups);
	view->who.group_count = count;
	groups_sort(view->groups, count);
	error = view_keep_groups(view);
	if (!error)
		object_save(view);
	vfs_leave();
	object_release(view);
	if (error)
		return error;
	memory_free((vm_address_t)groups, count * sizeof *groups);
	port_drop(port);
	return 0;
}

error_t serve_vfs_control_set_session(
    object_t control, port_copied_t port, int session)
{
	struct view *view = object_of_right(port, &view_class);

	(void)control;
	if (!view)
		return E_INVAL;
	vfs_enter();
	view->session = session;
	object_save(view);
	vfs_leave();
	object_release(view);
	port_drop(port);
	return 0;
}
