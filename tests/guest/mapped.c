/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as memory: mappings beside read and write, the end of a file, holes,
 * advice, and what goes from file to file. */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

enum { PAGE = 4096 };

static sigjmp_buf back;
static int file;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	siglongjmp(back, signal * 100 + info->si_code);
}

/* 0, or what signal (times 100, and its code) touching at gave. */
static int touch(volatile char *at, int write)
{
	int result = sigsetjmp(back, 1);

	if (result)
		return result;
	if (write)
		*at = 'w';
	else
		(void)*at;
	return 0;
}

static void faults_catch(void)
{
	struct sigaction action = { .sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static void file_make(int size)
{
	char *data = malloc(size);

	memset(data, 'd', size);
	file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0644);
	SHOW(write(file, data, size));
	free(data);
}

static char *map(int pages, int protection, int flags)
{
	return mmap(NULL, pages * PAGE, protection, flags, file, 0);
}

static void coherent(void)
{
	char *one, *two, *private, byte = 0;

	say("coherent");
	file_make(3 * PAGE);
	one = map(3, PROT_READ | PROT_WRITE, MAP_SHARED);
	two = map(3, PROT_READ, MAP_SHARED);
	private = map(3, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	one[5000] = '1';
	SHOW(two[5000]);
	SHOW(pread(file, &byte, 1, 5000));
	SHOW(byte);
	SHOW(pwrite(file, "2", 1, 5000));
	SHOW(one[5000]);
	private[5000] = 'p';
	SHOW(two[5000]);
	SHOW(pwrite(file, "3", 1, 5001));
	SHOW(private[5000]);
	CHILD("child", one[6000] = 'c'; private[6000] = 'q');
	SHOW(two[6000]);
	SHOW(private[6000]);
	close(file);
	one[7000] = 'z'; /* the descriptor is closed, the mapping lives */
	SHOW(msync(one, 3 * PAGE, MS_SYNC));
	SHOW(msync(one, 3 * PAGE, MS_ASYNC | MS_SYNC));
	SHOW(msync(one + 1, PAGE, MS_SYNC));
	file = open("file", O_RDONLY);
	SHOW(pread(file, &byte, 1, 7000));
	SHOW(byte);
	SHOW(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED);
	SHOW(errno == EACCES);
	munmap(one, 3 * PAGE);
	munmap(two, 3 * PAGE);
	munmap(private, 3 * PAGE);
	close(file);
}

static void ends(void)
{
	char *shown, byte;

	say("ends");
	file_make(2 * PAGE + 100);
	shown = map(4, PROT_READ | PROT_WRITE, MAP_SHARED);
	SHOW(touch(shown + 2 * PAGE, 0));
	SHOW(shown[2 * PAGE + 99]);
	SHOW(shown[2 * PAGE + 100]);
	SHOW(touch(shown + 3 * PAGE, 0));
	SHOW(touch(shown + 3 * PAGE, 1));
	SHOW(ftruncate(file, PAGE + 10));
	SHOW(touch(shown + PAGE, 0));
	SHOW(shown[PAGE + 9]);
	SHOW(shown[PAGE + 10]);
	SHOW(touch(shown + 2 * PAGE, 0));
	SHOW(ftruncate(file, 4 * PAGE));
	SHOW(touch(shown + 3 * PAGE, 1));
	SHOW(shown[2 * PAGE]);
	SHOW(pread(file, &byte, 1, 3 * PAGE));
	SHOW(byte);
	SHOW(ftruncate(file, 0));
	SHOW(touch(shown, 0));
	SHOW(pread(file, &byte, 1, 0));
	SHOW(pwrite(file, shown, 1, 0)); /* from beyond the end */
	munmap(shown, 4 * PAGE);
	close(file);
}

static void holes(void)
{
	char data[PAGE];

	say("holes");
	memset(data, 'h', PAGE);
	file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0644);
	SHOW(ftruncate(file, 40 * PAGE));
	SHOW(lseek(file, 0, SEEK_DATA));
	SHOW(lseek(file, 0, SEEK_HOLE));
	SHOW(pwrite(file, data, PAGE, 8 * PAGE));
	SHOW(pwrite(file, data, PAGE, 9 * PAGE));
	SHOW(lseek(file, 0, SEEK_DATA));
	SHOW(lseek(file, 8 * PAGE + 5, SEEK_DATA));
	SHOW(lseek(file, 8 * PAGE, SEEK_HOLE));
	SHOW(lseek(file, 10 * PAGE, SEEK_DATA));
	SHOW(lseek(file, 10 * PAGE, SEEK_HOLE));
	SHOW(lseek(file, 40 * PAGE, SEEK_HOLE));
	SHOW(lseek(file, -1, SEEK_DATA));
	SHOW(fallocate(file, 3, 8 * PAGE, PAGE));
	SHOW(lseek(file, 0, SEEK_DATA));
	SHOW(pread(file, data, PAGE, 8 * PAGE));
	SHOW(data[0] + data[PAGE - 1]);
	SHOW(fallocate(file, 3, 9 * PAGE + 100, 200));
	SHOW(pread(file, data, PAGE, 9 * PAGE));
	SHOW(data[99]);
	SHOW(data[100] + data[299]);
	SHOW(data[300]);
	SHOW(fallocate(file, 2, 0, PAGE)); /* PUNCH_HOLE without KEEP_SIZE */
	SHOW(fallocate(file, 0, -1, PAGE));
	SHOW(fallocate(file, 0, 0, 0));
	SHOW(posix_fallocate(file, 0, 42 * PAGE));
	SHOW(lseek(file, 0, SEEK_END));
	close(file);
}

static void between(void)
{
	struct iovec parts[2] = { { "ab", 2 }, { "cde", 3 } };
	loff_t in = 10, out = 3;
	int other, ends[2];
	off_t at = PAGE;
	char data[64];

	say("between");
	file_make(2 * PAGE);
	other = open("other", O_RDWR | O_CREAT | O_TRUNC, 0644);
	SHOW(copy_file_range(file, &in, other, &out, 100, 0));
	SHOW(in);
	SHOW(out);
	SHOW(sendfile(other, file, &at, 2 * PAGE));
	SHOW(at);
	SHOW(lseek(other, 0, SEEK_END));
	SHOW(pipe(ends));
	SHOW(vmsplice(ends[1], parts, 2, 0));
	SHOW(read(ends[0], data, sizeof data));
	SHOW(memcmp(data, "abcde", 5));
	in = 0;
	SHOW(splice(file, &in, ends[1], NULL, 50, 0));
	out = 0;
	SHOW(splice(ends[0], NULL, other, &out, 50, 0));
	SHOW(vmsplice(file, parts, 1, 0));
	SHOW(splice(file, NULL, other, NULL, 10, 0));
	SHOW(posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL));
	SHOW(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED));
	SHOW(posix_fadvise(file, 0, 0, 77));
	SHOW(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL));
	SHOW(readahead(file, 0, PAGE));
	SHOW(pread(file, data, 1, 5));
	SHOW(data[0]);
	SHOW(sync_file_range(file, 0, PAGE, 7));
	SHOW(sync_file_range(file, -1, PAGE, 7));
	SHOW(fdatasync(file));
	SHOW(fsync(ends[0]));
	close(other);
	close(file);
}

/* The last name goes while it is mapped and open. */
static void unlinked(void)
{
	char *shown, byte = 0;

	say("unlinked");
	file_make(PAGE);
	shown = map(1, PROT_READ | PROT_WRITE, MAP_SHARED);
	SHOW(unlink("file"));
	shown[7] = 'u';
	SHOW(pread(file, &byte, 1, 7));
	SHOW(byte);
	close(file);
	shown[8] = 'v';
	SHOW(shown[7] + shown[8]);
	SHOW(munmap(shown, PAGE));
}

static void direct(void)
{
	char *data = aligned_alloc(PAGE, PAGE);

	say("direct");
	file = open("file", O_RDWR | O_CREAT | O_TRUNC | O_DIRECT, 0644);
	SHOW(file >= 0);
	memset(data, 'D', PAGE);
	SHOW(write(file, data, PAGE));
	SHOW(pread(file, data, PAGE, 0));
	SHOW(data[PAGE - 1]);
	close(file);
	file = open("file", O_WRONLY | O_SYNC | O_APPEND);
	SHOW(write(file, "x", 1));
	SHOW(lseek(file, 0, SEEK_CUR));
	close(file);
}

int main(void)
{
	faults_catch();
	coherent();
	ends();
	holes();
	between();
	unlinked();
	direct();
	return 0;
}
