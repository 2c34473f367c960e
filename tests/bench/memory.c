/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults of the three kinds, and what maps memory. */
#define _GNU_SOURCE
#include "bench.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 256 };

static int file;

static char *map(int count, int flags, int of)
{
	char *start = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, flags,
	    of, 0);

	if (start == MAP_FAILED)
		fail("mmap");
	return start;
}

/* The cost of mapping is shared by the faults, on both systems. */
static void fault_anonymous(int count)
{
	char *start = map(count, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (int i = 0; i < count; i++)
		start[i * PAGE] = 1;
	must(munmap(start, count * PAGE), "munmap");
}

static void file_make(void)
{
	char page[PAGE];

	memset(page, 'x', PAGE);
	file = must(open("pages", O_RDWR | O_CREAT | O_TRUNC, 0644), "pages");
	for (int i = 0; i < PAGES; i++)
		must(write(file, page, PAGE), "write");
}

static void file_remove(void)
{
	close(file);
	must(unlink("pages"), "unlink");
}

static void fault_file(int count)
{
	volatile char *start = map(count, MAP_SHARED, file);

	for (int i = 0; i < count; i++)
		if (start[i * PAGE] != 'x')
			fail("contents");
	must(munmap((char *)start, count * PAGE), "munmap");
}

/* The faults of a child that writes what it shares with its parent; the cost
 * of fork, exit and wait is in it, over 256 pages. */
static void fault_copy(int count)
{
	char *start = map(count, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	pid_t child;

	memset(start, 1, count * PAGE);
	child = must(fork(), "fork");
	if (!child) {
		for (int i = 0; i < count; i++)
			start[i * PAGE] = 2;
		_exit(0);
	}
	must(waitpid(child, NULL, 0), "waitpid");
	must(munmap(start, count * PAGE), "munmap");
}

static void map_unmap(int count)
{
	while (count--)
		must(munmap(map(1, MAP_PRIVATE | MAP_ANONYMOUS, -1), PAGE),
		    "munmap");
}

const struct bench bench_memory[] = {
	{ "anon fault", PAGES, NULL, fault_anonymous, NULL },
	{ "file fault", PAGES, file_make, fault_file, file_remove },
	{ "COW fault", PAGES, NULL, fault_copy, NULL },
	{ "mmap+munmap", 200, NULL, map_unmap, NULL },
	{ NULL, 0, NULL, NULL, NULL },
};
