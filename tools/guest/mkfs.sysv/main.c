/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mkfs.sysv: makes a file system of the System V family, with the core of the
 * server that mounts it.
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
"mkfs.sysv - make a System V file system\n"
"\n"
"mkfs.sysv [-t VARIANT] [-b BYTES] [-e ORDER] [-i INODES] [-r KB] [-q]\n"
"          DEVICE [BLOCKS]\n"
"\n"
"DEVICE is a block device or a file. A file that is too short for BLOCKS\n"
"grows. Without BLOCKS the file system is as large as DEVICE.\n"
"\n"
"  -t VARIANT   sysv4 (default), sysv2, xenix, coherent or v7\n"
"  -b BYTES     size of a block: 512, 1024 or 2048 for sysv4 and sysv2 (1024\n"
"               if not given), 1024 for xenix, 512 for coherent and v7\n"
"  -e ORDER     order of bytes in numbers: little (default) or big for sysv4,\n"
"               sysv2 and xenix; pdp for coherent; pdp (default) or little\n"
"               for v7\n"
"  -i INODES    number of files it can hold, at most 65535; one for 4 KB if\n"
"               not given\n"
"  -r KB        leave 9, 15 or 18 KB before it: the first track of a floppy\n"
"               that System V R2 starts from\n"
"  -q           say nothing\n"
"  -h           this text\n"
"\n"
"Exits with 0 if all went well, 1 if not, 2 if it was called wrongly.\n"
"See also: fsck.sysv, mount -t sysv\n";

struct request {
	struct make make;
	const char *path;
	int quiet;
};

static void now_get(struct fs_time *now)
{
	now->seconds = time(NULL);
	now->nanoseconds = 0;
}

static int wrong(const char *what, const char *word)
{
	fprintf(stderr, "mkfs.sysv: %s: %s (-h explains)\n", word, what);
	return 2;
}

static int variant_take(struct make *make, const char *word)
{
	for (int i = 0; i < VARIANT_COUNT; i++)
		if (strcmp(word, variants[i].name) == 0) {
			make->variant = (enum variant_index)i;
			return 0;
		}
	return wrong("there is no such variant", word);
}

static int order_take(int *order, const char *word)
{
	static const char *const names[] = { "little", "big", "pdp" };

	for (*order = 0; *order < 3; ++*order)
		if (strcmp(word, names[*order]) == 0)
			return 0;
	return wrong("there is no such order of bytes", word);
}

static int number_take(uint32_t *number, const char *word)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	*number = (uint32_t)value;
	if (*end || !value || value != *number)
		return wrong("is not a number that can be used", word);
	return 0;
}

static void defaults_set(struct make *make, int order)
{
	int old = make->variant == VARIANT_COHERENT ||
	    make->variant == VARIANT_V7;

	if (!make->block_size)
		make->block_size = old ? 512 : 1024;
	make->bytes = order >= 0 ? (enum bytes)order :
	    old ? BYTES_PDP : BYTES_LITTLE;
	make->now = now_get;
}

static int arguments_take(struct request *request, int argc, char **argv)
{
	struct make *make = &request->make;
	int letter, order = -1, error = 0;

	while (!error && (letter = getopt(argc, argv, "t:b:e:i:r:qh")) != -1)
		switch (letter) {
		case 't':
			error = variant_take(make, optarg);
			break;
		case 'b':
			error = number_take(&make->block_size, optarg);
			break;
		case 'e':
			error = order_take(&order, optarg);
			break;
		case 'i':
			error = number_take(&make->inodes, optarg);
			break;
		case 'r':
			error = number_take(&make->base, optarg);
			break;
		case 'q':
			request->quiet = 1;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			return 2;
		}
	if (error)
		return error;
	if (optind >= argc || optind + 2 < argc)
		return wrong("one device, and at most a number of blocks",
		    "arguments");
	request->path = argv[optind];
	defaults_set(make, order);
	return optind + 1 < argc ? number_take(&make->blocks,
	    argv[optind + 1]) : 0;
}

static int fail(const struct request *request, const char *why)
{
	fprintf(stderr, "mkfs.sysv: %s: %s\n", request->path, why);
	return 1;
}

static int make_do(struct request *request, struct file_device *device)
{
	struct make *make = &request->make;
	const char *reason;
	error_t error;

	if (device->is_regular && make->blocks <= BLOCKS_MAX &&
	    file_device_grow(device, make->base * 1024 +
	    (uint64_t)make->blocks * make->block_size))
		return fail(request, strerror(errno));
	if (make_check(make, &device->device, &reason))
		return fail(request, reason);
	error = make_volume(&device->device, make);
	if (error)
		return fail(request, error == E_IO ? "can't be written" :
		    error_name(error));
	if (!request->quiet)
		printf("%s: %s, %u blocks of %u bytes, %u inodes\n",
		    request->path, variants[make->variant].name,
		    (unsigned)make->blocks, (unsigned)make->block_size,
		    (unsigned)make->inodes);
	return 0;
}

int main(int argc, char **argv)
{
	struct request request = { 0 };
	struct file_device device;
	const char *place;
	int status = arguments_take(&request, argc, argv);

	if (status)
		return status;
	place = file_device_mounted(request.path);
	if (place) {
		fprintf(stderr, "mkfs.sysv: %s is mounted on %s\n",
		    request.path, place);
		return 1;
	}
	if (file_device_open(&device, request.path, 1))
		return fail(&request, strerror(errno));
	status = make_do(&request, &device);
	if (file_device_close(&device) && !status)
		status = fail(&request, strerror(errno));
	return status;
}
