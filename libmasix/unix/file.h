/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing open files of any kind: file.c decides, stream.c speaks
 * with the servers of pipes, terminals, devices and files that have no memory,
 * local/window.c copies regular files.
 */
#pragma once
#include <unix/descriptor.h>

/* At offset, or with use_position at the file's position, which moves. The
 * file is open for it, the buffer is the program's or ours. Bytes or -errno. */
long file_read_from(struct open_file *file, void *buffer, size_t size,
    int64_t offset, int use_position);
long file_write_to(struct open_file *file, const void *buffer, size_t size,
    int64_t offset, int use_position);

/* Has the file a position? Pipes, sockets and terminals have none. */
static inline int file_has_position(const struct open_file *file)
{
	uint32_t kind = file->right->kind;

	return kind == S_IFREG || kind == S_IFDIR || kind == S_IFBLK ||
	    (kind == S_IFCHR && !right_is_terminal(file->right));
}

enum {
	STREAM_NO_SIGNAL = 0x80, /* EPIPE without SIGPIPE: MSG_NOSIGNAL */
};

/* flags: FILE_* beyond what the open file says itself; STREAM_NO_SIGNAL. */
long stream_read(struct open_file *file, char *buffer, size_t size,
    int64_t offset, int flags);
/* What waits, which stays; at most what one message brings. */
long stream_peek(struct open_file *file, char *buffer, size_t size, int flags);
long stream_write(struct open_file *file, const char *buffer, size_t size,
    int64_t offset, int flags);

/* event.c: eventfd; -EINVAL for what has no port and is none. */
long event_read(struct open_file *file, void *buffer, size_t size);
long event_write(struct open_file *file, const void *buffer, size_t size);
uint32_t event_ready(const struct open_file *file);

/* signal_file.c: signalfd. */
long signals_read(struct open_file *file, void *buffer, size_t size);
uint32_t signals_ready(const struct open_file *file);

/* process_file.c: pidfd. pid: of a descriptor; -EBADF, -ESRCH. */
uint32_t process_file_ready(const struct open_file *file);
long process_file_pid(int fd);

/* attributes.c: asks the file's server, or VFS. */
error_t right_stat(
    const struct file_right *right, struct file_attributes *attributes);

/* change.c: FS_IOC_GETFLAGS and the like of a regular file or a directory;
 * -ENOTTY: another request, or its file system has no such flags. */
long file_flags(struct open_file *file, uint32_t request, uint32_t *argument);

/* A terminal said E_BACKGROUND: SIGTTIN or SIGTTOU. -UNIX_RESTART or -EIO. */
long terminal_background(int signal);
/* What goes into flags above FILE_GROUP_SHIFT for a call that signal stands
 * for: the caller's group, or 0 if it may do it anyway. */
int terminal_group(const struct file_right *right, int signal);
