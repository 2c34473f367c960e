/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fsck.sysv: examines a file system of the System V family, and repairs it,
 * with the core of the server that mounts it.
 */
#include <disk/file_device.h>
#include <pfs/sysv/core/make.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
"fsck.sysv - check and repair a System V file system\n"
"\n"
"fsck.sysv [-n | -p | -y] [-q] DEVICE\n"
"\n"
"DEVICE is a block device or a file; it must not be mounted.\n"
"\n"
"  -n    only look (default)\n"
"  -p    repair without asking; -y, -a mean the same\n"
"  -q    don't say what was found, only how it ends\n"
"  -h    this text\n"
"\n"
"Block numbers that are wrong or used twice become holes (the first owner\n"
"keeps the block), names of inodes that are free go, wrong counts are put\n"
"right, files without a name get their number as one in /lost+found, and the\n"
"lists of free blocks and inodes are made afresh.\n"
"\n"
"Exits with 0: nothing was wrong; 1: it was repaired; 4: it is not; 8: it\n"
"could not be examined; 16: called wrongly.\n"
"See also: mkfs.sysv\n";

enum {
	EXIT_REPAIRED = 1,
	EXIT_LEFT = 4,
	EXIT_FAILED = 8,
	EXIT_USAGE = 16,
};

static void now_get(struct fs_time *now)
{
	now->seconds = time(NULL);
	now->nanoseconds = 0;
}

static void found(struct check *check, const char *text)
{
	(void)check;
	puts(text);
}

static int arguments_take(struct check *check, int argc, char **argv)
{
	int letter;

	check->say = found;
	check->now = now_get;
	while ((letter = getopt(argc, argv, "npyaqh")) != -1)
		switch (letter) {
		case 'n':
			check->repair = 0;
			break;
		case 'p':
		case 'y':
		case 'a':
			check->repair = 1;
			break;
		case 'q':
			check->say = NULL;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			return EXIT_USAGE;
		}
	if (optind + 1 == argc)
		return 0;
	fprintf(stderr, "fsck.sysv: one device is wanted (-h explains)\n");
	return EXIT_USAGE;
}

static int fail(const char *path, const char *why)
{
	fprintf(stderr, "fsck.sysv: %s: %s\n", path, why);
	return EXIT_FAILED;
}

static const char *reason(error_t error)
{
	switch (error) {
	case E_INVAL:
		return "holds no System V file system";
	case E_IO:
		return "can't be read or written";
	case E_UCLEAN:
		return "has no root directory";
	}
	return error_name(error);
}

static int check_do(const char *path, struct check *check,
    struct file_device *device)
{
	error_t error = check_volume(&device->device, check);

	if (error)
		return fail(path, reason(error));
	printf("%s: %u files, %u of them directories; %u of %u blocks free\n",
	    path, check->files, check->directories,
	    (unsigned)check->blocks_free, (unsigned)check->blocks);
	if (!check->problems)
		return 0;
	printf("%s: %u problems%s\n", path, check->problems,
	    !check->repair ? "" : check->left ? ", not all could be repaired" :
	    ", repaired");
	return check->repair && !check->left ? EXIT_REPAIRED : EXIT_LEFT;
}

int main(int argc, char **argv)
{
	struct check check = { 0 };
	struct file_device device;
	const char *path, *place;
	int status = arguments_take(&check, argc, argv);

	if (status)
		return status;
	path = argv[optind];
	place = file_device_mounted(path);
	if (place && check.repair) {
		fprintf(stderr, "fsck.sysv: %s is mounted on %s\n", path,
		    place);
		return EXIT_FAILED;
	}
	if (file_device_open(&device, path, check.repair))
		return fail(path, strerror(errno));
	status = check_do(path, &check, &device);
	if (file_device_close(&device) && status < EXIT_LEFT)
		status = fail(path, strerror(errno));
	return status;
}
