/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/cache.h"
#include "core/cluster.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>

static struct cached make(uint64_t node, int64_t mtime)
{
	struct cached text;

	memset(&text, 0, sizeof text);
	text.key.device = 8;
	text.key.node = node;
	text.key.mtime = mtime;
	return text;
}

static void add(struct cache *cache, struct cached *text)
{
	list_init(&text->age);
	CHECK(!cache_add(cache, text));
}

TEST(same_version_is_shared)
{
	struct cache cache;
	struct cached one = make(5, 1), *stale;

	cache_init(&cache, 4);
	CHECK(!cache_find(&cache, &one.key, &stale) && !stale);
	add(&cache, &one);
	CHECK(cache_find(&cache, &one.key, &stale) == &one && !stale);
	CHECK(one.maps == 2 && cache.found == 1 && cache.asked == 2);
	cache_retire(&cache, &one);
	cache_retire(&cache, &one);
	CHECK(cache.count == 0 && cache.retired == 1);
	CHECK(!cache_find(&cache, &one.key, &stale));
	map_free(&cache.map);
}

TEST(another_version_is_stale)
{
	struct cache cache;
	struct cached one = make(5, 1), newer = make(5, 2), *stale;
	struct cached elsewhere = make(5, 1);

	cache_init(&cache, 4);
	add(&cache, &one);
	CHECK(!cache_find(&cache, &newer.key, &stale) && stale == &one);
	elsewhere.key.device = 9;
	CHECK(!cache_find(&cache, &elsewhere.key, &stale) && !stale);
	cache_retire(&cache, &one);
	map_free(&cache.map);
}

TEST(the_oldest_is_surplus)
{
	struct cache cache;
	struct cached texts[3], *stale;

	cache_init(&cache, 2);
	for (int i = 0; i < 3; i++) {
		texts[i] = make((uint64_t)i, 1);
		CHECK(!cache_surplus(&cache));
		add(&cache, &texts[i]);
		if (i == 1)
			cache_find(&cache, &texts[0].key, &stale);
	}
	CHECK(cache_surplus(&cache) == &texts[1]);
	cache_retire(&cache, &texts[1]);
	CHECK(!cache_surplus(&cache));
	cache_retire(&cache, &texts[0]);
	cache_retire(&cache, &texts[2]);
	map_free(&cache.map);
}

TEST(clusters_cover_each_page_once)
{
	uint32_t map[4] = { 0 }, first, count;

	cluster_take(map, 100, 20, &first, &count);
	CHECK(first == 16 && count == 16);
	cluster_take(map, 100, 98, &first, &count);
	CHECK(first == 96 && count == 4);
	/* asked again: thrown away by the kernel, which stops at a page that
	 * it still has, so this one comes first */
	cluster_take(map, 100, 20, &first, &count);
	CHECK(first == 20 && count == 12);
	memset(map, 0, sizeof map);
	map[0] = 1u << 3 | 1u << 9;
	cluster_take(map, 100, 5, &first, &count);
	CHECK(first == 4 && count == 5);
}

TEST(clusters_at_random)
{
	uint32_t map[8] = { 0 }, first, count;

	srand(1);
	for (int i = 0; i < 10000; i++) {
		uint32_t pages = (uint32_t)rand() % 255 + 1;
		uint32_t page = (uint32_t)rand() % pages;

		cluster_take(map, pages, page, &first, &count);
		CHECK(first <= page && page < first + count);
		CHECK(first + count <= pages && count <= CLUSTER_PAGES);
		CHECK(first / CLUSTER_PAGES ==
		    (first + count - 1) / CLUSTER_PAGES);
	}
}
