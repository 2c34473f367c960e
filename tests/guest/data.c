/* SPDX-License-Identifier: BSD-2-Clause */
/* Open files: data, positions, sharing over dup and fork, faults, locks. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

static char buffer[300000], other[300000];

static unsigned sum(const char *data, long size)
{
	unsigned sum = 0;

	for (long i = 0; i < size; i++)
		sum = sum * 31 + (unsigned char)data[i];
	return sum % 1000003;
}

static void fill(unsigned seed)
{
	for (unsigned i = 0; i < sizeof(buffer); i++)
		buffer[i] = (char)(i * 7 + i / 251 + seed);
}

static int fresh(const char *name, int flags)
{
	unlink(name);
	return open(name, O_RDWR | O_CREAT | flags, 0644);
}

static void positions(void)
{
	int fd = fresh("positions", 0), twin;
	char byte;

	fill(1);
	SHOW(write(fd, buffer, 10));
	SHOW(lseek(fd, 0, SEEK_CUR));
	SHOW(lseek(fd, -3, SEEK_END));
	SHOW(read(fd, other, 100));
	SHOW(read(fd, other, 100));
	SHOW(lseek(fd, -1, SEEK_SET));
	SHOW(lseek(fd, 100, SEEK_SET));
	SHOW(read(fd, other, 1));
	SHOW(write(fd, "x", 1));
	SHOW(lseek(fd, 0, SEEK_END));
	SHOW(pread(fd, other, 5, 50));
	SHOW(other[0] == 0 && other[4] == 0);
	SHOW(pread(fd, other, 5, 99));
	SHOW(pwrite(fd, "abc", 3, 5));
	SHOW(lseek(fd, 0, SEEK_CUR));
	SHOW(pread(fd, other, 5, -1));
	SHOW(lseek(fd, 5, SEEK_DATA));
	SHOW(lseek(fd, 200, SEEK_HOLE));
	SHOW(lseek(fd, 0, 77));
	twin = dup(fd);
	SHOW(lseek(fd, 6, SEEK_SET));
	SHOW(read(twin, &byte, 1));
	SHOW(byte);
	SHOW(lseek(fd, 0, SEEK_CUR));
	CHILD("child reads", {
		SHOW(read(fd, &byte, 1));
		SHOW(lseek(twin, 20, SEEK_SET));
		fcntl(fd, F_SETFL, O_APPEND);
	});
	SHOW(lseek(fd, 0, SEEK_CUR));
	SHOW(fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE));
	SHOW(write(twin, "end", 3));
	SHOW(lseek(fd, 0, SEEK_CUR));
	close(twin);
	close(fd);
}

static void big(void)
{
	int fd = fresh("big", 0);
	long done = 0;
	struct stat status;

	fill(2);
	for (int i = 0; i < 10; i++)
		done += write(fd, buffer, sizeof(buffer));
	SHOW(done);
	fstat(fd, &status);
	SHOW(status.st_size);
	SHOW(lseek(fd, 1234567, SEEK_SET));
	SHOW(read(fd, other, 200000));
	SHOW(sum(other, 200000));
	SHOW(pwrite(fd, buffer + 1000, 70000, 262144 - 35000));
	SHOW(pread(fd, other, 100000, 262144 - 50000));
	SHOW(sum(other, 100000));
	SHOW(ftruncate(fd, 1000000));
	SHOW(pread(fd, other, 100, 999950));
	SHOW(ftruncate(fd, 1000100));
	SHOW(pread(fd, other, 200, 999950));
	SHOW(sum(other, 150));
	SHOW(ftruncate(fd, 0));
	SHOW(read(fd, other, 10));
	SHOW(pwrite(fd, "far", 3, 5000000));
	SHOW(pread(fd, other, 100, 4999990));
	SHOW(sum(other, 13));
	fstat(fd, &status);
	SHOW(status.st_size);
	SHOW(status.st_blocks < 1000);
	SHOW(fsync(fd));
	SHOW(fdatasync(fd));
	SHOW(posix_fallocate(fd, 0, 6000000));
	SHOW(lseek(fd, 0, SEEK_END));
	close(fd);
}

static void appenders(void)
{
	int fd = fresh("log", O_APPEND);
	int more = open("log", O_WRONLY | O_APPEND);
	FILE *file;
	char line[40];
	int lines = 0, bad = 0;

	SHOW(write(fd, "one\n", 4));
	SHOW(write(more, "two\n", 4));
	SHOW(write(fd, "three\n", 6));
	SHOW(lseek(fd, 0, SEEK_CUR));
	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			for (int j = 0; j < 50; j++) {
				int n = snprintf(line, sizeof(line),
				    "writer %d line %02d\n", i, j);
				if (write(fd, line, (size_t)n) != n)
					_exit(1);
			}
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	file = fopen("log", "r");
	while (fgets(line, sizeof(line), file)) {
		lines++;
		bad += lines > 3 && strlen(line) != 17;
	}
	fclose(file);
	printf("lines %d bad %d\n", lines, bad);
	close(fd);
	close(more);
}

static void vectors(void)
{
	int fd = fresh("vectors", 0);
	struct iovec parts[3] = { { "hello ", 6 }, { "", 0 }, { "world", 5 } };
	struct iovec into[2] = { { other, 4 }, { other + 100, 50 } };

	SHOW(writev(fd, parts, 3));
	SHOW(lseek(fd, 0, SEEK_SET));
	SHOW(readv(fd, into, 2));
	SHOW(memcmp(other + 100, "o world", 7));
	SHOW(pwritev(fd, parts, 3, 20));
	SHOW(preadv(fd, into, 2, 20));
	SHOW(readv(fd, into, -1));
	SHOW(writev(fd, parts, 2000));
	SHOW(writev(fd, NULL, 1));
	SHOW(lseek(fd, 0, SEEK_END));
	close(fd);
}

static void faults(void)
{
	int fd = fresh("faults", 0), pipes[2];
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(page + 4096, 4096);
	memset(page, 'p', 4096);
	SHOW(write(fd, page, 4096));
	SHOW(lseek(fd, 0, SEEK_SET));
	SHOW(read(fd, (char *)16, 10));
	SHOW(write(fd, (char *)16, 10));
	SHOW(read(fd, page + 4096, 10));
	SHOW(lseek(fd, 0, SEEK_CUR));
	SHOW(pipe(pipes));
	SHOW(write(pipes[1], (char *)16, 10));
	SHOW(write(pipes[1], "data", 4));
	SHOW(read(pipes[0], (char *)16, 4));
	SHOW(read(pipes[0], other, 4));
	SHOW(pipe((int *)16));
	SHOW(open((char *)16, O_RDONLY));
	SHOW(poll((struct pollfd *)16, 1, 0));
	SHOW(close(fd));
	SHOW(close(fd));
	SHOW(read(fd, other, 1));
	SHOW(fcntl(fd, F_GETFD));
	munmap(page, 4096);
}

static void modes(void)
{
	int fd = fresh("modes", 0), in, out;

	close(fd);
	in = open("modes", O_RDONLY);
	out = open("modes", O_WRONLY);
	SHOW(write(in, "x", 1));
	SHOW(read(out, other, 1));
	SHOW(write(out, "x", 1));
	SHOW(read(in, other, 2));
	SHOW(ftruncate(in, 0));
	SHOW(lseek(0, 0, SEEK_CUR) >= 0);
	SHOW(fcntl(in, F_GETFD));
	SHOW(fcntl(in, F_SETFD, FD_CLOEXEC));
	SHOW(fcntl(in, F_GETFD));
	SHOW(fcntl(in, F_DUPFD, 50));
	SHOW(fcntl(in, F_DUPFD_CLOEXEC, 50));
	SHOW(fcntl(51, F_GETFD));
	SHOW(dup2(in, 60));
	SHOW(dup2(in, in) == in);
	SHOW(dup2(77, 78));
	SHOW(dup2(in, -1));
	SHOW(dup3(in, in, 0));
	SHOW(dup3(in, 61, O_CLOEXEC));
	SHOW(close_range(50, 61, 0));
	SHOW(fcntl(50, F_GETFD));
	SHOW(fcntl(in, 9999));
	SHOW(read(open(".", O_RDONLY), other, 1));
	SHOW(open(".", O_PATH) >= 0);
	close(in);
	close(out);
}

static void limits(void)
{
	struct rlimit limit = { 20, 20 };

	CHILD("descriptors", {
		int last = -1, fd;

		setrlimit(RLIMIT_NOFILE, &limit);
		while ((fd = dup(0)) >= 0)
			last = fd;
		SHOW(last);
		SHOW(dup(0));
		SHOW(open("modes", O_RDONLY));
		SHOW(pipe((int *)other));
	});
	CHILD("file size", {
		int file = fresh("limited", 0);

		limit.rlim_cur = limit.rlim_max = 1000;
		setrlimit(RLIMIT_FSIZE, &limit);
		signal(SIGXFSZ, SIG_IGN);
		SHOW(write(file, buffer, 900));
		SHOW(write(file, buffer, 900));
		SHOW(write(file, buffer, 900));
		signal(SIGXFSZ, SIG_DFL);
		SHOW(write(file, buffer, 900));
	});
}

static void copies(void)
{
	int from = fresh("from", 0), to = fresh("to", 0), pipes[2];
	off_t offset = 100;
	loff_t wide = 5;

	fill(3);
	write(from, buffer, 100000);
	SHOW(sendfile(to, from, &offset, 50000));
	SHOW(offset);
	SHOW(lseek(from, 0, SEEK_SET));
	SHOW(copy_file_range(from, NULL, to, NULL, 60000, 0));
	SHOW(copy_file_range(from, &wide, to, NULL, 1000, 0));
	SHOW(lseek(from, 0, SEEK_CUR));
	SHOW(lseek(to, 0, SEEK_END));
	pread(to, other, 111000, 0);
	SHOW(sum(other, 111000));
	pipe(pipes);
	SHOW(sendfile(pipes[1], from, NULL, 1000));
	SHOW(splice(pipes[0], NULL, to, NULL, 600, 0));
	SHOW(read(pipes[0], other, 1000));
	close(pipes[0]);
	close(pipes[1]);
	close(from);
	close(to);
}

/* tee(2): what is in a pipe is in another one, too. */
static void duplicated(void)
{
	int from[2], to[2], file = open("modes", O_RDWR | O_CREAT, 0644);
	static char filled[65536];

	SHOW(pipe(from));
	SHOW(pipe2(to, O_NONBLOCK));
	SHOW(tee(from[0], to[1], 100, SPLICE_F_NONBLOCK));
	SHOW(write(from[1], "0123456789", 10));
	SHOW(tee(from[0], to[1], 4, 0));
	SHOW(tee(from[0], to[1], 100, 0));
	SHOW(tee(from[0], to[1], 0, 0));
	SHOW(read(to[0], other, 100));
	write(1, other, 14);
	SHOW(tee(from[0], to[1], 100, 0));
	SHOW(read(from[0], other, 100));
	SHOW(read(to[0], other, 100));
	write(1, other, 10);
	SHOW(tee(from[0], from[1], 100, 0));
	SHOW(tee(from[1], to[1], 100, 0));
	SHOW(tee(from[0], to[0], 100, 0));
	SHOW(tee(file, to[1], 100, 0));
	SHOW(tee(from[0], file, 100, 0));
	SHOW(tee(from[0], to[1], 100, 77));
	SHOW(tee(99, to[1], 100, 0));
	SHOW(write(from[1], "more", 4));
	SHOW(write(to[1], filled, sizeof filled));
	SHOW(tee(from[0], to[1], 100, 0));
	SHOW(read(to[0], filled, sizeof filled));
	close(from[1]);
	SHOW(read(from[0], other, 100));
	SHOW(tee(from[0], to[1], 100, 0));
	close(to[0]);
	signal(SIGPIPE, SIG_IGN);
	pipe(from);
	write(from[1], "x", 1);
	SHOW(tee(from[0], to[1], 100, 0));
	signal(SIGPIPE, SIG_DFL);
	close(from[0]);
	close(from[1]);
	close(to[1]);
	close(file);
}

/* pipe: its ends; something that was written waits in it. */
static void waiting_events(int *pipes, int file, int other_socket)
{
	struct epoll_event event = { EPOLLIN, { .u32 = 7 } }, got[4];
	uint64_t count = 5;
	int events;

	events = epoll_create1(0);
	SHOW(epoll_ctl(events, EPOLL_CTL_ADD, pipes[0], &event));
	SHOW(epoll_ctl(events, EPOLL_CTL_ADD, pipes[0], &event));
	SHOW(epoll_ctl(events, EPOLL_CTL_ADD, file, &event));
	SHOW(epoll_ctl(events, EPOLL_CTL_MOD, other_socket, &event));
	SHOW(epoll_wait(events, got, 4, 0));
	SHOW(got[0].events);
	SHOW(got[0].data.u32);
	SHOW(read(pipes[0], other, 100));
	SHOW(epoll_wait(events, got, 4, 10));
	SHOW(epoll_ctl(events, EPOLL_CTL_DEL, pipes[0], NULL));
	close(events);
	events = eventfd(3, EFD_NONBLOCK);
	SHOW(write(events, &count, 8));
	SHOW(read(events, &count, 8));
	SHOW(count);
	SHOW(read(events, &count, 8));
}

static void waiting(void)
{
	int pipes[2], sockets[2], file = open("modes", O_RDONLY);
	struct pollfd fds[3];
	struct timeval time = { 0, 20000 };
	fd_set in, out;

	pipe(pipes);
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	fds[0] = (struct pollfd){ pipes[0], POLLIN, 0 };
	fds[1] = (struct pollfd){ pipes[1], POLLOUT, 0 };
	fds[2] = (struct pollfd){ 99, POLLIN, 0 };
	SHOW(poll(fds, 1, 0));
	SHOW(poll(fds, 1, 20));
	SHOW(poll(fds, 3, -1));
	printf("%x %x %x\n", fds[0].revents, fds[1].revents, fds[2].revents);
	if (fork() == 0) {
		usleep(50000);
		write(pipes[1], "late", 4);
		_exit(0);
	}
	SHOW(poll(fds, 1, 5000));
	printf("%x\n", fds[0].revents);
	wait(NULL);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(pipes[0], &in);
	FD_SET(sockets[0], &in);
	FD_SET(file, &in);
	FD_SET(sockets[1], &out);
	SHOW(select(100, &in, &out, NULL, NULL));
	SHOW(FD_ISSET(pipes[0], &in) != 0);
	SHOW(FD_ISSET(sockets[0], &in) != 0);
	SHOW(FD_ISSET(sockets[1], &out) != 0);
	FD_ZERO(&in);
	FD_SET(sockets[0], &in);
	SHOW(select(100, &in, NULL, NULL, &time));
	SHOW(time.tv_sec + time.tv_usec);
	SHOW(write(sockets[1], "hi", 2));
	SHOW(recv(sockets[0], other, 10, MSG_PEEK));
	SHOW(read(sockets[0], other, 10));
	SHOW(recv(sockets[0], other, 10, MSG_DONTWAIT));
	waiting_events(pipes, file, sockets[0]);
	close(pipes[1]);
	SHOW(poll(fds, 1, -1));
	printf("%x\n", fds[0].revents);
	SHOW(read(pipes[0], other, 1));
	close(sockets[1]);
	SHOW(read(sockets[0], other, 1));
	signal(SIGPIPE, SIG_IGN);
	SHOW(write(sockets[0], other, 1));
	SHOW(send(sockets[0], other, 1, MSG_NOSIGNAL));
}

static void pipes(void)
{
	int ends[2];
	long total = 0, part;
	unsigned check = 0;

	pipe2(ends, O_NONBLOCK);
	SHOW(read(ends[0], other, 1));
	while ((part = write(ends[1], buffer, 4096)) > 0)
		total += part;
	SHOW(total);
	SHOW(errno == EAGAIN);
	SHOW(read(ends[0], other, 100000));
	SHOW(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
	SHOW(lseek(ends[0], 0, SEEK_CUR));
	SHOW(pread(ends[0], other, 1, 0));
	close(ends[0]);
	CHILD("broken pipe", write(ends[1], "x", 1));
	close(ends[1]);
	fill(4);
	pipe(ends);
	if (fork() == 0) {
		close(ends[0]);
		for (int i = 0; i < 3; i++)
			if (write(ends[1], buffer, sizeof(buffer)) !=
			    sizeof(buffer))
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	total = 0;
	while ((part = read(ends[0], other, 50000)) > 0) {
		for (long i = 0; i < part; i++)
			check = check * 31 + (unsigned char)other[i];
		total += part;
	}
	SHOW(total);
	SHOW(check % 1000003);
	wait(NULL);
	close(ends[0]);
}

static void locks(void)
{
	int fd = fresh("locks", 0), again = open("locks", O_RDWR), wholes[2];
	struct flock lock = { F_WRLCK, SEEK_SET, 10, 10, 0 };

	SHOW(fcntl(fd, F_SETLK, &lock));
	CHILD("record locks", {
		struct flock asked = { F_RDLCK, SEEK_SET, 0, 0, 0 };

		SHOW(fcntl(fd, F_SETLK, &asked));
		SHOW(fcntl(fd, F_GETLK, &asked));
		SHOW(asked.l_type == F_WRLCK && asked.l_start == 10 &&
		    asked.l_pid == getppid());
		asked = (struct flock){ F_WRLCK, SEEK_SET, 0, 10, 0 };
		SHOW(fcntl(fd, F_SETLK, &asked));
	});
	close(again);
	CHILD("after close", {
		struct flock asked = { F_WRLCK, SEEK_SET, 0, 0, 0 };

		SHOW(fcntl(fd, F_SETLK, &asked));
	});
	wholes[0] = open("locks", O_RDONLY);
	wholes[1] = open("locks", O_RDONLY);
	SHOW(flock(wholes[0], LOCK_EX));
	SHOW(flock(wholes[1], LOCK_EX | LOCK_NB));
	CHILD("inherited", SHOW(flock(wholes[0], LOCK_EX | LOCK_NB)));
	close(wholes[0]);
	SHOW(flock(wholes[1], LOCK_EX | LOCK_NB));
	SHOW(flock(99, LOCK_EX));
	SHOW(flock(fd, 77));
	close(wholes[1]);
	close(fd);
}

static void mapped(void)
{
	int fd = fresh("mapped", 0);
	char *shared, *own;

	fill(5);
	write(fd, buffer, 10000);
	shared = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	own = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	shared[5000] = 'S';
	own[5001] = 'P';
	pwrite(fd, "W", 1, 5002);
	pread(fd, other, 10, 5000);
	SHOW(other[0] == 'S');
	SHOW(other[1] == buffer[5001]);
	SHOW(shared[5002]);
	CHILD("child", shared[6000] = 'C');
	SHOW(shared[6000]);
	pread(fd, other, 1, 6000);
	SHOW(other[0]);
	SHOW(msync(shared, 10000, MS_SYNC));
	SHOW(mmap(NULL, 10, PROT_READ, MAP_SHARED, open("/", O_RDONLY), 0) ==
	    MAP_FAILED);
	close(fd);
	SHOW(shared[5000]);
	fd = open("mapped", O_RDONLY);
	SHOW(mmap(NULL, 10, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	SHOW(errno == EACCES);
	SHOW(read(fd, other, sizeof(other)));
	SHOW(other[6000]);
	close(fd);
}

static void specials(void)
{
	struct stat status;
	int fd, left;

	fd = open("/dev/zero", O_RDWR);
	memset(other, 1, 100000);
	SHOW(read(fd, other, 100000));
	SHOW(sum(other, 100000));
	SHOW(write(fd, other, 100000));
	close(fd);
	fd = open("/dev/null", O_RDWR);
	SHOW(read(fd, other, 10));
	SHOW(write(fd, other, 300000));
	fstat(fd, &status);
	SHOW(S_ISCHR(status.st_mode));
	SHOW(status.st_rdev);
	SHOW(isatty(fd));
	close(fd);
	SHOW(write(open("/dev/full", O_WRONLY), "x", 1));
	fd = open("/dev/urandom", O_RDONLY);
	SHOW(read(fd, other, 5000));
	close(fd);
	fd = open("modes", O_RDONLY);
	SHOW(ioctl(fd, FIONREAD, &left));
	SHOW(left);
	snprintf(other, 40, "/dev/fd/%d", fd);
	SHOW(open(other, O_RDONLY) > fd);
	snprintf(other, 40, "/proc/self/fd/%d", fd);
	SHOW(stat(other, &status));
	SHOW(status.st_size);
	close(fd);
}

int main(void)
{
	positions();
	big();
	appenders();
	vectors();
	faults();
	modes();
	limits();
	copies();
	duplicated();
	waiting();
	pipes();
	locks();
	mapped();
	specials();
	return 0;
}
