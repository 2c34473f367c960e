/* SPDX-License-Identifier: BSD-2-Clause */
/* Which disk a file server is to work on. */
#include "disk.h"
#include <base/text.h>
#include <block/mach_device.h>
#include <block/part.h>
#include <server/server.h>

enum {
	SECTOR = 512,
};

error_t fs_disk_open(int argc, char *const *argv, int read_only,
    struct gather *survives, struct block_device **device)
{
	const char *file = text_option(argc, (char **)argv, "file", NULL);
	const char *name = text_option(argc, (char **)argv, "device", "");
	const char *start = text_option(argc, (char **)argv, "start", NULL);
	const char *sectors = text_option(
	    argc, (char **)argv, file ? "bytes" : "sectors", "");
	unsigned unit = file ? 1 : SECTOR;
	struct block_device *whole;
	uint64_t first, count;
	error_t error;

	/* Writable if it can be: a read-only volume may be remounted. */
	error = file ? file_device_open(file, read_only, &whole)
		     : mach_device_open(server_device, name, survives, &whole);
	if (!error && start && text_number(&start, 10, &first) &&
	    text_number(&sectors, 10, &count))
		error = part_device_new(
		    whole, first * unit, count * unit, device);
	else if (!error)
		*device = whole;
	return error;
}
