/* SPDX-License-Identifier: BSD-2-Clause */
/* File systems as wholes: mount, umount, statfs. One message each. */
#include <string.h>
#include <unix/core/stat.h>
#include <unix/path.h>
#include <vfs.client.h>

enum {
	MOUNT_MAGIC = 0xc0ed0000, /* old programs put it above the flags */
	DATA_MAX = 1023,
	STATFS64_PADDED = 88,
};

/* A string of the program that may be missing. */
static long text_length(const char **text, size_t most)
{
	if (!*text) {
		*text = path_none();
		return 0;
	}
	return user_length(*text, most);
}

long unix_mount(const char *source, const char *target, const char *type,
    unsigned flags, const void *data)
{
	const char *options = data;
	long source_length = text_length(&source, PATH_LENGTH_MAX);
	long target_length = user_length(target, PATH_LENGTH_MAX);
	long type_length = text_length(&type, NAME_LENGTH_MAX);
	long data_length = text_length(&options, DATA_MAX);

	if (source_length < 0)
		return source_length;
	if (target_length <= 0)
		return target_length ? target_length : -ENOENT;
	if (type_length < 0)
		return type_length;
	if (data_length < 0)
		return data_length;
	if ((flags & 0xffff0000) == MOUNT_MAGIC)
		flags &= 0xffff;
	return unix_error(vfs_mount(PORT_VFS, source, (unsigned)source_length,
	    target, (unsigned)target_length, type, (unsigned)type_length,
	    (int)flags, options, (unsigned)data_length));
}

long unix_umount2(const char *target, int flags)
{
	long length = user_length(target, PATH_LENGTH_MAX);

	if (length <= 0)
		return length ? length : -ENOENT;
	return unix_error(
	    vfs_unmount(PORT_VFS, target, (unsigned)length, flags));
}

long unix_umount(const char *target)
{
	return unix_umount2(target, 0);
}

/* ---- statfs ----------------------------------------------------------- */

static long status_path(const char *name, struct file_system_status *status)
{
	struct path path;
	long error = path_begin(&path, AT_FDCWD, name, PATH_NOT_EMPTY);

	if (error)
		return error;
	return unix_error(vfs_file_system_status(
	    PORT_VFS, PATH_AND_DIRECTORY(&path), status));
}

static long status_descriptor(int fd, struct file_system_status *status)
{
	struct open_file *file = descriptor_hold_any(fd);
	error_t error;

	if (!file)
		return -EBADF;
	error = vfs_file_status(PORT_VFS, file->right->port, status);
	/* a device's right is its server's: the file system is that of /dev */
	if (error && file->path)
		error = vfs_file_system_status(PORT_VFS, MACH_PORT_NULL,
		    file->path, strlen(file->path), status);
	descriptor_release(file);
	return unix_error(error);
}

static long statfs_out(const struct file_system_status *status, void *to)
{
	struct linux_statfs statfs;

	if (statfs_convert(status, &statfs))
		return -EOVERFLOW;
	memcpy(to, &statfs, sizeof(statfs));
	return 0;
}

static long statfs64_out(const struct file_system_status *status, void *to)
{
	struct linux_statfs64 statfs;

	statfs_convert_64(status, &statfs);
	memcpy(to, &statfs, sizeof(statfs));
	return 0;
}

long unix_statfs(const char *name, void *statfs)
{
	struct file_system_status status;
	long error = status_path(name, &status);

	return error ? error : statfs_out(&status, statfs);
}

long unix_fstatfs(int fd, void *statfs)
{
	struct file_system_status status;
	long error = status_descriptor(fd, &status);

	return error ? error : statfs_out(&status, statfs);
}

static int size_is_good(size_t size)
{
	return size == sizeof(struct linux_statfs64) || size == STATFS64_PADDED;
}

long unix_statfs64(const char *name, size_t size, void *statfs)
{
	struct file_system_status status;
	long error = size_is_good(size) ? status_path(name, &status) : -EINVAL;

	return error ? error : statfs64_out(&status, statfs);
}

long unix_fstatfs64(int fd, size_t size, void *statfs)
{
	struct file_system_status status;
	long error =
	    size_is_good(size) ? status_descriptor(fd, &status) : -EINVAL;

	return error ? error : statfs64_out(&status, statfs);
}
