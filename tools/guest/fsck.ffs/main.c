/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fsck.ffs: examines a UFS1 volume, and repairs what a loss of power can leave,
 * with the core of the server that mounts it (servers/pfs/ffs/core/check.c).
 */
#include <disk/file_device.h>
#include <pfs/ffs/core/ffs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
"fsck.ffs - check and repair a volume of the Fast File System (UFS1)\n"
"\n"
"fsck.ffs [-n | -p | -y] DEVICE\n"
"\n"
"DEVICE is a block device or a file; it must not be mounted.\n"
"\n"
"  -n    only look (default)\n"
"  -p    repair without asking; -y, -a mean the same\n"
"  -h    this text\n"
"\n"
"Numbers of links and blocks, names of inodes that are free, inodes without a\n"
"name, the maps of what is free and all sums are put right. Blocks with two\n"
"owners and damaged directories are only named.\n"
"\n"
"Exits with 0: nothing was wrong; 1: it was repaired; 4: it is not; 8: it\n"
"could not be examined; 16: called wrongly.\n"
"See also: mkfs.ffs\n";

enum {
	EXIT_CLEAN = 0,
	EXIT_REPAIRED = 1,
	EXIT_LEFT = 4,
	EXIT_FAILED = 8,
	EXIT_USAGE = 16,
};

static void say(struct fs_volume *volume, const char *text)
{
	(void)volume;
	printf("%s\n", text);
}

static int check(struct file_device *device, const char *path, int repair)
{
	struct check_result result;
	error_t error = ffs_check(&device->device, repair, say, &result);

	if (error) {
		fprintf(stderr, "fsck.ffs: %s can't be examined: %d\n", path,
		    ERROR_NUMBER(error));
		return EXIT_FAILED;
	}
	printf("%s: %s\n", path, !result.faults ? "clean" :
	    repair && !result.severe ? "repaired" : "has faults");
	if (!result.faults)
		return EXIT_CLEAN;
	return repair && !result.severe ? EXIT_REPAIRED : EXIT_LEFT;
}

int main(int argc, char **argv)
{
	int repair = 0, letter, status;
	struct file_device device;
	const char *place;

	while ((letter = getopt(argc, argv, "npyah")) != -1) {
		if (letter == 'h')
			fputs(help, stdout);
		if (letter == 'h' || letter == '?')
			return letter == 'h' ? 0 : EXIT_USAGE;
		repair = letter != 'n';
	}
	if (optind + 1 != argc) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	place = file_device_mounted(argv[optind]);
	if (place && repair) {
		fprintf(stderr, "fsck.ffs: %s is mounted on %s\n",
		    argv[optind], place);
		return EXIT_FAILED;
	}
	if (file_device_open(&device, argv[optind], repair)) {
		perror(argv[optind]);
		return EXIT_FAILED;
	}
	status = check(&device, argv[optind], repair);
	if (file_device_close(&device)) {
		perror(argv[optind]);
		return EXIT_FAILED;
	}
	return status;
}
