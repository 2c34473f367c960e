/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/devices.h"
#include "core/numbers.h"
#include <string.h>
#include <test.h>

static const char *kernel(unsigned major, unsigned minor)
{
	static char name[16];

	return device_kernel_name(
		   device_number(major, minor), name, sizeof name)
	    ? name
	    : "none";
}

TEST(devices_have_kernel_names)
{
	CHECK(!strcmp(kernel(3, 0), "hd0"));
	CHECK(!strcmp(kernel(3, 1), "hd0s1"));
	CHECK(!strcmp(kernel(3, 65), "hd1s1"));
	CHECK(!strcmp(kernel(22, 66), "hd3s2"));
	CHECK(!strcmp(kernel(8, 17), "sd1s1"));
	CHECK(!strcmp(kernel(1, 0), "rd0"));
	CHECK(!strcmp(kernel(99, 0), "none"));
	CHECK(!strcmp(kernel(3, 255), "none"));
	CHECK(device_of_kernel_name("hd0s1") == device_number(3, 1));
	CHECK(device_of_kernel_name("hd3s2") == device_number(22, 66));
	CHECK(device_of_kernel_name("sd1s1") == device_number(8, 17));
	CHECK(device_of_kernel_name("hd9") == 0);
	CHECK(device_of_kernel_name("hd0s") == 0);
	CHECK(device_of_kernel_name("hd0s1x") == 0);
	CHECK(device_of_kernel_name("tmp") == 0);
}

TEST(devices_large_numbers)
{
	uint32_t device = device_number(0x123, 0x45678);

	CHECK(device_major(device) == 0x123 && device_minor(device) == 0x45678);
	CHECK(device_number(5, 1) == 0x501);
}

TEST(devices_lists_are_read)
{
	const char text[] = "null c 1 3 666\nbad line\nhda1 b 3 1 660\n"
			    "x q 1 1 1\nlast c 5 1 600";
	const char *at = text, *end = text + strlen(text);
	struct device_line line;

	CHECK(device_line_next(&at, end, &line));
	CHECK(!strcmp(line.name, "null") && line.device == 0x103 &&
	    line.mode == (MODE_CHARACTER | 0666));
	CHECK(device_line_next(&at, end, &line));
	CHECK(!strcmp(line.name, "hda1") && line.device == 0x301 &&
	    line.mode == (MODE_BLOCK | 0660));
	CHECK(device_line_next(&at, end, &line));
	CHECK(!strcmp(line.name, "last") && line.device == 0x501);
	CHECK(!device_line_next(&at, end, &line));
}

TEST(devices_of_an_environment)
{
	CHECK(device_allowed("hd1,sd0s2", 'b', device_number(3, 64)));
	CHECK(device_allowed("hd1,sd0s2", 'b', device_number(3, 65)));
	CHECK(device_allowed("hd1,sd0s2", 'b', device_number(8, 2)));
	CHECK(!device_allowed("hd1,sd0s2", 'b', device_number(8, 0)));
	CHECK(!device_allowed("hd1,sd0s2", 'b', device_number(8, 1)));
	CHECK(!device_allowed("hd1,sd0s2", 'b', device_number(3, 0)));
	CHECK(!device_allowed("", 'b', device_number(3, 0)));
	CHECK(!device_allowed("hd1", 'b', device_number(99, 0)));
	CHECK(device_allowed("", 'c', device_number(1, 3)));
	CHECK(!device_allowed("", 'c', device_number(1, 1)));
	CHECK(!device_allowed("", 'c', device_number(1, 11)));
}
