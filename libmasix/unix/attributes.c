/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stat family and access. A path is one message to VFS. A descriptor of a
 * regular file costs none: its attributes are in the server's slot; those of a
 * device are what its node had when it was opened; all others are asked for.
 */
#include <file.client.h>
#include <string.h>
#include <unix/core/stat.h>
#include <unix/file.h>
#include <unix/local/window.h>
#include <unix/path.h>
#include <vfs.client.h>

error_t right_stat(
    const struct file_right *right, struct file_attributes *attributes)
{
	error_t error = file_stat(right->port, attributes);

	if (error)
		error = vfs_stat_file(PORT_VFS, right->port, attributes);
	return error;
}

static error_t file_attributes(
    struct file_right *right, struct file_attributes *attributes)
{
	error_t error = E_NODEV;

	switch (right->port ? right->kind : 0) {
	case S_IFREG:
		error = window_attributes(right, attributes);
		break;
	case S_IFCHR:
	case S_IFBLK:
	case 0: /* ours alone: an epoll, a list of descriptors */
		*attributes = right->attributes;
		return 0;
	}
	return error ? right_stat(right, attributes) : 0;
}

static long stat_descriptor(int fd, struct file_attributes *attributes)
{
	struct open_file *file = descriptor_hold_any(fd);
	error_t error;

	if (!file)
		return -EBADF;
	error = file_attributes(file->right, attributes);
	descriptor_release(file);
	return unix_error(error);
}

static error_t path_stat(const struct path *path, int follow,
    struct file_attributes *attributes)
{
	if (path->directory == MACH_PORT_NULL)
		return vfs_stat_here(PORT_VFS, path->text, path->length, follow,
		    attributes);
	return vfs_stat(PORT_VFS, PATH_AND_DIRECTORY(path), follow, attributes);
}

static long stat_path(
    int fd, const char *name, int flags, struct file_attributes *attributes)
{
	int follow = !(flags & AT_SYMLINK_NOFOLLOW);
	struct path path;
	long result;
	int special = -1;

	result = path_begin(&path, fd, name,
	    flags & AT_EMPTY_PATH ? PATH_MAY_BE_EMPTY : PATH_NOT_EMPTY);
	if (result)
		return result;
	if (!path.length && fd != AT_FDCWD)
		special = fd;
	else if (follow)
		special = path_descriptor(&path);
	if (special >= 0)
		result = stat_descriptor(special, attributes);
	else if (path_is_list(&path) && (follow || path.text[1] == 'p'))
		result = (list_attributes(attributes), 0);
	else if (!follow && path.length && path.text[1] == 'p' &&
	    path_descriptor(&path) >= 0)
		result = unix_error(list_link_attributes(
		    path_descriptor(&path), attributes));
	else
		result = unix_error(path_stat(&path, follow, attributes));
	path_finish(&path);
	return result;
}

/* ---- out to the program: no lock, no right is held there -------------- */

static long stat_out(const struct file_attributes *attributes, void *to)
{
	struct linux_stat stat;

	if (stat_convert(attributes, &stat))
		return -EOVERFLOW;
	memcpy(to, &stat, sizeof(stat));
	return 0;
}

static long old_stat_out(const struct file_attributes *attributes, void *to)
{
	struct linux_old_stat stat;

	if (stat_convert_old(attributes, &stat))
		return -EOVERFLOW;
	memcpy(to, &stat, sizeof(stat));
	return 0;
}

static long stat64_out(const struct file_attributes *attributes, void *to)
{
	struct linux_stat64 stat;

	stat_convert_64(attributes, &stat);
	memcpy(to, &stat, sizeof(stat));
	return 0;
}

typedef long out_t(const struct file_attributes *attributes, void *to);

static long path_out(const char *name, int flags, out_t *out, void *to)
{
	struct file_attributes attributes;
	long error = stat_path(AT_FDCWD, name, flags, &attributes);

	return error ? error : out(&attributes, to);
}

static long descriptor_out(int fd, out_t *out, void *to)
{
	struct file_attributes attributes;
	long error = stat_descriptor(fd, &attributes);

	return error ? error : out(&attributes, to);
}

long unix_stat(const char *name, void *stat)
{
	return path_out(name, 0, stat_out, stat);
}

long unix_lstat(const char *name, void *stat)
{
	return path_out(name, AT_SYMLINK_NOFOLLOW, stat_out, stat);
}

long unix_fstat(int fd, void *stat)
{
	return descriptor_out(fd, stat_out, stat);
}

long unix_oldstat(const char *name, void *stat)
{
	return path_out(name, 0, old_stat_out, stat);
}

long unix_oldlstat(const char *name, void *stat)
{
	return path_out(name, AT_SYMLINK_NOFOLLOW, old_stat_out, stat);
}

long unix_oldfstat(int fd, void *stat)
{
	return descriptor_out(fd, old_stat_out, stat);
}

long unix_stat64(const char *name, void *stat)
{
	return path_out(name, 0, stat64_out, stat);
}

long unix_lstat64(const char *name, void *stat)
{
	return path_out(name, AT_SYMLINK_NOFOLLOW, stat64_out, stat);
}

long unix_fstat64(int fd, void *stat)
{
	return descriptor_out(fd, stat64_out, stat);
}

enum {
	AT_NO_AUTOMOUNT = 0x800,
	STAT_FLAGS = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT,
	STATX_SYNC_TYPE = 0x6000,
};

long unix_fstatat64(int fd, const char *name, void *stat, int flags)
{
	struct file_attributes attributes;
	long error;

	if (flags & ~STAT_FLAGS)
		return -EINVAL;
	error = stat_path(fd, name, flags, &attributes);
	return error ? error : stat64_out(&attributes, stat);
}

long unix_statx(int fd, const char *name, int flags, unsigned mask, void *to)
{
	struct file_attributes attributes;
	struct linux_statx statx;
	long error;

	if ((flags & ~(STAT_FLAGS | STATX_SYNC_TYPE)) || mask >> 31)
		return -EINVAL;
	if (!name && (flags & AT_EMPTY_PATH))
		error = stat_descriptor(fd, &attributes);
	else
		error = stat_path(fd, name, flags, &attributes);
	if (error)
		return error;
	stat_convert_x(&attributes, &statx);
	memcpy(to, &statx, sizeof(statx));
	return 0;
}

/* ---- access ----------------------------------------------------------- */

long unix_faccessat2(int fd, const char *name, int want, int flags)
{
	int effective = (flags & AT_EACCESS) != 0;
	struct path path;
	long result;

	if ((want & ~7) ||
	    (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	result = path_begin(&path, fd, name,
	    flags & AT_EMPTY_PATH ? PATH_MAY_BE_EMPTY : PATH_NOT_EMPTY);
	if (result)
		return result;
	if (path_descriptor(&path) >= 0)
		result = descriptors_find(
			     &descriptors, (unsigned)path_descriptor(&path))
		    ? 0
		    : -ENOENT;
	else
		result =
		    unix_error(vfs_access(PORT_VFS, PATH_AND_DIRECTORY(&path),
			want, effective, !(flags & AT_SYMLINK_NOFOLLOW)));
	path_finish(&path);
	return result;
}

long unix_faccessat(int fd, const char *name, int want)
{
	return unix_faccessat2(fd, name, want, 0);
}

long unix_access(const char *name, int want)
{
	return unix_faccessat2(AT_FDCWD, name, want, 0);
}
