/* SPDX-License-Identifier: BSD-2-Clause */
/* What a device holds, by the magic numbers of each format; its label and its
 * UUID, where the format has them. */
#include "mount.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	SECTOR = 512,
};

/* Where label and UUID are: an offset, 0 for none. */
static const struct format {
	const char *type;
	long offset;
	int size;
	const char *magic;
	long label;
	int label_size;
	long uuid;
	int uuid_size; /* 16: a UUID, 4: a serial number */
} formats[] = {
	{ "ext2", 1080, 2, "\x53\xef", 1144, 16, 1128, 16 },
	{ "iso9660", 32769, 5, "CD001", 32808, 32, 0, 0 },
	{ "vfat", 82, 5, "FAT32", 71, 11, 67, 4 },
	{ "vfat", 54, 3, "FAT", 43, 11, 39, 4 },
	{ "sysv", 512 + 504, 4, "\x20\x7e\x18\xfd", 0, 0, 0, 0 },
	{ "sysv", 512 + 504, 4, "\xfd\x18\x7e\x20", 0, 0, 0, 0 },
	{ "sysv", 1024 + 504, 4, "\x20\x7e\x18\xfd", 0, 0, 0, 0 },
	{ "sysv", 1024 + 504, 4, "\xfd\x18\x7e\x20", 0, 0, 0, 0 },
	{ "sysv", 1024 + 1016, 4, "\x44\x55\x2b\x00", 0, 0, 0, 0 }, /* Xenix */
	{ "sysv", 1024 + 1016, 4, "\x00\x2b\x55\x44", 0, 0, 0, 0 },
	{ "sysv", 512 + 484, 6, "noname", 0, 0, 0, 0 }, /* Coherent */
	{ "ufs", 8192 + 1372, 4, "\x54\x19\x01\x00", 0, 0, 0, 0 },
	{ "ufs", 8192 + 1372, 4, "\x00\x01\x19\x54", 0, 0, 0, 0 },
};

/* Bytes at any place of a device; 0 if they are not there. */
static int bytes_read(int file, long offset, void *bytes, int size)
{
	char sectors[2 * SECTOR];
	long start = offset / SECTOR * SECTOR;
	int got;

	if (lseek(file, start, SEEK_SET) < 0)
		return 0;
	got = read(file, sectors, sizeof(sectors));
	if (got < offset - start + size)
		return 0;
	memcpy(bytes, sectors + (offset - start), size);
	return 1;
}

static void label_read(
    int file, const struct format *format, char label[40])
{
	int size = format->label_size;

	if (!size || !bytes_read(file, format->label, label, size))
		size = 0;
	label[size] = 0;
	for (size = strlen(label); size && label[size - 1] == ' '; size--)
		label[size - 1] = 0;
}

static void uuid_read(int file, const struct format *format, char uuid[40])
{
	uint8_t bytes[16];
	char *to = uuid;

	uuid[0] = 0;
	if (!format->uuid ||
	    !bytes_read(file, format->uuid, bytes, format->uuid_size))
		return;
	if (format->uuid_size == 4) {
		sprintf(uuid, "%02X%02X-%02X%02X", bytes[3], bytes[2],
		    bytes[1], bytes[0]);
		return;
	}
	for (int i = 0; i < 16; i++)
		to += sprintf(to, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
}

void volume_look(const char *device, struct volume *volume)
{
	char found[8];
	int file = open(device, O_RDONLY);

	memset(volume, 0, sizeof(*volume));
	if (file < 0)
		return;
	for (unsigned i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		const struct format *format = &formats[i];

		if (!bytes_read(file, format->offset, found, format->size) ||
		    memcmp(found, format->magic, format->size) != 0)
			continue;
		volume->type = format->type;
		label_read(file, format, volume->label);
		uuid_read(file, format, volume->uuid);
		break;
	}
	close(file);
}

int volume_find(char kind, const char *wanted, char path[WORD_MAX])
{
	FILE *list = fopen("/proc/partitions", "r");
	char line[128], name[64];
	struct volume volume;
	int found = 0;

	while (list && !found && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%*d %*d %*s %63s", name) != 1)
			continue;
		snprintf(path, WORD_MAX, "/dev/%s", name);
		volume_look(path, &volume);
		found = volume.type && strcmp(wanted, kind == 'L' ?
		    volume.label : volume.uuid) == 0;
	}
	if (list)
		fclose(list);
	return found;
}
