/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths as programs give them, made ready for a message to VFS. The text stays
 * where the program has it: the stub copies it from there into the message.
 */
#pragma once
#include <unix/descriptor.h>

struct path {
	const char *text;
	unsigned length;
	mach_port_t directory;  /* where a relative one starts, or null */
	struct open_file *held; /* whose right directory is, or null */
	char room[64];          /* /proc/self…, written out */
};

enum path_empty {
	PATH_NOT_EMPTY,
	PATH_MAY_BE_EMPTY, /* AT_EMPTY_PATH */
};

/* fd: AT_FDCWD or a directory's. -EFAULT, -ENAMETOOLONG, -ENOENT, -EBADF,
 * -ENOTDIR. Must be followed by path_finish() if it returned 0. */
long path_begin(
    struct path *path, int fd, const char *text, enum path_empty empty);
void path_finish(struct path *path);

/* The descriptor that a whole path means: /dev/fd/3, /dev/stdin,
 * /proc/self/fd/3; -1: none. */
int path_descriptor(const struct path *path);

/* The path is that of the directory of our own descriptors: /proc/self/fd,
 * /dev/fd. */
int path_is_list(const struct path *path);

/* list.c: that directory. A descriptor for it; what stat says of it; what
 * lstat says of a link in it, for descriptor fd: E_NOENT. */
long list_open(int flags);
void list_attributes(struct file_attributes *attributes);
error_t list_link_attributes(int fd, struct file_attributes *attributes);

/* An empty text for a stub; gcc must not see that it is shorter than 4096. */
static inline const char *path_none(void)
{
	const char *text = "";

	__asm__("" : "+r"(text));
	return text;
}

/* The arguments of VFS's calls that a path becomes. */
#define PATH_AND_DIRECTORY(path) (path)->directory, (path)->text, (path)->length
