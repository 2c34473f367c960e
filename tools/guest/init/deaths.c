/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has died. Whatever init does meanwhile, a dead child does not stay: it
 * counts as a process, and where their number is limited nobody could start
 * another. A pipe tells: signal handlers write, poll sees it.
 */
#include "init.h"
#include <newlib/masix.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	NONBLOCK = 0x800,
	CALL_FCNTL = 55,
	FCNTL_SET_CLOEXEC = 2,
	FCNTL_SET_FLAGS = 4,
};

static int ends[2];
static volatile int ending;

static void wake(void)
{
	write(ends[1], "", 1);
}

static void on_child(int signal)
{
	(void)signal;
	wake();
}

static void on_end(int signal)
{
	ending = signal;
	wake();
}

int deaths_watch(void)
{
	if (pipe(ends))
		return -1;
	for (int i = 0; i < 2; i++) {
		linux_call(CALL_FCNTL, ends[i], FCNTL_SET_CLOEXEC, 1);
		linux_call(CALL_FCNTL, ends[i], FCNTL_SET_FLAGS, NONBLOCK);
	}
	signal(SIGCHLD, on_child);
	signal(SIGTERM, on_end);
	signal(SIGINT, on_end);
	return ends[0];
}

int deaths_end(void)
{
	return ending;
}

int deaths_collect(int pid, int *status)
{
	char bytes[64];
	int dead, found = 0, one;

	while (read(ends[0], bytes, sizeof(bytes)) > 0)
		;
	while ((dead = waitpid(-1, &one, WNOHANG)) > 0) {
		if (dead == pid) {
			*status = one;
			found = 1;
		}
	}
	return found;
}

int deaths_await(int pid, int *status, int seconds)
{
	struct poll wait = { ends[0], POLL_IN, 0 };
	time_t end = time(NULL) + seconds;
	int left = -1;

	while (!ending) {
		if (deaths_collect(pid, status))
			return 1;
		if (seconds >= 0 && (left = end - time(NULL)) <= 0)
			break;
		linux_call(CALL_POLL, &wait, 1, left < 0 ? -1 : left * 1000);
	}
	return 0;
}
