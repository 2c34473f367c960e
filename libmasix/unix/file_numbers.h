/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux i386 numbers that have to do with files. */
#pragma once
#include <stddef.h>

enum {
	O_RDONLY = 0,
	O_WRONLY = 1,
	O_RDWR = 2,
	O_ACCMODE = 3,
	O_CREAT = 0x40,
	O_EXCL = 0x80,
	O_NOCTTY = 0x100,
	O_TRUNC = 0x200,
	O_APPEND = 0x400,
	O_NONBLOCK = 0x800,
	O_DSYNC = 0x1000,
	O_ASYNC = 0x2000,
	O_DIRECT = 0x4000,
	O_LARGEFILE = 0x8000,
	O_DIRECTORY = 0x10000,
	O_NOFOLLOW = 0x20000,
	O_NOATIME = 0x40000,
	O_CLOEXEC = 0x80000,
	O_PATH = 0x200000,
	/* F_SETFL may change these */
	O_CHANGEABLE = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME,
	/* they end with the open call */
	O_ONCE = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC,
};

enum {
	S_IFMT = 0xf000,
	S_IFSOCK = 0xc000,
	S_IFLNK = 0xa000,
	S_IFREG = 0x8000,
	S_IFBLK = 0x6000,
	S_IFDIR = 0x4000,
	S_IFCHR = 0x2000,
	S_IFIFO = 0x1000,
	S_MODE = 07777,
};

enum {
	F_DUPFD = 0,
	F_GETFD = 1,
	F_SETFD = 2,
	F_GETFL = 3,
	F_SETFL = 4,
	F_GETLK = 5,
	F_SETLK = 6,
	F_SETLKW = 7,
	F_SETOWN = 8,
	F_GETOWN = 9,
	F_SETSIG = 10,
	F_GETSIG = 11,
	F_GETLK64 = 12,
	F_SETLK64 = 13,
	F_SETLKW64 = 14,
	F_GETLEASE = 1025,
	F_DUPFD_CLOEXEC = 1030,
	F_SETPIPE_SZ = 1031,
	F_GETPIPE_SZ = 1032,
	F_RDLCK = 0,
	F_WRLCK = 1,
	F_UNLCK = 2,
	LOCK_LEAVE = 3,
	LOCK_SH = 1,
	LOCK_EX = 2,
	LOCK_NB = 4,
	LOCK_UN = 8,
};

enum {
	SEEK_SET,
	SEEK_CUR,
	SEEK_END,
	SEEK_DATA,
	SEEK_HOLE,
};

enum {
	AT_REMOVEDIR = 0x200,
	AT_EACCESS = 0x200,
	AT_SYMLINK_FOLLOW = 0x400,
	UTIME_NOW = 0x3fffffff,
	UTIME_OMIT = 0x3ffffffe,
	SIGXFSZ = 25,
	ENOTSUP = 95,
	EDESTADDRREQ = 89,
	EPROTONOSUPPORT = 93,
	ESOCKTNOSUPPORT = 94,
	EISCONN = 106,
	ENOTCONN = 107,
};

enum {
	POLLIN = 1,
	POLLPRI = 2,
	POLLOUT = 4,
	POLLERR = 8,
	POLLHUP = 16,
	POLLNVAL = 32,
	POLLRDNORM = 64,
	POLLRDBAND = 128,
	POLLWRNORM = 256,
	POLLWRBAND = 512,
	POLLRDHUP = 0x2000,
};

struct iovec {
	char *base;
	size_t size;
};

struct pollfd {
	int fd;
	short events, revents;
};

enum {
	IOVECS = 1024,            /* UIO_MAXIOV */
	IO_SIZE_MAX = 0x7ffff000, /* MAX_RW_COUNT */
};

/* Numbers of devices as Linux's struct stat has them (new encoding). */
static inline unsigned device_major(unsigned device)
{
	return (device >> 8) & 0xfff;
}

static inline unsigned device_minor(unsigned device)
{
	return (device & 0xff) | ((device >> 12) & 0xfff00);
}
