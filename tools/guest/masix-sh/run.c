/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of pipelines: `a | b && c; d &`. A program of a pipeline is a child;
 * a builtin that is alone is not. Pipelines that are not waited for are
 * collected before the next one begins. There is no job control.
 */
#include "core/words.h"
#include "shell.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PIPELINE_MAX = 16,
};

struct pipeline {
	struct command commands[PIPELINE_MAX];
	int count;
	enum token end; /* what stands behind it */
};

int shell_status;

static const char *variable_value(const char *name)
{
	static char number[12];

	if (strcmp(name, "?") != 0)
		return getenv(name);
	snprintf(number, sizeof(number), "%d", shell_status);
	return number;
}

/* A file of the command: the word behind the sign. */
static int file_add(struct command *command, enum token sign,
    struct words *words)
{
	const char *path;

	if (command->file_count == FILES_MAX ||
	    words_next(words, &path) != TOKEN_WORD)
		return 0;
	command->files[command->file_count].path = path;
	command->files[command->file_count].file = sign != TOKEN_FROM;
	command->files[command->file_count++].flags =
	    sign == TOKEN_FROM ? O_RDONLY :
	    sign == TOKEN_TO   ? O_WRONLY | O_CREAT | O_TRUNC :
	                         O_WRONLY | O_CREAT | O_APPEND;
	return 1;
}

/* Up to a sign that ends it; 0: it makes no sense. */
static int command_read(struct command *command, struct words *words,
    enum token *end)
{
	const char *word;

	memset(command, 0, sizeof(*command));
	for (;;) {
		*end = words_next(words, &word);
		if (*end == TOKEN_FROM || *end == TOKEN_TO ||
		    *end == TOKEN_ONTO) {
			if (!file_add(command, *end, words))
				return 0;
		} else if (*end != TOKEN_WORD) {
			return *end != TOKEN_WRONG;
		} else if (command->count < ARGUMENTS_MAX) {
			command->arguments[command->count++] = (char *)word;
		} else {
			return 0;
		}
	}
}

static int pipeline_read(struct pipeline *pipeline, struct words *words)
{
	pipeline->count = 0;
	do {
		struct command *command =
		    &pipeline->commands[pipeline->count];

		if (pipeline->count == PIPELINE_MAX ||
		    !command_read(command, words, &pipeline->end))
			return 0;
		if (command->count)
			pipeline->count++;
		else if (pipeline->count || pipeline->end == TOKEN_PIPE)
			return 0;
	} while (pipeline->end == TOKEN_PIPE);
	return 1;
}

static int files_open(const struct command *command)
{
	for (int i = 0; i < command->file_count; i++) {
		int file = open(command->files[i].path,
		    command->files[i].flags, 0666);

		if (file < 0) {
			perror(command->files[i].path);
			return 0;
		}
		dup2(file, command->files[i].file);
		close(file);
	}
	return 1;
}

static void command_become(const struct command *command)
{
	int status;

	if (!files_open(command))
		_exit(1);
	signal(SIGINT, SIG_DFL);
	status = builtin_run(command);
	if (status >= 0)
		_exit(status);
	execvp(command->arguments[0], command->arguments);
	fprintf(stderr, "%s: %s\n", command->arguments[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* A child between two pipes; input is closed here. Its number. */
static int command_start(const struct command *command, int input, int output)
{
	int pid = fork();

	if (pid == 0) {
		if (input > 0)
			dup2(input, 0);
		if (output > 1)
			dup2(output, 1);
		for (int file = 3; file < 16; file++)
			close(file);
		command_become(command);
	}
	if (pid < 0)
		perror("fork");
	if (input > 0)
		close(input);
	if (output > 1)
		close(output);
	return pid;
}

static int status_of(int pid)
{
	int status = 0;

	if (pid < 0)
		return 1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + (status & 0x7f);
}

static int pipeline_start(const struct pipeline *pipeline, int *pids)
{
	int ends[2] = { 0, 1 }, input = 0;

	for (int i = 0; i < pipeline->count; i++) {
		ends[1] = 1;
		if (i + 1 < pipeline->count && pipe(ends))
			return i;
		pids[i] = command_start(&pipeline->commands[i], input, ends[1]);
		input = ends[0];
	}
	return pipeline->count;
}

static void pipeline_run(const struct pipeline *pipeline)
{
	int pids[PIPELINE_MAX], count, alone = -1;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		; /* those that were left behind */
	if (pipeline->count == 1 && pipeline->end != TOKEN_BEHIND &&
	    !pipeline->commands[0].file_count)
		alone = builtin_run(&pipeline->commands[0]);
	if (alone >= 0) {
		shell_status = alone;
		return;
	}
	count = pipeline_start(pipeline, pids);
	if (pipeline->end == TOKEN_BEHIND) {
		shell_status = 0;
		return;
	}
	for (int i = 0; i < count; i++)
		shell_status = status_of(pids[i]);
}

int shell_run(const char *text)
{
	static struct words words;
	static struct pipeline pipeline;
	enum token before = TOKEN_NEXT;

	words_begin(&words, text, variable_value);
	do {
		/* what is skipped leaves the status as it is */
		int runs = before == TOKEN_AND ? !shell_status :
		    before == TOKEN_OR         ? shell_status :
		                                 1;

		words.used = 0;
		if (!pipeline_read(&pipeline, &words)) {
			fprintf(stderr, "this makes no sense\n");
			return shell_status = 2;
		}
		if (pipeline.count && runs)
			pipeline_run(&pipeline);
		before = pipeline.end;
	} while (pipeline.end != TOKEN_END && !shell_ending);
	return shell_status;
}
