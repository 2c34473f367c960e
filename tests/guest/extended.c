/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes: all forms of the calls, sizes, flags, who may, links. On
 * the root disk, since tmpfs differs. */
#include "check.h"
#include <sys/xattr.h>

static const char name[] = "/root/extended.file";
static const char link_name[] = "/root/extended.link";
static char big[3900];

static void value_of(const char *attribute)
{
	char value[4096];
	long size = getxattr(name, attribute, value, sizeof value);

	printf("%s = %ld %.*s\n", attribute, size, size > 0 && size < 60 ?
	    (int)size : 0, value);
}

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* What a list has, sorted: its order is the file system's. */
static void list(const char *what, const char *names, long size)
{
	const char *found[40], *at = names;
	int count = 0;

	for (; at < names + size && count < 40; at += strlen(at) + 1)
		found[count++] = at;
	qsort(found, count, sizeof *found, by_name);
	printf("%s: %ld", what, size);
	for (int i = 0; i < count; i++)
		if (strncmp(found[i], "security.", 9))
			printf(" %s", found[i]);
	printf("\n");
}

static void sizes(void)
{
	char value[8], names[200];

	show("size of one", getxattr(name, "user.one", NULL, 0));
	show("too small", getxattr(name, "user.one", value, 2));
	show("list's size", listxattr(name, NULL, 0));
	show("list too small", listxattr(name, names, 5));
	show("big", setxattr(name, "user.big", big, sizeof big, 0));
	show("size of big", getxattr(name, "user.big", NULL, 0));
	show("big gone", removexattr(name, "user.big"));
	show("empty value", setxattr(name, "user.none", "", 0, 0));
	value_of("user.none");
	show("none gone", removexattr(name, "user.none"));
}

static void names(void)
{
	char longest[300];

	memset(longest, 'n', sizeof longest);
	memcpy(longest, "user.", 5);
	longest[255] = 0;
	show("longest name", setxattr(name, longest, "l", 1, 0));
	show("gone", removexattr(name, longest));
	longest[255] = 'n';
	longest[256] = 0;
	show("longer name", setxattr(name, longest, "l", 1, 0));
	show("no name", setxattr(name, "", "l", 1, 0));
	show("only a prefix", setxattr(name, "user.", "l", 1, 0));
	show("no prefix", setxattr(name, "other", "l", 1, 0));
	show("other prefix", setxattr(name, "other.x", "l", 1, 0));
	show("not there", getxattr(name, "user.missing", NULL, 0));
	show("remove what is not there", removexattr(name, "user.missing"));
	show("no file", setxattr("/root/no/file", "user.x", "l", 1, 0));
}

static void flags(void)
{
	show("create", setxattr(name, "user.two", "2", 1, XATTR_CREATE));
	show("again", setxattr(name, "user.two", "3", 1, XATTR_CREATE));
	show("replace", setxattr(name, "user.two", "22", 2, XATTR_REPLACE));
	show("no such", setxattr(name, "user.three", "3", 1, XATTR_REPLACE));
	show("bad flags", setxattr(name, "user.two", "3", 1, 8));
	value_of("user.two");
}

static void links(void)
{
	char value[60];

	show("link: user", lsetxattr(link_name, "user.l", "l", 1, 0));
	show("link: trusted",
	    lsetxattr(link_name, "trusted.l", "of link", 7, 0));
	show("link's", lgetxattr(link_name, "trusted.l", value, sizeof value));
	show("not the file's", getxattr(link_name, "trusted.l", value, 60));
	show("through it", getxattr(link_name, "user.one", value, 60));
	show("readlink", readlink(link_name, value, sizeof value));
	list("link has", value, llistxattr(link_name, value, sizeof value));
	show("link's gone", lremovexattr(link_name, "trusted.l"));
}

static void descriptor(void)
{
	char value[300];
	int fd = open(name, O_RDWR), folder = open("/root", O_RDONLY);

	show("fset", fsetxattr(fd, "user.fd", "by fd", 5, 0));
	show("fget", fgetxattr(fd, "user.fd", value, sizeof value));
	list("flist", value, flistxattr(fd, value, sizeof value));
	show("fremove", fremovexattr(fd, "user.fd"));
	show("folder", fsetxattr(folder, "user.folder", "f", 1, 0));
	show("its", fgetxattr(folder, "user.folder", value, sizeof value));
	show("gone", fremovexattr(folder, "user.folder"));
	show("closed", fgetxattr(99, "user.fd", value, sizeof value));
	close(fd);
	close(folder);
}

/* As somebody else, who may read the file and not write it. */
static void stranger(void)
{
	char value[300];

	fflush(stdout);
	if (fork()) {
		wait(NULL);
		return;
	}
	chmod("/root", 0755);
	if (setgid(1000) || setuid(1000))
		printf("setuid failed\n");
	show("stranger reads", getxattr(name, "user.one", value, 60));
	show("writes", setxattr(name, "user.one", "x", 1, 0));
	show("removes", removexattr(name, "user.one"));
	show("reads trusted", getxattr(name, "trusted.t", value, 60));
	show("writes trusted", setxattr(name, "trusted.t", "x", 1, 0));
	list("sees", value, listxattr(name, value, sizeof value));
	fflush(stdout);
	_exit(0);
}

int main(void)
{
	char value[600];

	close(open(name, O_CREAT | O_RDWR | O_TRUNC, 0644));
	if (symlink(name, link_name))
		printf("no link\n");
	memset(big, 'b', sizeof big);
	show("set", setxattr(name, "user.one", "first", 5, 0));
	value_of("user.one");
	show("set again",
	    setxattr(name, "user.one", "longer than first", 17, 0));
	value_of("user.one");
	show("trusted", setxattr(name, "trusted.t", "secret", 6, 0));
	value_of("trusted.t");
	sizes();
	names();
	flags();
	list("has", value, listxattr(name, value, sizeof value));
	links();
	descriptor();
	stranger();
	value_of("user.one");
	show("one gone", removexattr(name, "user.one"));
	show("two gone", removexattr(name, "user.two"));
	show("trusted gone", removexattr(name, "trusted.t"));
	show("nothing left", listxattr(name, value, sizeof value));
	show("proc", getxattr("/proc/version", "user.x", value, 60));
	unlink(link_name);
	unlink(name);
	return 0;
}
