/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advisory locks: VFS keeps them, one message a call.
 *
 * A record lock belongs to the process and goes when the process closes any
 * descriptor of the file. So libmasix notes which files (device and node) it
 * ever locked, and close asks VFS only for those. flock's belong to the open
 * file. Its name is the pid of the process that named it and a number: given
 * before the first fork, so that all who share it know the same, and VFS knows
 * that the one that named it and all in between have it, too.
 */
#include <string.h>
#include <unix/descriptor.h>
#include <vfs.client.h>

enum {
	RECORD = 0, /* kinds of vfs_lock */
	WHOLE = 1,
	NOTED = 16,
	OWNER_SHIFT = 16,
};

struct flock32 {
	int16_t type, whence;
	int32_t start, count, pid;
};

struct flock64 {
	int16_t type, whence;
	int64_t start, count;
	int32_t pid;
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct flock32) == 16, "as Linux");
_Static_assert(sizeof(struct flock64) == 24, "as Linux");

/* Files with record locks of this process. all: there were too many to note,
 * or a descriptor came by other ways: every close asks. */
static struct {
	uint64_t node;
	uint32_t device;
} noted[NOTED];
static unsigned noted_count;
static int noted_all;
static uint32_t owners; /* names given to flock's open files */

static int note_find(const struct file_attributes *attributes)
{
	for (unsigned i = 0; i < noted_count; i++) {
		if (noted[i].node == attributes->node &&
		    noted[i].device == attributes->device)
			return (int)i;
	}
	return -1;
}

static void note_add(const struct file_attributes *attributes)
{
	if (note_find(attributes) >= 0)
		return;
	if (noted_count == NOTED) {
		noted_all = 1;
		return;
	}
	noted[noted_count].node = attributes->node;
	noted[noted_count].device = attributes->device;
	noted_count++;
}

void locks_closed(struct open_file *file)
{
	int i;

	if ((!noted_count && !noted_all) || file->right->kind != S_IFREG)
		return;
	i = note_find(&file->right->attributes);
	if (i < 0 && !noted_all)
		return;
	if (i >= 0)
		noted[i] = noted[--noted_count];
	vfs_lock(PORT_VFS, file->right->port, RECORD, 0, F_UNLCK, 0, 0, 0,
	    thread_ticket());
}

void locks_last_closed(struct open_file *file)
{
	vfs_lock(PORT_VFS, file->right->port, WHOLE, (int)file->state->owner,
	    LOCK_LEAVE, 0, 0, 0, thread_ticket());
}

void locks_name(struct open_file *file)
{
	uint32_t kind = file->right->kind;

	if (file->state->owner || (kind != S_IFREG && kind != S_IFDIR))
		return;
	file->state->owner =
	    (uint32_t)PAGE->pid << OWNER_SHIFT | (++owners & 0xffff);
}

void locks_named(uint32_t owner)
{
	if (owner >> OWNER_SHIFT == (uint32_t)PAGE->pid &&
	    (owner & 0xffff) > owners)
		owners = owner & 0xffff;
	noted_all = 1; /* there may be record locks that nobody noted */
}

/* A child of fork has none of its parent's record locks. */
void locks_forget(void)
{
	noted_count = 0;
	noted_all = 0;
}

/* ---- fcntl ------------------------------------------------------------ */

/* start and count from the beginning of the file, count never negative. */
static long range_resolve(struct open_file *file, struct flock64 *lock)
{
	struct file_attributes attributes;
	error_t error;

	if (lock->whence == SEEK_CUR) {
		lock->start += file->state->position;
	} else if (lock->whence == SEEK_END) {
		error = vfs_stat_file(PORT_VFS, file->right->port, &attributes);
		if (error)
			return unix_error(error);
		lock->start += (int64_t)attributes.size;
	} else if (lock->whence != SEEK_SET) {
		return -EINVAL;
	}
	if (lock->count < 0) {
		lock->start += lock->count;
		lock->count = -lock->count;
	}
	lock->whence = SEEK_SET;
	return lock->start < 0 ? -EINVAL : 0;
}

static long lock_test(struct open_file *file, struct flock64 *lock)
{
	int type = lock->type, pid = 0;
	error_t error;

	error = vfs_test_lock(PORT_VFS, file->right->port, RECORD, 0, &type,
	    &lock->start, &lock->count, &pid);
	if (error)
		return unix_error(error);
	lock->type = (int16_t)type;
	if (type != F_UNLCK)
		lock->pid = pid;
	return 0;
}

static long lock_set(
    struct open_file *file, const struct flock64 *lock, int wait)
{
	error_t error;

	if ((lock->type == F_RDLCK && !open_file_readable(file)) ||
	    (lock->type == F_WRLCK && !open_file_writable(file)))
		return -EBADF;
	if (lock->type != F_UNLCK)
		note_add(&file->right->attributes);
	error = WAITING(vfs_cancel, PORT_VFS,
	    vfs_lock(PORT_VFS, file->right->port, RECORD, 0, lock->type,
		lock->start, lock->count, wait, thread_ticket()));
	return unix_error(error);
}

static long lock_do(int fd, int test, int wait, struct flock64 *lock)
{
	struct open_file *file = descriptor_hold(fd);
	int16_t whence = lock->whence;
	long error;

	if (!file)
		return -EBADF;
	error = range_resolve(file, lock);
	if (!error && (lock->type < F_RDLCK || lock->type > F_UNLCK))
		error = -EINVAL;
	if (!error)
		error =
		    test ? lock_test(file, lock) : lock_set(file, lock, wait);
	descriptor_release(file);
	if (lock->type == F_UNLCK)
		lock->whence = whence;
	return error;
}

static void lock_widen(struct flock64 *to, const struct flock32 *from)
{
	to->type = from->type;
	to->whence = from->whence;
	to->start = from->start;
	to->count = from->count;
	to->pid = from->pid;
}

long lock_control(int fd, int command, void *what)
{
	int wide = command >= F_GETLK64;
	int test = command == F_GETLK || command == F_GETLK64;
	int wait = command == F_SETLKW || command == F_SETLKW64;
	struct flock64 lock;
	struct flock32 narrow;
	long error;

	if (wide) {
		memcpy(&lock, what, sizeof(lock));
	} else {
		memcpy(&narrow, what, sizeof(narrow));
		lock_widen(&lock, &narrow);
	}
	error = lock_do(fd, test, wait, &lock);
	if (error || !test)
		return error;
	if (wide) {
		memcpy(what, &lock, sizeof(lock));
		return 0;
	}
	if (lock.start > INT32_MAX || lock.count > INT32_MAX)
		return -EOVERFLOW;
	narrow = (struct flock32){ lock.type, lock.whence, (int32_t)lock.start,
		(int32_t)lock.count, lock.pid };
	memcpy(what, &narrow, sizeof(narrow));
	return 0;
}

/* ---- flock ------------------------------------------------------------ */

static long flock_type(int operation)
{
	switch (operation & ~LOCK_NB) {
	case LOCK_SH:
		return F_RDLCK;
	case LOCK_EX:
		return F_WRLCK;
	case LOCK_UN:
		return F_UNLCK;
	}
	return -EINVAL;
}

long unix_flock(int fd, int operation)
{
	long type = flock_type(operation);
	struct open_file *file;
	error_t error;

	if (type < 0)
		return type;
	file = descriptor_hold(fd);
	if (!file)
		return -EBADF;
	lock(&files_lock);
	locks_name(file);
	file->state->flags |= STATE_LOCKED;
	unlock(&files_lock);
	error = WAITING(vfs_cancel, PORT_VFS,
	    vfs_lock(PORT_VFS, file->right->port, WHOLE,
		(int)file->state->owner, (int)type, 0, 0,
		!(operation & LOCK_NB), thread_ticket()));
	descriptor_release(file);
	return unix_error(error);
}
