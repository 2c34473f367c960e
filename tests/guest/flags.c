/* SPDX-License-Identifier: BSD-2-Clause */
/* The flags that chattr sets: what they keep from whom, who may set them. On
 * the root disk and in a tmpfs. */
#include "check.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { SEEN = FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL };

static int set(const char *name, long flags)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK), result;

	if (fd < 0)
		return -1;
	result = ioctl(fd, FS_IOC_SETFLAGS, &flags);
	close(fd);
	return result;
}

static void flags_of(const char *name)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK);
	long flags = 0;

	show(name, ioctl(fd, FS_IOC_GETFLAGS, &flags));
	printf("flags %lx\n", flags & SEEN);
	close(fd);
}

static void write_with(const char *what, const char *name, int flags)
{
	int fd = open(name, flags);

	show(what, fd < 0 ? -1 : write(fd, "more", 4));
	if (fd >= 0)
		close(fd);
}

static void changes(const char *name, const char *other)
{
	write_with("written", name, O_WRONLY);
	write_with("appended", name, O_WRONLY | O_APPEND);
	write_with("cut", name, O_WRONLY | O_APPEND | O_TRUNC);
	show("truncated", truncate(name, 1));
	show("linked", link(name, other));
	unlink(other);
	show("mode", chmod(name, 0600));
	show("time", utimensat(AT_FDCWD, name, NULL, 0));
	show("renamed", rename(name, other));
	rename(other, name);
	show("unlinked", unlink(name));
	close(open(name, O_CREAT | O_RDWR, 0644));
}

static void file(const char *name, const char *other)
{
	close(open(name, O_CREAT | O_RDWR | O_TRUNC, 0644));
	flags_of(name);
	show("immutable", set(name, FS_IMMUTABLE_FL));
	flags_of(name);
	changes(name, other);
	show("append only", set(name, FS_APPEND_FL));
	flags_of(name);
	changes(name, other);
	show("others", set(name, FS_NODUMP_FL | FS_NOATIME_FL));
	flags_of(name);
	changes(name, other);
	show("gone", unlink(name));
}

static void directory(const char *name)
{
	char inside[60];

	snprintf(inside, sizeof inside, "%s/inside", name);
	show("mkdir", mkdir(name, 0755));
	show("append only", set(name, FS_APPEND_FL));
	show("made", open(inside, O_CREAT | O_RDWR, 0644) < 0);
	show("unlinked", unlink(inside));
	show("immutable", set(name, FS_IMMUTABLE_FL));
	flags_of(name);
	show("unlinked", unlink(inside));
	write_with("what is inside", inside, O_WRONLY);
	show("removed", rmdir(name));
	show("nothing", set(name, 0));
	show("unlinked", unlink(inside));
	show("removed", rmdir(name));
}

static void others(const char *name)
{
	int fd = open("/proc/version", O_RDONLY), flags;

	fflush(stdout);
	close(open(name, O_CREAT | O_RDWR | O_TRUNC, 0644));
	show("chown", chown(name, 1000, 1000));
	fflush(stdout);
	if (!fork()) {
		if (setgid(1000) || setuid(1000))
			printf("setuid failed\n");
		show("owner: nodump", set(name, FS_NODUMP_FL));
		show("owner: immutable", set(name, FS_IMMUTABLE_FL));
		show("not his", set("/etc/passwd", FS_NODUMP_FL));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	flags_of(name);
	unlink(name);
	show("not there", set(name, 0));
	show("bad address", ioctl(open("/etc/passwd", O_RDONLY),
	    FS_IOC_GETFLAGS, (void *)8));
	show("of /proc", ioctl(fd, FS_IOC_GETFLAGS, &flags));
}

int main(void)
{
	chmod("/root", 0755);
	file("/root/flags.file", "/root/flags.other");
	directory("/root/flags.directory");
	others("/root/flags.owned");
	mkdir("/root/flags.tmpfs", 0755);
	show("mounted", mount("tmpfs", "/root/flags.tmpfs", "tmpfs", 0, NULL));
	file("/root/flags.tmpfs/file", "/root/flags.tmpfs/other");
	directory("/root/flags.tmpfs/directory");
	show("unmounted", umount("/root/flags.tmpfs"));
	rmdir("/root/flags.tmpfs");
	return 0;
}
