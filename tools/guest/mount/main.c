/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mount: shows what is mounted, or mounts DEVICE on DIRECTORY. Without -t the
 * type is found on the device (detect.c). -a mounts what /etc/fstab lists.
 */
#include "mount.h"
#include <errno.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned long set, clear;
} options[] = {
	{ "ro", MOUNT_READ_ONLY, 0 },
	{ "rw", 0, MOUNT_READ_ONLY },
	{ "nosuid", MOUNT_NOSUID, 0 },
	{ "suid", 0, MOUNT_NOSUID },
	{ "nodev", MOUNT_NODEV, 0 },
	{ "dev", 0, MOUNT_NODEV },
	{ "noexec", MOUNT_NOEXEC, 0 },
	{ "exec", 0, MOUNT_NOEXEC },
	{ "sync", MOUNT_SYNC, 0 },
	{ "async", 0, MOUNT_SYNC },
	{ "remount", MOUNT_REMOUNT, 0 },
	{ "defaults", 0, 0 },
	{ "auto", 0, 0 },
	{ "noauto", 0, 0 },
	{ "relatime", 0, 0 },
	{ "errors=remount-ro", 0, 0 },
};

/* Takes one word of -o: a flag of ours, or data for the file system. */
static void option_take(struct request *request, const char *word)
{
	for (unsigned i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, word) == 0) {
			request->flags |= options[i].set;
			request->flags &= ~options[i].clear;
			return;
		}
	}
	if (strlen(request->data) + strlen(word) + 2 > sizeof(request->data))
		return;
	if (request->data[0])
		strcat(request->data, ",");
	strcat(request->data, word);
}

static void options_take(struct request *request, const char *list)
{
	char copy[256];
	char *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", list);
	while ((word = strsep(&rest, ",")))
		option_take(request, word);
}

static int mounts_show(void)
{
	char data[1024];
	int count, file = open("/proc/mounts", O_RDONLY);

	if (file < 0) {
		fprintf(stderr, "mount: /proc/mounts: %s\n", strerror(errno));
		return 1;
	}
	while ((count = read(file, data, sizeof(data))) > 0)
		write(1, data, count);
	close(file);
	return 0;
}

static int request_do(struct request *request)
{
	const char *type = request->type;

	if (!type && !(request->flags & MOUNT_REMOUNT)) {
		type = type_detect(request->source);
		if (!type) {
			fprintf(stderr, "mount: %s: no file system that is "
			    "known; name its type with -t\n", request->source);
			return 1;
		}
	}
	if (mount(request->source, request->target, type ? type : "none",
		request->flags, request->data) == 0)
		return 0;
	fprintf(stderr, "mount: %s on %s (type %s): %s\n", request->source,
	    request->target, type ? type : "none", strerror(errno));
	return 1;
}

/* One line of fstab: source target type options. */
static int line_do(char *line)
{
	struct request request = { 0 };
	char *words[4];
	int count = 0;

	for (char *word = strtok(line, " \t\n"); word && count < 4;
	     word = strtok(NULL, " \t\n"))
		words[count++] = word;
	if (count < 4 || words[0][0] == '#' || strstr(words[3], "noauto") ||
	    strcmp(words[1], "/") == 0 || strcmp(words[2], "swap") == 0)
		return 0;
	request.source = words[0];
	request.target = words[1];
	request.type = strcmp(words[2], "auto") == 0 ? NULL : words[2];
	options_take(&request, words[3]);
	return request_do(&request);
}

static int table_do(void)
{
	char line[512];
	int wrong = 0;
	FILE *table = fopen("/etc/fstab", "r");

	if (!table) {
		fprintf(stderr, "mount: /etc/fstab: %s\n", strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), table))
		wrong |= line_do(line);
	fclose(table);
	return wrong;
}

int main(int argc, char **argv)
{
	struct request request = { 0 };
	int letter;

	if (argc == 1)
		return mounts_show();
	while ((letter = getopt(argc, argv, "art:o:w")) != -1) {
		if (letter == 'a')
			return table_do();
		if (letter == 'r')
			request.flags |= MOUNT_READ_ONLY;
		else if (letter == 't')
			request.type = optarg;
		else if (letter == 'o')
			options_take(&request, optarg);
		else if (letter != 'w')
			return 1;
	}
	if (argc - optind == 1 && (request.flags & MOUNT_REMOUNT)) {
		request.source = "none";
		request.target = argv[optind];
	} else if (argc - optind == 2) {
		request.source = argv[optind];
		request.target = argv[optind + 1];
	} else {
		fprintf(stderr, "usage: mount [-r] [-t TYPE] [-o OPTIONS] "
		    "DEVICE DIRECTORY | -a | -o remount,... DIRECTORY\n");
		return 1;
	}
	return request_do(&request);
}
