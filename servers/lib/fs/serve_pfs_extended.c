/* SPDX-License-Identifier: BSD-2-Clause */
/* pfs.defs: extended attributes. VFS has checked who may do what. */
#include "survive.h"
#include <pfs.server.h>

static error_t use(offset_t number, int has_op, struct file **file)
{
	error_t error;

	if (!has_op)
		return E_OPNOTSUPP;
	lock(&fs_lock);
	error = file_get((uint64_t)number, file);
	if (error)
		fs_unlock();
	return error;
}

static void end_use(struct file *file)
{
	file_put(file);
	fs_unlock();
}

error_t serve_pfs_get_extended(object_t pfs, offset_t node, const name_t name,
    mach_msg_type_number_t length, small_data_t value,
    mach_msg_type_number_t *count)
{
	size_t size = IO_INLINE_MAX;
	struct file *file;
	error_t error = use(node, fs_type->ops->get_extended != 0, &file);

	(void)pfs;
	if (error)
		return error;
	error = fs_type->ops->get_extended(file->node, name, length, value,
	    &size);
	end_use(file);
	*count = size;
	return error;
}

error_t serve_pfs_set_extended(object_t pfs, offset_t node, const name_t name,
    mach_msg_type_number_t length, const small_data_t value,
    mach_msg_type_number_t size, int flags, int request)
{
	struct file *file;
	error_t error = use(node, fs_type->ops->set_extended != 0, &file);

	(void)pfs;
	if (error)
		return error;
	if (outcome_find(request)) {
		end_use(file);
		return 0;
	}
	if (fs_volume->read_only)
		error = E_ROFS;
	else if (file->node->attributes.flags &
	    (FS_FLAG_IMMUTABLE | FS_FLAG_APPEND))
		error = E_PERM;
	else
		error = fs_type->ops->set_extended(file->node, name, length,
		    value, size, (unsigned)flags);
	if (!error) {
		file_changed(file);
		outcome_note(request, (uint64_t)node, 0, 0);
	}
	end_use(file);
	return error;
}

error_t serve_pfs_list_extended(object_t pfs, offset_t node, small_data_t list,
    mach_msg_type_number_t *count)
{
	size_t size = IO_INLINE_MAX;
	struct file *file;
	error_t error = use(node, fs_type->ops->list_extended != 0, &file);

	(void)pfs;
	if (error)
		return error;
	error = fs_type->ops->list_extended(file->node, list, &size);
	end_use(file);
	*count = size;
	return error;
}
