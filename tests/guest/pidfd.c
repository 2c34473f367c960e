/* SPDX-License-Identifier: BSD-2-Clause */
/* pidfd: open, wait for the end, signals, waitid. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static int open_pid(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static int send_signal(int fd, int number)
{
	return (int)syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd, epoll = epoll_create1(0);
	siginfo_t info = { 0 };
	struct pollfd poll_fd;
	pid_t child;
	char byte;

	SHOW(open_pid(0, 0));
	SHOW(open_pid(getpid(), 1));
	SHOW(open_pid(32000, 0));
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	fd = open_pid(child, 0);
	SHOW(fd >= 0);
	SHOW(fcntl(fd, F_GETFD));
	SHOW(read(fd, &byte, 1));
	poll_fd = (struct pollfd){ .fd = fd, .events = POLLIN };
	SHOW(poll(&poll_fd, 1, 50));
	SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	SHOW(epoll_wait(epoll, &event, 1, 0));
	SHOW(send_signal(fd, 0));
	SHOW(send_signal(1, 0));
	SHOW(send_signal(fd, SIGTERM));
	SHOW(poll(&poll_fd, 1, 10000));
	SHOW(poll_fd.revents);
	SHOW(epoll_wait(epoll, &event, 1, 1000));
	SHOW(waitid(3, 1, &info, WEXITED));
	SHOW(waitid(3, fd, &info, WEXITED | WNOWAIT));
	SHOW(info.si_pid == child);
	SHOW(send_signal(fd, 0));
	SHOW(waitid(3, fd, &info, WEXITED));
	SHOW(info.si_status);
	SHOW(poll(&poll_fd, 1, 0));
	SHOW(send_signal(fd, 0));
	SHOW(waitid(3, fd, &info, WEXITED));
	return 0;
}
