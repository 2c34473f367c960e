/* SPDX-License-Identifier: BSD-2-Clause */
/* Device numbers and names, by one table of drivers. */
#include "core/names.h"
#include <base/text.h>

static const struct driver {
	unsigned major, first_minor;
	const char *kernel, *linux;
	char first_letter; /* 0: numbered, not lettered */
	unsigned first_unit, units;
	unsigned step; /* minors of one unit: it and its partitions */
} drivers[] = {
	{ MAJOR_IDE, 0, "hd", "hd", 'a', 0, 2, 64 },
	{ MAJOR_IDE_SECOND, 0, "hd", "hd", 'c', 2, 2, 64 },
	{ MAJOR_SCSI, 0, "sd", "sd", 'a', 0, 8, 16 },
	{ MAJOR_FLOPPY, 0, "fd", "fd", 0, 0, 2, 1 },
	{ MAJOR_MEMORY, 0, "rd", "ram", 0, 0, 2, 1 },
};

enum {
	DRIVERS = sizeof drivers / sizeof drivers[0],
};

static const struct driver *driver_of(
    unsigned major, unsigned minor, unsigned *unit, unsigned *partition)
{
	const struct driver *driver;

	for (driver = drivers; driver < drivers + DRIVERS; driver++) {
		if (driver->major != major)
			continue;
		*unit = minor / driver->step;
		*partition = minor % driver->step;
		if (*unit < driver->units && *partition < NAMES_PARTITIONS)
			return driver;
	}
	return NULL;
}

int names_kernel(unsigned major, unsigned minor, char name[NAMES_LENGTH])
{
	unsigned unit, partition;
	const struct driver *driver =
	    driver_of(major, minor, &unit, &partition);

	if (!driver)
		return 0;
	text_format(name, NAMES_LENGTH, "%s%u", driver->kernel,
	    driver->first_unit + unit);
	if (partition)
		text_append(name, NAMES_LENGTH, "s%u", partition);
	return 1;
}

int names_linux(unsigned major, unsigned minor, char name[NAMES_LENGTH])
{
	unsigned unit, partition;
	const struct driver *driver =
	    driver_of(major, minor, &unit, &partition);

	if (!driver)
		return 0;
	if (driver->first_letter)
		text_format(name, NAMES_LENGTH, "%s%c", driver->linux,
		    driver->first_letter + (int)unit);
	else
		text_format(name, NAMES_LENGTH, "%s%u", driver->linux, unit);
	if (partition)
		text_append(name, NAMES_LENGTH, "%u", partition);
	return 1;
}

unsigned names_partition(unsigned major, unsigned minor)
{
	unsigned unit, partition;

	return driver_of(major, minor, &unit, &partition) ? partition : 0;
}

int names_disk(
    unsigned index, unsigned *major, unsigned *minor, unsigned *partitions)
{
	const struct driver *driver;

	for (driver = drivers; driver < drivers + DRIVERS; driver++) {
		if (index < driver->units) {
			*major = driver->major;
			*minor = index * driver->step;
			*partitions = driver->step < NAMES_PARTITIONS
			    ? driver->step - 1
			    : NAMES_PARTITIONS - 1;
			return 1;
		}
		index -= driver->units;
	}
	return 0;
}

size_t names_line(char *text, size_t size, const char *name, char kind,
    unsigned major, unsigned minor, unsigned mode)
{
	return text_append(
	    text, size, "%s %c %u %u %o\n", name, kind, major, minor, mode);
}

void names_sized_line(char *text, size_t size, const char *name, char kind,
    unsigned major, unsigned minor, unsigned mode, unsigned long long bytes)
{
	size_t length =
	    names_line(text, size, name, kind, major, minor, mode);

	if (kind == '-' || length >= size)
		return;
	text[length - 1] = 0; /* on with the line */
	text_append(text, size, " %llu\n", bytes / 1024);
}
