/* SPDX-License-Identifier: BSD-2-Clause */
/* Pseudo-terminals: the line, modes, sessions, job control, hang-ups. */
#include "check.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

static void print_bytes(const char *what, const char *bytes, long count)
{
	printf("%s %ld: ", what, count);
	for (long i = 0; i < count; i++)
		if (bytes[i] >= ' ' && bytes[i] < 127)
			putchar(bytes[i]);
		else
			printf("\\%03o", (unsigned char)bytes[i]);
	printf("\n");
	fflush(stdout);
}

/* Pairs move their bytes in the background: what comes until nothing does. */
static void print_all(const char *what, int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char bytes[4096];
	long count = 0, more;

	while (poll(&wait, 1, 200) > 0 && (wait.revents & POLLIN)) {
		more = read(fd, bytes + count, sizeof(bytes) - (size_t)count);
		if (more <= 0)
			break;
		count += more;
	}
	print_bytes(what, bytes, count);
}

static void open_pair(void)
{
	char name[64];
	int lock = 0;

	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (ptsname_r(master, name, sizeof(name)))
		say("no name");
	SHOW(open(name, O_RDWR | O_NOCTTY));
	SHOW(ioctl(master, TIOCSPTLCK, &lock));
	slave = open(name, O_RDWR | O_NOCTTY);
	SHOW(slave >= 0);
	SHOW(isatty(slave) + isatty(master));
}

static void close_pair(void)
{
	close(slave);
	close(master);
}

static void type(const char *text)
{
	if (write(master, text, strlen(text)) != (long)strlen(text))
		say("typing failed");
}

/* What one read of the slave gives. */
static void print_read(size_t size)
{
	char bytes[4096];
	struct pollfd wait = { .fd = slave, .events = POLLIN };

	SHOW(poll(&wait, 1, 2000));
	print_bytes("read", bytes, read(slave, bytes, size));
}

static void canonical(void)
{
	int count = -1;

	open_pair();
	type("ls -l\r");
	print_read(100);
	type("abc\177\177xy zz\027\025new\tline\177\177\177\177\177\177\r");
	print_read(100);
	type("one\rtwo\rthr");
	print_read(100);
	SHOW(ioctl(slave, FIONREAD, &count));
	SHOW(count);
	print_read(2);
	print_read(100);
	type("ee\004\004");
	print_read(100);
	print_read(100);
	type("\026\003\026\r\303\244\342\202\254\177\r");
	print_read(100);
	print_all("screen", master);
	SHOW(write(slave, "a\tb\nc\r\n", 7));
	print_all("screen", master);
	close_pair();
}

static void modes(unsigned input, unsigned output, unsigned local)
{
	struct termios modes;

	tcgetattr(slave, &modes);
	modes.c_iflag = input;
	modes.c_oflag = output;
	modes.c_lflag = local;
	SHOW(tcsetattr(slave, TCSADRAIN, &modes));
}

static void raw(void)
{
	struct termios modes_now;
	char bytes[100];

	open_pair();
	modes(0, 0, 0);
	type("a\r\n\003\004\177");
	print_read(3);
	print_read(100);
	tcgetattr(slave, &modes_now);
	modes_now.c_cc[VMIN] = 0;
	modes_now.c_cc[VTIME] = 1;
	SHOW(tcsetattr(slave, TCSANOW, &modes_now));
	SHOW(read(slave, bytes, 10));
	modes_now.c_cc[VTIME] = 0;
	SHOW(tcsetattr(slave, TCSANOW, &modes_now));
	SHOW(read(slave, bytes, 10));
	modes_now.c_cc[VMIN] = 5;
	SHOW(tcsetattr(slave, TCSANOW, &modes_now));
	CHILD("slow typist", type("12"); usleep(50000); type("345"););
	SHOW(read(slave, bytes, 100));
	modes_now.c_cc[VTIME] = 2;
	SHOW(tcsetattr(slave, TCSANOW, &modes_now));
	type("67");
	SHOW(read(slave, bytes, 100));
	SHOW(fcntl(slave, F_SETFL, O_NONBLOCK));
	SHOW(read(slave, bytes, 100));
	modes(ICRNL, OPOST | ONLCR, ECHO | ECHOCTL | ICANON | ECHOE | IEXTEN);
	type("x\001y\r");
	print_read(100);
	print_all("screen", master);
	close_pair();
}

static void sizes(void)
{
	struct winsize size = { 0 };

	open_pair();
	SHOW(ioctl(slave, TIOCGWINSZ, &size));
	printf("%d %d\n", size.ws_row, size.ws_col);
	size.ws_row = 33;
	size.ws_col = 101;
	SHOW(ioctl(master, TIOCSWINSZ, &size));
	memset(&size, 0, sizeof(size));
	SHOW(ioctl(slave, TIOCGWINSZ, &size));
	printf("%d %d\n", size.ws_row, size.ws_col);
	SHOW(tcgetpgrp(slave));
	SHOW(tcflush(slave, TCIOFLUSH));
	SHOW(ioctl(slave, TCXONC, 7));
	close_pair();
}

static volatile int signals;

static void on_signal(int signal)
{
	char text[] = "got  \n";

	text[4] = (char)('A' + signal);
	if (write(1, text, 6) < 0)
		_exit(9);
	signals++;
}

static void await_signals(int count)
{
	while (signals < count)
		usleep(1000);
}

/* A session of its own, with the slave as its terminal. */
static void enter_session(void)
{
	SHOW(setsid() == getpid());
	SHOW(ioctl(slave, TIOCSCTTY, 0));
	SHOW(tcgetpgrp(slave) == getpgrp());
	SHOW(tcgetsid(slave) == getpid());
}

static void keys(void)
{
	struct winsize size = { .ws_row = 10, .ws_col = 20 };
	char bytes[10];

	enter_session();
	signal(SIGINT, on_signal);
	signal(SIGQUIT, on_signal);
	signal(SIGWINCH, on_signal);
	SHOW(open("/dev/tty", O_RDWR) >= 0);
	type("typed\003");
	await_signals(1);
	type("\034");
	await_signals(2);
	if (ioctl(slave, TIOCSWINSZ, &size))
		say("no new size");
	await_signals(3);
	type("line\r");
	SHOW(read(slave, bytes, 10));
	print_all("screen", master);
}

static void background(void)
{
	pid_t child;
	char bytes[10];
	int status;

	enter_session();
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		SHOW(tcgetpgrp(slave) == getppid());
		_exit(read(slave, bytes, 10) == 3 ? 5 : 6);
	}
	waitpid(child, &status, WUNTRACED);
	SHOW(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
	SHOW(tcsetpgrp(slave, child));
	type("ab\r");
	SHOW(kill(child, SIGCONT));
	reap("reader", child);
	signal(SIGTTOU, SIG_IGN);
	SHOW(tcsetpgrp(slave, getpgrp()));
	SHOW(tcgetpgrp(slave) == getpgrp());
}

static void background_write(void)
{
	pid_t child;
	int status;

	enter_session();
	modes(0, OPOST, ICANON | TOSTOP);
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		_exit(write(slave, "x", 1) == 1 ? 5 : 6);
	}
	waitpid(child, &status, WUNTRACED);
	SHOW(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
	modes(0, OPOST, ICANON);
	SHOW(kill(child, SIGCONT));
	reap("writer", child);
	print_all("screen", master);
}

static void hang_up(void)
{
	struct pollfd poll_slave = { .events = POLLIN | POLLOUT };
	char bytes[10];

	open_pair();
	enter_session();
	signal(SIGHUP, on_signal);
	close(master);
	await_signals(1);
	poll_slave.fd = slave;
	SHOW(read(slave, bytes, 10));
	SHOW(write(slave, "x", 1));
	SHOW(poll(&poll_slave, 1, 0));
	printf("%x\n", poll_slave.revents);
	SHOW(open("/dev/tty", O_RDWR));
}

static void closing(void)
{
	struct pollfd poll_master = { .events = POLLIN };
	char bytes[10];

	open_pair();
	SHOW(write(slave, "last", 4));
	close(slave);
	print_all("screen", master);
	SHOW(read(master, bytes, 10));
	poll_master.fd = master;
	SHOW(poll(&poll_master, 1, 0));
	printf("%x\n", poll_master.revents);
	close(master);
}

/* A writer who may wait gives all, however slow the other side is. */
static void long_writes(void)
{
	static char bytes[60000];
	long count = 0, more;

	open_pair();
	modes(0, OPOST | XTABS, 0);
	memset(bytes, '\t', sizeof(bytes));
	CHILD("reader", {
		pid_t writer = fork();

		if (writer == 0) {
			close(master);
			_exit(write(slave, bytes, 20000) == 20000 ? 3 : 4);
		}
		close(slave);
		while (count < 160000) {
			more = read(master, bytes, sizeof(bytes));
			if (more <= 0)
				break;
			count += more;
		}
		SHOW(count);
		reap("writer", writer);
	});
	close_pair();
	open_pair();
	modes(0, 0, 0);
	CHILD("reader", {
		pid_t writer = fork();

		if (writer == 0) {
			more = write(master, bytes, sizeof(bytes));
			_exit(more == sizeof(bytes) ? 3 : 4);
		}
		while (count < (long)sizeof(bytes)) {
			more = read(slave, bytes, 1000);
			if (more <= 0)
				break;
			count += more;
		}
		SHOW(count);
		reap("writer", writer);
	});
	close_pair();
}

/* The death of a session's leader takes the terminal from all the others, but
 * what they have open they keep. */
static void leader_dies(void)
{
	int pipes[2];
	char byte;

	enter_session();
	if (pipe(pipes))
		return;
	signal(SIGHUP, SIG_IGN);
	if (fork() == 0) {
		close(pipes[1]);
		if (read(pipes[0], &byte, 1) == 0)
			usleep(100000);
		SHOW(write(slave, "x", 1));
		SHOW(open("/dev/tty", O_RDWR));
		_exit(0);
	}
	_exit(0);
}

int main(void)
{
	canonical();
	raw();
	sizes();
	open_pair();
	CHILD("keys", keys(););
	close_pair();
	open_pair();
	CHILD("background", background(););
	close_pair();
	open_pair();
	CHILD("background write", background_write(););
	close_pair();
	CHILD("hang up", hang_up(););
	closing();
	long_writes();
	open_pair();
	CHILD("leader", leader_dies(););
	usleep(500000);
	close_pair();
	return 0;
}
