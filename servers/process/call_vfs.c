/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process server asks of VFS: views, and files to execute. */
#include "core/credentials.h"
#include <base/atomic.h>
#include <base/port.h>
#include <base/text.h>
#include <server/server.h>
#include <string.h>
#include <vfs.client.h>
#include <vfs_control.client.h>

extern error_t call_acs_find(const char *name, int wait, mach_port_t *port);

enum {
	OPEN_NEW = 02 | 0100 | 0200, /* O_RDWR | O_CREAT | O_EXCL */
};

static mach_port_t vfs; /* send right, owned */

/* Waits for VFS to be there. */
error_t call_vfs_prepare(void)
{
	return call_acs_find("vfs", 1, &vfs);
}

/* view: GIVEN */
error_t call_vfs_new_view(int pid, mach_port_t *view)
{
	return vfs_control_new_view(vfs, pid, view);
}

/* copy: GIVEN */
error_t call_vfs_copy_view(mach_port_t view, int pid, mach_port_t *copy)
{
	return vfs_control_copy_view(vfs, view, pid, copy);
}

/* renewed: GIVEN; view is a dead name then. */
error_t call_vfs_renew_view(mach_port_t view, mach_port_t *renewed)
{
	return vfs_control_renew_view(vfs, view, renewed);
}

/* What is to be on disks goes there. */
error_t call_vfs_sync(mach_port_t view)
{
	return vfs_sync(view);
}

error_t call_vfs_credentials(mach_port_t view,
    const struct credentials *credentials)
{
	return vfs_control_set_credentials(vfs, view,
	    (int)credentials->user.file, (int)credentials->group.file,
	    (int)credentials->user.real, (int)credentials->group.real,
	    (int *)credentials->groups, credentials->group_count);
}

error_t call_vfs_session(mach_port_t view, int session)
{
	return vfs_control_set_session(vfs, view, session);
}

/* A new file of the tmpfs at /dev, without a name. Both rights: GIVEN. */
error_t call_vfs_nameless(mach_port_t *whole, mach_port_t *reading)
{
	static uint32_t number;
	struct file_attributes attributes;
	mach_port_t view;
	char path[32];
	unsigned length;
	error_t error = vfs_control_new_view(vfs, 0, &view);

	if (error)
		return error;
	length = (unsigned)text_format(path, sizeof path, "/dev/.segment-%u",
	    atomic_add(&number, 1));
	/* One that was making it may have died. */
	vfs_unlink_here(view, path, length, 0, 0);
	error = vfs_open_here(view, path, length, OPEN_NEW, 0600, 0, whole,
	    &attributes);
	if (!error) {
		error = vfs_open_here(view, path, length, 0, 0, 0, reading,
		    &attributes);
		if (error)
			port_drop(*whole);
		vfs_unlink_here(view, path, length, 0, 0);
	}
	port_drop(view);
	return error;
}

/* file: GIVEN */
error_t call_vfs_open_exec(mach_port_t view, const char *path,
    mach_port_t *file, struct file_attributes *attributes)
{
	return vfs_open_here(view, path, strlen(path), OPEN_EXEC, 0, 0, file,
	    attributes);
}
