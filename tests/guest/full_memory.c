/* SPDX-License-Identifier: BSD-2-Clause */
/* A file system in memory that is full: who writes a hole of a mapped file gets
 * SIGBUS, and what was written stays. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

enum { PAGE = 4096, ROOM = 256, PAGES = 400 };

static sigjmp_buf back;
static int file;
static char *memory;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	siglongjmp(back, signal * 100 + info->si_code);
}

static int put(int page)
{
	int result = sigsetjmp(back, 1);

	if (!result)
		memory[page * PAGE + page % PAGE] = (char)(page % 100 + 1);
	return result;
}

static int right(int page)
{
	return memory[page * PAGE + page % PAGE] == (char)(page % 100 + 1);
}

static long blocks(void)
{
	struct stat status;

	fstat(file, &status);
	return status.st_blocks;
}

static long blocks_free(void)
{
	struct statvfs status;

	fstatvfs(file, &status);
	return (long)status.f_bfree;
}

/* Pages one after the other until one is refused; whether all are right. */
static void fill(int first, int step)
{
	int page, result = 0, wrong = 0;

	for (page = first; page < PAGES && !result; page += step)
		result = put(page);
	SHOW(result);
	SHOW(page - step);
	for (int i = first; i < page - step; i += step)
		wrong += !right(i);
	SHOW(wrong);
}

static void map(const char *name)
{
	file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
	SHOW(ftruncate(file, PAGES * PAGE));
	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
	    file, 0);
	SHOW(memory != MAP_FAILED);
}

static void one_file(void)
{
	char byte = 0;

	say("one file");
	map("m/file");
	SHOW(blocks());
	fill(0, 1);
	SHOW(blocks());
	SHOW(blocks_free());
	SHOW(pwrite(file, "x", 1, (PAGES - 1) * PAGE));
	SHOW(put(PAGES - 1));
	CHILD("child", SHOW(put(PAGES - 2)); SHOW(put(3)));
	SHOW(ftruncate(file, 10 * PAGE));
	SHOW(ftruncate(file, PAGES * PAGE));
	SHOW(put(PAGES - 1));
	SHOW(pread(file, &byte, 1, (PAGES - 1) * PAGE + (PAGES - 1)));
	SHOW(byte);
	SHOW(right(9));
	SHOW(munmap(memory, PAGES * PAGE));
	SHOW(close(file));
	SHOW(unlink("m/file"));
}

/* Pages that were read first, and far from each other. */
static void scattered(void)
{
	int sum = 0;

	say("scattered");
	map("m/other");
	for (int i = 0; i < PAGES; i += 20)
		SHOW(put(i));
	SHOW(blocks());
	SHOW(munmap(memory, PAGES * PAGE));
	SHOW(close(file));
	SHOW(unlink("m/other"));
	map("m/third");
	for (int i = 0; i < 100; i++)
		sum += memory[i * PAGE];
	SHOW(sum);
	fill(0, 1);
	SHOW(munmap(memory, PAGES * PAGE));
	SHOW(close(file));
	SHOW(unlink("m/third"));
}

static void two_processes(void)
{
	say("two processes");
	map("m/file");
	SHOW(posix_fallocate(file, 0, 200 * PAGE));
	CHILD("child", fill(100, 1));
	SHOW(right(255));
	SHOW(put(300));
	SHOW(put(99));
	SHOW(munmap(memory, PAGES * PAGE));
	SHOW(close(file));
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	mkdir("m", 0755);
	SHOW(mount("none", "m", "tmpfs", 0, "size=1m"));
	one_file();
	scattered();
	two_processes();
	SHOW(umount("m"));
	return 0;
}
