/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of the pages of an object, against a kernel played by dice: no
 * page that may be dirty is ever supplied unasked, and all are cleaned.
 */
#include "test.h"
#include <pager/core/pages.h>
#include <stdlib.h>
#include <string.h>

enum {
	SIZE = 100,
};

/* The kernel's truth. */
struct kernel {
	unsigned char present[SIZE], writable[SIZE], dirty[SIZE];
};

TEST(sequential_readers_get_more)
{
	struct pages pages;
	uint32_t page = 0, count, requests = 0;

	pages_init(&pages);
	while (page < 1000) {
		count = pages_request(&pages, page, 1000);
		pages_supplied(&pages, page, count, 0);
		page += count;
		requests++;
	}
	CHECK(page == 1000 && requests < 40);
	CHECK(!pages_any_open(&pages));
	pages_free(&pages);
}

TEST(reading_ahead)
{
	struct pages pages;
	uint32_t page, count;

	pages_init(&pages);
	CHECK(pages_request(&pages, 0, 1000) == 8);
	pages_supplied(&pages, 0, 8, 0);
	CHECK(pages_ahead(&pages, 8, 1000) == 0);
	count = pages_request(&pages, 8, 1000);
	pages_supplied(&pages, 8, count, 0);
	page = 8 + count;
	CHECK(count == 16 && pages_ahead(&pages, page, 1000) == 16);
	CHECK(pages_ahead(&pages, page, page + 3) == 3);
	pages_supplied(&pages, page + 5, 1, 1);
	CHECK(pages_ahead(&pages, page, 1000) == 5);
	pages_follow(&pages);
	pages_follow(&pages);
	pages_follow(&pages);
	CHECK(pages_ahead(&pages, 200, 1000) == PAGES_WINDOW_MOST);
	CHECK(pages_request(&pages, 500, 1000) == 8);
	CHECK(pages_request(&pages, 700, 1000) == 4);
	CHECK(pages_request(&pages, 600, 1000) == 2);
	CHECK(pages_request(&pages, 100, 1000) == 2);
	CHECK(pages_ahead(&pages, 102, 1000) == 0);
	pages.advice = PAGES_RANDOM;
	CHECK(pages_request(&pages, 300, 1000) == 1);
	pages.advice = PAGES_SEQUENTIAL;
	CHECK(pages_request(&pages, 900, 1000) == PAGES_WINDOW_MOST);
	pages_free(&pages);
}

static uint32_t unlock_all(struct pages *pages, uint32_t page, uint32_t size)
{
	uint32_t count = pages_unlock_look(pages, page, size);

	pages_unlock(pages, page, count);
	return count;
}

TEST(open_pages_are_counted)
{
	struct pages pages;

	pages_init(&pages);
	pages_supplied(&pages, 0, 40, 0);
	CHECK(pages_open_count(&pages) == 0);
	CHECK(unlock_all(&pages, 0, 40) == 8);
	CHECK(unlock_all(&pages, 8, 40) == 16);
	CHECK(pages_open_count(&pages) == 24);
	pages_clean_begin(&pages);
	CHECK(unlock_all(&pages, 30, 40) == 8);
	CHECK(pages_open_count(&pages) == 32);
	pages_clean_end(&pages);
	CHECK(pages_open_count(&pages) == 8);
	pages_gone(&pages, 0, 33);
	CHECK(pages_open_count(&pages) == 5);
	pages_free(&pages);
}

TEST(read_ahead_stops_before_open_pages)
{
	struct pages pages;

	pages_init(&pages);
	pages_supplied(&pages, 5, 1, 1);
	CHECK(pages_request(&pages, 3, 100) == 2);
	CHECK(pages_request(&pages, 5, 100) == 4);
	CHECK(pages_request(&pages, 98, 100) == 2);
	pages_returned(&pages, 5, 1, 1);
	CHECK(pages_open(&pages, 5, 1));
	pages_returned(&pages, 5, 1, 0);
	CHECK(!pages_open(&pages, 0, 100));
	pages_free(&pages);
}

TEST(opened_while_cleaning_stays_open)
{
	struct pages pages;
	struct page_range range;

	pages_init(&pages);
	pages_supplied(&pages, 7, 3, 1);
	range = pages_clean_begin(&pages);
	CHECK(range.first == 7 && range.count == 3);
	CHECK(pages_open(&pages, 8, 1));
	pages_supplied(&pages, 40, 1, 1);
	pages_clean_end(&pages);
	CHECK(!pages_open(&pages, 0, 40) && pages_open(&pages, 40, 1));
	range = pages_clean_begin(&pages);
	CHECK(range.first == 40 && range.count == 1);
	pages_clean_end(&pages);
	CHECK(pages_clean_begin(&pages).count == 0);
	pages_free(&pages);
}

static void fault(struct pages *pages, struct kernel *kernel, uint32_t page,
    int writing)
{
	uint32_t count, i;

	if (!kernel->present[page]) {
		count = pages_request(pages, page, SIZE);
		CHECK(count >= 1 && page + count <= SIZE);
		for (i = 1; i < count; i++)
			CHECK(!kernel->dirty[page + i]);
		pages_supplied(pages, page, count, writing);
		for (i = 0; i < count; i++) {
			if (kernel->present[page + i])
				continue;
			kernel->present[page + i] = 1;
			kernel->writable[page + i] = (unsigned char)writing;
		}
	}
	if (writing && !kernel->writable[page]) {
		count = unlock_all(pages, page, SIZE);
		for (i = 0; i < count; i++)
			kernel->writable[page + i] = kernel->present[page + i];
	}
	if (writing)
		kernel->dirty[page] = 1;
	CHECK(!kernel->dirty[page] || pages_open(pages, page, 1));
}

static void evict(struct pages *pages, struct kernel *kernel, uint32_t page)
{
	if (!kernel->present[page])
		return;
	if (kernel->dirty[page])
		pages_returned(pages, page, 1, 0);
	kernel->present[page] = kernel->dirty[page] = 0;
	kernel->writable[page] = 0;
}

static void clean(struct pages *pages, struct kernel *kernel, unsigned *seed)
{
	struct page_range range = pages_clean_begin(pages);
	uint32_t i;

	for (i = range.first; i < range.first + range.count && i < SIZE; i++) {
		kernel->dirty[i] = 0;
		kernel->writable[i] = 0;
		if (rand_r(seed) % 8 == 0)
			fault(pages, kernel, (uint32_t)rand_r(seed) % SIZE,
			    rand_r(seed) % 2);
	}
	pages_clean_end(pages);
	for (i = 0; i < SIZE; i++)
		CHECK(!kernel->dirty[i] || pages_open(pages, i, 1));
}

TEST(dice)
{
	unsigned seed = 7, i;
	struct kernel kernel;
	struct pages pages;

	memset(&kernel, 0, sizeof kernel);
	pages_init(&pages);
	for (i = 0; i < 200000; i++) {
		uint32_t page = (uint32_t)rand_r(&seed) % SIZE;

		switch (rand_r(&seed) % 40) {
		case 0:
			clean(&pages, &kernel, &seed);
			break;
		case 1 ... 10:
			evict(&pages, &kernel, page);
			break;
		default:
			fault(&pages, &kernel, page, rand_r(&seed) % 3 == 0);
		}
	}
	pages_free(&pages);
}
