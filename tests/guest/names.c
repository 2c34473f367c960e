/* SPDX-License-Identifier: BSD-2-Clause */
/* Every way a path can be wrong, and the calls that change names. */
#include "check.h"
#include <dirent.h>
#include <limits.h>
#include <sys/statfs.h>

static char long_name[300], long_path[5000];

static void wrong_paths(void)
{
	struct stat status;

	SHOW(open("", O_RDONLY));
	SHOW(open("missing", O_RDONLY));
	SHOW(open("missing/x", O_RDONLY));
	SHOW(open("file/x", O_RDONLY));
	SHOW(open("file/", O_RDONLY));
	SHOW(open("dir", O_WRONLY));
	SHOW(open("dir", O_RDONLY | O_CREAT, 0600));
	SHOW(open("file", O_RDONLY | O_DIRECTORY));
	SHOW(open("file", O_CREAT | O_EXCL | O_RDWR, 0600));
	SHOW(open("link", O_RDONLY | O_NOFOLLOW));
	SHOW(open("loop", O_RDONLY));
	SHOW(open(long_name, O_RDONLY));
	SHOW(open(long_path, O_RDONLY));
	SHOW(open("missing/", O_RDWR | O_CREAT, 0600));
	SHOW(stat("dir/../file", &status));
	SHOW(stat("file/..", &status));
	SHOW(stat("dangling", &status));
	SHOW(lstat("dangling", &status));
	SHOW(lstat("link/", &status));
	SHOW(access("file", X_OK));
	SHOW(access("missing", F_OK));
}

static void changes(void)
{
	char target[8];

	SHOW(mkdir("dir", 0755));
	SHOW(mkdir("dir/", 0755));
	SHOW(mkdir("new/", 0755));
	SHOW(mkdir("missing/x", 0755));
	SHOW(mkdir("dangling", 0755));
	SHOW(rmdir("file"));
	SHOW(rmdir("missing"));
	SHOW(rmdir("new/."));
	SHOW(rmdir("new/.."));
	SHOW(rmdir("new"));
	SHOW(unlink("dir"));
	SHOW(unlink("missing"));
	SHOW(unlink("file/"));
	SHOW(link("file", "dir/hard"));
	SHOW(link("file", "dir/hard"));
	SHOW(link("dir", "dir2"));
	SHOW(link("missing", "x"));
	SHOW(rmdir("dir"));
	SHOW(symlink("", "empty"));
	SHOW(symlink("t", "file"));
	SHOW(readlink("file", target, 8));
	SHOW(readlink("link", target, 2));
	SHOW(rename("missing", "x"));
	SHOW(rename("file", "dir"));
	SHOW(rename("dir", "file"));
	SHOW(rename("dir", "dir/sub"));
	SHOW(rename("file", "file"));
	SHOW(rename("file", "dir/hard"));
	SHOW(access("file", F_OK));
	SHOW(rename("dir", "."));
	SHOW(rename("dir/..", "x"));
	SHOW(rename("dir/hard", "moved"));
	SHOW(renameat2(AT_FDCWD, "moved", AT_FDCWD, "file", 1));
	SHOW(renameat2(AT_FDCWD, "moved", AT_FDCWD, "link", 2));
	SHOW(chdir("file"));
	SHOW(chdir("missing"));
	SHOW(truncate("dir", 0));
	SHOW(truncate("file", -1));
	SHOW(mknod("fifo", S_IFIFO | 0600, 0));
	SHOW(mknod("fifo", S_IFIFO | 0600, 0));
}

static void directories(void)
{
	DIR *directory;
	struct dirent *entry;
	int seen = 0, file;
	char name[32];

	mkdir("many", 0755);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "many/file%03d", i);
		close(open(name, O_CREAT | O_WRONLY, 0644));
	}
	directory = opendir("many");
	while ((entry = readdir(directory))) {
		seen++;
		if (seen % 3 == 0 && entry->d_name[0] == 'f') {
			snprintf(name, sizeof(name), "many/%.20s",
			    entry->d_name);
			unlink(name);
		}
	}
	printf("entries seen while removing: at least 335 %d\n", seen >= 335);
	rewinddir(directory);
	for (seen = 0; readdir(directory); seen++)
		;
	printf("entries left: %d\n", seen);
	SHOW(openat(dirfd(directory), "file001", O_RDONLY) >= 0);
	SHOW(openat(dirfd(directory), "../file", O_RDONLY));
	SHOW(unlinkat(dirfd(directory), "file001", 0));
	SHOW(fchdir(dirfd(directory)));
	SHOW(access("../many/file000", F_OK));
	chdir("..");
	closedir(directory);
	file = open("many/file000", O_RDONLY);
	SHOW(openat(file, "x", O_RDONLY));
	SHOW(openat(77, "x", O_RDONLY));
	close(file);
}

static void working_directory(void)
{
	char path[PATH_MAX];

	mkdir("away", 0755);
	chdir("away");
	SHOW(rename("../away", "../elsewhere"));
	SHOW(strcmp(strrchr(getcwd(path, sizeof(path)), '/'), "/elsewhere"));
	SHOW(rmdir("../elsewhere"));
	SHOW(getcwd(path, sizeof(path)) == NULL);
	SHOW(errno == ENOENT);
	SHOW(open("x", O_CREAT | O_WRONLY, 0600));
	SHOW(chdir(".."));
	SHOW(getcwd(path, 2) == NULL && errno == ERANGE);
}

static void others(void)
{
	CHILD("as another user", {
		setgid(1000);
		setuid(1000);
		SHOW(open("secret", O_RDONLY));
		SHOW(open("file", O_WRONLY));
		SHOW(unlink("file"));
		SHOW(mkdir("x", 0755));
		SHOW(chmod("file", 0777));
		SHOW(chown("file", 1000, 1000));
		SHOW(setuid(0));
		SHOW(kill(1, SIGTERM));
		SHOW(access("secret", R_OK));
		SHOW(unlink("/tmp/names/sticky/owned by root"));
		SHOW(open("sticky/mine", O_CREAT | O_WRONLY, 0600) >= 0);
		SHOW(chroot("."));
	});
}

/* The C library changes a mode by /proc/self/fd/N of a descriptor that is for
 * nothing but the path. */
static void by_descriptor(void)
{
	struct stat status;
	char name[40];
	int fd;

	mkdir("moded", 0700);
	SHOW(fchmodat(AT_FDCWD, "moded", 0751, AT_SYMLINK_NOFOLLOW));
	stat("moded", &status);
	SHOW(status.st_mode);
	close(open("moded/file", O_CREAT | O_WRONLY, 0600));
	symlink("file", "moded/link");
	SHOW(fchmodat(AT_FDCWD, "moded/file", 0640, AT_SYMLINK_NOFOLLOW));
	SHOW(fchmodat(AT_FDCWD, "moded/link", 0604, AT_SYMLINK_NOFOLLOW));
	stat("moded/file", &status);
	SHOW(status.st_mode);
	fd = open("moded/file", O_PATH);
	SHOW(fchmod(fd, 0600));
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	SHOW(chmod(name, 0641));
	SHOW(chown(name, 7, 8));
	SHOW(truncate(name, 10));
	fstat(fd, &status);
	SHOW(status.st_mode);
	SHOW(status.st_uid);
	SHOW(status.st_size);
	close(fd);
	SHOW(chmod(name, 0600));
	fd = open("moded/file", O_RDONLY);
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	SHOW(chmod(name, 0606));
	fstat(fd, &status);
	SHOW(status.st_mode);
	close(fd);
}

int main(void)
{
	memset(long_name, 'n', sizeof(long_name) - 1);
	memset(long_path, 'p', sizeof(long_path) - 1);
	for (int i = 100; i < 4990; i += 100)
		long_path[i] = '/';
	umask(022);
	mkdir("/tmp/names", 0755);
	if (chdir("/tmp/names"))
		return 1;
	close(open("file", O_CREAT | O_WRONLY, 0644));
	close(open("secret", O_CREAT | O_WRONLY, 0600));
	mkdir("dir", 0755);
	mkdir("sticky", 0755);
	chmod("sticky", 01777);
	close(open("sticky/owned by root", O_CREAT | O_WRONLY, 0666));
	symlink("file", "link");
	symlink("loop", "loop");
	symlink("nowhere", "dangling");
	wrong_paths();
	changes();
	directories();
	working_directory();
	others();
	chdir("/");
	system("rm -rf /tmp/names");
	by_descriptor();
	return 0;
}
