/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as block devices: see file_device.h. */
#define _FILE_OFFSET_BITS 64
#include "file_device.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __masix__
#include <newlib/masix.h>

/* newlib's offsets have 32 bits; the calls below it have 64. */
enum {
	CALL_FSYNC_FILE = 118,
	CALL_LARGE_SEEK = 140,
	CALL_POSITION_READ = 180,
	CALL_POSITION_WRITE = 181,
	CALL_LARGE_TRUNCATE = 194,
};

static long read_at(int file, void *data, size_t count, uint64_t at)
{
	return unix_result(linux_call(CALL_POSITION_READ, file, data, count,
	    (long)at, (long)(at >> 32)));
}

static long write_at(int file, const void *data, size_t count, uint64_t at)
{
	return unix_result(linux_call(CALL_POSITION_WRITE, file, data, count,
	    (long)at, (long)(at >> 32)));
}

static int64_t end_of(int file)
{
	int64_t end;

	return unix_result(linux_call(CALL_LARGE_SEEK, file, 0l, 0l, &end,
	    SEEK_END)) ? -1 : end;
}

static int flush(int file)
{
	return (int)unix_result(linux_call(CALL_FSYNC_FILE, file));
}

static int set_size(int file, uint64_t size)
{
	return (int)unix_result(linux_call(CALL_LARGE_TRUNCATE, file,
	    (long)size, (long)(size >> 32)));
}
#else
#define read_at(file, data, count, at) pread(file, data, count, (off_t)(at))
#define write_at(file, data, count, at) pwrite(file, data, count, (off_t)(at))
#define end_of(file) lseek(file, 0, SEEK_END)
#define flush(file) fsync(file)
#define set_size(file, size) ftruncate(file, (off_t)(size))
#endif

enum {
	SECTOR = 512,
	LINE = 1024,
};

static int file_of(struct block_device *device)
{
	return ((struct file_device *)device)->file;
}

static error_t device_read(struct block_device *device, uint64_t position,
    void *buffer, size_t count)
{
	size_t done = 0;

	while (done < count) {
		long part = read_at(file_of(device), (char *)buffer + done,
		    count - done, position + done);

		if (part <= 0)
			return E_IO;
		done += (size_t)part;
	}
	return 0;
}

static error_t device_write(struct block_device *device, uint64_t position,
    const void *buffer, size_t count)
{
	size_t done = 0;

	while (done < count) {
		long part = write_at(file_of(device), (const char *)buffer +
		    done, count - done, position + done);

		if (part <= 0)
			return E_IO;
		done += (size_t)part;
	}
	return 0;
}

static error_t device_flush(struct block_device *device)
{
	return flush(file_of(device)) ? E_IO : 0;
}

static int size_find(struct file_device *made)
{
	int64_t end = end_of(made->file);

	if (end < 0)
		return -1;
	made->device.size = (uint64_t)end & ~(uint64_t)(SECTOR - 1);
	return 0;
}

int file_device_open(struct file_device *made, const char *path, int write)
{
	struct stat status;

	memset(made, 0, sizeof(*made));
	made->file = open(path, write ? O_RDWR : O_RDONLY);
	if (made->file < 0)
		return -1;
	made->device.sector_size = SECTOR;
	made->device.read_only = !write;
	made->device.read = device_read;
	made->device.write = device_write;
	made->device.flush = device_flush;
	if (fstat(made->file, &status) || size_find(made)) {
		int why = errno;

		close(made->file);
		errno = why;
		return -1;
	}
	made->is_regular = S_ISREG(status.st_mode);
	return 0;
}

int file_device_close(struct file_device *made)
{
	return close(made->file);
}

int file_device_grow(struct file_device *made, uint64_t size)
{
	if (size <= made->device.size)
		return 0;
	return set_size(made->file, size) ? -1 : size_find(made);
}

const char *file_device_mounted(const char *path)
{
	static char line[LINE];
	FILE *table = fopen("/proc/mounts", "r");
	char *device, *place;

	if (!table)
		return NULL;
	while (fgets(line, sizeof(line), table)) {
		device = strtok(line, " ");
		place = strtok(NULL, " ");
		if (device && place && strcmp(device, path) == 0) {
			fclose(table);
			return place;
		}
	}
	fclose(table);
	return NULL;
}
