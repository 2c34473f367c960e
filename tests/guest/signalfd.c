/* SPDX-License-Identifier: BSD-2-Clause */
/* signalfd: what it gives of which signals, and how it is waited for. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/time.h>

static sigset_t set_of(int first, int second, int third)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, first);
	if (second)
		sigaddset(&set, second);
	if (third)
		sigaddset(&set, third);
	return set;
}

static void print(const struct signalfd_siginfo *info)
{
	printf("  signal %u code %d errno %d", info->ssi_signo, info->ssi_code,
	    info->ssi_errno);
	printf(" pid %s uid %u status %d int %d ptr %lld overrun %u\n",
	    info->ssi_pid == (unsigned)getpid() ? "own" :
	    info->ssi_pid ? "other" : "none",
	    info->ssi_uid, info->ssi_status, info->ssi_int,
	    (long long)info->ssi_ptr, info->ssi_overrun);
	fflush(stdout);
}

static void get(int fd, size_t size)
{
	struct signalfd_siginfo infos[4];
	ssize_t got = read(fd, infos, size);

	SHOW(got);
	for (ssize_t i = 0; i * (ssize_t)sizeof *infos < got; i++)
		print(&infos[i]);
}

static void handler(int signal)
{
	printf("handler %d\n", signal);
	fflush(stdout);
}

static void kinds(int fd)
{
	union sigval value = { .sival_int = -7 };
	struct itimerval timer = { .it_value.tv_usec = 20000 };
	pid_t child;

	get(fd, 512);
	SHOW(kill(getpid(), SIGUSR1));
	SHOW(kill(getpid(), SIGUSR1));
	get(fd, 512);
	get(fd, 512);
	SHOW(sigqueue(getpid(), SIGRTMIN + 1, value));
	value.sival_int = 8;
	SHOW(sigqueue(getpid(), SIGRTMIN + 1, value));
	SHOW(kill(getpid(), SIGUSR1));
	get(fd, 128);
	get(fd, 300);
	get(fd, 100);
	SHOW(raise(SIGUSR1));
	get(fd, 128);
	child = fork();
	if (!child)
		_exit(5);
	SHOW(waitpid(child, NULL, 0) == child);
	get(fd, 512);
	SHOW(setitimer(ITIMER_REAL, &timer, NULL));
	usleep(100000);
	get(fd, 512);
}

static void waiting(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);
	pid_t parent = getpid(), child;

	SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	SHOW(poll(&poll_fd, 1, 0));
	child = fork();
	if (!child) {
		usleep(50000);
		kill(parent, SIGUSR1);
		_exit(0);
	}
	SHOW(poll(&poll_fd, 1, 10000));
	SHOW(poll_fd.revents);
	SHOW(epoll_wait(epoll, &event, 1, 1000));
	get(fd, 128);
	SHOW(waitpid(child, NULL, 0) == child);
	get(fd, 128);
	SHOW(epoll_wait(epoll, &event, 1, 0));
	close(epoll);
	fcntl(fd, F_SETFL, 0);
	child = fork();
	if (!child) {
		usleep(50000);
		kill(parent, SIGUSR1);
		_exit(3);
	}
	get(fd, 128);
	get(fd, 128);
	SHOW(waitpid(child, NULL, 0) == child);
}

static void masks(int fd)
{
	sigset_t set = set_of(SIGUSR2, SIGKILL, 0), all = set_of(SIGUSR2, 0, 0);

	SHOW(signalfd(99, &set, 0));
	SHOW(signalfd(1, &set, 0));
	SHOW(signalfd(-1, &set, 0x100));
	SHOW(signalfd(fd, &set, 0) == fd);
	SHOW(sigprocmask(SIG_BLOCK, &all, NULL));
	SHOW(kill(getpid(), SIGUSR1));
	SHOW(kill(getpid(), SIGUSR2));
	get(fd, 512);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	get(fd, 512);
	signal(SIGUSR1, handler);
	all = set_of(SIGUSR1, 0, 0);
	SHOW(sigprocmask(SIG_UNBLOCK, &all, NULL));
	SHOW(write(fd, &set, 8));
	/* A child reads its own. */
	SHOW(kill(getpid(), SIGUSR2));
	CHILD("child", get(fd, 128));
	get(fd, 128);
}

int main(void)
{
	sigset_t set = set_of(SIGUSR1, SIGRTMIN + 1, SIGCHLD);
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaddset(&set, SIGALRM);
	SHOW(sigprocmask(SIG_BLOCK, &set, NULL));
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	SHOW(fd >= 0);
	SHOW(fcntl(fd, F_GETFD));
	SHOW(fcntl(fd, F_GETFL) & O_NONBLOCK);
	kinds(fd);
	waiting(fd);
	masks(fd);
	return 0;
}
