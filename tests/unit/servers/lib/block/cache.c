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
	CHECK(ram.write_count == 4); /* flush, two runs of 64 KB, flush */
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
	CHECK(ram.write_count == 7 && !ram.writes[0].data); /* data first */
	CHECK(ram.writes[1].position == 9 * 1024 && !ram.writes[2].data);
	CHECK(ram.writes[3].position == 4 * 1024 && !ram.writes[4].data);
	CHECK(ram.writes[5].position == 3 * 1024 && !ram.writes[6].data);
	cache_free(cache);
	ram_close(&ram);
}

/* A journal that counts. */
struct counting {
	struct cache_journal journal;
	unsigned commits, buffers, revokes, dones;
	int full;
	error_t error;
};

static error_t counting_commit(struct cache_journal *journal,
    struct buffer *const *buffers, unsigned count, int *full)
{
	struct counting *counting = (struct counting *)journal;

	(void)buffers;
	counting->commits++;
	counting->buffers += count;
	*full = counting->full;
	return counting->error;
}

static void counting_revoke(struct cache_journal *journal, uint64_t block)
{
	((struct counting *)journal)->revokes += block == 6;
}

static error_t counting_done(struct cache_journal *journal)
{
	((struct counting *)journal)->dones++;
	return 0;
}

TEST(logged_buffers)
{
	struct counting counting = { .journal = { counting_commit,
		counting_revoke, counting_done } };
	struct ram_device ram;
	struct cache *cache;
	struct buffer *buffer;

	ram_open(&ram, 256 * 1024);
	CHECK(!cache_new(&ram.device, 1024, 0, &cache));
	cache_set_journal(cache, &counting.journal);
	ram_record(&ram);
	write_all(cache, 5, 5, ORDER_LAST);
	write_all(cache, 6, 6, ORDER_FIRST);
	counting.error = E_IO;
	CHECK(cache_sync(cache) == E_IO);
	CHECK(cache_dirty_bytes(cache) == 2048);
	counting.error = 0;
	CHECK(!cache_sync(cache) && counting.buffers == 4);
	CHECK(ram.write_count == 0 && cache_dirty_bytes(cache) == 0);
	/* it is in memory still, though nothing clean is kept */
	CHECK(!buffer_get(cache, 5, &buffer) && buffer->data[0] == 5);
	buffer_put(buffer);
	cache_forget(cache, 6);
	CHECK(counting.revokes == 1);
	write_all(cache, 5, 7, ORDER_LAST);
	counting.full = 1;
	CHECK(!cache_sync(cache) && counting.dones == 1);
	CHECK(ram.bytes[5 * 1024] == 7 && ram.bytes[6 * 1024] == 0);
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

TEST(the_limit_follows_memory)
{
	const uint64_t mb = 1 << 20;
	struct ram_device ram;
	struct buffer *buffer;
	struct cache *cache;
	unsigned i;

	CHECK(cache_share(512 * mb, 400 * mb) == 64 * mb);
	CHECK(cache_share(512 * mb, 40 * mb) == 10 * mb);
	CHECK(cache_share(64 * mb, 30 * mb) == 30 * mb / 4);
	CHECK(cache_share(64 * mb, 0) == 512 * 1024);
	CHECK(cache_share(4096 * mb, 4000 * mb) == 128 * mb);

	ram_open(&ram, 256 * 1024);
	CHECK(!cache_new(&ram.device, 1024, 100 * 1024, &cache));
	for (i = 0; i < 100; i++) {
		CHECK(!buffer_get(cache, i, &buffer));
		buffer_put(buffer);
	}
	ram.calls = 0;
	cache_set_limit(cache, 10 * 1024); /* the last ten stay */
	for (i = 99; i >= 90; i--) {
		CHECK(!buffer_get(cache, i, &buffer));
		buffer_put(buffer);
	}
	CHECK(ram.calls == 0);
	CHECK(!buffer_get(cache, 0, &buffer));
	buffer_put(buffer);
	CHECK(ram.calls == 1);
	cache_set_limit(cache, 0);
	CHECK(!buffer_get(cache, 0, &buffer) && ram.calls == 2);
	buffer_put(buffer);
	cache_free(cache);
	ram_close(&ram);
}
