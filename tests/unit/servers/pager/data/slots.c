/* SPDX-License-Identifier: BSD-2-Clause */
/* servers/pager/data/core */
#include "core/header.h"
#include "core/slots.h"
#include <base/bytes.h>
#include <string.h>
#include <test.h>

enum {
	PLACES = 1000,
};

TEST(pages_find_their_slots)
{
	struct slots slots;
	struct slot_place places[PLACES] = { 0 };

	CHECK(slots_init(&slots, 100, 10, places) == 0);
	slots_mark_bad(&slots, 0);
	CHECK(slots.free == 99);
	for (uint32_t page = 0; page < 50; page++)
		CHECK(slots_take(&slots, 1 + page % 3, page * 1000) !=
		    SLOT_NONE);
	for (uint32_t page = 0; page < 50; page++) {
		uint32_t slot = slots_find(&slots, 1 + page % 3, page * 1000);

		CHECK(slot != SLOT_NONE && slot != 0);
		CHECK(places[slot].page == page * 1000);
	}
	CHECK(slots_find(&slots, 4, 0) == SLOT_NONE);
	CHECK(slots_find(&slots, 1, 1) == SLOT_NONE);
	CHECK(slots.used == 50 && slots.free == 49);
	CHECK(slots_count_of(&slots, 1) == 17);
	CHECK(slots_count_of(&slots, 3) == 16);
	CHECK(slots_count_of(&slots, 4) == 0);
	slots_free(&slots);
}

TEST(a_full_area_says_so_and_recovers)
{
	struct slots slots;
	struct slot_place places[PLACES] = { 0 };
	uint32_t slot;

	slots_init(&slots, 8, 4, places);
	slots_mark_bad(&slots, 0);
	slots_mark_bad(&slots, 5);
	slots_mark_bad(&slots, 5);
	slots_mark_bad(&slots, 800);
	for (uint32_t page = 0; page < 6; page++)
		CHECK(slots_take(&slots, 2, page) != SLOT_NONE);
	CHECK(slots_take(&slots, 2, 99) == SLOT_NONE);
	slot = slots_find(&slots, 2, 3);
	slots_give(&slots, slot);
	CHECK(slots_find(&slots, 2, 3) == SLOT_NONE);
	CHECK(slots_take(&slots, 3, 7) == slot);
	slots_free(&slots);
}

TEST(an_object_ends_with_all_its_slots)
{
	struct slots slots;
	struct slot_place places[PLACES] = { 0 };
	uint32_t slot, count = 0;

	slots_init(&slots, 1000, 16, places);
	for (uint32_t page = 0; page < 300; page++)
		slots_take(&slots, page % 2 ? 7 : 8, page);
	while ((slot = slots_first(&slots, 7)) != SLOT_NONE) {
		slots_give(&slots, slot);
		count++;
	}
	CHECK(count == 150 && slots.used == 150);
	CHECK(slots_find(&slots, 7, 1) == SLOT_NONE);
	CHECK(slots_find(&slots, 8, 2) != SLOT_NONE);
	slots_free(&slots);
	CHECK(slots_init(&slots, 0, 16, places) == E_INVAL);
}

TEST(neighbours_leave_together)
{
	struct slots slots;
	struct slot_place places[PLACES] = { 0 };
	uint32_t first;

	slots_init(&slots, 64, 4, places);
	first = slots_take(&slots, 1, 0);
	for (uint32_t page = 1; page < 20; page++)
		CHECK(slots_take(&slots, 1, page) == first + page);
	slots_free(&slots);
}

/* A pager died: the places say what the next one finds. */
TEST(what_was_kept_is_found_again)
{
	struct slots slots;
	struct slot_place places[PLACES] = { 0 };
	uint32_t kept, given, taken;

	slots_init(&slots, 20, 10, places);
	slots_mark_bad(&slots, 0);
	kept = slots_take(&slots, 7, 70);
	slots_keep(&slots, kept);
	given = slots_take(&slots, 8, 80);
	slots_keep(&slots, given);
	slots_give(&slots, given);
	taken = slots_take(&slots, 9, 90);
	slots_free(&slots);
	places[15].state = SLOT_USED | 10u << SLOT_BITS;
	places[16].state = 77;
	CHECK(slots_init(&slots, 20, 10, places) == 0);
	CHECK(slots.used == 1 && slots.free == 18);
	CHECK(slots_find(&slots, 7, 70) == kept);
	CHECK(slots_first(&slots, 7) == kept);
	CHECK(slots_find(&slots, 8, 80) == SLOT_NONE);
	CHECK(slots_find(&slots, 9, 90) == SLOT_NONE);
	CHECK(slots_take(&slots, 9, 90) == taken);
	CHECK(places[15].state == SLOT_FREE && places[16].state == SLOT_FREE);
	slots_free(&slots);
}

TEST(header_as_mkswap_writes_it)
{
	uint8_t page[HEADER_PAGE] = { 0 };
	struct header header;

	CHECK(header_read(page, 100, &header) == E_INVAL);
	memcpy(page + HEADER_PAGE - 10, "SWAPSPACE2", 10);
	bytes_put32(page + 1024, 1);
	bytes_put32(page + 1028, 99);
	CHECK(header_read(page, 100, &header) == 0);
	CHECK(header.pages == 100 && header.bad_count == 0);
	CHECK(header_read(page, 99, &header) == E_INVAL);
	bytes_put32(page + 1032, 2);
	bytes_put32(page + 1536, 7);
	bytes_put32(page + 1540, 9);
	CHECK(header_read(page, 100, &header) == 0);
	CHECK(header.bad_count == 2 && header.bad[1] == 9);
	bytes_put32(page + 1032, 5000);
	CHECK(header_read(page, 100, &header) == E_INVAL);
}
