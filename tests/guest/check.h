/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest tests print what the system did; Linux's output is the expectation
 * (tests/README.md). So nothing that may differ between two right systems
 * (addresses, process numbers, times) is printed.
 */
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Prints the expression and its value, with errno's name if it is -1. */
#define SHOW(expression)                                                       \
	show(#expression, (long)(expression))

static inline void show(const char *what, long value)
{
	if (value == -1)
		printf("%s: -1 %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, value);
	fflush(stdout);
}

static inline void say(const char *text)
{
	printf("%s\n", text);
	fflush(stdout);
}

/* Waits for pid and prints how it ended. */
static inline void reap(const char *what, pid_t pid)
{
	int status;
	pid_t found = waitpid(pid, &status, 0);

	if (found != pid)
		printf("%s: wait failed: %s\n", what, strerrorname_np(errno));
	else if (WIFEXITED(status))
		printf("%s: exited %d\n", what, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("%s: killed by %s\n", what,
		    sigabbrev_np(WTERMSIG(status)));
	fflush(stdout);
}

/* Runs body in a child and reports its end. */
#define CHILD(what, ...)                                                       \
	do {                                                                   \
		pid_t child_pid;                                               \
		fflush(stdout);                                                \
		child_pid = fork();                                            \
		if (child_pid == 0) {                                          \
			__VA_ARGS__;                                           \
			fflush(stdout);                                        \
			_exit(0);                                              \
		}                                                              \
		reap(what, child_pid);                                         \
	} while (0)
