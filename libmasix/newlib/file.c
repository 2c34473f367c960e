/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and names: newlib's flags and structures to Linux's and back. */
#include <errno.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* struct stat64 of Linux i386: 96 bytes. */
struct linux_stat {
	uint64_t device;
	uint32_t pad, short_node;
	uint32_t mode, links, uid, gid;
	uint64_t special;
	uint32_t pad2;
	int64_t size __attribute__((packed, aligned(4)));
	uint32_t block_size;
	uint64_t blocks __attribute__((packed, aligned(4)));
	uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
	uint64_t node __attribute__((packed, aligned(4)));
};
_Static_assert(sizeof(struct linux_stat) == 96, "as Linux i386 has it");

static const struct {
	int flag, linux_flag;
} open_flags[] = {
	{ O_APPEND, 0x400 },
	{ O_CREAT, 0x40 },
	{ O_TRUNC, 0x200 },
	{ O_EXCL, 0x80 },
	{ O_SYNC, 0x101000 },
	{ O_NONBLOCK, 0x800 },
	{ O_NOCTTY, 0x100 },
	{ O_CLOEXEC, 0x80000 },
	{ O_NOFOLLOW, 0x20000 },
	{ O_DIRECTORY, 0x10000 },
};

int open(const char *path, int flags, ...)
{
	int linux_flags = 0x8000 | (flags & O_ACCMODE); /* O_LARGEFILE */
	va_list arguments;
	int mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, int) : 0;
	va_end(arguments);
	for (unsigned i = 0; i < sizeof(open_flags) / sizeof(*open_flags);
	    i++) {
		if (flags & open_flags[i].flag)
			linux_flags |= open_flags[i].linux_flag;
	}
	return unix_result(linux_call(CALL_OPEN, path, linux_flags, mode));
}

int read(int file, void *data, size_t size)
{
	return unix_result(linux_call(CALL_READ, file, data, size));
}

int write(int file, const void *data, size_t size)
{
	return unix_result(linux_call(CALL_WRITE, file, data, size));
}

int close(int file)
{
	return unix_result(linux_call(CALL_CLOSE, file));
}

off_t lseek(int file, off_t offset, int whence)
{
	return unix_result(linux_call(CALL_LSEEK, file, offset, whence));
}

static int stat_convert(long result, const struct linux_stat *from,
    struct stat *to)
{
	if (unix_result(result) < 0)
		return -1;
	memset(to, 0, sizeof(*to));
	to->st_dev = (dev_t)from->device;
	to->st_ino = (ino_t)from->node;
	to->st_mode = from->mode;
	to->st_nlink = (nlink_t)from->links;
	to->st_uid = (uid_t)from->uid;
	to->st_gid = (gid_t)from->gid;
	to->st_rdev = (dev_t)from->special;
	to->st_size = (off_t)from->size;
	to->st_atim.tv_sec = from->atime;
	to->st_mtim.tv_sec = from->mtime;
	to->st_ctim.tv_sec = from->ctime;
	to->st_blksize = from->block_size;
	to->st_blocks = (blkcnt_t)from->blocks;
	return 0;
}

int fstat(int file, struct stat *status)
{
	struct linux_stat from;

	return stat_convert(linux_call(CALL_FSTAT64, file, &from), &from,
	    status);
}

int stat(const char *path, struct stat *status)
{
	struct linux_stat from;

	return stat_convert(linux_call(CALL_STAT64, path, &from), &from,
	    status);
}

int lstat(const char *path, struct stat *status)
{
	struct linux_stat from;

	return stat_convert(linux_call(CALL_LSTAT64, path, &from), &from,
	    status);
}

int isatty(int file)
{
	char modes[64];

	return ioctl(file, 0x5401, modes) == 0; /* TCGETS */
}

int ioctl(int file, unsigned long request, void *argument)
{
	return unix_result(linux_call(CALL_IOCTL, file, request, argument));
}

int link(const char *from, const char *to)
{
	return unix_result(linux_call(CALL_LINK, from, to));
}

int symlink(const char *target, const char *path)
{
	return unix_result(linux_call(CALL_SYMLINK, target, path));
}

int unlink(const char *path)
{
	return unix_result(linux_call(CALL_UNLINK, path));
}

int rename(const char *from, const char *to)
{
	return unix_result(linux_call(CALL_RENAME, from, to));
}

int mkdir(const char *path, mode_t mode)
{
	return unix_result(linux_call(CALL_MKDIR, path, mode));
}

int rmdir(const char *path)
{
	return unix_result(linux_call(CALL_RMDIR, path));
}

int mknod(const char *path, unsigned mode, unsigned device)
{
	return unix_result(linux_call(CALL_MKNOD, path, mode, device));
}

int chmod(const char *path, mode_t mode)
{
	return unix_result(linux_call(CALL_CHMOD, path, mode));
}

int access(const char *path, int mode)
{
	return unix_result(linux_call(CALL_ACCESS, path, mode));
}

int chdir(const char *path)
{
	return unix_result(linux_call(CALL_CHDIR, path));
}

int chroot(const char *path)
{
	return unix_result(linux_call(CALL_CHROOT, path));
}

char *getcwd(char *buffer, size_t size)
{
	long length = unix_result(linux_call(CALL_GETCWD, buffer, size));

	return length < 0 ? NULL : buffer;
}

ssize_t readlink(const char *path, char *buffer, size_t size)
{
	return unix_result(linux_call(CALL_READLINK, path, buffer, size));
}

int dup(int file)
{
	return unix_result(linux_call(CALL_DUP, file));
}

int dup2(int from, int to)
{
	return unix_result(linux_call(CALL_DUP2, from, to));
}

int pipe(int files[2])
{
	return unix_result(linux_call(CALL_PIPE, files));
}

void sync(void)
{
	linux_call(CALL_SYNC);
}

mode_t umask(mode_t mask)
{
	return linux_call(CALL_UMASK, mask);
}

int mount(const char *source, const char *target, const char *type,
    unsigned long flags, const char *data)
{
	return unix_result(
	    linux_call(CALL_MOUNT, source, target, type, flags, data));
}

int umount2(const char *target, int flags)
{
	return unix_result(linux_call(CALL_UMOUNT2, target, flags));
}
