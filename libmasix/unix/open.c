/* SPDX-License-Identifier: BSD-2-Clause */
/* open and its relatives: one message to VFS each. */
#include <base/heap.h>
#include <base/port.h>
#include <process.client.h>
#include <string.h>
#include <unix/path.h>
#include <vfs.client.h>

/* A session leader without a terminal gets the first one that it opens. Not
 * the console, not the master of a pair; failure is not the program's affair.
 */
static void terminal_acquire(const struct file_right *right, int flags)
{
	unsigned major = device_major(right->attributes.special);

	if ((flags & O_NOCTTY) || !right_is_terminal(right) || major == 5 ||
	    (flags & O_ACCMODE) == O_WRONLY)
		return;
	if (PAGE->session != PAGE->pid || PAGE->terminal)
		return;
	process_set_terminal(PORT_PROCESS, right->port, 0);
}

/* For /proc/self/fd: absolute paths are remembered as they were given. */
static void path_remember(struct open_file *file, const struct path *path)
{
	if (*path->text != '/')
		return;
	file->path = heap_alloc(path->length + 1);
	if (!file->path)
		return;
	if (user_copy(file->path, path->text, path->length)) {
		heap_free(file->path);
		file->path = NULL;
		return;
	}
	file->path[path->length] = 0;
}

/* Opens path; GIVEN right. */
static error_t path_open(const struct path *path, int flags, int mode,
    mach_port_t *right, struct file_attributes *attributes)
{
	if (path->directory == MACH_PORT_NULL)
		return WAITING(vfs_cancel, PORT_VFS,
		    vfs_open_here(PORT_VFS, path->text, path->length, flags,
			mode, thread_ticket(), right, attributes));
	return WAITING(vfs_cancel, PORT_VFS,
	    vfs_open(PORT_VFS, PATH_AND_DIRECTORY(path), flags, mode,
		thread_ticket(), right, attributes));
}

static long open_path(struct path *path, int flags, int mode)
{
	uint32_t descriptor_flags =
	    flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0;
	struct file_attributes attributes;
	struct open_file *file;
	mach_port_t right;
	error_t error;

	error = path_open(path, flags, mode & S_MODE & ~(int)PAGE->umask,
	    &right, &attributes);
	if (error)
		return unix_error(error);
	file = open_file_new(right, &attributes, flags);
	if (!file)
		return -ENOMEM;
	path_remember(file, path);
	terminal_acquire(file->right, flags);
	return descriptor_add(file, 0, descriptor_flags);
}

/* dup, if it was opened for what is wanted now. */
static long open_twin(int fd, struct open_file *file, int flags)
{
	int wants = flags & O_ACCMODE;

	if ((wants != O_WRONLY && !open_file_readable(file)) ||
	    (wants != O_RDONLY && !open_file_writable(file)))
		return -EACCES;
	return unix_fcntl64(
	    fd, flags & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
}

/* /dev/fd/N: a regular file is opened once more, with a position of its own,
 * if it still has the name that it was opened by; all else is like dup. */
static long open_descriptor(int fd, int flags, int mode)
{
	struct open_file *file = descriptor_hold(fd);
	struct path path = { .directory = MACH_PORT_NULL };
	long result = -ENOENT;

	if (!file)
		return -ENOENT;
	if (file->right->kind == S_IFREG && file->path) {
		path.text = file->path;
		path.length = strlen(file->path);
		result = open_path(&path, flags & ~O_CREAT, mode);
	}
	if (result == -ENOENT)
		result = open_twin(fd, file, flags);
	descriptor_release(file);
	return result;
}

long unix_openat(int directory, const char *name, int flags, int mode)
{
	struct path path;
	long result = descriptor_available();
	int special;

	if (result)
		return result;
	result = path_begin(&path, directory, name, PATH_NOT_EMPTY);
	if (result)
		return result;
	special = path_descriptor(&path);
	if (special >= 0 && !(flags & (O_PATH | O_NOFOLLOW)))
		result = open_descriptor(special, flags, mode);
	else if (path_is_list(&path) && !(flags & O_PATH))
		result = list_open(flags);
	else
		result = open_path(&path, flags, mode);
	path_finish(&path);
	return result;
}

long unix_open(const char *name, int flags, int mode)
{
	return unix_openat(AT_FDCWD, name, flags, mode);
}

long unix_creat(const char *name, int mode)
{
	return unix_openat(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* struct open_how; resolve flags (RESOLVE_BENEATH…) are not understood, and a
 * program must be told so. */
long unix_openat2(int directory, const char *name, const void *how, size_t size)
{
	struct {
		uint64_t flags, mode, resolve;
	} given;

	if (size < sizeof(given))
		return -EINVAL;
	if (size > sizeof(given))
		return -E2BIG;
	if (user_copy(&given, how, sizeof(given)))
		return -EFAULT;
	if (given.resolve || given.flags >> 31 ||
	    given.mode & ~(uint64_t)S_MODE)
		return -EINVAL;
	return unix_openat(directory, name, (int)given.flags, (int)given.mode);
}

/* ---- for execve and for pid 1 ----------------------------------------- */

/* fexecve: the descriptor's own right, once more. */
static error_t exec_descriptor(
    int fd, mach_port_t *right, struct file_attributes *attributes)
{
	struct open_file *file = descriptor_hold_any(fd);
	error_t error = 0;

	if (!file)
		return E_BADF;
	*attributes = file->right->attributes;
	if (file->right->kind != S_IFREG)
		error = E_ACCES;
	if (!error)
		error = port_copy_send(file->right->port);
	*right = file->right->port;
	descriptor_release(file);
	return error;
}

error_t descriptor_open_exec(int fd, const char *name, int flags,
    mach_port_t *right, struct file_attributes *attributes)
{
	int open_flags = OPEN_EXEC;
	struct path path;
	error_t error;
	long result;
	int special;

	if (flags & AT_SYMLINK_NOFOLLOW)
		open_flags |= O_NOFOLLOW;
	result = path_begin(&path, fd, name,
	    flags & AT_EMPTY_PATH ? PATH_MAY_BE_EMPTY : PATH_NOT_EMPTY);
	if (result)
		return ERROR_UNIX((int)-result);
	special = path.length ? path_descriptor(&path) : fd;
	if (special >= 0)
		error = exec_descriptor(special, right, attributes);
	else
		error = path_open(&path, open_flags, 0, right, attributes);
	path_finish(&path);
	return error;
}

void descriptors_open_console(void)
{
	static const char console[] = "/dev/console";
	long fd = unix_open(console, O_RDWR | O_LARGEFILE, 0);

	if (fd < 0)
		return;
	unix_dup((int)fd);
	unix_dup((int)fd);
}
