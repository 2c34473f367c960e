/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes and disks: ftruncate, fallocate, fsync and their relatives. */
#include <file.client.h>
#include <unix/file.h>
#include <unix/local/window.h>
#include <vfs.client.h>

enum {
	ADVICE_WILL_NEED = 3,
	ADVICE_DONT_NEED = 4,
	ADVICES = 6,
	SMALL = 128 * 1024, /* bytes: a hint is not worth a message */

	ALLOCATE_KEEP_SIZE = 1,
	ALLOCATE_PUNCH = 2,
	ALLOCATE_COLLAPSE = 8,
	ALLOCATE_ZERO = 16,
	ALLOCATE_INSERT = 32,
	ALLOCATE_UNSHARE = 64,
	ALLOCATE_ALL = 0x7b,
};

long unix_ftruncate64(int fd, int64_t size)
{
	struct open_file *file;
	long result;

	if (size < 0)
		return -EINVAL;
	file = descriptor_hold(fd);
	if (!file)
		return -EBADF;
	if (file->right->kind != S_IFREG || !open_file_writable(file))
		result = -EINVAL;
	else
		result = unix_error(file_set_size(file->right->port, size));
	descriptor_release(file);
	return result;
}

long unix_ftruncate(int fd, long size)
{
	return unix_ftruncate64(fd, size);
}

/* Which modes make sense together; whether a file has them it says itself. */
static long allocate_check(int mode)
{
	if (mode & ~ALLOCATE_ALL ||
	    (mode & (ALLOCATE_PUNCH | ALLOCATE_ZERO)) ==
		(ALLOCATE_PUNCH | ALLOCATE_ZERO) ||
	    (mode & (ALLOCATE_PUNCH | ALLOCATE_KEEP_SIZE)) == ALLOCATE_PUNCH)
		return -EOPNOTSUPP;
	if (((mode & ALLOCATE_COLLAPSE) && mode != ALLOCATE_COLLAPSE) ||
	    ((mode & ALLOCATE_INSERT) && mode != ALLOCATE_INSERT) ||
	    ((mode & ALLOCATE_UNSHARE) &&
		(mode & ~(ALLOCATE_UNSHARE | ALLOCATE_KEEP_SIZE))))
		return -EINVAL;
	return 0;
}

static error_t allocate(mach_port_t file, int mode, int64_t offset,
    int64_t size)
{
	int64_t done;
	error_t error;

	do {
		error = file_allocate(file, mode, offset, size, &done);
		offset += done;
		size -= done;
	} while (!error && size > 0 && done > 0);
	return error;
}

long unix_fallocate(int fd, int mode, int64_t offset, int64_t size)
{
	struct open_file *file = descriptor_hold(fd);
	long result;

	if (!file)
		return -EBADF;
	result = offset < 0 || size <= 0 ? -EINVAL : allocate_check(mode);
	if (result)
		;
	else if (!open_file_writable(file))
		result = -EBADF;
	else if (file->right->kind == S_IFIFO)
		result = -ESPIPE;
	else if (file->right->kind != S_IFREG)
		result = -ENODEV;
	else
		result = unix_error(allocate(file->right->port, mode, offset,
		    size));
	descriptor_release(file);
	return result;
}

/* ---- to the disk ------------------------------------------------------ */

static long file_save(int fd, int all)
{
	struct open_file *file = descriptor_hold(fd);
	error_t error = 0;

	if (!file)
		return -EBADF;
	if (file->right->kind == S_IFREG || file->right->kind == S_IFDIR ||
	    file->right->kind == S_IFBLK)
		error = file_sync(file->right->port, all);
	else
		error = E_INVAL;
	if (error == E_OPNOTSUPP && file->right->kind == S_IFDIR)
		error = vfs_sync(PORT_VFS);
	descriptor_release(file);
	return unix_error(error);
}

long unix_fsync(int fd)
{
	return file_save(fd, 1);
}

long unix_fdatasync(int fd)
{
	return file_save(fd, 0);
}

long unix_sync_file_range(int fd, int64_t offset, int64_t count, unsigned flags)
{
	if (offset < 0 || count < 0 || flags > 7)
		return -EINVAL;
	return file_save(fd, 0);
}

long unix_sync(void)
{
	vfs_sync(PORT_VFS);
	return 0;
}

long unix_syncfs(int fd)
{
	if (!descriptors_find(&descriptors, (unsigned)fd))
		return -EBADF;
	return unix_error(vfs_sync(PORT_VFS));
}

/* ---- advice ------------------------------------------------------------ */

static void advise(struct file_right *right, int64_t offset, int64_t count,
    int advice)
{
	if (right->kind == S_IFREG &&
	    (right->attributes.size >= SMALL || advice == ADVICE_DONT_NEED))
		file_advise(right->port, offset, count, advice);
}

long unix_fadvise64_64(int fd, int64_t offset, int64_t count, int advice)
{
	struct open_file *file = descriptor_hold(fd);
	long result = 0;

	if (!file)
		return -EBADF;
	if (!file_has_position(file))
		result = -ESPIPE;
	else if (count < 0 || advice < 0 || advice >= ADVICES)
		result = -EINVAL;
	else
		advise(file->right, offset, count, advice);
	descriptor_release(file);
	return result;
}

long unix_fadvise64(int fd, int64_t offset, size_t count, int advice)
{
	return unix_fadvise64_64(fd, offset, (int64_t)count, advice);
}

long unix_readahead(int fd, int64_t offset, size_t count)
{
	struct open_file *file = descriptor_hold(fd);
	long result = 0;

	if (!file)
		return -EBADF;
	if (!open_file_readable(file))
		result = -EBADF;
	else if (file->right->kind != S_IFREG)
		result = -EINVAL;
	else
		advise(file->right, offset, (int64_t)count, ADVICE_WILL_NEED);
	descriptor_release(file);
	return result;
}
