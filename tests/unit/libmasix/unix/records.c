/* SPDX-License-Identifier: BSD-2-Clause */
/* Directory records in Linux's forms. */
#include <base/file_types.h>
#include <string.h>
#include <test.h>
#include <unix/core/records.h>

static char room[512] __attribute__((aligned(8)));

static struct directory_record *record(const char *name, uint64_t node)
{
	struct directory_record *record = (void *)room;

	memset(room, 0xee, sizeof(room));
	record->node = node;
	record->next = 77;
	record->type = 8;
	record->name_length = (uint8_t)strlen(name);
	record->length = (uint16_t)((sizeof(*record) + strlen(name) + 8) & ~7u);
	strcpy(record->name, name);
	return record;
}

TEST(wide)
{
	unsigned char out[300];
	size_t size = record_size(RECORD_WIDE, record("hello", 5ull << 33));
	uint64_t node;

	CHECK(size == 32);
	memset(out, 0xaa, sizeof(out));
	CHECK(record_write(RECORD_WIDE, out, (void *)room) == 0);
	memcpy(&node, out, 8);
	CHECK(node == 5ull << 33 && out[8] == 77 && out[16] == 32);
	CHECK(out[18] == 8 && !strcmp((char *)out + 19, "hello"));
	CHECK(out[31] == 0 && out[32] == 0xaa);
}

TEST(old)
{
	unsigned char out[300];
	size_t size = record_size(RECORD_OLD, record("hello", 9));

	CHECK(size == 20);
	memset(out, 0xaa, sizeof(out));
	CHECK(record_write(RECORD_OLD, out, (void *)room) == 0);
	CHECK(out[0] == 9 && out[4] == 77 && out[8] == 20);
	CHECK(!strcmp((char *)out + 10, "hello"));
	CHECK(out[19] == 8 && out[20] == 0xaa);
	record("hello", 1ull << 32);
	CHECK(record_write(RECORD_OLD, out, (void *)room) == 1);
}

TEST(broken_records)
{
	struct directory_record *good = record("name", 3);

	CHECK(record_check(good, good->length) == good);
	CHECK(!record_check(good, good->length - 1u));
	CHECK(!record_check(good, 3));
	good->length = 8;
	CHECK(!record_check(good, 100));
	good->length = 0;
	CHECK(!record_check(good, 100));
}
