/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * masix-enter TERMINAL USER [COMMAND [ARGUMENT...]]: the first thing of a
 * program that comes into an environment from outside (acs env enter): opens
 * its terminal, becomes the user as this environment knows him, and runs the
 * command, or his shell.
 */
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
	GROUPS_MAX = 32,
	FIELDS = 7,
};

extern char **environ;

struct user {
	char line[512];
	const char *name, *home, *shell;
	int uid, gid;
	int groups[GROUPS_MAX], group_count;
};

/* The fields of a line of /etc/passwd or /etc/group, in place. */
static int fields_split(char *line, char *fields[FIELDS])
{
	int count = 0;

	line[strcspn(line, "\r\n")] = 0;
	while (line && count < FIELDS) {
		fields[count++] = line;
		line = strchr(line, ':');
		if (line)
			*line++ = 0;
	}
	return count;
}

static int user_find(struct user *user, const char *name)
{
	FILE *file = fopen("/etc/passwd", "r");
	char *fields[FIELDS];
	int found = 0;

	while (file && !found && fgets(user->line, sizeof(user->line), file))
		found = fields_split(user->line, fields) == FIELDS &&
		    strcmp(fields[0], name) == 0;
	if (file)
		fclose(file);
	user->name = name;
	if (found) {
		user->uid = atoi(fields[2]);
		user->gid = atoi(fields[3]);
		user->home = fields[5];
		user->shell = fields[6];
	} else if (strcmp(name, "root") == 0) { /* there may be no such file */
		user->home = "/";
		found = 1;
	}
	return found;
}

static int is_member(char *members, const char *name)
{
	for (char *one = strtok(members, ","); one; one = strtok(NULL, ","))
		if (strcmp(one, name) == 0)
			return 1;
	return 0;
}

static void groups_find(struct user *user)
{
	FILE *file = fopen("/etc/group", "r");
	char line[512], *fields[FIELDS];

	while (file && user->group_count < GROUPS_MAX &&
	    fgets(line, sizeof(line), file))
		if (fields_split(line, fields) == 4 &&
		    is_member(fields[3], user->name))
			user->groups[user->group_count++] = atoi(fields[2]);
	if (file)
		fclose(file);
}

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
	if (!user_find(&user, argv[2])) {
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
