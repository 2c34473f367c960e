/* SPDX-License-Identifier: BSD-2-Clause */
/* What was the last of its kind is gone as soon as close() has returned: of a
 * pipe's readers, its writers, a FIFO's readers, a socket's other end. */
#include "check.h"
#include <sys/socket.h>

enum { TIMES = 3000 };

static int is_broken(int file)
{
	return write(file, "x", 1) == -1 && errno == EPIPE;
}

static void pipes(void)
{
	int ends[2], other[2], wrong = 0, late = 0, open_still = 0;
	char byte;

	for (int i = 0; i < TIMES; i++) {
		if (pipe(ends) || write(ends[1], "abc", 3) != 3)
			exit(1);
		close(ends[0]);
		wrong += !is_broken(ends[1]);
		close(ends[1]);

		if (pipe(ends) || pipe(other) || write(other[1], "x", 1) != 1)
			exit(1);
		close(ends[0]);
		if (read(other[0], &byte, 1) != 1)
			exit(1);
		late += !is_broken(ends[1]);
		close(ends[1]);
		close(other[0]);
		close(other[1]);

		if (pipe2(ends, O_NONBLOCK))
			exit(1);
		close(ends[1]);
		open_still += read(ends[0], &byte, 1) != 0;
		close(ends[0]);
	}
	printf("pipes: %d %d %d\n", wrong, late, open_still);
}

static void sockets(void)
{
	int ends[2], wrong = 0, open_still = 0;
	char byte;

	for (int i = 0; i < TIMES; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends))
			exit(1);
		close(ends[i & 1]);
		wrong += !is_broken(ends[~i & 1]);
		open_still += read(ends[~i & 1], &byte, 1) != 0;
		close(ends[~i & 1]);
	}
	printf("sockets: %d %d\n", wrong, open_still);
}

static void fifos(void)
{
	int wrong = 0, read_end;

	if (mkfifo("fifo", 0600))
		exit(1);
	for (int i = 0; i < TIMES; i++) {
		read_end = open("fifo", O_RDONLY | O_NONBLOCK);
		close(read_end);
		wrong += read_end < 0 ||
		    open("fifo", O_WRONLY | O_NONBLOCK) != -1 ||
		    errno != ENXIO;
	}
	printf("FIFOs: %d\n", wrong);
}

/* Another process's were the last. */
static void of_a_child(void)
{
	int ends[2], wrong = 0;

	for (int i = 0; i < TIMES / 10; i++) {
		pid_t child;

		if (pipe(ends))
			exit(1);
		child = fork();
		if (!child)
			_exit(0);
		close(ends[0]);
		waitpid(child, NULL, 0);
		wrong += !is_broken(ends[1]);
		close(ends[1]);
	}
	printf("a child's: %d\n", wrong);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	pipes();
	sockets();
	fifos();
	of_a_child();
	return 0;
}
