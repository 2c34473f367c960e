/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs all cases, or those whose names begin with an argument; prints
 * "NAME<tab>COST" lines. Called as "bench exit" it ends at once: that is what
 * the exec cases execute.
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

int main(int count, char **arguments)
{
	const struct bench *groups[] = { bench_calls, bench_files,
		bench_processes, bench_memory };

	if (count > 1 && !strcmp(arguments[1], "exit"))
		return 0;
	mkdir("/tmp/bench", 0755);
	must(chdir("/tmp/bench"), "/tmp/bench");
	for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (const struct bench *at = groups[i]; at->name; at++)
			if (count < 2 || !strncmp(at->name, arguments[1],
			    strlen(arguments[1])))
				bench_run(at);
	return 0;
}
