/* SPDX-License-Identifier: BSD-2-Clause */
#include "users.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIELDS = 7,
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

int user_find(struct user *user, const char *name, int uid)
{
	FILE *file = fopen("/etc/passwd", "r");
	char *fields[FIELDS];
	int found = 0;

	while (file && !found && fgets(user->line, sizeof(user->line), file))
		found = fields_split(user->line, fields) == FIELDS &&
		    (name ? !strcmp(fields[0], name) :
		            atoi(fields[2]) == uid);
	if (file)
		fclose(file);
	user->name = name;
	if (found) {
		user->name = fields[0];
		user->uid = atoi(fields[2]);
		user->gid = atoi(fields[3]);
		user->home = fields[5];
		user->shell = fields[6];
	} else if (name && !strcmp(name, "root")) { /* with or without a file */
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

void groups_find(struct user *user)
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

