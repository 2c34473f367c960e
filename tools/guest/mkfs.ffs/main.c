/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mkfs.ffs: makes a UFS1 volume, with the core of the server that mounts it
 * (servers/pfs/ffs/core/make.c).
 */
#include <disk/file_device.h>
#include <pfs/ffs/core/ffs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
"mkfs.ffs - make a volume of the Fast File System (UFS1)\n"
"\n"
"mkfs.ffs [-B le|be] [-b BLOCK] [-f FRAGMENT] [-i BYTES] [-m PERCENT] DEVICE\n"
"\n"
"DEVICE is a block device or a file; all that it holds is lost.\n"
"\n"
"  -B    byte order: little (le, as i386 has it) or big endian (be)\n"
"  -b    bytes of a block: 4096 to 65536 (16384)\n"
"  -f    bytes of a fragment: a block has 1, 2, 4 or 8 (2048)\n"
"  -i    one inode for so many bytes (8192)\n"
"  -m    per cent that only root may fill (8)\n"
"  -h    this text\n"
"\n"
"Exits with 0, 8 if it failed, 16 if it was called wrongly.\n"
"See also: fsck.ffs\n";

enum {
	EXIT_FAILED = 8,
	EXIT_USAGE = 16,
};

/* -1: usage, 1: help was asked for. */
static int arguments_take(struct ffs_make *what, int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "B:b:f:i:m:h")) != -1)
		switch (letter) {
		case 'B':
			what->big = !strcmp(optarg, "be");
			if (!what->big && strcmp(optarg, "le"))
				return -1;
			break;
		case 'b':
			what->block_size = (uint32_t)atoi(optarg);
			break;
		case 'f':
			what->frag_size = (uint32_t)atoi(optarg);
			break;
		case 'i':
			what->inode_bytes = (uint32_t)atoi(optarg);
			break;
		case 'm':
			what->minimum_free = (uint32_t)atoi(optarg);
			break;
		case 'h':
			return 1;
		default:
			return -1;
		}
	return optind + 1 == argc && what->minimum_free < 100 ? 0 : -1;
}

static const char *reason(error_t error)
{
	switch (error) {
	case E_INVAL:
		return "these sizes don't go together";
	case E_NOSPC:
		return "it is too small";
	case E_IO:
		return "it can't be read or written";
	}
	return "it failed";
}

int main(int argc, char **argv)
{
	struct ffs_make what = { .block_size = 16384, .frag_size = 2048,
		.inode_bytes = 8192, .minimum_free = 8 };
	struct fs_time now = { time(NULL), 0 };
	struct file_device device;
	const char *place;
	error_t error;
	int asked = arguments_take(&what, argc, argv);

	if (asked) {
		fputs(help, asked < 0 ? stderr : stdout);
		return asked < 0 ? EXIT_USAGE : 0;
	}
	place = file_device_mounted(argv[optind]);
	if (place) {
		fprintf(stderr, "mkfs.ffs: %s is mounted on %s\n",
		    argv[optind], place);
		return EXIT_FAILED;
	}
	if (file_device_open(&device, argv[optind], 1)) {
		perror(argv[optind]);
		return EXIT_FAILED;
	}
	error = ffs_make(&device.device, &what, &now);
	if (error)
		fprintf(stderr, "mkfs.ffs: %s: %s\n", argv[optind],
		    reason(error));
	if (file_device_close(&device) && !error) {
		perror(argv[optind]);
		return EXIT_FAILED;
	}
	return error ? EXIT_FAILED : 0;
}
