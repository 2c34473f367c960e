/* SPDX-License-Identifier: BSD-2-Clause */
/* What loop devices are told and say. */
#include "core/loop.h"
#include <base/bytes.h>
#include <string.h>
#include <test.h>

TEST(size)
{
	struct loop_settings settings = { 0 };

	CHECK(loop_bytes(&settings, 1000) == 512);
	CHECK(loop_bytes(&settings, 511) == 0);
	settings.offset = 100;
	CHECK(loop_bytes(&settings, 1124) == 1024);
	CHECK(loop_bytes(&settings, 100) == 0);
	CHECK(loop_bytes(&settings, 50) == 0);
	settings.limit = 600;
	CHECK(loop_bytes(&settings, 1124) == 512);
	settings.limit = 1 << 20;
	CHECK(loop_bytes(&settings, 1124) == 1024);
	settings.offset = INT64_MAX;
	CHECK(loop_bytes(&settings, UINT64_MAX) ==
	    (UINT64_MAX - INT64_MAX > 1 << 20 ? 1 << 20 : 0));
}

TEST(info)
{
	struct loop_settings given = { .offset = 4096,
		.limit = 8192,
		.device = 0x0301,
		.node = 77,
		.flags = LOOP_READ_ONLY,
		.name = "/root/file" };
	struct loop_settings taken = { .flags = LOOP_DIRECT };
	char info[LOOP_INFO_BYTES];

	loop_info_write(&given, 5, info);
	CHECK(bytes_get32(info + 40) == 5);
	bytes_put32(info + 52, LOOP_READ_ONLY | LOOP_AUTOCLEAR);
	CHECK(!loop_info_read(&taken, info, LOOP_AUTOCLEAR));
	CHECK(taken.offset == 4096 && taken.limit == 8192);
	CHECK(taken.flags == (LOOP_DIRECT | LOOP_AUTOCLEAR));
	CHECK(!strcmp(taken.name, "/root/file"));
	bytes_put32(info + 52, 0);
	CHECK(!loop_info_read(&taken, info, LOOP_AUTOCLEAR));
	CHECK(taken.flags == LOOP_DIRECT);
	memset(info + 56, 'x', LOOP_NAME);
	CHECK(!loop_info_read(&taken, info, 0));
	CHECK(strlen(taken.name) == LOOP_NAME - 1);
}

TEST(info_that_is_refused)
{
	struct loop_settings settings = { .offset = 7 };
	char info[LOOP_INFO_BYTES] = { 0 };

	bytes_put64(info + 24, UINT64_MAX);
	CHECK(loop_info_read(&settings, info, 0) == E_OVERFLOW);
	bytes_put64(info + 24, 0);
	bytes_put64(info + 32, UINT64_MAX);
	CHECK(loop_info_read(&settings, info, 0) == E_OVERFLOW);
	bytes_put64(info + 32, 0);
	bytes_put32(info + 44, 1);
	CHECK(loop_info_read(&settings, info, 0) == E_INVAL);
	CHECK(settings.offset == 7);
	CHECK(loop_block_is_good(512) && loop_block_is_good(4096));
	CHECK(!loop_block_is_good(0) && !loop_block_is_good(8192));
	CHECK(!loop_block_is_good(1000));
}
