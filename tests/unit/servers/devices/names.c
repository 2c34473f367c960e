/* SPDX-License-Identifier: BSD-2-Clause */
/* Device numbers to names. */
#include "core/names.h"
#include <string.h>
#include <test.h>

static void is(
    unsigned major, unsigned minor, const char *kernel, const char *linux_name)
{
	char name[NAMES_LENGTH];

	CHECK(names_kernel(major, minor, name) && !strcmp(name, kernel));
	CHECK(names_linux(major, minor, name) && !strcmp(name, linux_name));
}

TEST(names)
{
	char name[NAMES_LENGTH];

	is(3, 0, "hd0", "hda");
	is(3, 1, "hd0s1", "hda1");
	is(3, 66, "hd1s2", "hdb2");
	is(22, 0, "hd2", "hdc");
	is(22, 64, "hd3", "hdd");
	is(8, 17, "sd1s1", "sdb1");
	is(2, 0, "fd0", "fd0");
	is(1, 0, "rd0", "ram0");
	CHECK(!names_kernel(3, 128, name));
	CHECK(!names_linux(3, 63, name));
	CHECK(!names_kernel(9, 0, name));
	CHECK(names_partition(3, 66) == 2 && names_partition(3, 64) == 0);
}

TEST(numbers)
{
	CHECK(DEVICE_NUMBER(3, 66) == 0x342);
	CHECK(DEVICE_MAJOR(0x342) == 3 && DEVICE_MINOR(0x342) == 66);
	CHECK(DEVICE_MINOR(DEVICE_NUMBER(136, 300)) == 300);
	CHECK(DEVICE_MAJOR(DEVICE_NUMBER(136, 300)) == 136);
}

TEST(all_disks)
{
	unsigned index, major, minor, partitions;
	char name[NAMES_LENGTH], text[64] = "";

	for (index = 0; names_disk(index, &major, &minor, &partitions); index++)
		CHECK(names_kernel(major, minor + partitions, name));
	CHECK(index == 16);
	names_line(text, sizeof text, "hda1", 'b', 3, 1, 0660);
	CHECK(!strcmp(text, "hda1 b 3 1 660\n"));
}
