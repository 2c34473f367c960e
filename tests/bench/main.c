/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs all cases, or those whose names begin with an argument; prints
 * "NAME<tab>COST" lines. Called as "bench exit" it ends at once: that is what
 * the exec cases execute.
 *
 * "bench -l" lists names and operations in a round; "bench -n ROUNDS NAME" does
 * that many rounds of one case and measures nothing: for somebody who counts
 * from outside, and takes one number of rounds from another.
 */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 5 };

void fail(const char *what)
{
	perror(what);
	exit(1);
}

int must(int value, const char *what)
{
	if (value < 0)
		fail(what);
	return value;
}

static uint64_t stamp(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static int before(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

	return a < b ? -1 : a > b;
}

static void bench_run(const struct bench *bench)
{
	uint64_t costs[ROUNDS], start;

	if (bench->prepare)
		bench->prepare();
	bench->run(bench->count);
	for (int i = 0; i < ROUNDS; i++) {
		start = stamp();
		bench->run(bench->count);
		costs[i] = (stamp() - start) / bench->count;
	}
	if (bench->clean)
		bench->clean();
	qsort(costs, ROUNDS, sizeof(costs[0]), before);
	printf("%s\t%llu\n", bench->name,
	    (unsigned long long)costs[ROUNDS / 2]);
	fflush(stdout);
}

static const struct bench *const groups[] = { bench_calls, bench_files,
	bench_processes, bench_memory };
static const unsigned group_count = sizeof(groups) / sizeof(groups[0]);

static void names_list(void)
{
	for (unsigned i = 0; i < group_count; i++)
		for (const struct bench *at = groups[i]; at->name; at++)
			printf("%s\t%d\n", at->name, at->count);
}

static void rounds_run(const char *name, int rounds)
{
	const struct bench *found = NULL;

	for (unsigned i = 0; i < group_count; i++)
		for (const struct bench *at = groups[i]; at->name; at++)
			if (!strcmp(at->name, name))
				found = at;
	if (!found)
		exit(1);
	if (found->prepare)
		found->prepare();
	while (rounds-- > 0)
		found->run(found->count);
	if (found->clean)
		found->clean();
}

int main(int count, char **arguments)
{
	if (count > 1 && !strcmp(arguments[1], "exit"))
		return 0;
	if (count > 1 && !strcmp(arguments[1], "-l")) {
		names_list();
		return 0;
	}
	mkdir("/tmp/bench", 0755);
	must(chdir("/tmp/bench"), "/tmp/bench");
	if (count == 4 && !strcmp(arguments[1], "-n")) {
		rounds_run(arguments[3], atoi(arguments[2]));
		return 0;
	}
	for (unsigned i = 0; i < group_count; i++)
		for (const struct bench *at = groups[i]; at->name; at++)
			if (count < 2 || !strncmp(at->name, arguments[1],
			    strlen(arguments[1])))
				bench_run(at);
	return 0;
}
