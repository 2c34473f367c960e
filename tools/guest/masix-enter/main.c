/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * masix-enter TERMINAL USER [COMMAND [ARGUMENT...]]: the first thing of a
 * program that comes into an environment from outside (acs env enter): opens
 * its terminal, becomes the user as this environment knows him, and runs the
 * command, or his shell.
 */
#include "users.h"
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TAKE_TERMINAL = 0x540e, /* TIOCSCTTY */
	CALL_SETGROUPS32 = 206,
	CALL_SETUID32 = 213,
	CALL_SETGID32 = 214,
};

extern char **environ;

static int terminal_take(const char *path)
{
	int file = open(path, O_RDWR);

	if (file != 0 || dup(0) != 1 || dup(0) != 2)
		return 0;
	ioctl(0, TAKE_TERMINAL, NULL);
	return 1;
}

static int become(const struct user *user)
{
	return !linux_call(CALL_SETGROUPS32, user->group_count,
		   user->groups) &&
	    !linux_call(CALL_SETGID32, user->gid) &&
	    !linux_call(CALL_SETUID32, user->uid);
}

static void surroundings_set(const struct user *user)
{
	setenv("USER", user->name, 1);
	setenv("LOGNAME", user->name, 1);
	setenv("HOME", user->home, 1);
	setenv("PATH", user->uid ? "/usr/local/bin:/usr/bin:/bin" :
	    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	if (user->shell)
		setenv("SHELL", user->shell, 1);
	if (chdir(user->home))
		chdir("/");
}

static void shell_run(const struct user *user)
{
	static const char *const others[] = { "/bin/bash", "/bin/sh",
		"/sbin/masix-sh" };
	char *const login[] = { "-sh", NULL };

	if (user->shell && *user->shell)
		execve(user->shell, login, environ);
	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
		execve(others[i], login, environ);
	perror("no shell");
}

int main(int argc, char **argv)
{
	static struct user user;

	if (argc < 3 || !terminal_take(argv[1]))
		return 125;
	if (!user_find(&user, argv[2], -1)) {
		fprintf(stderr, "%s: no such user here\n", argv[2]);
		return 125;
	}
	groups_find(&user);
	if (!become(&user)) {
		perror(argv[2]);
		return 125;
	}
	surroundings_set(&user);
	if (argc == 3) {
		shell_run(&user);
	} else {
		execvp(argv[3], argv + 3);
		perror(argv[3]);
	}
	return 127;
}
