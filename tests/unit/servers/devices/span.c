/* SPDX-License-Identifier: BSD-2-Clause */
/* Unaligned reads and writes, compared with plain memory. */
#include "core/span.h"
#include <string.h>
#include <test.h>

enum {
	SIZE = 512 * 20,
};

static unsigned char disk[SIZE], model[SIZE];
static int calls, fail_at;

static error_t ram_read(
    struct span_disk *disk_now, uint64_t position, void *buffer, size_t count)
{
	(void)disk_now;
	if (++calls == fail_at)
		return E_IO;
	memcpy(buffer, disk + position, count);
	return 0;
}

static error_t ram_write(struct span_disk *disk_now, uint64_t position,
    const void *buffer, size_t count)
{
	(void)disk_now;
	if (++calls == fail_at)
		return E_IO;
	memcpy(disk + position, buffer, count);
	return 0;
}

static struct span_disk device = {
	.size = SIZE, .sector_size = 512, .read = ram_read, .write = ram_write
};

TEST(any_offset_and_count)
{
	unsigned seed = 9, round;
	static unsigned char bytes[4096], back[4096];

	for (round = 0; round < 3000; round++) {
		unsigned offset, count, index;
		size_t done = 0;

		seed = seed * 1103515245 + 12345;
		offset = (seed >> 8) % SIZE;
		count = (seed >> 3) % sizeof bytes;
		for (index = 0; index < count; index++)
			bytes[index] = seed >> index % 24;
		CHECK(span_write(&device, offset, bytes, count, &done) == 0);
		CHECK(done == (count < SIZE - offset ? count : SIZE - offset));
		memcpy(model + offset, bytes, done);
		CHECK(memcmp(model, disk, SIZE) == 0);
		CHECK(span_read(&device, offset, back, count, &done) == 0);
		CHECK(memcmp(model + offset, back, done) == 0);
	}
}

TEST(ends_and_errors)
{
	unsigned char bytes[2048] = { 0 };
	size_t done;

	CHECK(span_read(&device, SIZE, bytes, 10, &done) == 0 && done == 0);
	CHECK(span_write(&device, SIZE, bytes, 1, &done) == E_NOSPC);
	CHECK(span_write(&device, SIZE + 5, bytes, 0, &done) == 0);
	CHECK(span_read(&device, SIZE - 3, bytes, 10, &done) == 0 && done == 3);
	fail_at = calls + 1;
	CHECK(span_read(&device, 100, bytes, 1000, &done) == E_IO);
	fail_at = calls + 2;
	CHECK(span_read(&device, 100, bytes, 1000, &done) == 0 && done == 412);
	fail_at = calls + 3;
	CHECK(span_write(&device, 100, bytes, 1000, &done) == 0);
	CHECK(done == 412);
}
