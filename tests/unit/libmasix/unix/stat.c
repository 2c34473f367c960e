/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes in Linux's structures: what does not fit, and where things lie. */
#include <string.h>
#include <test.h>
#include <unix/core/control.h>
#include <unix/core/stat.h>

static struct file_attributes attributes(void)
{
	struct file_attributes attributes = {
		.mode = 0100644,
		.links = 2,
		.uid = 1000,
		.gid = 70000,
		.node = 77,
		.size = 12345,
		.blocks = 32,
		.block_size = 4096,
		.device = 8 << 8 | 1,
		.special = 0,
		.atime = 1700000000,
		.mtime = 1700000001,
		.ctime = 1700000002,
		.mtime_nsec = 999,
	};
	return attributes;
}

TEST(stat_sizes_and_ids)
{
	struct file_attributes from = attributes();
	struct linux_stat to;

	CHECK(!stat_convert(&from, &to));
	CHECK(to.node == 77 && to.size == 12345 && to.links == 2);
	CHECK(to.uid == 1000 && to.gid == 65534);
	CHECK(to.mtime == 1700000001 && to.mtime_nsec == 999);
	from.size = 0x80000000;
	CHECK(stat_convert(&from, &to));
	from.size = 0x7fffffff;
	CHECK(!stat_convert(&from, &to));
	from.node = 1ull << 32;
	CHECK(stat_convert(&from, &to));
}

TEST(stat64_layout)
{
	struct file_attributes from = attributes();
	struct linux_stat64 to;
	unsigned char *bytes = (unsigned char *)&to;
	uint64_t size, node;
	uint32_t mtime;

	from.size = 5ull << 32;
	stat_convert_64(&from, &to);
	memcpy(&size, bytes + 44, 8);
	memcpy(&mtime, bytes + 72, 4);
	memcpy(&node, bytes + 88, 8);
	CHECK(size == 5ull << 32 && mtime == 1700000001 && node == 77);
}

TEST(statx_times)
{
	struct file_attributes from = attributes();
	struct linux_statx to;
	unsigned char *bytes = (unsigned char *)&to;
	int64_t seconds;

	from.special = 1 << 20 | 5 << 8 | 3;
	stat_convert_x(&from, &to);
	memcpy(&seconds, bytes + 0x70, 8); /* stx_mtime */
	CHECK(seconds == 1700000001);
	CHECK(to.special_major == 5 && to.special_minor == 259);
	CHECK(to.device_major == 8 && to.device_minor == 1);
	CHECK(to.mask == 0x7ff && to.mode == 0100644);
}

TEST(statfs_numbers)
{
	struct file_system_status from = { .magic = 0xef53,
		.block_size = 1024, .blocks = 5000, .blocks_free = 300,
		.blocks_available = 250, .nodes = 100, .nodes_free = 50,
		.name_max = 255 };
	struct linux_statfs to;
	struct linux_statfs64 wide;

	CHECK(!statfs_convert(&from, &to));
	CHECK(to.magic == 0xef53 && to.blocks == 5000 && to.available == 250);
	from.blocks = 1ull << 33;
	CHECK(statfs_convert(&from, &to));
	statfs_convert_64(&from, &wide);
	CHECK(wide.blocks == 1ull << 33 && wide.name_max == 255);
}

TEST(ioctl_sizes)
{
	struct control_sizes sizes;

	CHECK(!control_sizes(TCGETS, &sizes) && sizes.out == 36 && !sizes.in);
	CHECK(!control_sizes(0x5402, &sizes) && sizes.in == 36);
	CHECK(!control_sizes(0x540b, &sizes) && sizes.value);
	CHECK(!control_sizes(0x80045430, &sizes) && sizes.out == 4);
	CHECK(!control_sizes(0x40045431, &sizes) && sizes.in == 4);
	CHECK(!control_sizes(0x80041272, &sizes) && sizes.out == 8);
	CHECK(!control_sizes(0xc0105512, &sizes) && sizes.in == 16 &&
	    sizes.out == 16);
	CHECK(control_sizes(0x1234, &sizes) && sizes.value);
}
