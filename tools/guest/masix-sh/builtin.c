/* SPDX-License-Identifier: BSD-2-Clause */
/* What the shell does itself: its own state, and the few things that one wants
 * where there are no other programs. */
#include "shell.h"
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CALL_UNAME = 122,
	CALL_GETDENTS64 = 220,
	FIELD = 65,
};

/* A record of getdents64; they are packed. */
struct entry {
	uint64_t node;
	int64_t next;
	uint16_t size;
	uint8_t kind;
	char name[];
};

int shell_ending;

static int run_cd(int count, char **arguments)
{
	const char *path = count > 1 ? arguments[1] : getenv("HOME");

	if (!path || !chdir(path))
		return 0;
	perror(path);
	return 1;
}

static int run_exit(int count, char **arguments)
{
	shell_ending = 1;
	return count > 1 ? atoi(arguments[1]) : shell_status;
}

static int run_echo(int count, char **arguments)
{
	for (int i = 1; i < count; i++)
		printf("%s%s", i > 1 ? " " : "", arguments[i]);
	putchar('\n');
	return 0;
}

static int run_pwd(int count, char **arguments)
{
	char path[1024];

	(void)count, (void)arguments;
	if (!getcwd(path, sizeof(path)))
		return 1;
	puts(path);
	return 0;
}

/* NAME=VALUE... */
static int run_export(int count, char **arguments)
{
	for (int i = 1; i < count; i++) {
		char *value = strchr(arguments[i], '=');

		if (!value)
			continue;
		*value = 0;
		setenv(arguments[i], value + 1, 1);
	}
	return 0;
}

static int run_uname(int count, char **arguments)
{
	char names[6][FIELD];

	(void)count, (void)arguments;
	if (linux_call(CALL_UNAME, names))
		return 1;
	printf("%s %s %s %s\n", names[0], names[1], names[2], names[4]);
	return 0;
}

static int run_cat(int count, char **arguments)
{
	char data[4096];
	int status = 0;

	for (int i = count > 1; i < count; i++) {
		int file = i ? open(arguments[i], O_RDONLY) : 0, size;

		if (file < 0) {
			perror(arguments[i]);
			status = 1;
			continue;
		}
		while ((size = read(file, data, sizeof(data))) > 0)
			if (write(1, data, size) != size)
				return 1;
		if (file)
			close(file);
	}
	return status;
}

static int run_ls(int count, char **arguments)
{
	const char *path = count > 1 ? arguments[1] : ".";
	int folder = open(path, O_RDONLY);
	char data[2048];
	long size;

	if (folder < 0) {
		perror(path);
		return 1;
	}
	while ((size = linux_call(CALL_GETDENTS64, folder, data,
		    sizeof(data))) > 0)
		for (long at = 0; at < size;) {
			const struct entry *entry = (void *)(data + at);

			if (entry->name[0] != '.')
				puts(entry->name);
			at += entry->size;
		}
	close(folder);
	return size < 0;
}

static int run_help(int count, char **arguments);

static const struct {
	const char *name;
	int (*run)(int count, char **arguments);
} builtins[] = {
	{ "cd", run_cd },
	{ "exit", run_exit },
	{ "echo", run_echo },
	{ "pwd", run_pwd },
	{ "export", run_export },
	{ "uname", run_uname },
	{ "cat", run_cat },
	{ "ls", run_ls },
	{ "help", run_help },
};

enum {
	BUILTINS = sizeof(builtins) / sizeof(*builtins),
};

static int run_help(int count, char **arguments)
{
	(void)count, (void)arguments;
	puts("NAME [WORD...] < > >> | && || ; & 'x' \"$X\"");
	for (int i = 0; i < BUILTINS; i++)
		printf("%s ", builtins[i].name);
	puts("- and the programs in /sbin");
	return 0;
}

int builtin_run(const struct command *command)
{
	for (int i = 0; i < BUILTINS; i++) {
		int status;

		if (strcmp(builtins[i].name, command->arguments[0]) != 0)
			continue;
		status = builtins[i].run(command->count,
		    (char **)command->arguments);
		fflush(stdout);
		return status;
	}
	return -1;
}
