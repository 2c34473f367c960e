/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What native programs have beyond newlib's headers: the raw call and the
 * Unix calls that newlib does not declare. Numbers, flags and structures of
 * linux_call() are Linux i386's; all other functions speak newlib's and
 * convert. Everything sets errno and returns -1 on failure.
 */
#pragma once
#include <mach/mach_types.h>
#include <stddef.h>

/* Makes call number with up to six arguments; the result or -errno (Linux
 * numbers), errno untouched. */
long linux_call(long number, ...);

/* The same, with errno set (newlib's number) and -1 on failure. */
long unix_result(long result);

/* mount(2), umount2(2): flags MS_* and MNT_* as Linux has them. */
int mount(const char *source, const char *target, const char *type,
    unsigned long flags, const char *data);
int umount2(const char *target, int flags);

/* reboot(2): Linux's LINUX_REBOOT_CMD_*. Does not return when it works. */
int reboot(unsigned command);

int ioctl(int file, unsigned long request, void *argument);
int mknod(const char *path, unsigned mode, unsigned device);
int sethostname(const char *name, size_t length);

/* A send right to the ACS that may do what this process's user may do; the
 * caller owns it. Null: refused. */
mach_port_t acs_right(void);

enum {
	REBOOT_RESTART = 0x01234567,
	REBOOT_HALT = 0xcdef0123,
	REBOOT_POWER_OFF = 0x4321fedc,
	MOUNT_READ_ONLY = 1,
	MOUNT_NOSUID = 2,
	MOUNT_NODEV = 4,
	MOUNT_NOEXEC = 8,
	MOUNT_SYNC = 16,
	MOUNT_REMOUNT = 32,
	MOUNT_BIND = 4096,
	MOUNT_MOVE = 8192,
	MOUNT_REC = 16384,
};

/* Linux call numbers that the face uses. */
enum {
	CALL_EXIT = 1,
	CALL_FORK = 2,
	CALL_READ = 3,
	CALL_WRITE = 4,
	CALL_OPEN = 5,
	CALL_CLOSE = 6,
	CALL_LINK = 9,
	CALL_UNLINK = 10,
	CALL_EXECVE = 11,
	CALL_CHDIR = 12,
	CALL_MKNOD = 14,
	CALL_CHMOD = 15,
	CALL_LSEEK = 19,
	CALL_GETPID = 20,
	CALL_MOUNT = 21,
	CALL_GETUID = 24,
	CALL_ALARM = 27,
	CALL_PAUSE = 29,
	CALL_ACCESS = 33,
	CALL_SYNC = 36,
	CALL_KILL = 37,
	CALL_RENAME = 38,
	CALL_MKDIR = 39,
	CALL_RMDIR = 40,
	CALL_DUP = 41,
	CALL_PIPE = 42,
	CALL_TIMES = 43,
	CALL_BRK = 45,
	CALL_UMOUNT2 = 52,
	CALL_IOCTL = 54,
	CALL_SETPGID = 57,
	CALL_UMASK = 60,
	CALL_CHROOT = 61,
	CALL_DUP2 = 63,
	CALL_GETPPID = 64,
	CALL_SETSID = 66,
	CALL_SETHOSTNAME = 74,
	CALL_GETTIMEOFDAY = 78,
	CALL_SYMLINK = 83,
	CALL_READLINK = 85,
	CALL_REBOOT = 88,
	CALL_WAIT4 = 114,
	CALL_NANOSLEEP = 162,
	CALL_SIGRETURN = 119,
	CALL_SIGACTION = 67,
	CALL_SIGPROCMASK = 126,
	CALL_SIGSUSPEND = 72,
	CALL_GETCWD = 183,
	CALL_STAT64 = 195,
	CALL_LSTAT64 = 196,
	CALL_FSTAT64 = 197,
};
