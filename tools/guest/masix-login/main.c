/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * masix-login [-c COMMAND]: a login shell that leads into the environment that
 * /etc/masix/environments names for the user: lines "USER ENVIRONMENT", "*"
 * for everybody, the first that fits. Without one it is /bin/bash. There he is
 * whom that environment knows by his name. Installed set-user-id root: the
 * right to enter is root's.
 */
#include <guest/acs/acs.h>
#include <guest/masix-enter/users.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PLACES "/etc/masix/environments"

enum {
	CALL_SETUID32 = 213,
	NAME_SIZE = 64,
};

extern char **environ;

/* The environment of a line for that user; 0: it is not for him. */
static int line_fits(char *line, const char *user, char name[NAME_SIZE])
{
	char *who, *where;

	line[strcspn(line, "#\r\n")] = 0;
	who = strtok(line, " \t");
	where = strtok(NULL, " \t");
	if (!where || (strcmp(who, user) != 0 && strcmp(who, "*") != 0))
		return 0;
	snprintf(name, NAME_SIZE, "%s", where);
	return 1;
}

static int place_find(const char *user, char name[NAME_SIZE])
{
	FILE *file = fopen(PLACES, "r");
	char line[256];
	int found = 0;

	while (file && !found && fgets(line, sizeof(line), file))
		found = line_fits(line, user, name);
	if (file)
		fclose(file);
	return found;
}

static int usual_shell(char **argv)
{
	if (linux_call(CALL_SETUID32, getuid()))
		return 126;
	argv[0] = "-bash";
	execve("/bin/bash", argv, environ);
	perror("/bin/bash");
	return 127;
}

int main(int argc, char **argv)
{
	static struct user user;
	char *command[] = { "/bin/sh", "-c", argc > 2 ? argv[2] : "", NULL };
	char place[NAME_SIZE];
	mach_port_t acs;

	if (!user_find(&user, NULL, getuid()) ||
	    !place_find(user.name, place))
		return usual_shell(argv);
	acs = acs_right();
	if (!acs)
		return failed("no right to the ACS", E_PERM);
	if (argc > 2 && strcmp(argv[1], "-c") == 0)
		return enter(acs, place, user.name, 3, command);
	return enter(acs, place, user.name, 0, NULL);
}
