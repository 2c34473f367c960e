/* SPDX-License-Identifier: BSD-2-Clause */
/* umount [-f] [-l] DIRECTORY-OR-DEVICE...: takes file systems out of the tree;
 * -a: all but the root and what the system lives on. */
#include <errno.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <string.h>

enum {
	FORCE = 1,
	DETACH = 2,
	LINES = 64,
	WORD = 256,
};

static char sources[LINES][WORD], targets[LINES][WORD];

static int mounts_read(void)
{
	FILE *file = fopen("/proc/mounts", "r");
	char line[1024];
	int count = 0;

	while (file && count < LINES && fgets(line, sizeof(line), file))
		count += sscanf(line, "%255s %255s", sources[count],
		    targets[count]) == 2;
	if (file)
		fclose(file);
	return count;
}

/* The place where a device is mounted, or name itself. */
static const char *target_of(const char *name)
{
	for (int i = mounts_read() - 1; i >= 0; i--)
		if (strcmp(sources[i], name) == 0 &&
		    strcmp(targets[i], name) != 0)
			return targets[i];
	return name;
}

static int one(const char *name, int flags)
{
	if (!umount2(target_of(name), flags))
		return 0;
	fprintf(stderr, "umount: %s: %s\n", name,
	    errno == EINVAL ? "not mounted" :
	    errno == EBUSY  ? "target is busy" : strerror(errno));
	return 32;
}

/* The last one first. */
static int all(int flags)
{
	static const char *const kept[] = { "/", "/dev", "/dev/pts", "/proc" };
	int wrong = 0;

	for (int i = mounts_read() - 1; i >= 0; i--) {
		int keep = 0;

		for (unsigned j = 0; j < sizeof(kept) / sizeof(*kept); j++)
			keep |= strcmp(targets[i], kept[j]) == 0;
		if (!keep)
			wrong |= one(targets[i], flags);
	}
	return wrong;
}

int main(int argc, char **argv)
{
	int flags = 0, wrong = 0, done = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-f") == 0) {
			flags |= FORCE;
		} else if (strcmp(argv[i], "-l") == 0) {
			flags |= DETACH;
		} else if (strcmp(argv[i], "-a") == 0) {
			done++;
			wrong |= all(flags);
		} else if (argv[i][0] == '-') {
			fprintf(stderr, "umount: unknown option %s\n", argv[i]);
			return 1;
		} else {
			done++;
			wrong |= one(argv[i], flags);
		}
	}
	if (!done)
		fprintf(stderr, "usage: umount [-f] [-l] DIRECTORY...|-a\n");
	return done ? wrong : 1;
}
