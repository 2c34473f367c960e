/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffers: what is read, what is written when, what is forgotten. */
#include "fakes/block_ram.h"
#include "test.h"
#include <block/cache.h>
#include <string.h>

static void write_all(struct cache *cache, unsigned block, int value,
    enum buffer_order order)
{
	struct buffer *buffer;

	CHECK(!buffer_get(cache, block, &buffer));
	memset(buffer->data, value, 1024);
	buffer_dirty(buffer, order);
	buffer_put(buffer);
}

TEST(nothing_is_written_before_sync)
{
	struct ram_device ram;
	struct cache *cache;
	struct buffer *buffer;
	unsigned i;

	ram_open(&ram, 256 * 1024);
	ram_record(&ram);
	CHECK(!cache_new(&ram.device, 1024, 8 * 1024, &cache));
	for (i = 0; i < 100; i++)
		write_all(cache, i, (int)i, ORDER_MIDDLE);
	CHECK(ram.write_count == 0 && cache_dirty_bytes(cache) == 100 * 1024);
	CHECK(!cache_sync(cache) && cache_dirty_bytes(cache) == 0);
	CHECK(ram.write_count == 3); /* two runs of 64 KB, one flush */
	for (i = 0; i < 100; i++) {
		CHECK(ram.bytes[i * 1024] == i);
		CHECK(!buffer_get(cache, i, &buffer));
		CHECK(buffer->data[1023] == i);
		buffer_put(buffer);
	}
	cache_free(cache);
	ram_close(&ram);
}

TEST(orders_are_kept)
{
	struct ram_device ram;
	struct cache *cache;

	ram_open(&ram, 256 * 1024);
	CHECK(!cache_new(&ram.device, 1024, 8 * 1024, &cache));
	ram_record(&ram);
	write_all(cache, 3, 3, ORDER_LAST);
	write_all(cache, 9, 9, ORDER_FIRST);
	write_all(cache, 4, 4, ORDER_MIDDLE);
	write_all(cache, 4, 5, ORDER_LAST); /* the earlier order counts */
	CHECK(!cache_sync(cache));
	CHECK(ram.write_count == 6);
	CHECK(ram.writes[0].position == 9 * 1024 && !ram.writes[1].data);
	CHECK(ram.writes[2].position == 4 * 1024 && !ram.writes[3].data);
	CHECK(ram.writes[4].position == 3 * 1024 && !ram.writes[5].data);
	cache_free(cache);
	ram_close(&ram);
}

TEST(forgotten_and_failing)
{
	struct ram_device ram;
	struct cache *cache;
	struct buffer *buffer;

	ram_open(&ram, 256 * 1024);
	CHECK(!cache_new(&ram.device, 1024, 8 * 1024, &cache));
	write_all(cache, 3, 3, ORDER_LAST);
	cache_forget(cache, 3);
	CHECK(cache_dirty_bytes(cache) == 0);
	CHECK(!buffer_get(cache, 3, &buffer) && buffer->data[0] == 0);
	cache_forget(cache, 3);
	buffer_put(buffer);
	write_all(cache, 5, 5, ORDER_LAST);
	ram.fail_at = ram.calls + 1;
	CHECK(cache_sync(cache) == E_IO);
	CHECK(cache_dirty_bytes(cache) == 1024);
	CHECK(!cache_sync(cache) && ram.bytes[5 * 1024] == 5);
	CHECK(buffer_get(cache, 1000, &buffer) == E_IO);
	cache_free(cache);
	ram_close(&ram);
}
