/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes, memory and time. */
#include <base/layout.h>
#include <base/mach.h>
#include <errno.h>
#include <newlib/masix.h>
#include <process.client.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int getpid(void)
{
	return linux_call(CALL_GETPID);
}

pid_t getppid(void)
{
	return linux_call(CALL_GETPPID);
}

uid_t getuid(void)
{
	return linux_call(CALL_GETUID);
}

pid_t setsid(void)
{
	return unix_result(linux_call(CALL_SETSID));
}

int setpgid(pid_t pid, pid_t group)
{
	return unix_result(linux_call(CALL_SETPGID, pid, group));
}

int fork(void)
{
	long pid = linux_call(CALL_FORK);

	if (!pid)
		mach_task_forget(); /* the parent's port names are not ours */
	return unix_result(pid);
}

int execve(const char *path, char *const argv[], char *const environment[])
{
	return unix_result(linux_call(CALL_EXECVE, path, argv, environment));
}

/* Tries the folders of PATH; a file that is no program ends the search. */
int execvp(const char *name, char *const argv[])
{
	const char *folder = getenv("PATH");
	char path[1024];
	size_t length;

	if (!folder || strchr(name, '/'))
		return execve(name, argv, environ);
	for (;; folder += length + 1) {
		length = strcspn(folder, ":");
		if (length + strlen(name) + 2 <= sizeof path) {
			memcpy(path, folder, length);
			path[length] = '/';
			strcpy(path + length + !!length, name);
			execve(path, argv, environ);
		}
		if ((errno != ENOENT && errno != EACCES) || !folder[length])
			return -1;
	}
}

/* status is as Linux has it; newlib's W macros read it the same way. */
pid_t waitpid(pid_t which, int *status, int options)
{
	return unix_result(
	    linux_call(CALL_WAIT4, which, status, options, 0));
}

int wait(int *status)
{
	return waitpid(-1, status, 0);
}

void _exit(int status)
{
	for (;;)
		linux_call(CALL_EXIT, status);
}

void *sbrk(ptrdiff_t increment)
{
	static uintptr_t end;
	uintptr_t start, wanted;

	if (!end)
		end = linux_call(CALL_BRK, 0);
	start = end;
	wanted = end + increment;
	end = linux_call(CALL_BRK, wanted);
	if (end != wanted) {
		errno = ENOMEM;
		return (void *)-1;
	}
	return (void *)start;
}

int gettimeofday(struct timeval *time, void *zone)
{
	int32_t words[2];
	long result = linux_call(CALL_GETTIMEOFDAY, words, 0);

	(void)zone;
	time->tv_sec = words[0];
	time->tv_usec = words[1];
	return unix_result(result);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	int32_t words[2] = { (int32_t)time->tv_sec, time->tv_nsec };
	int32_t rest[2] = { 0, 0 };
	long result = linux_call(CALL_NANOSLEEP, words, rest);

	if (left) {
		left->tv_sec = rest[0];
		left->tv_nsec = rest[1];
	}
	return unix_result(result);
}

int usleep(useconds_t microseconds)
{
	struct timespec time = { .tv_sec = microseconds / 1000000,
		.tv_nsec = microseconds % 1000000 * 1000 };

	return nanosleep(&time, NULL);
}

unsigned sleep(unsigned seconds)
{
	struct timespec time = { .tv_sec = seconds }, left;

	return nanosleep(&time, &left) ? left.tv_sec : 0;
}

clock_t times(struct tms *usage)
{
	int32_t words[4];
	long now = linux_call(CALL_TIMES, words);

	usage->tms_utime = words[0];
	usage->tms_stime = words[1];
	usage->tms_cutime = words[2];
	usage->tms_cstime = words[3];
	return now;
}

int reboot(unsigned command)
{
	return unix_result(
	    linux_call(CALL_REBOOT, 0xfee1dead, 672274793, command, 0));
}

int sethostname(const char *name, size_t length)
{
	return unix_result(linux_call(CALL_SETHOSTNAME, name, length));
}

mach_port_t acs_right(void)
{
	mach_port_t acs;

	return process_acs(PORT_PROCESS, &acs) ? MACH_PORT_NULL : acs;
}
