/* SPDX-License-Identifier: BSD-2-Clause */
/* fallocate: every mode and what it refuses, on a disk's file system and on
 * tmpfs. Without what Linux lacks and ours has (on ext2 plain room, on both
 * ranges of zeros). */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	KEEP = 1,
	PUNCH = 2,
	COLLAPSE = 8,
	ZERO = 16,
	INSERT = 32,
	UNSHARE = 64,
};

static void sizes(int fd)
{
	struct stat status;

	fstat(fd, &status);
	printf("size %lld blocks %lld\n", (long long)status.st_size,
	    (long long)status.st_blocks);
}

static void bytes(int fd)
{
	char data[40000];
	ssize_t count = pread(fd, data, sizeof data, 0);
	unsigned sum = 0;

	for (ssize_t i = 0; i < count; i++)
		sum = sum * 31 + data[i];
	printf("read %zd sum %u\n", count, sum);
}

static int file(const char *name)
{
	char data[16384];
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	memset(data, 'x', sizeof data);
	write(fd, data, sizeof data);
	fsync(fd);
	return fd;
}

static void refused(int fd)
{
	static const int modes[] = { COLLAPSE, COLLAPSE | KEEP, INSERT,
		INSERT | KEEP, UNSHARE, UNSHARE | KEEP, PUNCH, PUNCH | ZERO,
		PUNCH | ZERO | KEEP, COLLAPSE | INSERT, 4, 128, ZERO | PUNCH,
		INSERT | PUNCH | KEEP, 0x40000000 };

	for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++) {
		printf("%#x: ", modes[i]);
		SHOW(fallocate(fd, modes[i], 4096, 4096));
	}
	SHOW(fallocate(fd, PUNCH | KEEP, -1, 1));
	SHOW(fallocate(fd, PUNCH | KEEP, 0, 0));
	SHOW(fallocate(fd, PUNCH | KEEP, 0, -5));
	SHOW(fallocate(fd, 4, 0, 0));
	SHOW(fallocate(fd, PUNCH | KEEP, 0x7ffffffffffff000, 0x2000));
	SHOW(fallocate(-1, 0, 0, 1));
	bytes(fd);
}

static void kinds(const char *name)
{
	int fd = open(name, O_RDONLY), ends[2];

	SHOW(fallocate(fd, 0, 0, 100));
	SHOW(fallocate(fd, PUNCH | KEEP, 0, 100));
	close(fd);
	fd = open(".", O_RDONLY);
	SHOW(fallocate(fd, 0, 0, 100));
	close(fd);
	pipe(ends);
	SHOW(fallocate(ends[1], 0, 0, 100));
	SHOW(fallocate(ends[0], 0, 0, 100));
	fd = open("/dev/null", O_RDWR);
	SHOW(fallocate(fd, 0, 0, 100));
	close(fd);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	SHOW(fallocate(ends[0], 0, 0, 100));
	fd = open(name, O_PATH);
	SHOW(fallocate(fd, 0, 0, 100));
	close(fd);
	fd = open(name, O_WRONLY | O_APPEND);
	SHOW(fallocate(fd, PUNCH | KEEP, 100, 100));
	close(fd);
}

static void punched(int fd)
{
	SHOW(fallocate(fd, PUNCH | KEEP, 4096, 4096));
	SHOW(fallocate(fd, PUNCH | KEEP, 100, 50));
	SHOW(fallocate(fd, PUNCH | KEEP, 12000, 50000));
	SHOW(fallocate(fd, PUNCH | KEEP, 1 << 20, 4096));
	bytes(fd);
	SHOW(lseek(fd, 0, SEEK_HOLE));
	SHOW(lseek(fd, 4096, SEEK_DATA));
	sizes(fd);
}

static void on_tmpfs(void)
{
	int fd;

	mkdir("t", 0755);
	if (mount("none", "t", "tmpfs", 0, "size=1m") || chdir("t")) {
		printf("no tmpfs\n");
		return;
	}
	fd = file("file");
	refused(fd);
	kinds("file");
	SHOW(fallocate(fd, KEEP, 0, 4096));
	SHOW(fallocate(fd, KEEP, 16384, 8192));
	sizes(fd);
	SHOW(fallocate(fd, 0, 20000, 1000));
	sizes(fd);
	bytes(fd);
	SHOW(fallocate(fd, 0, 0, 4 << 20));
	SHOW(fallocate(fd, KEEP, 0, 4 << 20));
	sizes(fd);
	punched(fd);
	close(fd);
	chdir("..");
	SHOW(umount("t"));
}

int main(void)
{
	int fd = file("file");

	refused(fd);
	kinds("file");
	SHOW(fallocate(fd, KEEP, 16384, 8192));
	SHOW(fallocate(fd, KEEP, 1 << 20, 1));
	punched(fd);
	SHOW(posix_fallocate(fd, 0, 30000));
	bytes(fd);
	close(fd);
	on_tmpfs();
	return 0;
}
