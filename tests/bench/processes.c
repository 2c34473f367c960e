/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes come and go. */
#define _GNU_SOURCE
#include "bench.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char self[256];

static void child_wait(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || status)
		fail("waitpid");
}

static void fork_exit(int count)
{
	while (count--) {
		pid_t child = must(fork(), "fork");

		if (!child)
			_exit(0);
		child_wait(child);
	}
}

static void self_find(void)
{
	self[must(readlink("/proc/self/exe", self, sizeof(self) - 1),
	    "/proc/self/exe")] = 0;
}

static void self_execute(void)
{
	char *arguments[] = { self, "exit", NULL };
	char *environment[] = { NULL };

	execve(self, arguments, environment);
	_exit(127);
}

static void fork_exec(int count)
{
	while (count--) {
		pid_t child = must(fork(), "fork");

		if (!child)
			self_execute();
		child_wait(child);
	}
}

static void vfork_exec(int count)
{
	while (count--) {
		pid_t child = must(vfork(), "vfork");

		if (!child)
			self_execute();
		child_wait(child);
	}
}

const struct bench bench_processes[] = {
	{ "fork+exit+wait", 20, NULL, fork_exit, NULL },
	{ "fork+exec+wait", 10, self_find, fork_exec, NULL },
	{ "vfork+exec+wait", 10, self_find, vfork_exec, NULL },
	{ NULL, 0, NULL, NULL, NULL },
};
