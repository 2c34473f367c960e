/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands behind a descriptor, for the files of libmasix/unix.
 *
 *	descriptor -> open file -> file right -> map -> windows
 *
 * A descriptor is a number of the process. An open file is what POSIX calls
 * an open file description: position and status flags, shared by dup and
 * fork. A file right is one Mach port: all open files that were opened on the
 * same file with the same access have the same, since servers answer with the
 * same port. It is what the process's port space holds, and what a child gets.
 *
 * All of it is guarded by files_lock. A call in progress holds references of
 * the open files that it uses (descriptor_hold), noted in its thread, so that
 * a fault in the program's memory, which ends the call, can't lose them.
 * Children of fork have a copy of everything but the windows (local/window.h).
 */
#pragma once
#include <base/libmasix_header.h>
#include <base/lock.h>
#include <unix/core/descriptors.h>
#include <unix/file_numbers.h>
#include <unix/unix.h>

struct file_map;
struct epoll;

/* Of shared_state.flags: no program sees it. */
#define STATE_LOCKED 0x80000000u /* somebody used flock */
#define STATE_OURS STATE_LOCKED

/* What processes share that inherited an open file: once there is a second
 * process, it lies in memory that fork shares. */
struct shared_state {
	int64_t position;
	uint32_t flags; /* O_* of open, as F_SETFL changed them */
	uint32_t owner; /* names the open file in flock(): lock.c */
};

struct file_right {
	mach_port_t port;    /* one send right, owned; null: epoll, eventfd */
	unsigned references; /* open files */
	uint32_t kind;       /* S_IF*; 0: epoll, eventfd */
	uint32_t access;     /* OPEN_READ | OPEN_WRITE */
	struct file_right *next;  /* in its chain */
	struct file_map *map;     /* local/window.h; null until needed */
	unsigned char unmappable; /* file_map said no: read by messages */
	unsigned char bulk;       /* the last read filled a whole message */
	struct file_attributes attributes; /* when it was opened */
};

struct open_file {
	struct file_right *right;
	struct shared_state *state; /* own, or in a shared page */
	struct shared_state own;
	struct shared_page *page; /* where state lies, or null */
	unsigned references;      /* descriptors, calls in progress */
	int64_t end; /* directories: where the end was just seen; or -1 */
	char *path;  /* absolute path it was opened by, or null */
	struct epoll *epoll;   /* epoll.c, or null */
	enum event_kind event; /* event.c: position is the counter */
};

extern struct lock files_lock;
extern struct descriptors descriptors;

enum {
	FILES_RANK = 100,
};

/* The open file of fd with a reference, which descriptor_release gives back;
 * null if there is none or it is O_PATH (EBADF). At most two at a time. */
struct open_file *descriptor_hold(int fd);
/* O_PATH files too: for fstat, *at() and the like. */
struct open_file *descriptor_hold_any(int fd);
void descriptor_release(struct open_file *file);

/* Not noted in the thread: the caller must not fault. file may be null. */
struct open_file *open_file_take(int fd);
void open_file_release(struct open_file *file);

/* An open file with one reference, the caller's. right: CONSUMED in any case.
 * Null: no memory. flags: O_*. */
struct open_file *open_file_new(
    mach_port_t right, const struct file_attributes *attributes, int flags);

/* The lowest descriptor >= from for file. file's reference: CONSUMED in any
 * case. flags: DESCRIPTOR_*. -EMFILE, -ENOMEM. */
long descriptor_add(struct open_file *file, unsigned from, uint32_t flags);

/* -EMFILE if there is no free descriptor now. */
long descriptor_available(void);

/* A further reference, and giving it back; right may be null. */
void right_hold(struct file_right *right);
void right_give(struct file_right *right);

static inline int open_file_readable(const struct open_file *file)
{
	return (file->state->flags & O_ACCMODE) != O_WRONLY;
}

static inline int open_file_writable(const struct open_file *file)
{
	return (file->state->flags & O_ACCMODE) != O_RDONLY;
}

/* Terminals: devices that have a process group in the foreground. */
static inline int right_is_terminal(const struct file_right *right)
{
	unsigned major = device_major(right->attributes.special);

	return right->kind == S_IFCHR &&
	    (major == 4 || major == 5 || (major >= 128 && major <= 143) ||
		major == 204);
}

/* /dev/null gives nothing; it and /dev/zero take all (local/README.md). */
static inline int right_is_null(const struct file_right *right)
{
	return right->kind == S_IFCHR && right->attributes.special == 0x103;
}

static inline int right_takes_all(const struct file_right *right)
{
	return right_is_null(right) ||
	    (right->kind == S_IFCHR && right->attributes.special == 0x105);
}

/* fork.c: position and flags in pages that processes share. */

/* file's go there. The lock is held. E_NOMEM. */
error_t state_share(struct open_file *file);

/* For a new image in a new task (carry.c): the page that is mapped there; null:
 * it can't be. file's state is at that byte of it. A page that no file has
 * goes. */
struct shared_page *shared_page_adopt(vm_address_t address);
void state_adopt(struct open_file *file, struct shared_page *page, unsigned at);
void shared_page_settle(struct shared_page *page);

/* fcntl.c, lock.c: what close must know. */
void locks_closed(struct open_file *file);
void locks_last_closed(struct open_file *file);
void locks_forget(void);
/* Gives file its name for flock, if it has none. The lock is held. */
void locks_name(struct open_file *file);
/* A file came with that name from the image before this one. */
void locks_named(uint32_t owner);

/* lock.c: F_GETLK and the like; what points to struct flock or flock64. */
long lock_control(int fd, int command, void *what);

/* epoll.c: the last reference of an epoll is gone. */
void epoll_free(struct epoll *epoll);
