/* SPDX-License-Identifier: BSD-2-Clause */
/* libmasix/base: map.c, list.h, bytes.h, error.c */
#include <base/bytes.h>
#include <base/error.h>
#include <base/list.h>
#include <base/map.h>
#include <string.h>
#include <test.h>

struct thing {
	struct map_entry entry;
	struct list link;
	int value;
};

TEST(map_keeps_many)
{
	static struct thing things[1000];
	struct map map = MAP_EMPTY;
	unsigned seen = 0;

	for (int i = 0; i < 1000; i++) {
		things[i].value = i;
		CHECK(map_add(&map, &things[i].entry, (uint64_t)i << 30) == 0);
	}
	for (int i = 0; i < 1000; i++)
		CHECK(map_find(&map, (uint64_t)i << 30) == &things[i].entry);
	CHECK(!map_find(&map, 5));
	for (int i = 0; i < 1000; i += 2)
		map_remove(&map, &things[i].entry);
	for (int i = 0; i < 1000; i++)
		CHECK(!map_find(&map, (uint64_t)i << 30) == !(i & 1));
	for (struct map_entry *entry = map_first(&map); entry;
	     entry = map_next(&map, entry))
		seen++;
	CHECK(seen == 500 && map.count == 500);
	map_free(&map);
}

TEST(map_has_several_under_one_key)
{
	struct thing things[3];
	struct map map = MAP_EMPTY;
	struct map_entry *entry;

	for (int i = 0; i < 3; i++)
		map_add(&map, &things[i].entry, 77);
	entry = map_find(&map, 77);
	CHECK(entry == &things[2].entry);
	entry = map_find_next(entry);
	CHECK(entry == &things[1].entry);
	CHECK(map_find_next(map_find_next(entry)) == 0);
	CHECK(map_item(entry, struct thing, entry) == &things[1]);
	map_free(&map);
}

TEST(lists_keep_order)
{
	struct thing things[4];
	struct list list = LIST_EMPTY(list), other = LIST_EMPTY(other);
	int sum = 0;

	CHECK(list_empty(&list) && !list_first(&list) && !list_take(&list));
	for (int i = 0; i < 4; i++) {
		things[i].value = i;
		list_append(i < 2 ? &list : &other, &things[i].link);
	}
	list_append_all(&list, &other);
	CHECK(list_empty(&other));
	list_each(link, &list)
		sum = sum * 10 + list_item(link, struct thing, link)->value;
	CHECK(sum == 123);
	list_each_safe(link, &list)
		list_remove(link);
	CHECK(list_empty(&list));
	list_prepend(&list, &things[0].link);
	list_prepend(&list, &things[1].link);
	CHECK(list_take(&list) == &things[1].link);
	CHECK(list_last(&list) == &things[0].link);
}

TEST(bytes_go_both_ways)
{
	unsigned char place[9];

	bytes_put64(place + 1, 0x0123456789abcdef);
	CHECK(place[1] == 0xef && place[8] == 0x01);
	CHECK(bytes_get64(place + 1) == 0x0123456789abcdef);
	CHECK(bytes_get16(place + 1) == 0xcdef);
	bytes_put32_big(place + 1, 0x01020304);
	CHECK(place[1] == 1 && bytes_get32_big(place + 1) == 0x01020304);
}

TEST(errors_have_names)
{
	CHECK(strcmp(error_name(E_NOENT), "E_NOENT") == 0);
	CHECK(strcmp(error_name(0x10004003), "MACH_RCV_TIMED_OUT") == 0);
	CHECK(strcmp(error_name(-308), "MIG_SERVER_DIED") == 0);
	CHECK(strcmp(error_name(99999), "error 0x1869f") == 0);
	CHECK(error_errno(E_NOSPC) == 28 && error_errno(3) == 12);
	CHECK(error_errno(0) == 0 && error_errno(99999) == 5);
}
