/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of descriptors: lowest number first, growth, holes, limits. */
#include <base/heap.h>
#include <test.h>
#include <unix/core/descriptors.h>

static struct open_file *file(unsigned number)
{
	return (struct open_file *)(uintptr_t)(0x1000 + number * 16);
}

static void table_end(struct descriptors *table)
{
	if (table->in_heap)
		heap_free(table->slots);
}

TEST(lowest_number_first)
{
	struct descriptor room[4];
	struct descriptors table;

	descriptors_init(&table, room, 4);
	for (int i = 0; i < 20; i++)
		CHECK(descriptors_add(&table, 0, 64, file(i), 0) == i);
	CHECK(descriptors_remove(&table, 7) == file(7));
	CHECK(descriptors_remove(&table, 3) == file(3));
	CHECK(descriptors_add(&table, 0, 64, file(50), 0) == 3);
	CHECK(descriptors_add(&table, 0, 64, file(51), 0) == 7);
	CHECK(descriptors_add(&table, 0, 64, file(52), 0) == 20);
	CHECK(descriptors_find(&table, 19)->file == file(19));
	table_end(&table);
}

TEST(from_a_number_on)
{
	struct descriptor room[4];
	struct descriptors table;

	descriptors_init(&table, room, 4);
	CHECK(descriptors_add(&table, 10, 64, file(1), 1) == 10);
	CHECK(descriptors_add(&table, 10, 64, file(2), 0) == 11);
	CHECK(descriptors_add(&table, 0, 64, file(3), 0) == 0);
	CHECK(descriptors_add(&table, 0, 64, file(4), 0) == 1);
	CHECK(descriptors_find(&table, 10)->flags == 1);
	CHECK(!descriptors_find(&table, 5));
	CHECK(!descriptors_find(&table, 12));
	CHECK(!descriptors_find(&table, 0xffffffff));
	table_end(&table);
}

TEST(limit)
{
	struct descriptor room[4];
	struct descriptors table;

	descriptors_init(&table, room, 4);
	for (int i = 0; i < 6; i++)
		CHECK(descriptors_add(&table, 0, 6, file(i), 0) == i);
	CHECK(descriptors_add(&table, 0, 6, file(9), 0) == -1);
	CHECK(descriptors_add(&table, 9, 6, file(9), 0) == -1);
	CHECK(descriptors_remove(&table, 2) == file(2));
	CHECK(descriptors_add(&table, 3, 6, file(9), 0) == -1);
	CHECK(descriptors_add(&table, 0, 6, file(9), 0) == 2);
	table_end(&table);
}

TEST(put_replaces)
{
	struct descriptor room[4];
	struct descriptors table;
	struct open_file *before;

	descriptors_init(&table, room, 4);
	CHECK(descriptors_put(&table, 0, file(0), 0, &before) == 0 && !before);
	CHECK(descriptors_put(&table, 40, file(1), 0, &before) == 0 && !before);
	CHECK(descriptors_put(&table, 40, file(2), 1, &before) == 0);
	CHECK(before == file(1));
	CHECK(descriptors_add(&table, 0, 64, file(3), 0) == 1);
	CHECK(descriptors_remove(&table, 40) == file(2));
	CHECK(table.end == 2);
	CHECK(!descriptors_remove(&table, 40));
	CHECK(descriptors_add(&table, 0, 64, file(4), 0) == 2);
	table_end(&table);
}
