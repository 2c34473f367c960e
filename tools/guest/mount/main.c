/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mount: shows what is mounted, or mounts SOURCE (a device, a file with a file
 * system in it, LABEL=, UUID=) on DIRECTORY; --bind, --rbind, --move: a
 * directory, or what is mounted there. Without -t the type is found on
 * the source (detect.c). With one name, or -a, the rest is in /etc/fstab.
 */
#include "mount.h"
#include <acs.client.h>
#include <errno.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
	{ "bind", MOUNT_BIND, 0 },
	{ "rbind", MOUNT_BIND | MOUNT_REC, 0 },
	{ "move", MOUNT_MOVE, 0 },
	{ "defaults", 0, 0 },
	{ "auto", 0, 0 },
	{ "noauto", 0, 0 },
	{ "nofail", 0, 0 },
	{ "user", 0, 0 },
	{ "nouser", 0, 0 },
	{ "strictatime", 0, 0 },
	{ "loop", 0, 0 }, /* we see that the source is a file */
};

/* Takes one word of -o: a flag of ours, or data for VFS and the server. */
static void option_take(struct request *request, const char *word)
{
	for (unsigned i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, word) == 0) {
			request->flags |= options[i].set;
			request->flags &= ~options[i].clear;
			return;
		}
	}
	if (strncmp(word, "loop=", 5) == 0) {
		snprintf(request->loop, sizeof(request->loop), "%s", word + 5);
		return;
	}
	if (strlen(request->data) + strlen(word) + 2 > sizeof(request->data))
		return;
	if (request->data[0])
		strcat(request->data, ",");
	strcat(request->data, word);
}

static void options_take(struct request *request, const char *list)
{
	char copy[WORD_MAX];
	char *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", list);
	while ((word = strsep(&rest, ",")))
		if (*word)
			option_take(request, word);
}

static int mounts_show(const char *type)
{
	struct table *table = table_open("/proc/mounts");
	struct line line;

	if (!table) {
		fprintf(stderr, "mount: /proc/mounts: %s\n", strerror(errno));
		return 1;
	}
	while (table_next(table, &line))
		if (!type || strcmp(type, line.type) == 0)
			printf("%s on %s type %s (%s)\n", line.source,
			    line.target, line.type, line.options);
	table_close(table);
	return 0;
}

/* ---- why it failed ---- */

/* How long the log is; with text: a copy of it, to be freed by nobody. */
static size_t log_look(char **text)
{
	mach_port_t acs = acs_right();
	mach_msg_type_number_t size = 0;
	large_data_t log;

	if (!acs || acs_read_log(acs, &log, &size))
		return 0;
	if (text)
		*text = log;
	return size;
}

/* What the servers have said since then. */
static void reason_show(size_t before)
{
	char *log;
	size_t size = log_look(&log);

	for (size_t at = before; at < size;) {
		char *stop = memchr(log + at, '\n', size - at);
		int length = stop ? stop - (log + at) : (int)(size - at);

		fprintf(stderr, "       %.*s\n", length, log + at);
		at += length + 1;
	}
}

static int failed(const struct request *request, const char *type, int error,
    size_t log)
{
	fprintf(stderr, "mount: %s on %s (type %s): %s\n", request->source,
	    request->target, type, strerror(error));
	if (error == ENODEV)
		fprintf(stderr, "       there is no server pfs-%s, neither in "
		    "/lib/masix/servers nor in the boot archive\n", type);
	else
		reason_show(log);
	return 32;
}

/* ---- one mount ---- */

/* Options of what is mounted already are kept, but for those given now. */
static void remount_take(struct request *request, const char *given)
{
	struct line now;

	if (!table_find("/proc/mounts", request->target, &now))
		return;
	request->flags = 0;
	request->data[0] = 0;
	options_take(request, now.options);
	options_take(request, given);
}

/* The path that LABEL= or UUID= stand for. */
static int source_find(struct request *request)
{
	static char path[WORD_MAX];
	const char *wanted = strchr(request->source, '=');
	int kind = 0;

	if (strncmp(request->source, "LABEL=", 6) == 0)
		kind = 'L';
	else if (strncmp(request->source, "UUID=", 5) == 0)
		kind = 'U';
	if (!kind)
		return 0;
	if (!volume_find(kind, wanted + 1, path)) {
		fprintf(stderr, "mount: %s: there is no such disk\n",
		    request->source);
		return 1;
	}
	request->source = path;
	return 0;
}

static int request_do(struct request *request)
{
	const char *type = request->type;
	struct volume volume;
	size_t log;

	if (source_find(request))
		return 32;
	if (type && strcmp(type, "auto") == 0)
		type = NULL;
	if (loop_set(request)) {
		fprintf(stderr, "mount: %s: no loop device: %s\n",
		    request->source, strerror(errno));
		return 32;
	}
	if (request->flags & (MOUNT_BIND | MOUNT_MOVE))
		type = "none"; /* as what is there already */
	if (!type && !(request->flags & MOUNT_REMOUNT)) {
		volume_look(request->source, &volume);
		type = volume.type;
	}
	if (!type && !(request->flags & MOUNT_REMOUNT)) {
		fprintf(stderr, access(request->source, F_OK) ?
		    "mount: %s: no such file\n" :
		    "mount: %s: no file system that is known; name its type "
		    "with -t\n", request->source);
		return 32;
	}
	type = type ? type : "none";
	log = log_look(NULL);
	if (mount(request->source, request->target, type, request->flags,
		request->data) == 0)
		return 0;
	if (errno == EROFS && !(request->flags & MOUNT_READ_ONLY)) {
		fprintf(stderr, "mount: %s is write-protected, mounting "
		    "read-only\n", request->source);
		request->flags |= MOUNT_READ_ONLY;
		if (mount(request->source, request->target, type,
			request->flags, request->data) == 0)
			return 0;
	}
	return failed(request, type, errno, log);
}

/* ---- fstab ---- */

static int line_do(const struct line *line, const char *given,
    unsigned long flags)
{
	struct request request = { .source = line->source,
		.target = line->target, .type = line->type };

	options_take(&request, line->options);
	options_take(&request, given);
	request.flags |= flags;
	return request_do(&request);
}

static int table_do(const char *type)
{
	struct table *table = table_open("/etc/fstab");
	struct line line, there;
	int wrong = 0;

	if (!table) {
		fprintf(stderr, "mount: /etc/fstab: %s\n", strerror(errno));
		return 2;
	}
	while (table_next(table, &line)) {
		if (options_have(line.options, "noauto") ||
		    strcmp(line.type, "swap") == 0 ||
		    (type && strcmp(type, line.type) != 0) ||
		    table_find("/proc/mounts", line.target, &there))
			continue;
		if (line_do(&line, "", 0) &&
		    !options_have(line.options, "nofail"))
			wrong = 32;
	}
	table_close(table);
	return wrong;
}

/* `mount NAME`: a place or a source of fstab, or what is to be remounted. */
static int one_do(struct request *request, const char *name,
    const char *given)
{
	struct line line;

	if (request->flags & MOUNT_REMOUNT) {
		request->source = "none";
		request->target = name;
		remount_take(request, given);
		return request_do(request);
	}
	if (table_find("/etc/fstab", name, &line))
		return line_do(&line, given, request->flags);
	fprintf(stderr, "mount: %s is not in /etc/fstab\n", name);
	return 1;
}

static int usage(void)
{
	fprintf(stderr, "usage: mount [-r] [-t TYPE] [-o OPTIONS] SOURCE "
	    "DIRECTORY\n       mount [-o OPTIONS] NAME    as /etc/fstab says, "
	    "or remount\n       mount -a [-t TYPE] | mount [-t TYPE]\n");
	return 1;
}

int main(int argc, char **argv)
{
	static char given[4 * WORD_MAX];
	struct request request = { 0 };
	int letter, all = 0;

	while ((letter = getopt(argc, argv, "art:o:wvBRM-:")) != -1) {
		if (letter == 'a')
			all = 1;
		else if (letter == '-' && strlen(optarg) < 8)
			strcat(strcat(given, ","), optarg);
		else if (letter == 'B')
			strcat(given, ",bind");
		else if (letter == 'R')
			strcat(given, ",rbind");
		else if (letter == 'M')
			strcat(given, ",move");
		else if (letter == 'r')
			strcat(given, ",ro");
		else if (letter == 't')
			request.type = optarg;
		else if (letter == 'o' && strlen(given) + strlen(optarg) + 2 <
		    sizeof(given))
			strcat(strcat(given, ","), optarg);
		else if (letter != 'w' && letter != 'v')
			return usage();
	}
	options_take(&request, given);
	if (all)
		return table_do(request.type);
	if (argc == optind)
		return mounts_show(request.type);
	if (argc - optind == 1)
		return one_do(&request, argv[optind], given);
	if (argc - optind != 2)
		return usage();
	request.source = argv[optind];
	request.target = argv[optind + 1];
	return request_do(&request);
}
