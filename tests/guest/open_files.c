/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/PID/fd and fdinfo, of oneself and of another process. */
#include "check.h"
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>

/* The target of a link without the number of a pipe or socket, and without
 * the folder that the test runs in. */
static void show_link(const char *path, const char *name)
{
	char target[4096], folder[256];
	ssize_t length = readlink(path, target, sizeof target - 1);
	char *bracket;
	struct stat status;

	if (length < 0 || lstat(path, &status)) {
		printf("  %s: %s\n", name, strerrorname_np(errno));
		return;
	}
	target[length] = 0;
	bracket = strstr(target, ":[");
	if (bracket && bracket[2] >= '0' && bracket[2] <= '9')
		strcpy(bracket, ":[...]");
	length = getcwd(folder, sizeof folder) ? (ssize_t)strlen(folder) : 0;
	if (!strncmp(target, folder, (size_t)length))
		memmove(target, target + length, strlen(target + length) + 1);
	printf("  %s %o -> %s\n", name, status.st_mode, target);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	return atoi((*a)->d_name) - atoi((*b)->d_name);
}

static void list(const char *folder, int least)
{
	struct dirent **entries;
	char path[300];
	int count = scandir(folder, &entries, NULL, by_number);

	if (count < 0) {
		printf("  %s\n", strerrorname_np(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", folder,
		    entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' &&
		    atoi(entries[i]->d_name) >= least)
			show_link(path, entries[i]->d_name);
	}
	fflush(stdout);
}

static void show_file(const char *path)
{
	char line[256];
	FILE *file = fopen(path, "r");

	if (!file) {
		printf("  %s\n", strerrorname_np(errno));
		return;
	}
	while (fgets(line, sizeof line, file))
		if (!strncmp(line, "pos", 3) || !strncmp(line, "flags", 5))
			printf("  %s", line);
	fclose(file);
}

/* Opens something of each kind at 20 and above. */
static void open_all(void)
{
	int pair[2], file;
	char gone[256];

	dup2(file = open("relative", O_RDWR | O_CREAT, 0644), 20);
	if (write(20, "12345", 5) != 5)
		say("not written");
	close(file);
	dup2(file = open("/etc/passwd", O_RDONLY), 21);
	close(file);
	dup2(file = open(".", O_RDONLY | O_DIRECTORY), 22);
	close(file);
	dup2(file = open("/dev/null", O_WRONLY), 23);
	close(file);
	if (!pipe(pair)) {
		dup2(pair[0], 24);
		dup2(pair[1], 25);
		close(pair[0]);
		close(pair[1]);
	}
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) {
		dup2(pair[0], 26);
		close(pair[0]);
		close(pair[1]);
	}
	dup2(file = epoll_create1(0), 27);
	close(file);
	dup2(file = eventfd(0, 0), 28);
	close(file);
	dup2(file = inotify_init1(0), 29);
	close(file);
	if (!getcwd(gone, sizeof gone - 8))
		say("no folder");
	strcat(gone, "/gone");
	dup2(file = open(gone, O_WRONLY | O_CREAT | O_APPEND, 0600), 30);
	close(file);
	unlink(gone);
	dup2(file = open("renamed", O_WRONLY | O_CREAT, 0600), 31);
	close(file);
	rename("renamed", "other-name");
	mkfifo("fifo", 0600);
	dup2(file = open("fifo", O_RDWR), 32);
	close(file);
	dup3(32, 40, O_CLOEXEC);
}

/* Both ends have the pipe's own number, as fstat has it. */
static void pipe_number(void)
{
	char path[64], one[64] = "", other[64] = "", text[64];
	struct stat status;
	int pair[2];

	if (pipe(pair) || fstat(pair[0], &status))
		say("no pipe");
	snprintf(text, sizeof text, "pipe:[%llu]",
	    (unsigned long long)status.st_ino);
	snprintf(path, sizeof path, "/proc/self/fd/%d", pair[0]);
	SHOW(readlink(path, one, sizeof one) == (ssize_t)strlen(text));
	snprintf(path, sizeof path, "/proc/%d/fd/%d", getpid(), pair[1]);
	SHOW(readlink(path, other, sizeof other) == (ssize_t)strlen(text));
	SHOW(strcmp(one, other) | strcmp(one, text));
	SHOW(lstat(path, &status));
	SHOW(status.st_size);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	char path[64], byte;
	struct stat status;
	int go[2];
	pid_t child;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (pipe(go))
		return 1;
	child = fork();
	if (!child) {
		open_all();
		say("of itself:");
		list("/proc/self/fd", 20);
		close(go[1]);
		if (read(go[0], &byte, 1) < 0)
			say("no pipe");
		_exit(0);
	}
	close(go[0]);
	usleep(300000);
	say("of another:");
	snprintf(path, sizeof path, "/proc/%d/fd", child);
	SHOW(stat(path, &status));
	printf("%o %d\n", status.st_mode, status.st_uid == geteuid());
	list(path, 20);
	snprintf(path, sizeof path, "/proc/%d/fdinfo/20", child);
	show_file(path);
	snprintf(path, sizeof path, "/proc/%d/fdinfo/30", child);
	show_file(path);
	snprintf(path, sizeof path, "/proc/%d/fdinfo/40", child);
	show_file(path);
	snprintf(path, sizeof path, "/proc/%d/fdinfo/50", child);
	show_file(path);
	snprintf(path, sizeof path, "/proc/%d/fd/50", child);
	show_link(path, "50");
	snprintf(path, sizeof path, "/proc/%d/fd/20", child);
	show_file(path);
	SHOW(stat(path, &status));
	SHOW(status.st_size);
	snprintf(path, sizeof path, "/proc/%d/fd", child);
	CHILD("an ordinary user", if (setuid(1000)) say("no user");
	      SHOW(open(path, O_RDONLY)));
	close(go[1]);
	reap("child", child);
	list(path, 0);
	pipe_number();
	return 0;
}
