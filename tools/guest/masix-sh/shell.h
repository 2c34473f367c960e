/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

enum {
	ARGUMENTS_MAX = 128,
	FILES_MAX = 4,
};

/* One program of a pipeline. */
struct command {
	char *arguments[ARGUMENTS_MAX + 1];
	int count;
	struct {
		const char *path;
		int file, flags; /* descriptor, of open */
	} files[FILES_MAX];
	int file_count;
};

extern int shell_status; /* of the last pipeline */
extern int shell_ending; /* exit was called */

/* builtin.c: what runs in the shell itself: its status; -1: no such one. */
int builtin_run(const struct command *command);

/* run.c: a line, or several; the status. */
int shell_run(const char *text);
