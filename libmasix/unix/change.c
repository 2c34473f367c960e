/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chmod, chown, times, truncate by path and by descriptor: one message to VFS
 * with a mask of what is to change.
 */
#include <string.h>
#include <unix/core/control.h>
#include <unix/file.h>
#include <unix/path.h>
#include <vfs.client.h>

enum {
	NO_ID16 = 0xffff,
	KEEP = 0xffffffff, /* chown's -1 */
	FLAGS_SEEN = 0xffffff, /* the others are Masix's own */
	BILLION = 1000000000,
};

/* The copy that fstat of a device shows. */
static void change_noted(
    struct file_right *right, int mask, const struct file_attributes *now)
{
	struct file_attributes *note = &right->attributes;

	if (mask & ATTRIBUTE_MODE)
		note->mode = (note->mode & S_IFMT) | (now->mode & S_MODE);
	if (mask & ATTRIBUTE_UID)
		note->uid = now->uid;
	if (mask & ATTRIBUTE_GID)
		note->gid = now->gid;
}

/* The right of a device is its server's, not one that VFS knows: so its path
 * is used, if it was opened by one. */
static error_t change_file(
    struct open_file *file, int mask, const struct file_attributes *attributes)
{
	uint32_t kind = file->right->kind;
	struct file_attributes change = *attributes;

	change.device = file->right->attributes.device;
	change.node = file->right->attributes.node;
	if ((kind == S_IFCHR || kind == S_IFBLK) && file->path)
		return vfs_set_attributes(PORT_VFS, MACH_PORT_NULL, file->path,
		    strlen(file->path), 1, mask, *attributes);
	return vfs_set_file_attributes(
	    PORT_VFS, file->right->port, mask, change);
}

static long change_descriptor(
    int fd, int mask, const struct file_attributes *attributes)
{
	struct open_file *file = descriptor_hold(fd);
	error_t error;

	if (!file)
		return -EBADF;
	error = change_file(file, mask, attributes);
	if (!error)
		change_noted(file->right, mask, attributes);
	descriptor_release(file);
	return unix_error(error);
}

/* By the name of an own descriptor, /proc/self/fd/N: that works with O_PATH,
 * too, which is how C libraries change a mode without following a link. */
static long change_named(
    int fd, int mask, const struct file_attributes *attributes)
{
	long result = change_descriptor(fd, mask, attributes);
	struct path path;

	if (result != -EBADF)
		return result;
	if (path_begin(&path, fd, path_none(), PATH_MAY_BE_EMPTY))
		return -ENOENT;
	result =
	    unix_error(vfs_set_attributes(PORT_VFS, PATH_AND_DIRECTORY(&path),
		0, mask, *attributes));
	path_finish(&path);
	return result;
}

static long change_path(int fd, const char *name, int flags, int mask,
    const struct file_attributes *attributes)
{
	int follow = !(flags & AT_SYMLINK_NOFOLLOW), special;
	struct path path;
	long result;

	result = path_begin(&path, fd, name,
	    flags & AT_EMPTY_PATH ? PATH_MAY_BE_EMPTY : PATH_NOT_EMPTY);
	if (result)
		return result;
	special = follow ? path_descriptor(&path) : -1;
	if (special < 0)
		result = unix_error(vfs_set_attributes(PORT_VFS,
		    PATH_AND_DIRECTORY(&path), follow, mask, *attributes));
	path_finish(&path);
	return special < 0 ? result : change_named(special, mask, attributes);
}

/* ---- mode ------------------------------------------------------------- */

long unix_fchmodat(int fd, const char *name, int mode)
{
	struct file_attributes attributes = { .mode = mode & S_MODE };

	return change_path(fd, name, 0, ATTRIBUTE_MODE, &attributes);
}

long unix_chmod(const char *name, int mode)
{
	return unix_fchmodat(AT_FDCWD, name, mode);
}

long unix_fchmod(int fd, int mode)
{
	struct file_attributes attributes = { .mode = mode & S_MODE };

	return change_descriptor(fd, ATTRIBUTE_MODE, &attributes);
}

/* ---- owner ------------------------------------------------------------ */

static int owner_mask(unsigned uid, unsigned gid)
{
	return (uid == KEEP ? 0 : ATTRIBUTE_UID) |
	    (gid == KEEP ? 0 : ATTRIBUTE_GID);
}

long unix_fchownat(
    int fd, const char *name, unsigned uid, unsigned gid, int flags)
{
	struct file_attributes attributes = { .uid = uid, .gid = gid };

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_path(fd, name, flags, owner_mask(uid, gid), &attributes);
}

long unix_chown(const char *name, unsigned uid, unsigned gid)
{
	return unix_fchownat(AT_FDCWD, name, uid, gid, 0);
}

long unix_lchown(const char *name, unsigned uid, unsigned gid)
{
	return unix_fchownat(AT_FDCWD, name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long unix_fchown(int fd, unsigned uid, unsigned gid)
{
	struct file_attributes attributes = { .uid = uid, .gid = gid };

	return change_descriptor(fd, owner_mask(uid, gid), &attributes);
}

/* The calls of old programs have ids of 16 bits. */
static unsigned wide_id(unsigned id)
{
	return (id & NO_ID16) == NO_ID16 ? KEEP : id & NO_ID16;
}

long unix_chown16(const char *name, unsigned uid, unsigned gid)
{
	return unix_chown(name, wide_id(uid), wide_id(gid));
}

long unix_lchown16(const char *name, unsigned uid, unsigned gid)
{
	return unix_lchown(name, wide_id(uid), wide_id(gid));
}

long unix_fchown16(int fd, unsigned uid, unsigned gid)
{
	return unix_fchown(fd, wide_id(uid), wide_id(gid));
}

/* ---- times ------------------------------------------------------------ */

struct moment {
	int64_t seconds;
	int64_t nanoseconds; /* or UTIME_NOW, UTIME_OMIT */
};

static int moment_mask(const struct moment *moment, int now, int given)
{
	if (moment->nanoseconds == UTIME_OMIT)
		return 0;
	return moment->nanoseconds == UTIME_NOW ? now : given;
}

static int moment_is_good(const struct moment *moment)
{
	int64_t nanoseconds = moment->nanoseconds;

	return nanoseconds == UTIME_NOW || nanoseconds == UTIME_OMIT ||
	    (nanoseconds >= 0 && nanoseconds < BILLION);
}

/* name null: the descriptor itself. */
static long times_set(int fd, const char *name, const struct moment *access,
    const struct moment *change, int flags)
{
	struct file_attributes attributes = {
		.atime = access->seconds,
		.atime_nsec = (uint32_t)access->nanoseconds,
		.mtime = change->seconds,
		.mtime_nsec = (uint32_t)change->nanoseconds,
	};
	int mask = moment_mask(access, ATTRIBUTE_ATIME_NOW, ATTRIBUTE_ATIME) |
	    moment_mask(change, ATTRIBUTE_MTIME_NOW, ATTRIBUTE_MTIME);

	if (!moment_is_good(access) || !moment_is_good(change) ||
	    (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	if (!mask)
		return 0;
	if (name)
		return change_path(fd, name, flags, mask, &attributes);
	if (fd == AT_FDCWD)
		return -EFAULT;
	return change_descriptor(fd, mask, &attributes);
}

static const struct moment moment_now = { 0, UTIME_NOW };

long unix_utime(const char *name, const void *utimbuf)
{
	const int32_t *given = utimbuf;
	struct moment access, change;

	if (!given)
		return times_set(AT_FDCWD, name, &moment_now, &moment_now, 0);
	access = (struct moment){ given[0], 0 };
	change = (struct moment){ given[1], 0 };
	return name ? times_set(AT_FDCWD, name, &access, &change, 0) : -EFAULT;
}

long unix_futimesat(int fd, const char *name, const void *timevals)
{
	const int32_t *given = timevals;
	struct moment access, change;

	if (!given)
		return times_set(fd, name, &moment_now, &moment_now, 0);
	if ((uint32_t)given[1] >= 1000000 || (uint32_t)given[3] >= 1000000)
		return -EINVAL;
	access = (struct moment){ given[0], given[1] * 1000 };
	change = (struct moment){ given[2], given[3] * 1000 };
	return times_set(fd, name, &access, &change, 0);
}

long unix_utimes(const char *name, const void *timevals)
{
	return name ? unix_futimesat(AT_FDCWD, name, timevals) : -EFAULT;
}

long unix_utimensat(int fd, const char *name, const void *timespecs, int flags)
{
	const int32_t *given = timespecs;
	struct moment access, change;

	if (!given)
		return times_set(fd, name, &moment_now, &moment_now, flags);
	access = (struct moment){ given[0], given[1] };
	change = (struct moment){ given[2], given[3] };
	return times_set(fd, name, &access, &change, flags);
}

long unix_utimensat_time64(
    int fd, const char *name, const void *timespecs, int flags)
{
	const int64_t *given = timespecs;
	struct moment access, change;

	if (!given)
		return times_set(fd, name, &moment_now, &moment_now, flags);
	access = (struct moment){ given[0], (int32_t)given[1] };
	change = (struct moment){ given[2], (int32_t)given[3] };
	return times_set(fd, name, &access, &change, flags);
}

/* ---- size ------------------------------------------------------------- */

long unix_truncate64(const char *name, int64_t size)
{
	struct file_attributes attributes = { .size = (uint64_t)size };

	if (size < 0)
		return -EINVAL;
	return change_path(AT_FDCWD, name, 0, ATTRIBUTE_SIZE, &attributes);
}

long unix_truncate(const char *name, long size)
{
	return unix_truncate64(name, size);
}

/* ---- flags ------------------------------------------------------------ */

static long flags_set(struct open_file *file, const uint32_t *from)
{
	struct file_attributes change = { 0 };
	error_t error;

	if (user_copy(&change.flags, from, sizeof(change.flags)))
		return -EFAULT;
	error = change_file(file, ATTRIBUTE_FLAGS, &change);
	return error == E_OPNOTSUPP ? -ENOTTY : unix_error(error);
}

long file_flags(struct open_file *file, uint32_t request, uint32_t *argument)
{
	struct file_attributes now;
	error_t error;

	if (request == FLAGS_SET)
		return flags_set(file, argument);
	if (request != FLAGS_GET && request != GENERATION_GET)
		return -ENOTTY;
	error = right_stat(file->right, &now);
	if (error)
		return unix_error(error);
	if (!now.settable)
		return -ENOTTY;
	now.flags &= FLAGS_SEEN;
	return user_copy(argument,
	    request == FLAGS_GET ? &now.flags : &now.generation,
	    sizeof(*argument)) ? -EFAULT : 0;
}
