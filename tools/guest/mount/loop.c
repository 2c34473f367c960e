/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file with a file system in it becomes a loop device, which is let go with
 * the unmount (autoclear). `-o loop=/dev/loopN`, offset=, sizelimit= as
 * util-linux has them.
 */
#include "mount.h"
#include <errno.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LOOP_CONFIGURE = 0x4c0a,
	LOOP_CTL_GET_FREE = 0x4c82,
	LOOP_READ_ONLY = 1,
	LOOP_AUTOCLEAR = 4,
	TRIES = 8, /* somebody else may take the free one */
};

/* Linux's struct loop_config. */
struct loop_config {
	unsigned fd, block_size;
	unsigned long long device, node, special, offset, size_limit;
	unsigned number, encrypt_type, encrypt_key_size, flags;
	char file_name[64], crypt_name[64], key[32];
	unsigned long long init[2], reserved[8];
};

/* Takes "NAME=NUMBER" out of the words for the server. */
static unsigned long long number_take(struct request *request,
    const char *name)
{
	size_t length = strlen(name);
	unsigned long long number = 0;
	char copy[WORD_MAX];
	char *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", request->data);
	request->data[0] = 0;
	while ((word = strsep(&rest, ","))) {
		if (strncmp(word, name, length) == 0 && word[length] == '=') {
			number = strtoull(word + length + 1, NULL, 0);
			continue;
		}
		if (request->data[0])
			strcat(request->data, ",");
		strcat(request->data, word);
	}
	return number;
}

static int free_find(char path[WORD_MAX])
{
	int control = open("/dev/loop-control", O_RDWR), number;

	if (control < 0)
		return -1;
	number = ioctl(control, LOOP_CTL_GET_FREE, NULL);
	close(control);
	if (number >= 0)
		snprintf(path, WORD_MAX, "/dev/loop%d", number);
	return number < 0 ? -1 : 0;
}

/* The device's descriptor, which keeps it bound till it is mounted; or -1. */
static int device_bind(const char *path, struct loop_config *config,
    int read_only)
{
	int device = open(path, read_only ? O_RDONLY : O_RDWR);

	if (device < 0)
		return -1;
	if (ioctl(device, LOOP_CONFIGURE, config) == 0)
		return device;
	close(device);
	return -1;
}

static int device_bind_free(char path[WORD_MAX], struct loop_config *config,
    int read_only)
{
	int device = -1;

	for (int i = 0; i < TRIES && device < 0; i++) {
		if (free_find(path))
			return -1;
		device = device_bind(path, config, read_only);
		if (device < 0 && errno != EBUSY)
			break;
	}
	return device;
}

int loop_set(struct request *request)
{
	static char path[WORD_MAX];
	int read_only = (request->flags & MOUNT_READ_ONLY) != 0;
	struct loop_config config = { .flags = LOOP_AUTOCLEAR };
	struct stat status;
	int file, device;

	if (request->flags & (MOUNT_REMOUNT | MOUNT_BIND | MOUNT_MOVE) ||
	    stat(request->source, &status) || !S_ISREG(status.st_mode))
		return 0;
	config.offset = number_take(request, "offset");
	config.size_limit = number_take(request, "sizelimit");
	config.flags |= read_only ? LOOP_READ_ONLY : 0;
	snprintf(config.file_name, sizeof(config.file_name), "%s",
	    request->source);
	file = open(request->source, read_only ? O_RDONLY : O_RDWR);
	if (file < 0)
		return -1;
	config.fd = (unsigned)file;
	if (request->loop[0])
		snprintf(path, sizeof(path), "%s", request->loop);
	device = request->loop[0] ? device_bind(path, &config, read_only)
				  : device_bind_free(path, &config, read_only);
	close(file);
	if (device < 0)
		return -1;
	request->source = path;
	return 0;
}
