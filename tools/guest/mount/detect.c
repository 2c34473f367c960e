/* SPDX-License-Identifier: BSD-2-Clause */
/* Which file system a device holds, by the magic numbers of each format. */
#include "mount.h"
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *type;
	long offset;
	int size;
	const char *magic;
} magics[] = {
	{ "ext2", 1080, 2, "\x53\xef" },
	{ "iso9660", 32769, 5, "CD001" },
	{ "fat", 54, 3, "FAT" },
	{ "fat", 82, 5, "FAT32" },
	{ "sysv", 512 + 504, 4, "\x20\x7e\x18\xfd" },
	{ "sysv", 512 + 504, 4, "\xfd\x18\x7e\x20" },
	{ "sysv", 1024 + 1016, 4, "\x44\x55\x2b\x00" }, /* Xenix */
	{ "sysv", 1024 + 1016, 4, "\x00\x2b\x55\x44" },
	{ "sysv", 512 + 484, 6, "noname" }, /* Coherent */
	{ "ufs", 8192 + 1372, 4, "\x54\x19\x01\x00" },
};

const char *type_detect(const char *device)
{
	char found[8];
	const char *type = NULL;
	int file = open(device, O_RDONLY);

	if (file < 0)
		return NULL;
	for (unsigned i = 0; !type && i < sizeof(magics) / sizeof(*magics);
	     i++) {
		int size = magics[i].size;

		if (lseek(file, magics[i].offset, SEEK_SET) >= 0 &&
		    read(file, found, size) == size &&
		    memcmp(found, magics[i].magic, size) == 0)
			type = magics[i].type;
	}
	close(file);
	return type;
}
