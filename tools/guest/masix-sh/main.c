/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * masix-sh [-c COMMANDS | FILE]: a native shell, for an environment of native
 * programs: pipelines, files, lists, variables. See `help` in it.
 */
#include "core/words.h"
#include "shell.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int lines_run(FILE *input, int asks)
{
	static char line[TEXT_MAX];

	while (!shell_ending) {
		if (asks) {
			fputs(getuid() ? "masix$ " : "masix# ", stdout);
			fflush(stdout);
		}
		if (!fgets(line, sizeof(line), input))
			break;
		shell_run(line);
	}
	return shell_status;
}

int main(int argc, char **argv)
{
	FILE *file;

	setenv("PATH", "/sbin:/bin:/usr/sbin:/usr/bin", 0);
	if (argc > 2 && strcmp(argv[1], "-c") == 0)
		return shell_run(argv[2]);
	if (argc > 1) {
		file = fopen(argv[1], "r");
		if (file)
			return lines_run(file, 0);
		perror(argv[1]);
		return 127;
	}
	if (isatty(0))
		signal(SIGINT, SIG_IGN);
	return lines_run(stdin, isatty(0));
}
