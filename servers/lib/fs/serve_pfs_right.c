/* SPDX-License-Identifier: BSD-2-Clause */
/* pfs.defs: what VFS asks of a file right that a client has shown it. */
#include "fs.h"
#include <base/port.h>
#include <pfs.server.h>

error_t serve_pfs_identify(object_t pfs, port_copied_t right, offset_t *node,
    int *access)
{
	struct file_right *found = object_of_right(right, &file_right_class);

	(void)pfs;
	if (!found)
		return E_INVAL;
	lock(&fs_lock);
	*node = (offset_t)found->file->node->number;
	*access = found->access;
	if (!renew_caller_died())
		file_tell(found->file);
	fs_unlock();
	object_release(found);
	port_drop(right);
	return 0;
}

error_t serve_pfs_set_file_attributes(object_t pfs, offset_t node,
    port_copied_t right, int mask, file_attributes_t attributes,
    file_attributes_t *now)
{
	struct file_right *found = object_of_right(right, &file_right_class);
	error_t error = E_INVAL;

	if (!found)
		return error;
	if (found->file->node->number == (uint64_t)node)
		error = serve_pfs_set_attributes(pfs, node, mask, attributes,
		    now);
	object_release(found);
	if (!error)
		port_drop(right);
	return error;
}
