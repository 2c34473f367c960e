/* SPDX-License-Identifier: BSD-2-Clause */
/* inotify: a watcher is an open file of VFS, which sees what happens. */
#include <unix/path.h>
#include <string.h>
#include <vfs.client.h>

long unix_inotify_init1(int flags)
{
	struct file_attributes attributes = { .mode = 0600, .links = 1 };
	struct open_file *file;
	mach_port_t watcher;
	error_t error;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	error = vfs_watcher(PORT_VFS, &watcher);
	if (error)
		return unix_error(error);
	attributes.uid = PAGE->fsuid;
	attributes.gid = PAGE->fsgid;
	attributes.slot = 0xffffffff;
	file = open_file_new(
	    watcher, &attributes, O_RDONLY | (flags & O_NONBLOCK));
	if (!file)
		return -ENOMEM;
	return descriptor_add(
	    file, 0, flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

long unix_inotify_init(void)
{
	return unix_inotify_init1(0);
}

/* The right of a watcher; VFS says whether it is one. */
static long watcher_hold(int fd, struct open_file **file)
{
	*file = descriptor_hold(fd);
	if (!*file)
		return -EBADF;
	if ((*file)->right->port && !(*file)->right->kind)
		return 0;
	descriptor_release(*file);
	return -EINVAL;
}

long unix_inotify_add_watch(int fd, const char *name, uint32_t mask)
{
	struct open_file *file;
	struct path path;
	int number = 0;
	long result;

	if (!mask)
		return -EINVAL;
	result = watcher_hold(fd, &file);
	if (result)
		return result;
	result = path_begin(&path, AT_FDCWD, name, PATH_NOT_EMPTY);
	if (!result) {
		result = unix_error(vfs_watch(PORT_VFS, file->right->port,
		    path.text, path.length, (int)mask, thread_ticket(),
		    &number));
		path_finish(&path);
	}
	descriptor_release(file);
	return result ? result : number;
}

long unix_inotify_rm_watch(int fd, int number)
{
	struct open_file *file;
	long result = watcher_hold(fd, &file);

	if (result)
		return result;
	result = unix_error(vfs_unwatch(
	    PORT_VFS, file->right->port, number, thread_ticket()));
	descriptor_release(file);
	return result;
}
