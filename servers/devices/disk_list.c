/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of device_server_list for the disks there are. */
#include "disk.h"
#include <base/text.h>
#include <string.h>

enum {
	MODE = 0660,
};

struct listing {
	char *text;
	size_t size;
};

/* The kernel's name, and Linux's, with the size. kind '-': it is gone. */
static void node_line(const struct listing *listing, unsigned major,
    unsigned minor, char kind, uint64_t size)
{
	char kernel[NAMES_LENGTH], linux_name[NAMES_LENGTH];

	names_kernel(major, minor, kernel);
	names_linux(major, minor, linux_name);
	if (strcmp(kernel, linux_name) != 0)
		names_line(listing->text, listing->size, kernel, kind, major,
		    minor, MODE);
	names_sized_line(listing->text, listing->size, linux_name, kind, major,
	    minor, MODE, size);
}

static void partition_lines(const struct listing *listing, struct disk *disk,
    unsigned major, unsigned minor, unsigned partitions)
{
	for (unsigned number = 1; number <= partitions; number++) {
		uint64_t count = disk->partitions[number - 1].count;
		uint32_t bit = 1u << number;

		if (count)
			node_line(listing, major, minor + number, 'b',
			    count * SECTOR);
		else if (disk->listed & bit)
			node_line(listing, major, minor + number, '-', 0);
		disk->listed |= count ? bit : 0;
	}
}

void disk_list(char *text, size_t size)
{
	struct listing listing = { text, size };
	unsigned index, major, minor, partitions;
	struct device *device;

	devices_enter();
	for (index = 0; names_disk(index, &major, &minor, &partitions);
	     index++) {
		/* Floppy drives are not touched: the kernel would spin them
		 * up. */
		if (major == MAJOR_FLOPPY) {
			if (minor == 0)
				node_line(&listing, major, minor, 'b', 0);
			continue;
		}
		if (device_find('b', DEVICE_NUMBER(major, minor), &device))
			continue;
		node_line(&listing, major, minor, 'b', device->size);
		partition_lines(
		    &listing, disk_of(device), major, minor, partitions);
	}
	devices_leave();
}
