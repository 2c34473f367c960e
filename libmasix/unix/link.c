/* SPDX-License-Identifier: BSD-2-Clause */
/* readlink: of links, and of the links that stand for descriptors. */
#include <base/text.h>
#include <string.h>
#include <unix/path.h>
#include <vfs.client.h>

enum {
	ANONYMOUS = 32, /* devices below it are those of pipes and sockets */
};

/* What /proc/self/fd/N shows; 0: ask. */
static unsigned descriptor_name(int fd, char *text, size_t size)
{
	struct open_file *file = descriptor_hold_any(fd);
	struct file_right *right;
	int length = 0;

	if (!file)
		return 0;
	right = file->right;
	if (right->kind == S_IFREG || right->kind == S_IFDIR ||
	    (right->kind == S_IFIFO && right->attributes.device >= ANONYMOUS))
		length = 0; /* VFS knows what it is called now */
	else if (file->path)
		length = text_format(text, size, "%s", file->path);
	else if (right->kind == S_IFIFO || right->kind == S_IFSOCK)
		length = text_format(text, size, "%s:[%llu]",
		    right->kind == S_IFIFO ? "pipe" : "socket",
		    (unsigned long long)right->attributes.node);
	else if (file->epoll)
		length = text_format(text, size, "anon_inode:[eventpoll]");
	else if (file->event == EVENT_SIGNALS)
		length = text_format(text, size, "anon_inode:[signalfd]");
	else if (file->event == EVENT_PROCESS)
		length = text_format(text, size, "anon_inode:[pidfd]");
	else if (!right->port)
		length = text_format(text, size, "anon_inode:[eventfd]");
	else if (!right->kind)
		length = text_format(text, size, "anon_inode:inotify");
	descriptor_release(file);
	return (unsigned)length;
}

/* Of "/proc/self", which path_begin() has written out: the pid. */
static unsigned self_name(const char *name, char *text, size_t size)
{
	long length = user_length(name, PATH_LENGTH_MAX);

	if (length < 0 || !text_equals(name, (size_t)length, "/proc/self"))
		return 0;
	return (unsigned)text_format(text, size, "%d", PAGE->pid);
}

long unix_readlinkat(int fd, const char *name, char *buffer, int size)
{
	path_t text;
	mach_msg_type_number_t length;
	struct path path;
	error_t error = 0;
	int special;
	long result;

	if (size <= 0)
		return -EINVAL;
	result = path_begin(&path, fd, name, PATH_MAY_BE_EMPTY);
	if (result)
		return result;
	length = self_name(name, text, sizeof(text));
	special = length ? -1 : path_descriptor(&path);
	if (special >= 0 && path.text[1] == 'p')
		length = descriptor_name(special, text, sizeof(text));
	if (!length) {
		length = sizeof(text);
		error = vfs_read_link(
		    PORT_VFS, PATH_AND_DIRECTORY(&path), text, &length);
	}
	path_finish(&path);
	if (error)
		return unix_error(error);
	if (length > (unsigned)size)
		length = (unsigned)size;
	memcpy(buffer, text, length);
	return (long)length;
}

long unix_readlink(const char *name, char *buffer, int size)
{
	return unix_readlinkat(AT_FDCWD, name, buffer, size);
}
