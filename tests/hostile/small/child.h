/* SPDX-License-Identifier: BSD-2-Clause */
/* A child that attacks, and may not come back. NAME: of the program. */
#pragma once
#include <newlib/masix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TRIED = 3, /* the child's status: it could not even try */
	NO_HANG = 1,
	CALL_WAITPID = 7,
};

static inline void must(int failed, const char *what)
{
	if (!failed)
		return;
	printf(NAME ": %s failed\n", what);
	fflush(stdout);
	_exit(TRIED);
}

/* How it ended, or -1: it hangs, and is killed. */
static inline int child_watch(void (*attack)(void), int tenths)
{
	int status = -1;
	pid_t child = fork();

	if (!child) {
		attack();
		_exit(0);
	}
	while (linux_call(CALL_WAITPID, child, &status, NO_HANG) == 0 &&
	       tenths-- > 0)
		usleep(100000);
	if (status == -1)
		kill(child, SIGKILL);
	return status;
}
