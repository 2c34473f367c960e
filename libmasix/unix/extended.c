/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extended attributes, by path, by path of a link itself, by descriptor: one
 * message to VFS. Values and lists pass through a buffer of ours, since what
 * the program offers may be smaller than the answer, or nothing at all.
 */
#include <string.h>
#include <unix/path.h>
#include <vfs.client.h>

enum {
	NAME_MOST = 255,
	SIZE_MOST = 65536, /* Linux's; beyond a message: E2BIG, too */
	FLAG_REMOVE = 4,
};

/* What a call is about. */
struct subject {
	struct path path;
	struct open_file *file; /* held, or null */
};

/* name null: fd itself. */
static long subject_begin(struct subject *subject, int fd, const char *name)
{
	subject->file = NULL;
	if (name)
		return path_begin(&subject->path, AT_FDCWD, name,
		    PATH_NOT_EMPTY);
	subject->file = descriptor_hold(fd);
	if (!subject->file)
		return -EBADF;
	if (subject->file->right->kind == S_IFCHR ||
	    subject->file->right->kind == S_IFBLK) {
		descriptor_release(subject->file);
		return -EOPNOTSUPP; /* its server is none of files */
	}
	return 0;
}

static void subject_end(struct subject *subject)
{
	if (subject->file)
		descriptor_release(subject->file);
	else
		path_finish(&subject->path);
}

static mach_port_t subject_port(const struct subject *subject)
{
	return subject->file ? subject->file->right->port :
			       subject->path.directory;
}

static const char *subject_text(const struct subject *subject)
{
	return subject->file ? "" : subject->path.text;
}

static size_t subject_length(const struct subject *subject)
{
	return subject->file ? 0 : subject->path.length;
}

#define SUBJECT(s) subject_port(s), subject_text(s), subject_length(s)

/* The attribute's name, copied. */
static long name_take(char *to, const char *from)
{
	long length = user_length(from, NAME_MOST + 1);

	if (length == -ENAMETOOLONG || length == 0)
		return -ERANGE;
	if (length < 0)
		return length;
	return user_copy(to, from, (size_t)length) ? -EFAULT : length;
}

/* What was got, to the program; size 0: it only wants to know how much. */
static long answer(void *to, size_t size, const char *from, size_t count)
{
	if (size && count > size)
		return -ERANGE;
	if (size && count && user_copy(to, from, count))
		return -EFAULT;
	return (long)count;
}

static long get(int fd, const char *path, int follow, const char *name,
    void *value, size_t size)
{
	mach_msg_type_number_t count = IO_INLINE_MAX;
	char wanted[NAME_MOST + 1], data[IO_INLINE_MAX];
	struct subject subject;
	long length = name_take(wanted, name), result;

	if (length < 0)
		return length;
	result = subject_begin(&subject, fd, path);
	if (result)
		return result;
	result = unix_error(vfs_get_extended(PORT_VFS, SUBJECT(&subject),
	    follow, wanted, (unsigned)length, data, &count));
	subject_end(&subject);
	return result ? result : answer(value, size, data, count);
}

static long set(int fd, const char *path, int follow, const char *name,
    const void *value, size_t size, int flags)
{
	char wanted[NAME_MOST + 1], data[IO_INLINE_MAX];
	struct subject subject;
	long length = name_take(wanted, name), result;

	if (length < 0)
		return length;
	if (size > SIZE_MOST)
		return -E2BIG;
	if (size > sizeof(data))
		return -ENOSPC; /* larger than a block: ext2's answer */
	if (size && user_copy(data, value, size))
		return -EFAULT;
	result = subject_begin(&subject, fd, path);
	if (result)
		return result;
	result = unix_error(vfs_set_extended(PORT_VFS, SUBJECT(&subject),
	    follow, wanted, (unsigned)length, data, size, flags,
	    thread_ticket()));
	subject_end(&subject);
	return result;
}

static long list(int fd, const char *path, int follow, char *names, size_t size)
{
	mach_msg_type_number_t count = IO_INLINE_MAX;
	char data[IO_INLINE_MAX];
	struct subject subject;
	long result = subject_begin(&subject, fd, path);

	if (result)
		return result;
	result = unix_error(vfs_list_extended(PORT_VFS, SUBJECT(&subject),
	    follow, data, &count));
	subject_end(&subject);
	return result ? result : answer(names, size, data, count);
}

long unix_getxattr(const char *path, const char *name, void *value, size_t size)
{
	return path ? get(-1, path, 1, name, value, size) : -EFAULT;
}

long unix_lgetxattr(
    const char *path, const char *name, void *value, size_t size)
{
	return path ? get(-1, path, 0, name, value, size) : -EFAULT;
}

long unix_fgetxattr(int fd, const char *name, void *value, size_t size)
{
	return get(fd, NULL, 1, name, value, size);
}

static int flags_are_good(int flags)
{
	return !(flags & ~3) && flags != 3;
}

long unix_setxattr(const char *path, const char *name, const void *value,
    size_t size, int flags)
{
	if (!flags_are_good(flags))
		return -EINVAL;
	return path ? set(-1, path, 1, name, value, size, flags) : -EFAULT;
}

long unix_lsetxattr(const char *path, const char *name, const void *value,
    size_t size, int flags)
{
	if (!flags_are_good(flags))
		return -EINVAL;
	return path ? set(-1, path, 0, name, value, size, flags) : -EFAULT;
}

long unix_fsetxattr(
    int fd, const char *name, const void *value, size_t size, int flags)
{
	if (!flags_are_good(flags))
		return -EINVAL;
	return set(fd, NULL, 1, name, value, size, flags);
}

long unix_listxattr(const char *path, char *names, size_t size)
{
	return path ? list(-1, path, 1, names, size) : -EFAULT;
}

long unix_llistxattr(const char *path, char *names, size_t size)
{
	return path ? list(-1, path, 0, names, size) : -EFAULT;
}

long unix_flistxattr(int fd, char *names, size_t size)
{
	return list(fd, NULL, 1, names, size);
}

long unix_removexattr(const char *path, const char *name)
{
	return path ? set(-1, path, 1, name, NULL, 0, FLAG_REMOVE) : -EFAULT;
}

long unix_lremovexattr(const char *path, const char *name)
{
	return path ? set(-1, path, 0, name, NULL, 0, FLAG_REMOVE) : -EFAULT;
}

long unix_fremovexattr(int fd, const char *name)
{
	return set(fd, NULL, 1, name, NULL, 0, FLAG_REMOVE);
}
