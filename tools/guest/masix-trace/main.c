/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * masix-trace: the messages between servers while a command runs, by name,
 * as a tree of what was asked for which request.
 *
 * Each server writes a ring of its own (base/trace.h). While the command runs
 * the rings are read again and again, so that they need not hold all of it.
 */
#include "trace.h"
#include <base/cycles.h>
#include <base/mach.h>
#include <fcntl.h>
#include <kernel/mach.client.h>
#include <mach/vm_statistics.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LOOK_EACH = 50000, /* microseconds */
	NOT_FOUND = 127,
};

static const char names_path[] = "/usr/share/masix/msgids";

static int usage(void)
{
	fputs("usage: masix-trace [-s SERVER,...] COMMAND [ARGUMENT...]\n"
	      "           runs it and prints the messages that servers got\n"
	      "           and sent meanwhile (SERVER: vfs, ext2, ...; all)\n"
	      "       masix-trace -c [-s SERVER,...] COMMAND [ARGUMENT...]\n"
	      "           only counts messages and page faults\n"
	      "       masix-trace -r [-s SERVER,...]\n"
	      "           prints what the rings hold, say after a boot with\n"
	      "           trace=vfs,ext2 on the kernel's command line\n",
	    stderr);
	return 2;
}

static int command_start(char **argv)
{
	int pid = fork();

	if (pid)
		return pid;
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(NOT_FOUND);
}

/* As a shell's $? has it. */
static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* Cycles and the clock, to know later how many cycles a microsecond has. */
struct clock {
	uint64_t cycles;
	struct timeval time;
};

static void clock_read(struct clock *clock)
{
	gettimeofday(&clock->time, NULL);
	clock->cycles = cycles_now();
}

static unsigned clock_rate(const struct clock *from)
{
	struct clock now;
	int64_t us;

	do {
		clock_read(&now);
		us = (int64_t)(now.time.tv_sec - from->time.tv_sec) * 1000000 +
		    now.time.tv_usec - from->time.tv_usec;
	} while (us < LOOK_EACH);
	us = (int64_t)(now.cycles - from->cycles) / us;
	return us > 0 ? (unsigned)us : 1;
}

static int records_show(unsigned rate)
{
	struct traced *records;
	struct calls calls;
	unsigned count;

	records = servers_records(&count);
	traced_sort(records, count);
	if (!calls_init(&calls, server_count_all)) {
		fputs("masix-trace: no memory\n", stderr);
		return 0;
	}
	for (unsigned i = 0; i < count; i++)
		calls_add(&calls, &records[i]);
	calls_show(&calls, rate, getpid());
	calls_free(&calls);
	return 1;
}

/* Traces while the command runs; its status. */
static int command_trace(char **argv)
{
	struct clock start;
	int status, pid, ended;

	clock_read(&start);
	servers_switch(1);
	servers_forget();
	pid = command_start(argv);
	if (pid < 0)
		return perror("fork"), 1;
	while (!(ended = waitpid(pid, &status, WNOHANG))) {
		usleep(LOOK_EACH);
		if (!servers_take())
			fputs("masix-trace: no memory\n", stderr);
	}
	servers_take();
	servers_switch(0);
	if (!records_show(clock_rate(&start)) || ended < 0)
		return 1;
	return status_of(status);
}

static unsigned faults_now(void)
{
	struct vm_statistics statistics;

	if (vm_statistics(mach_task_self(), &statistics))
		return 0;
	return statistics.faults;
}

static int command_count(char **argv)
{
	unsigned faults;
	int status, pid;

	servers_counters(0);
	faults = faults_now();
	pid = command_start(argv);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return perror(argv[0]), 1;
	faults = faults_now() - faults;
	servers_counters(1);
	counters_show(faults);
	return status_of(status);
}

static int rings_show(void)
{
	struct clock start;

	clock_read(&start);
	return servers_take() && records_show(clock_rate(&start)) ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *list = "all";
	int option, count = 0, rings = 0;

	while ((option = getopt(argc, argv, "+cs:r")) != -1) {
		if (option == 'c')
			count = 1;
		else if (option == 'r')
			rings = 1;
		else if (option == 's')
			list = optarg;
		else
			return usage();
	}
	if (rings == (optind < argc))
		return usage();
	if (!servers_find(list)) {
		fprintf(stderr, "masix-trace: no server is called %s\n", list);
		return 1;
	}
	if (!names_read(names_path))
		fprintf(stderr, "masix-trace: no %s\n", names_path);
	fflush(stdout);
	if (rings)
		return rings_show();
	return count ? command_count(argv + optind) :
		       command_trace(argv + optind);
}
