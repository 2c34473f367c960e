/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors, open files and file rights: how they come and go. fork.c moves
 * them to children and new images.
 */
#include <base/heap.h>
#include <base/mach.h>
#include <base/port.h>
#include <unix/descriptor.h>
#include <unix/fork.h>
#include <unix/local/window.h>

enum {
	CHAINS = 32,
	FIRST_DESCRIPTORS = 64,
};

struct lock files_lock = LOCK_INIT(FILES_RANK);
struct descriptors descriptors;

static struct descriptor first_descriptors[FIRST_DESCRIPTORS];
static struct file_right *chains[CHAINS];

void descriptors_start(void)
{
	descriptors_init(&descriptors, first_descriptors, FIRST_DESCRIPTORS);
	windows_forget();
}

/* ---- file rights ------------------------------------------------------ */

struct file_right **right_chain(mach_port_t port)
{
	return &chains[port % CHAINS];
}

void rights_for_each(void (*function)(struct file_right *right))
{
	struct file_right *right;

	for (unsigned i = 0; i < CHAINS; i++)
		for (right = chains[i]; right; right = right->next)
			function(right);
}

static uint32_t access_of(int flags)
{
	static const uint32_t access[4] = { OPEN_READ, OPEN_WRITE,
		OPEN_READ | OPEN_WRITE, 0 };

	return access[flags & O_ACCMODE];
}

/* The struct of port, with a reference. Called with the lock held. If it is
 * known already, the further reference to the port is given up. */
static struct file_right *right_find(
    mach_port_t port, const struct file_attributes *attributes, int flags)
{
	struct file_right **chain = right_chain(port), *right;

	for (right = *chain; right && port; right = right->next) {
		if (right->port != port)
			continue;
		right->references++;
		port_drop(port);
		return right;
	}
	right = heap_alloc(sizeof(*right));
	if (!right)
		return NULL;
	right->port = port;
	right->references = 1;
	right->kind = attributes->mode & S_IFMT;
	right->access = access_of(flags);
	right->map = NULL;
	right->unmappable = 0;
	right->bulk = 0;
	right->attributes = *attributes;
	right->next = *chain;
	*chain = right;
	return right;
}

/* The lock is held. The port goes by a trap, which may be done under it. */
static void right_release(struct file_right *right)
{
	struct file_right **link;

	if (--right->references)
		return;
	link = right_chain(right->port);
	while (*link != right)
		link = &(*link)->next;
	*link = right->next;
	if (right->map)
		window_drop(right);
	port_drop(right->port);
	heap_free(right);
}

void right_hold(struct file_right *right)
{
	if (!right)
		return;
	lock(&files_lock);
	right->references++;
	unlock(&files_lock);
}

void right_give(struct file_right *right)
{
	if (!right)
		return;
	lock(&files_lock);
	right_release(right);
	unlock(&files_lock);
}

/* ---- open files ------------------------------------------------------- */

struct open_file *open_file_new(
    mach_port_t port, const struct file_attributes *attributes, int flags)
{
	struct open_file *file = heap_alloc_zero(sizeof(*file));

	if (!file) {
		port_drop(port);
		return NULL;
	}
	file->references = 1;
	file->state = &file->own;
	file->own.flags = (uint32_t)flags & ~O_ONCE;
	file->end = -1;
	lock(&files_lock);
	file->right = right_find(port, attributes, flags);
	unlock(&files_lock);
	if (!file->right) {
		port_drop(port);
		heap_free(file);
		return NULL;
	}
	return file;
}

/* The last reference is gone: what others must be told comes first, without
 * the lock. */
static void open_file_end(struct open_file *file)
{
	if (file->state->flags & STATE_LOCKED)
		locks_last_closed(file);
	if (file->epoll)
		epoll_free(file->epoll);
	lock(&files_lock);
	right_release(file->right);
	shared_state_leave(file);
	unlock(&files_lock);
	heap_free(file->path);
	heap_free(file);
}

/* Most calls begin with the one and end with the other: inline, so that they
 * cost two locks and no more. */
#define EACH_CALL static inline __attribute__((always_inline))

EACH_CALL void file_release(struct open_file *file)
{
	unsigned left;

	lock(&files_lock);
	left = --file->references;
	unlock(&files_lock);
	if (!left)
		open_file_end(file);
}

EACH_CALL struct open_file *file_take(int fd)
{
	struct descriptor *slot;
	struct open_file *file = NULL;

	lock(&files_lock);
	slot = descriptors_find(&descriptors, (unsigned)fd);
	if (slot) {
		file = slot->file;
		file->references++;
	}
	unlock(&files_lock);
	return file;
}

void open_file_release(struct open_file *file)
{
	if (file)
		file_release(file);
}

struct open_file *open_file_take(int fd)
{
	return file_take(fd);
}

EACH_CALL struct open_file *file_hold(int fd)
{
	struct unix_thread *thread = thread_current();
	struct open_file *file = file_take(fd);

	if (file)
		thread->held[thread->held[0] ? 1 : 0] = file;
	return file;
}

struct open_file *descriptor_hold_any(int fd)
{
	return file_hold(fd);
}

struct open_file *descriptor_hold(int fd)
{
	struct open_file *file = file_hold(fd);

	if (file && (file->state->flags & O_PATH)) {
		descriptor_release(file);
		return NULL;
	}
	return file;
}

void descriptor_release(struct open_file *file)
{
	struct unix_thread *thread = thread_current();

	if (!file)
		return;
	if (thread->held[1] == file)
		thread->held[1] = NULL;
	else
		thread->held[0] = NULL;
	file_release(file);
}

void descriptors_fault(void)
{
	struct unix_thread *thread = thread_current();

	descriptor_release(thread->held[1]);
	descriptor_release(thread->held[0]);
}

/* ---- descriptors ------------------------------------------------------ */

long descriptor_add(struct open_file *file, unsigned from, uint32_t flags)
{
	int fd;

	lock(&files_lock);
	fd = descriptors_add(
	    &descriptors, from, limit_soft(RLIMIT_NOFILE), file, flags);
	unlock(&files_lock);
	if (fd >= 0)
		return fd;
	open_file_release(file);
	return fd == -1 ? -EMFILE : -ENOMEM;
}

long descriptor_available(void)
{
	unsigned limit = limit_soft(RLIMIT_NOFILE);
	unsigned fd;

	if (descriptors.end < limit)
		return 0;
	for (fd = descriptors.lowest; fd < limit; fd++)
		if (!descriptors_find(&descriptors, fd))
			return 0;
	return -EMFILE;
}

static long descriptor_close(unsigned fd)
{
	struct open_file *file;

	lock(&files_lock);
	file = descriptors_remove(&descriptors, fd);
	unlock(&files_lock);
	if (!file)
		return -EBADF;
	locks_closed(file);
	open_file_release(file);
	return 0;
}

long unix_close(int fd)
{
	return descriptor_close((unsigned)fd);
}

enum {
	CLOSE_RANGE_UNSHARE = 2,
	CLOSE_RANGE_CLOEXEC = 4,
};

long unix_close_range(unsigned first, unsigned last, unsigned flags)
{
	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return -EINVAL;
	if (first > last)
		return -EINVAL;
	for (unsigned fd = first; fd <= last && fd < descriptors.end; fd++) {
		struct descriptor *slot = descriptors_find(&descriptors, fd);

		if (slot && (flags & CLOSE_RANGE_CLOEXEC))
			slot->flags |= DESCRIPTOR_CLOSE_ON_EXEC;
		else if (slot)
			descriptor_close(fd);
	}
	return 0;
}

/* A new image: as Linux, it keeps what is not close-on-exec. */
void descriptors_exec(void)
{
	for (unsigned fd = 0; fd < descriptors.end; fd++) {
		struct descriptor *slot = descriptors_find(&descriptors, fd);

		if (slot && (slot->flags & DESCRIPTOR_CLOSE_ON_EXEC))
			descriptor_close(fd);
	}
}

/* VFS sees the view end and servers see the rights die, but only after our
 * parent may have seen us end: locks must be gone by then. No references are
 * taken: a child that just ends would copy a page for each file it has. */
void descriptors_exit(void)
{
	for (unsigned fd = 0; fd < descriptors.end; fd++) {
		struct open_file *file = descriptors.slots[fd].file;

		if (!file)
			continue;
		locks_closed(file);
		if (file->state->flags & STATE_LOCKED) {
			locks_last_closed(file);
			file->own = *file->state; /* told once */
			file->own.flags &= ~STATE_LOCKED;
			file->state = &file->own;
		}
	}
}

static long descriptor_dup(int fd, unsigned from, uint32_t flags)
{
	struct open_file *file;

	if (from >= limit_soft(RLIMIT_NOFILE))
		return -EINVAL;
	file = open_file_take(fd);
	if (!file)
		return -EBADF;
	return descriptor_add(file, from, flags);
}

long unix_dup(int fd)
{
	return descriptor_dup(fd, 0, 0);
}

static long descriptor_dup_to(int fd, int to, uint32_t flags)
{
	struct open_file *file, *before;
	int error;

	if ((unsigned)to >= limit_soft(RLIMIT_NOFILE))
		return -EBADF;
	file = open_file_take(fd);
	if (!file)
		return -EBADF;
	lock(&files_lock);
	error =
	    descriptors_put(&descriptors, (unsigned)to, file, flags, &before);
	unlock(&files_lock);
	if (error) {
		open_file_release(file);
		return -ENOMEM;
	}
	if (before) {
		locks_closed(before);
		open_file_release(before);
	}
	return to;
}

long unix_dup2(int fd, int to)
{
	if (fd != to)
		return descriptor_dup_to(fd, to, 0);
	return descriptors_find(&descriptors, (unsigned)fd) ? to : -EBADF;
}

long unix_dup3(int fd, int to, int flags)
{
	if (fd == to || (flags & ~O_CLOEXEC))
		return -EINVAL;
	return descriptor_dup_to(
	    fd, to, flags & O_CLOEXEC ? DESCRIPTOR_CLOSE_ON_EXEC : 0);
}

/* ---- fcntl ------------------------------------------------------------ */

static long descriptor_flags(int fd, int set, unsigned long flags)
{
	struct descriptor *slot;
	long result = -EBADF;

	lock(&files_lock);
	slot = descriptors_find(&descriptors, (unsigned)fd);
	if (slot) {
		result = slot->flags & DESCRIPTOR_CLOSE_ON_EXEC;
		if (set) {
			slot->flags = flags & DESCRIPTOR_CLOSE_ON_EXEC;
			result = 0;
		}
	}
	unlock(&files_lock);
	return result;
}

static long status_flags(int fd, int set, unsigned long flags)
{
	struct open_file *file =
	    set ? descriptor_hold(fd) : descriptor_hold_any(fd);
	long result;

	if (!file)
		return -EBADF;
	result = (long)(file->state->flags & ~STATE_OURS);
	if (set) {
		file->state->flags = (file->state->flags & ~O_CHANGEABLE) |
		    (flags & O_CHANGEABLE);
		result = 0;
	}
	descriptor_release(file);
	return result;
}

enum {
	PIPE_SIZE = 65536,
};

/* Those that ask about the file and change nothing. */
static long fcntl_rest(int fd, int command)
{
	struct open_file *file = descriptor_hold(fd);
	long result = -EINVAL;

	if (!file)
		return -EBADF;
	if (command == F_GETLEASE)
		result = F_UNLCK;
	else if (command == F_SETOWN || command == F_GETOWN ||
	    command == F_SETSIG || command == F_GETSIG)
		result = 0;
	else if (command == F_GETPIPE_SZ || command == F_SETPIPE_SZ)
		result = file->right->kind == S_IFIFO ? PIPE_SIZE : -EBADF;
	descriptor_release(file);
	return result;
}

long unix_fcntl64(int fd, int command, unsigned long argument)
{
	switch (command) {
	case F_DUPFD:
		return descriptor_dup(fd, (unsigned)argument, 0);
	case F_DUPFD_CLOEXEC:
		return descriptor_dup(
		    fd, (unsigned)argument, DESCRIPTOR_CLOSE_ON_EXEC);
	case F_GETFD:
	case F_SETFD:
		return descriptor_flags(fd, command == F_SETFD, argument);
	case F_GETFL:
	case F_SETFL:
		return status_flags(fd, command == F_SETFL, argument);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_GETLK64:
	case F_SETLK64:
	case F_SETLKW64:
		return lock_control(fd, command, (void *)argument);
	}
	return fcntl_rest(fd, command);
}

long unix_fcntl(int fd, int command, unsigned long argument)
{
	if (command >= F_GETLK64 && command <= F_SETLKW64)
		return -EINVAL;
	return unix_fcntl64(fd, command, argument);
}
