/* SPDX-License-Identifier: BSD-2-Clause */
/* inotify: which events come, in which order, with which names. */
#include "check.h"
#include <dirent.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

static int fd;

static const struct {
	unsigned bit;
	const char *name;
} bits[] = {
	{ IN_ACCESS, "access" },
	{ IN_MODIFY, "modify" },
	{ IN_ATTRIB, "attrib" },
	{ IN_CLOSE_WRITE, "close_write" },
	{ IN_CLOSE_NOWRITE, "close_nowrite" },
	{ IN_OPEN, "open" },
	{ IN_MOVED_FROM, "moved_from" },
	{ IN_MOVED_TO, "moved_to" },
	{ IN_CREATE, "create" },
	{ IN_DELETE, "delete" },
	{ IN_DELETE_SELF, "delete_self" },
	{ IN_MOVE_SELF, "move_self" },
	{ IN_UNMOUNT, "unmount" },
	{ IN_Q_OVERFLOW, "overflow" },
	{ IN_IGNORED, "ignored" },
	{ IN_ISDIR, "dir" },
};

static unsigned cookie_first;

static void print(const struct inotify_event *event)
{
	printf("  %d", event->wd);
	for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++)
		if (event->mask & bits[i].bit)
			printf(" %s", bits[i].name);
	if (event->cookie && !cookie_first)
		cookie_first = event->cookie;
	if (event->cookie)
		printf(" cookie %u", event->cookie - cookie_first);
	if (event->len)
		printf(" %u \"%s\"", event->len, event->name);
	printf("\n");
}

/* What has come since the last time. */
static void events(const char *what)
{
	char buffer[4096] __attribute__((aligned(8)));
	ssize_t size;

	printf("%s:\n", what);
	while ((size = read(fd, buffer, sizeof buffer)) > 0) {
		for (char *at = buffer; at < buffer + size;) {
			struct inotify_event *event = (void *)at;

			print(event);
			at += sizeof *event + event->len;
		}
	}
	if (errno != EAGAIN)
		printf("  read: %s\n", strerrorname_np(errno));
	fflush(stdout);
}

static void put(const char *name, const char *text, int flags)
{
	int file = open(name, O_WRONLY | flags, 0644);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		printf("%s: %s\n", name, strerrorname_np(errno));
	close(file);
}

static void get(const char *name)
{
	char byte;
	int file = open(name, O_RDONLY);

	if (read(file, &byte, 1) != 1)
		printf("%s: nothing\n", name);
	close(file);
}

static void file_events(void)
{
	struct stat status;
	int file;

	put("file", "one\n", O_CREAT);
	SHOW(inotify_add_watch(fd, "file", IN_ALL_EVENTS));
	events("nothing yet");
	put("file", "two\n", O_APPEND);
	events("append");
	put("file", "x", 0);
	events("inside");
	put("file", "three\n", O_TRUNC);
	events("truncated by open");
	get("file");
	events("read");
	SHOW(chmod("file", 0600));
	events("chmod");
	SHOW(truncate("file", 2));
	events("truncate");
	SHOW(utimensat(AT_FDCWD, "file", NULL, 0));
	events("times");
	SHOW(link("file", "second"));
	events("link");
	SHOW(unlink("second"));
	events("unlink of one");
	SHOW(rename("file", "moved"));
	events("rename");
	SHOW(stat("moved", &status));
	events("stat");
	file = open("moved", O_RDWR);
	events("open");
	SHOW(unlink("moved"));
	events("unlink while open");
	SHOW(ftruncate(file, 100));
	events("ftruncate");
	close(file);
	events("last close");
	SHOW(inotify_rm_watch(fd, 1));
}

static void directory_names(void)
{
	SHOW(mkdir("d", 0755));
	SHOW(mkdir("e", 0755));
	SHOW(inotify_add_watch(fd, "d", IN_ALL_EVENTS));
	SHOW(inotify_add_watch(fd, "e", IN_MOVED_TO | IN_MOVED_FROM));
	put("d/new", "text", O_CREAT);
	events("create and write");
	SHOW(link("d/new", "d/link"));
	events("link");
	SHOW(symlink("new", "d/symbolic"));
	SHOW(mkfifo("d/fifo", 0644));
	SHOW(mkdir("d/sub", 0755));
	events("make");
	SHOW(rename("d/new", "d/other"));
	SHOW(rename("d/other", "e/far"));
	events("rename");
	SHOW(rename("d/sub", "e/sub"));
	SHOW(rename("e/sub", "d/sub"));
	events("rename of a directory");
	put("d/second", "2", O_CREAT);
	events("second");
	SHOW(rename("e/far", "d/second"));
	events("replace");
	SHOW(unlink("d/link"));
	SHOW(unlink("d/second"));
	SHOW(unlink("d/symbolic"));
	SHOW(unlink("d/fifo"));
	SHOW(rmdir("d/sub"));
	events("remove");
}

static void directory_itself(void)
{
	DIR *directory = opendir("d");

	events("opendir");
	while (readdir(directory))
		;
	closedir(directory);
	events("readdir, closedir");
	SHOW(chmod("d", 0700));
	SHOW(rename("d", "f"));
	events("chmod, rename");
	SHOW(rmdir("f"));
	events("rmdir");
	SHOW(rmdir("e"));
	events("rmdir of the other");
}

static void masks(void)
{
	int other;

	put("file", "", O_CREAT);
	SHOW(symlink("file", "symbolic"));
	SHOW(inotify_add_watch(fd, "file", 0));
	SHOW(inotify_add_watch(fd, "file", IN_ONLYDIR | IN_OPEN));
	SHOW(inotify_add_watch(fd, "none", IN_OPEN));
	SHOW(inotify_add_watch(fd, "", IN_OPEN));
	SHOW(inotify_add_watch(99, "file", IN_OPEN));
	SHOW(inotify_add_watch(1, "file", IN_OPEN));
	SHOW(inotify_add_watch(fd, "file", IN_MASK_ADD | IN_MASK_CREATE | 2));
	SHOW(inotify_rm_watch(fd, 99));
	SHOW(inotify_rm_watch(1, 1));
	SHOW(inotify_init1(0x40000000));
	other = inotify_add_watch(fd, "file", IN_OPEN);
	SHOW(inotify_add_watch(fd, "file", IN_ATTRIB | IN_MASK_ADD) == other);
	SHOW(inotify_add_watch(fd, "file", IN_OPEN | IN_MASK_CREATE));
	get("file");
	SHOW(chmod("file", 0640));
	events("added");
	SHOW(inotify_add_watch(fd, "symbolic", IN_ATTRIB) == other);
	get("file");
	SHOW(chmod("file", 0644));
	events("replaced, by a symbolic link");
	SHOW(inotify_add_watch(fd, "symbolic", IN_DELETE_SELF | IN_DONT_FOLLOW)
	    == other);
	SHOW(unlink("symbolic"));
	events("the symbolic link itself");
	SHOW(inotify_rm_watch(fd, other));
	events("removed");
	SHOW(chmod("file", 0640));
	events("not watched");
	SHOW(inotify_add_watch(fd, "file", IN_ATTRIB | IN_ONESHOT) > other);
	SHOW(chmod("file", 0600));
	SHOW(chmod("file", 0640));
	events("one shot");
}

static void reading(void)
{
	char buffer[4096] __attribute__((aligned(8)));
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 7 };
	int pending, epoll = epoll_create1(0);

	SHOW(mkdir("r", 0755));
	SHOW(inotify_add_watch(fd, "r", IN_CREATE | IN_DELETE) > 0);
	SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	SHOW(poll(&poll_fd, 1, 0));
	SHOW(epoll_wait(epoll, &event, 1, 0));
	put("r/a", "", O_CREAT);
	put("r/a-name-of-16-bytes", "", O_CREAT);
	SHOW(poll(&poll_fd, 1, 0));
	SHOW(epoll_wait(epoll, &event, 1, 0));
	SHOW(poll_fd.revents);
	SHOW(ioctl(fd, FIONREAD, &pending));
	SHOW(pending);
	SHOW(read(fd, buffer, 10));
	SHOW(read(fd, buffer, 31));
	SHOW(read(fd, buffer, 70));
	SHOW(read(fd, buffer, 70));
	SHOW(read(fd, buffer, 70));
	SHOW(write(fd, buffer, 1));
	SHOW(lseek(fd, 0, SEEK_SET));
	close(epoll);
}

/* Somebody else does it, and we wait. */
static void waiting(void)
{
	char buffer[4096] __attribute__((aligned(8)));
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	pid_t child;

	fcntl(fd, F_SETFL, 0);
	child = fork();
	if (!child) {
		usleep(100000);
		put("r/b", "", O_CREAT);
		usleep(100000);
		unlink("r/b");
		_exit(0);
	}
	SHOW(read(fd, buffer, sizeof buffer));
	print((void *)buffer);
	SHOW(poll(&poll_fd, 1, 10000));
	SHOW(read(fd, buffer, sizeof buffer));
	reap("child", child);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	events("rest");
}

/* A file that was open before it was watched, and by another process. */
static void others(void)
{
	int go[2], file = open("log", O_WRONLY | O_CREAT, 0644);
	pid_t child;
	char byte;

	if (pipe(go) || write(file, "a", 1) != 1)
		say("no pipe");
	child = fork();
	if (!child) {
		close(go[1]);
		while (read(go[0], &byte, 1) == 1)
			if (write(file, "b", 1) != 1)
				say("not written");
		_exit(0);
	}
	close(file);
	SHOW(inotify_add_watch(fd, "log", IN_MODIFY | IN_CLOSE_WRITE) > 0);
	SHOW(inotify_add_watch(fd, ".", IN_MODIFY | IN_CLOSE_WRITE) > 0);
	SHOW(write(go[1], "x", 1));
	usleep(100000);
	events("written by a child");
	close(go[1]);
	reap("child", child);
	usleep(100000);
	events("closed by its end");
}

static void many(void)
{
	char buffer[4096] __attribute__((aligned(8)));
	int count = 0, other = 0;
	ssize_t size;

	SHOW(chmod("r", 0755));
	for (int i = 0; i < 5; i++)
		chmod("r", 0755 - i % 2);
	for (int i = 0; i < 300; i++) {
		char name[32];

		snprintf(name, sizeof name, "r/file-number-%03d", i);
		put(name, "", O_CREAT);
	}
	while ((size = read(fd, buffer, sizeof buffer)) > 0)
		for (char *at = buffer; at < buffer + size;) {
			struct inotify_event *event = (void *)at;
			char name[32];

			snprintf(name, sizeof name, "file-number-%03d", count);
			if (strcmp(name, event->name))
				other++;
			count++;
			at += sizeof *event + event->len;
		}
	SHOW(count);
	SHOW(other);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	SHOW(fd >= 0);
	SHOW(fcntl(fd, F_GETFD));
	file_events();
	directory_names();
	directory_itself();
	masks();
	reading();
	waiting();
	many();
	others();
	SHOW(close(fd));
	return 0;
}
