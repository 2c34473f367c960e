/* SPDX-License-Identifier: BSD-2-Clause */
/* fork, wait, exit statuses, orphans, shared offsets, copied memory. */
#include "check.h"
#include <sys/resource.h>

static int global = 1;

static void memory_is_copied(void)
{
	int local = 1;
	char *heap = malloc(100000);

	memset(heap, 'p', 100000);
	CHILD("child changes memory", {
		global = 2;
		local = 2;
		memset(heap, 'c', 100000);
		printf("child sees %d %d %c\n", global, local, heap[99999]);
	});
	printf("parent sees %d %d %c\n", global, local, heap[99999]);
	free(heap);
}

static void waits(void)
{
	int status;
	pid_t pid, pids[5];
	siginfo_t info;

	SHOW(wait(&status));
	SHOW(waitpid(-1, &status, WNOHANG));
	SHOW(waitpid(getpid(), &status, 0));
	for (int i = 0; i < 5; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(i * 10);
	}
	for (int i = 4; i >= 0; i--)
		reap("in reverse", pids[i]);
	pid = fork();
	if (!pid)
		_exit(77);
	SHOW(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	printf("waitid: code %d status %d same pid %d signal %d\n",
	    info.si_code, info.si_status, info.si_pid == pid, info.si_signo);
	reap("after WNOWAIT", pid);
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	SHOW(waitpid(pid, &status, WNOHANG));
	kill(pid, SIGSTOP);
	SHOW(waitpid(pid, &status, WUNTRACED) == pid);
	printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
	kill(pid, SIGCONT);
	SHOW(waitpid(pid, &status, WCONTINUED) == pid);
	printf("continued %d\n", WIFCONTINUED(status));
	kill(pid, SIGTERM);
	reap("terminated", pid);
}

static void offsets_are_shared(void)
{
	char text[32] = "";
	int file = open("/tmp/offsets", O_RDWR | O_CREAT | O_TRUNC, 0600);

	SHOW(write(file, "parent.", 7));
	CHILD("writer", SHOW(write(file, "child.", 6)));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(write(file, "parent again", 12));
	SHOW(pread(file, text, 31, 0));
	say(text);
	CHILD("seeker", SHOW(lseek(file, 3, SEEK_SET)));
	SHOW(lseek(file, 0, SEEK_CUR));
	close(file);
	unlink("/tmp/offsets");
}

static void orphans(void)
{
	int ends[2];
	char byte;

	SHOW(pipe(ends));
	CHILD("parent of an orphan", {
		if (fork() == 0) {
			while (getppid() != 1)
				usleep(1000);
			write(ends[1], "1", 1);
			_exit(0);
		}
	});
	close(ends[1]);
	SHOW(read(ends[0], &byte, 1));
	SHOW(read(ends[0], &byte, 1));
	close(ends[0]);
}

static void ignored_children(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid)
		_exit(1);
	SHOW(waitpid(pid, NULL, 0));
	signal(SIGCHLD, SIG_DFL);
}

static void limited(void)
{
	CHILD("at the process limit", {
		struct rlimit limit = { 3, 3 };
		int made = 0;

		setuid(12345);
		SHOW(setrlimit(RLIMIT_NPROC, &limit));
		while (made < 10) {
			pid_t pid = fork();

			if (!pid) {
				pause();
				_exit(0);
			}
			if (pid < 0)
				break;
			made++;
		}
		printf("made %d then %s\n", made, strerrorname_np(errno));
		fflush(stdout);
		signal(SIGTERM, SIG_IGN);
		kill(-1, SIGTERM);
	});
}

static void vforked(void)
{
	volatile int shared = 0;
	pid_t pid = vfork();

	if (!pid) {
		shared = 1;
		_exit(5);
	}
	reap("vforked", pid);
	pid = vfork();
	if (!pid) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(6);
	}
	reap("vfork and exec", pid);
}

int main(void)
{
	memory_is_copied();
	waits();
	offsets_are_shared();
	orphans();
	ignored_children();
	limited();
	vforked();
	CHILD("abort", abort());
	CHILD("exit 256", _exit(256));
	return 0;
}
