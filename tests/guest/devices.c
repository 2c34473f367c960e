/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices that every program knows: null, zero, full, random. */
#include "check.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <termios.h>

static char buffer[3 << 20];

static long zeros(const char *data, long size)
{
	for (long i = 0; i < size; i++)
		if (data[i])
			return i;
	return size;
}

static void nothing(void)
{
	int null = open("/dev/null", O_RDWR);
	struct pollfd wait = { .fd = null, .events = POLLIN | POLLOUT };
	struct stat stat;
	int count;

	SHOW(read(null, buffer, 100));
	SHOW(write(null, buffer, 5));
	SHOW(write(null, buffer, sizeof(buffer)));
	SHOW(lseek(null, 100, SEEK_SET));
	SHOW(poll(&wait, 1, 0));
	printf("%x\n", wait.revents);
	SHOW(isatty(null));
	SHOW(ioctl(null, FIONREAD, &count));
	SHOW(fstat(null, &stat));
	printf("%o %x\n", (unsigned)stat.st_mode, (unsigned)stat.st_rdev);
	SHOW(ftruncate(null, 0));
	SHOW(fsync(null));
	SHOW(open("/dev/null", O_RDONLY | O_DIRECTORY));
	SHOW(close(open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600)));
	SHOW(write(open("/dev/null", O_RDONLY), "x", 1));
	SHOW(read(open("/dev/null", O_WRONLY), buffer, 1));
}

static void zero_and_full(void)
{
	int zero = open("/dev/zero", O_RDWR), full = open("/dev/full", O_RDWR);
	struct iovec parts[2] = { { buffer, 3 }, { buffer + 5, 4000 } };
	char *map;

	memset(buffer, 1, sizeof(buffer));
	SHOW(read(zero, buffer, 10));
	SHOW(zeros(buffer, 11));
	SHOW(read(zero, buffer, 5000));
	SHOW(zeros(buffer, 5001));
	SHOW(read(zero, buffer, sizeof(buffer)));
	SHOW(zeros(buffer, sizeof(buffer)));
	buffer[3] = 1;
	SHOW(readv(zero, parts, 2));
	SHOW(zeros(buffer, 10));
	SHOW(pread(zero, buffer, 10, 1 << 30));
	SHOW(write(zero, buffer, 100));
	SHOW(read(full, buffer, 10));
	SHOW(write(full, buffer, 10));
	SHOW(write(full, buffer, 100000));
	SHOW(write(full, buffer, 0));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
	SHOW(map != MAP_FAILED);
	if (map != MAP_FAILED) {
		SHOW(zeros(map, 8192));
		map[5000] = 1;
		SHOW(zeros(map, 8192));
	}
}

static void noise(void)
{
	int random = open("/dev/urandom", O_RDWR);
	char other[64] = { 0 };
	int count = 0;

	memset(buffer, 0, sizeof(buffer));
	SHOW(read(random, buffer, 64));
	SHOW(read(random, other, 64));
	SHOW(memcmp(buffer, other, 64) != 0);
	SHOW(read(random, buffer, 1 << 20));
	SHOW(zeros(buffer, 1 << 20) < 16);
	SHOW(write(random, "more", 4));
	SHOW(read(open("/dev/random", O_RDONLY), other, 16));
	SHOW(ioctl(random, 0x80045200, &count)); /* RNDGETENTCNT */
	SHOW(count);
}

static void missing(void)
{
	SHOW(open("/dev/nothing", O_RDONLY));
	SHOW(mknod("node", S_IFCHR | 0600, 0xf0f0));
	SHOW(open("node", O_RDONLY));
	SHOW(unlink("node"));
	SHOW(mknod("null", S_IFCHR | 0600, 0x103));
	SHOW(write(open("null", O_WRONLY), "x", 1));
	SHOW(unlink("null"));
}

int main(void)
{
	nothing();
	zero_and_full();
	noise();
	missing();
	return 0;
}
