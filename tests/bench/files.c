/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done with files. */
#define _GNU_SOURCE
#include "bench.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEGABYTE = 1 << 20, CHUNK = 65536, ENTRIES = 1000 };

static int file;
static char buffer[CHUNK];

static void file_make(void)
{
	file = must(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644), "file");
	memset(buffer, 'x', CHUNK);
	for (int i = 0; i < MEGABYTE / CHUNK; i++)
		must(write(file, buffer, CHUNK), "write");
}

static void file_remove(void)
{
	close(file);
	must(unlink("file"), "unlink");
}

static void pread_page(int count)
{
	while (count--)
		if (pread(file, buffer, 4096, 8192) != 4096)
			fail("pread");
}

static void pread_byte(int count)
{
	while (count--)
		if (pread(file, buffer, 1, 100) != 1)
			fail("pread");
}

static void pwrite_chunk(int count)
{
	while (count--)
		if (pwrite(file, buffer, CHUNK, CHUNK) != CHUNK)
			fail("pwrite");
}

/* The position goes through the file and begins again: the lseek of each 256
 * pages is in the cost, on both systems. */
static void rewind_at_end(int page)
{
	if (page % (MEGABYTE / 4096) == 0)
		must(lseek(file, 0, SEEK_SET), "lseek");
}

static void read_pages(int count)
{
	for (int i = 0; i < count; i++) {
		rewind_at_end(i);
		if (read(file, buffer, 4096) != 4096)
			fail("read");
	}
}

static void overwrite_pages(int count)
{
	for (int i = 0; i < count; i++) {
		rewind_at_end(i);
		if (write(file, buffer, 4096) != 4096)
			fail("write");
	}
}

/* A new file of a megabyte, again and again; cutting it is in the cost. */
static void append_pages(int count)
{
	for (int i = 0; i < count; i++) {
		rewind_at_end(i);
		if (i % (MEGABYTE / 4096) == 0)
			must(ftruncate(file, 0), "ftruncate");
		if (write(file, buffer, 4096) != 4096)
			fail("write");
	}
}

static void read_through(int count)
{
	while (count--) {
		must(lseek(file, 0, SEEK_SET), "lseek");
		for (int i = 0; i < MEGABYTE / CHUNK; i++)
			if (read(file, buffer, CHUNK) != CHUNK)
				fail("read");
	}
}

static void open_close(int count)
{
	while (count--)
		close(must(open("file", O_RDONLY), "open"));
}

static void stat_name(int count)
{
	struct stat status;

	while (count--)
		must(stat("file", &status), "stat");
}

static void stat_open(int count)
{
	struct stat status;

	while (count--)
		must(fstat(file, &status), "fstat");
}

static void create_unlink(int count)
{
	while (count--) {
		close(must(open("new", O_RDWR | O_CREAT | O_EXCL, 0644),
		    "create"));
		must(unlink("new"), "unlink");
	}
}

static void entries_each(int (*what)(const char *name))
{
	char name[32];

	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof(name), "dir/entry%04d", i);
		must(what(name), name);
	}
}

static int entry_make(const char *name)
{
	return close(open(name, O_CREAT | O_WRONLY, 0644));
}

static void directory_make(void)
{
	must(mkdir("dir", 0755), "mkdir");
	entries_each(entry_make);
}

static void directory_remove(void)
{
	entries_each(unlink);
	must(rmdir("dir"), "rmdir");
}

static void directory_read(int count)
{
	while (count--) {
		DIR *directory = opendir("dir");
		int found = 0;

		if (!directory)
			fail("opendir");
		while (readdir(directory))
			found++;
		closedir(directory);
		if (found != ENTRIES + 2)
			fail("readdir");
	}
}

const struct bench bench_files[] = {
	{ "pread 4K cached", 500, file_make, pread_page, file_remove },
	{ "pread 1 byte", 500, file_make, pread_byte, file_remove },
	{ "sequential read 4K", 512, file_make, read_pages, file_remove },
	{ "overwrite 4K", 512, file_make, overwrite_pages, file_remove },
	{ "append 4K", 512, file_make, append_pages, file_remove },
	{ "read 1M in 64K", 4, file_make, read_through, file_remove },
	{ "write 64K", 20, file_make, pwrite_chunk, file_remove },
	{ "open+close", 200, file_make, open_close, file_remove },
	{ "stat", 200, file_make, stat_name, file_remove },
	{ "fstat", 200, file_make, stat_open, file_remove },
	{ "creat+unlink", 50, NULL, create_unlink, NULL },
	{ "readdir 1000", 3, directory_make, directory_read,
	    directory_remove },
	{ NULL, 0, NULL, NULL, NULL },
};
