/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The benchmark: one static i386 program, run on Linux and on Masix in the same
 * machine under -icount, where the time stamp counter counts instructions.
 *
 * A case does its operation `count` times. It is run once to warm up, then
 * ROUNDS times; the median of a round's cost per operation is what counts.
 */
#pragma once
#include <stdint.h>

struct bench {
	const char *name;
	int count;
	void (*prepare)(void);
	void (*run)(int count);
	void (*clean)(void);
};

extern const struct bench bench_calls[], bench_files[], bench_processes[],
    bench_memory[];

/* Ends the program with a message: a benchmark that fails measures nothing. */
void fail(const char *what) __attribute__((noreturn));

/* value, unless it is negative: then fails. */
int must(int value, const char *what);
