/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that touch no file: identity, clock, signals, pipes. */
#define _GNU_SOURCE
#include "bench.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int caught;
static int to_child[2], from_child[2];
static pid_t child;

static void parent_ask(int count)
{
	while (count--)
		must(getppid(), "getppid");
}

static void clock_ask(int count)
{
	struct timespec now;

	while (count--)
		must(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
}

static void on_signal(int signal)
{
	caught += signal == SIGUSR1;
}

static void signal_catch(void)
{
	signal(SIGUSR1, on_signal);
}

static void signal_send(int count)
{
	caught = 0;
	for (int i = 0; i < count; i++)
		must(kill(getpid(), SIGUSR1), "kill");
	if (caught != count)
		fail("signals were lost");
}

static void echo_start(void)
{
	char byte;

	must(pipe(to_child), "pipe");
	must(pipe(from_child), "pipe");
	child = must(fork(), "fork");
	if (child)
		return;
	close(to_child[1]);
	while (read(to_child[0], &byte, 1) == 1)
		must(write(from_child[1], &byte, 1), "write");
	_exit(0);
}

static void echo_run(int count)
{
	char byte = 'x';

	while (count--)
		if (write(to_child[1], &byte, 1) != 1 ||
		    read(from_child[0], &byte, 1) != 1)
			fail("pipe");
}

static void echo_stop(void)
{
	close(to_child[0]);
	close(to_child[1]);
	close(from_child[0]);
	close(from_child[1]);
	must(waitpid(child, NULL, 0), "waitpid");
}

static void pipe_make(void)
{
	must(pipe(to_child), "pipe");
}

static void pipe_alone(int count)
{
	char page[4096];

	while (count--)
		if (write(to_child[1], page, sizeof(page)) != sizeof(page) ||
		    read(to_child[0], page, sizeof(page)) != sizeof(page))
			fail("pipe");
}

static void pipe_drop(void)
{
	close(to_child[0]);
	close(to_child[1]);
}

const struct bench bench_calls[] = {
	{ "getppid", 1000, NULL, parent_ask, NULL },
	{ "clock_gettime", 1000, NULL, clock_ask, NULL },
	{ "signal to self", 100, signal_catch, signal_send, NULL },
	{ "pipe round trip", 100, echo_start, echo_run, echo_stop },
	{ "pipe 4K alone", 100, pipe_make, pipe_alone, pipe_drop },
	{ NULL, 0, NULL, NULL, NULL },
};
