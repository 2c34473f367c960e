/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The workload: each part uses one or two servers through ordinary calls and
 * looks at every byte that comes back.
 */
#include "fault.h"
#include <errno.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	FILE_BYTES = 9000,
	PIPE_BYTES = 3000,
	STEP_MAX = 80,
	CALL_MMAP2 = 192,
	PTY_UNLOCK = 0x40045431, /* TIOCSPTLCK */
	PTY_NUMBER = 0x80045430, /* TIOCGPTN */
};

static char step_own[STEP_MAX];
char *work_step = step_own;
static char bytes[FILE_BYTES], back[FILE_BYTES];

/* The others are there if they were mounted (tests/hostile/volumes): if so at
 * first, then for good. */
static struct volume {
	const char *path;
	int mounted;
} volumes[] = {
	{ "/mnt", 0 },
	{ "/tmp/hostile.fat", 0 },
	{ "/tmp/hostile.sysv", 0 },
	{ "/tmp/hostile.ffs", 0 },
}, image = { "/tmp/hostile.iso", 0 };

enum {
	VOLUMES = sizeof volumes / sizeof *volumes,
};

static void volume_look(struct volume *volume)
{
	struct stat root, facts;

	volume->mounted = !stat("/", &root) && !stat(volume->path, &facts) &&
	    root.st_dev != facts.st_dev;
}

void work_prepare(void)
{
	/* readable, writable; shared, anonymous */
	void *shared = (void *)linux_call(CALL_MMAP2, 0, 4096, 3, 0x21, -1, 0);

	if ((unsigned long)shared < (unsigned long)-4096)
		work_step = shared;
	for (unsigned i = 0; i < VOLUMES; i++)
		volume_look(&volumes[i]);
	volume_look(&image);
}

static void step(const char *what, const char *on)
{
	snprintf(work_step, STEP_MAX, "%s %s", what, on);
}

static int failed(const char *what)
{
	fprintf(stderr, "work: %s: %s\n", what, strerror(errno));
	return WORK_ERROR;
}

static int wrong(const char *what)
{
	fprintf(stderr, "work: %s: not what was written\n", what);
	return WORK_WRONG;
}

static void bytes_fill(unsigned seed)
{
	for (unsigned i = 0; i < sizeof bytes; i++) {
		seed = seed * 1664525u + 1013904223u;
		bytes[i] = (char)(seed >> 24);
	}
}

/* Reads count bytes, however they come. */
static int read_all(int file, char *to, size_t count)
{
	while (count) {
		ssize_t got = read(file, to, count);

		if (got <= 0)
			return 0;
		to += got;
		count -= (size_t)got;
	}
	return 1;
}

static int file_look(const char *path)
{
	struct stat facts;
	int file, good;

	step("open again", path);
	file = open(path, O_RDONLY);
	if (file < 0)
		return failed("open again");
	step("read", path);
	if (fstat(file, &facts))
		return close(file), failed("fstat");
	memset(back, 0, sizeof back);
	good = read_all(file, back, sizeof back);
	close(file);
	if (facts.st_size != FILE_BYTES)
		return wrong("a file's size");
	if (!good)
		return failed("read");
	return memcmp(bytes, back, sizeof back) ? wrong(path) : WORK_GOOD;
}

static int file_work(const char *folder)
{
	char path[64], other[64];
	int file, result;

	snprintf(path, sizeof path, "%s/.fault%d", folder, (int)getpid());
	snprintf(other, sizeof other, "%s/.fault%d.", folder, (int)getpid());
	step("make", path);
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0)
		return failed(path);
	step("write", path);
	result = write(file, bytes, sizeof bytes) != (ssize_t)sizeof bytes;
	if (close(file) || result)
		return failed("write");
	result = file_look(path);
	if (result)
		return result;
	step("rename", path);
	if (rename(path, other))
		return failed("rename");
	result = file_look(other);
	step("unlink", other);
	if (unlink(other))
		return failed("unlink");
	return result;
}

static int pipe_work(void)
{
	int ends[2], result = WORK_GOOD;

	if (pipe(ends))
		return failed("pipe");
	if (write(ends[1], bytes, PIPE_BYTES) != PIPE_BYTES ||
	    !read_all(ends[0], back, PIPE_BYTES))
		result = failed("pipe transfer");
	else if (memcmp(bytes, back, PIPE_BYTES))
		result = wrong("a pipe");
	close(ends[0]);
	close(ends[1]);
	return result;
}

static int program_work(void)
{
	char *arguments[] = { "true", NULL };
	int status, child = fork();

	if (child == 0) {
		execve("/bin/true", arguments, arguments + 1);
		_exit(7);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return failed("fork");
	errno = 0;
	return status ? failed("a program") : WORK_GOOD;
}

static int devices_work(void)
{
	static const char zeros[4096];
	int file = open("/dev/zero", O_RDONLY), good;

	if (file < 0)
		return failed("/dev/zero");
	memset(back, 1, sizeof zeros);
	good = read_all(file, back, sizeof zeros);
	close(file);
	if (!good)
		return failed("read of /dev/zero");
	if (memcmp(back, zeros, sizeof zeros))
		return wrong("/dev/zero");
	file = open("/dev/null", O_WRONLY);
	if (file < 0)
		return failed("/dev/null");
	good = write(file, bytes, 100) == 100;
	close(file);
	return good ? WORK_GOOD : failed("write to /dev/null");
}

/* A line goes in at the master and comes out at the terminal. */
static int terminal_work(void)
{
	static const char line[] = "a line of text\n";
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), terminal, no = 0;
	int number, result = WORK_GOOD;
	char path[32];

	if (master < 0)
		return failed("/dev/ptmx");
	if (ioctl(master, PTY_UNLOCK, &no) ||
	    ioctl(master, PTY_NUMBER, &number))
		return close(master), failed("ioctl of a terminal");
	snprintf(path, sizeof path, "/dev/pts/%d", number);
	terminal = open(path, O_RDWR | O_NOCTTY);
	if (terminal < 0)
		return close(master), failed(path);
	if (write(master, line, sizeof line - 1) != (ssize_t)sizeof line - 1 ||
	    !read_all(terminal, back, sizeof line - 1))
		result = failed("a line");
	else if (memcmp(back, line, sizeof line - 1))
		result = wrong("a line");
	close(terminal);
	close(master);
	return result;
}

static int proc_work(void)
{
	int file = open("/proc/self/stat", O_RDONLY);
	ssize_t got;

	if (file < 0)
		return failed("/proc/self/stat");
	got = read(file, back, 200);
	close(file);
	if (got <= 0)
		return failed("read of /proc/self/stat");
	back[got] = 0;
	return atoi(back) == getpid() ? WORK_GOOD : wrong("/proc/self/stat");
}

/* A word of a file of the image that the Makefile makes; see there. */
static unsigned image_word(unsigned index)
{
	return index * 2654435761u;
}

/* What was never read before, mostly: the file is large. */
static int image_work(const char *path)
{
	unsigned words[FILE_BYTES / 4], first, size;
	struct stat facts;
	int file = open(path, O_RDONLY), good;

	step("read", path);
	if (file < 0)
		return failed(path);
	if (fstat(file, &facts))
		return close(file), failed("fstat");
	size = (unsigned)facts.st_size / 4;
	first = image_word((unsigned)bytes[1] << 16 ^ (unsigned)getpid()) %
	    (size - FILE_BYTES / 4);
	good = lseek(file, (off_t)first * 4, SEEK_SET) == (off_t)first * 4 &&
	    read_all(file, (char *)words, sizeof words);
	close(file);
	if (!good)
		return failed(path);
	for (unsigned i = 0; i < FILE_BYTES / 4; i++)
		if (words[i] != image_word(first + i))
			return wrong(path);
	return WORK_GOOD;
}

static const struct {
	const char *name;
	int (*work)(void);
} parts[] = {
	{ "a pipe", pipe_work },
	{ "devices", devices_work },
	{ "a terminal", terminal_work },
	{ "/proc", proc_work },
	{ "a program", program_work },
};

/* The root is ext2, /dev a tmpfs. */
static int files_work(void)
{
	int result = file_work("/root");

	if (!result)
		result = file_work("/dev");
	for (unsigned i = 0; i < VOLUMES && !result; i++)
		if (volumes[i].mounted)
			result = file_work(volumes[i].path);
	if (!result && image.mounted)
		result = image_work("/tmp/hostile.iso/noise");
	return result;
}

static int round_do(void)
{
	int result = files_work();

	for (unsigned i = 0; i < sizeof parts / sizeof *parts && !result; i++) {
		step("work with", parts[i].name);
		result = parts[i].work();
	}
	return result;
}

int work_do(unsigned rounds)
{
	int result = WORK_GOOD;

	for (unsigned i = 0; i < rounds && !result; i++) {
		bytes_fill((unsigned)getpid() * 1000 + i);
		result = round_do();
	}
	return result;
}
