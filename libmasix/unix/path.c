/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths, and the calls that need nothing but names. */
#include <base/text.h>
#include <string.h>
#include <unix/path.h>
#include <vfs.client.h>

/* "/proc/self" is the one name whose meaning depends on who asks: it is
 * written out here, so that VFS and the server of /proc need not know. Long
 * ones stay: the server then says that there is no such file. */
static void path_write_out(struct path *path)
{
	static const char self[] = "/proc/self";
	unsigned length = sizeof(self) - 1, rest;

	if (path->length < length || memcmp(path->text, self, length) ||
	    path->length > length + 40)
		return;
	if (path->length > length && path->text[length] != '/')
		return;
	rest = path->length - length;
	length = (unsigned)text_format(
	    path->room, sizeof(path->room), "/proc/%d", PAGE->pid);
	memcpy(path->room + length, path->text + path->length - rest, rest);
	path->text = path->room;
	path->length = length + rest;
}

/* A name in the directory of our descriptors, which is no server's. */
static void path_in_list(struct path *path)
{
	unsigned length = (unsigned)text_format(
	    path->room, sizeof(path->room), "/proc/%d/fd/", PAGE->pid);

	if (path->length > sizeof(path->room) - length)
		path->length = 1; /* no such name is there */
	memcpy(path->room + length, path->text, path->length);
	path->text = path->room;
	path->length += length;
}

long path_begin(
    struct path *path, int fd, const char *text, enum path_empty empty)
{
	long length = user_length(text, PATH_LENGTH_MAX);

	if (length < 0)
		return length;
	if (length == 0 && empty == PATH_NOT_EMPTY)
		return -ENOENT;
	path->text = text;
	path->length = (unsigned)length;
	path->directory = MACH_PORT_NULL;
	path->held = NULL;
	if (length && *text == '/') {
		if (length >= 10 && text[1] == 'p')
			path_write_out(path);
		return 0;
	}
	if (fd == AT_FDCWD)
		return 0;
	path->held = descriptor_hold_any(fd);
	if (!path->held)
		return -EBADF;
	if (length && path->held->right->kind != S_IFDIR) {
		descriptor_release(path->held);
		return -ENOTDIR;
	}
	path->directory = path->held->right->port;
	if (path->held->event == EVENT_LIST && length)
		path_in_list(path);
	return 0;
}

void path_finish(struct path *path)
{
	if (path->held)
		descriptor_release(path->held);
}

/* The number that text (not 0-terminated) is wholly, or -1. */
static int number_of(const char *text, unsigned length)
{
	int number = 0;

	if (length == 0 || length > 7)
		return -1;
	for (unsigned i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + text[i] - '0';
	}
	return number;
}

static int number_after(const struct path *path, const char *prefix)
{
	unsigned length = strlen(prefix);

	if (path->length <= length || memcmp(path->text, prefix, length))
		return -1;
	return number_of(path->text + length, path->length - length);
}

int path_descriptor(const struct path *path)
{
	char prefix[32];

	if (path->length < 9)
		return -1;
	if (!memcmp(path->text, "/dev/", 5)) {
		if (text_equals(path->text, path->length, "/dev/stdin"))
			return 0;
		if (text_equals(path->text, path->length, "/dev/stdout"))
			return 1;
		if (text_equals(path->text, path->length, "/dev/stderr"))
			return 2;
		return number_after(path, "/dev/fd/");
	}
	if (memcmp(path->text, "/proc/", 6))
		return -1;
	text_format(prefix, sizeof(prefix), "/proc/%d/fd/", PAGE->pid);
	return number_after(path, prefix);
}

int path_is_list(const struct path *path)
{
	char own[32];
	unsigned length = path->length;

	if (length < 7 || path->text[0] != '/')
		return 0;
	if (path->text[length - 1] == '/')
		length--;
	if (text_equals(path->text, length, "/dev/fd"))
		return 1;
	if (memcmp(path->text, "/proc/", 6))
		return 0;
	text_format(own, sizeof(own), "/proc/%d/fd", PAGE->pid);
	return text_equals(path->text, length, own);
}

/* ---- making names ----------------------------------------------------- */

static int mode_masked(int mode)
{
	return mode & ~(int)PAGE->umask;
}

static long create(int fd, const char *name, int mode, unsigned device,
    const char *target, unsigned target_length)
{
	struct path path;
	long error = path_begin(&path, fd, name, PATH_NOT_EMPTY);

	if (error)
		return error;
	error = unix_error(vfs_create(PORT_VFS, PATH_AND_DIRECTORY(&path), mode,
	    (int)device, target, target_length, thread_ticket()));
	path_finish(&path);
	return error;
}

long unix_mknodat(int fd, const char *name, int mode, unsigned device)
{
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if ((mode & S_IFMT) == S_IFDIR)
		return -EPERM;
	if ((mode & S_IFMT) == S_IFLNK)
		return -EINVAL;
	return create(fd, name, mode_masked(mode), device, path_none(), 0);
}

long unix_mknod(const char *name, int mode, unsigned device)
{
	return unix_mknodat(AT_FDCWD, name, mode, device);
}

long unix_mkdirat(int fd, const char *name, int mode)
{
	return create(
	    fd, name, S_IFDIR | mode_masked(mode & 01777), 0, path_none(), 0);
}

long unix_mkdir(const char *name, int mode)
{
	return unix_mkdirat(AT_FDCWD, name, mode);
}

long unix_symlinkat(const char *target, int fd, const char *name)
{
	long length = user_length(target, PATH_LENGTH_MAX);

	if (length <= 0)
		return length ? length : -ENOENT;
	return create(fd, name, S_IFLNK | 0777, 0, target, (unsigned)length);
}

long unix_symlink(const char *target, const char *name)
{
	return unix_symlinkat(target, AT_FDCWD, name);
}

/* ---- removing, linking, renaming -------------------------------------- */

static error_t path_unlink(const struct path *path, int kind)
{
	if (path->directory == MACH_PORT_NULL)
		return vfs_unlink_here(PORT_VFS, path->text, path->length, kind,
		    thread_ticket());
	return vfs_unlink(PORT_VFS, PATH_AND_DIRECTORY(path), kind,
	    thread_ticket());
}

static long remove_name(int fd, const char *name, int kind)
{
	struct path path;
	long error = path_begin(&path, fd, name, PATH_NOT_EMPTY);

	if (error)
		return error;
	error = unix_error(path_unlink(&path, kind));
	path_finish(&path);
	return error;
}

long unix_rmdir(const char *name)
{
	return remove_name(AT_FDCWD, name, 1);
}

long unix_unlink(const char *name)
{
	return remove_name(AT_FDCWD, name, 0);
}

long unix_unlinkat(int fd, const char *name, int flags)
{
	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	return remove_name(fd, name, flags & AT_REMOVEDIR ? 1 : 0);
}

/* Two names in one message. */
struct names {
	struct path from, to;
};

static long names_begin(struct names *names, int from_fd, const char *from,
    int to_fd, const char *to, enum path_empty empty)
{
	long error = path_begin(&names->from, from_fd, from, empty);

	if (error)
		return error;
	error = path_begin(&names->to, to_fd, to, PATH_NOT_EMPTY);
	if (error)
		path_finish(&names->from);
	return error;
}

static void names_finish(struct names *names)
{
	path_finish(&names->to);
	path_finish(&names->from);
}

long unix_linkat(
    int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	struct names names;
	long error;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	error = names_begin(&names, from_fd, from, to_fd, to,
	    flags & AT_EMPTY_PATH ? PATH_MAY_BE_EMPTY : PATH_NOT_EMPTY);
	if (error)
		return error;
	error = unix_error(vfs_link(PORT_VFS, PATH_AND_DIRECTORY(&names.from),
	    PATH_AND_DIRECTORY(&names.to), (flags & AT_SYMLINK_FOLLOW) != 0,
	    thread_ticket()));
	names_finish(&names);
	return error;
}

long unix_link(const char *from, const char *to)
{
	return unix_linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

long unix_renameat2(
    int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	struct names names;
	long error;

	if (flags > 2) /* RENAME_NOREPLACE 1 or RENAME_EXCHANGE 2 */
		return -EINVAL;
	error = names_begin(&names, from_fd, from, to_fd, to, PATH_NOT_EMPTY);
	if (error)
		return error;
	error = unix_error(vfs_rename(PORT_VFS, PATH_AND_DIRECTORY(&names.from),
	    PATH_AND_DIRECTORY(&names.to), (int)flags, thread_ticket()));
	names_finish(&names);
	return error;
}

long unix_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return unix_renameat2(from_fd, from, to_fd, to, 0);
}

long unix_rename(const char *from, const char *to)
{
	return unix_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- where the process is --------------------------------------------- */

long unix_chdir(const char *name)
{
	struct path path;
	long error = path_begin(&path, AT_FDCWD, name, PATH_NOT_EMPTY);

	if (error)
		return error;
	return unix_error(
	    vfs_change_directory(PORT_VFS, PATH_AND_DIRECTORY(&path)));
}

long unix_fchdir(int fd)
{
	struct open_file *file = descriptor_hold_any(fd);
	long error;

	if (!file)
		return -EBADF;
	if (file->right->kind != S_IFDIR)
		error = -ENOTDIR;
	else
		error = unix_error(vfs_change_directory(
		    PORT_VFS, file->right->port, path_none(), 0));
	descriptor_release(file);
	return error;
}

long unix_chroot(const char *name)
{
	struct path path;
	long error = path_begin(&path, AT_FDCWD, name, PATH_NOT_EMPTY);

	if (error)
		return error;
	return unix_error(vfs_change_root(PORT_VFS, PATH_AND_DIRECTORY(&path)));
}

long unix_getcwd(char *buffer, size_t size)
{
	path_t text;
	mach_msg_type_number_t length = sizeof(text) - 1;
	error_t error = vfs_current_directory(PORT_VFS, text, &length);

	if (error)
		return unix_error(error);
	text[length++] = 0;
	if (length > size)
		return -ERANGE;
	memcpy(buffer, text, length);
	return (long)length;
}
