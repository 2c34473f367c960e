/* SPDX-License-Identifier: BSD-2-Clause */
/* What an exec carries into a new task: bounds of a block that lies. */
#include <string.h>
#include <test.h>
#include <unix/core/carried.h>

enum {
	ROOM = 4096,
};

static union {
	struct carried head;
	char bytes[ROOM];
} block;

static struct carried_file *file(unsigned i)
{
	return (struct carried_file *)(&block.head + 1) + i;
}

static struct carried_slot *slot(unsigned i)
{
	return (struct carried_slot *)file(block.head.file_count) + i;
}

/* Two files with paths of 3 and 5 bytes, three slots, a page. */
static size_t make(void)
{
	memset(&block, 0, sizeof block);
	block.head.file_count = 2;
	block.head.slot_count = 3;
	block.head.page_count = 1;
	block.head.size = carried_size(&block.head, 8);
	file(0)->path_length = 3;
	file(1)->path_length = 5;
	slot(2)->file = 1;
	return block.head.size;
}

TEST(parts_are_where_they_were_put)
{
	struct carried_parts parts;
	size_t size = make();

	CHECK(carried_parse(&block.head, size, &parts) == 0);
	CHECK(parts.files == file(0));
	CHECK(parts.slots == slot(0));
	CHECK((const char *)parts.pages == (const char *)slot(3));
	CHECK(parts.paths + 8 == block.bytes + size);
}

TEST(nothing_reaches_outside)
{
	struct carried_parts parts;
	size_t size = make();

	for (size_t less = 0; less < size; less++)
		CHECK(carried_parse(&block.head, less, &parts) == -1);
	file(1)->path_length = 6;
	CHECK(carried_parse(&block.head, size, &parts) == -1);
	file(1)->path_length = UINT32_MAX;
	CHECK(carried_parse(&block.head, size, &parts) == -1);
	make();
	slot(1)->file = 2;
	CHECK(carried_parse(&block.head, size, &parts) == -1);
}

TEST(counts_do_not_wrap)
{
	struct carried_parts parts;
	size_t size = make();

	block.head.file_count = 0x80000000;
	CHECK(carried_parse(&block.head, size, &parts) == -1);
	make();
	block.head.slot_count = UINT32_MAX / sizeof(struct carried_slot) + 1;
	CHECK(carried_parse(&block.head, size, &parts) == -1);
	make();
	block.head.size = sizeof(struct carried) - 1;
	CHECK(carried_parse(&block.head, size, &parts) == -1);
}
