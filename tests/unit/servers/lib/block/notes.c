/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes count from a commit on; what is kept is not written by a sync, and
 * nothing is if a buffer makes no sense. */
#include "fakes/block_ram.h"
#include "fakes/survivor.h"
#include "test.h"
#include <block/cache.h>
#include <block/notes.h>
#include <string.h>

enum {
	BLOCK = 1024,
	MOST = 8,
};

struct memory {
	struct store_head head;
	uint32_t words[STORE_WORDS];
	uint8_t log[8 * 1024];
	uint8_t banks[64 * 1024] __attribute__((aligned(8)));
	uint8_t notes[1024] __attribute__((aligned(8)));
};

static struct memory memory, kept;

static error_t store_over(struct store *store, struct memory *in)
{
	error_t error;

	*store = (struct store)SURVIVOR_STORE(in);
	store->notes = in->notes;
	store->notes_size = sizeof in->notes;
	error = store_open(store);
	store->recovered = !error;
	if (error)
		store_clear(store);
	return error;
}

/* How many notes a next instance finds, and their sum. */
static unsigned found(uint32_t *sum)
{
	struct notes notes;
	struct store store;
	const void *note;
	unsigned count = 0;
	uint32_t value;

	memcpy(&kept, &memory, sizeof kept);
	*sum = 0;
	if (store_over(&store, &kept))
		return MOST + 1;
	CHECK(!notes_open(&notes, &store, sizeof value, MOST));
	for (uint32_t i = 0; (note = notes_next(&notes, &i)); i++, count++) {
		memcpy(&value, note, sizeof value);
		*sum += value;
	}
	notes_close(&notes);
	return count;
}

TEST(notes_count_from_a_commit_on)
{
	uint32_t index[MOST + 1] = { 0 }, value, sum;
	struct notes notes;
	struct store store;

	memset(&memory, 0, sizeof memory);
	CHECK(store_over(&store, &memory) == E_NOENT);
	CHECK(!notes_open(&notes, &store, sizeof value, MOST));
	for (value = 0; value < 3; value++)
		note_set(&notes, &index[value], &value);
	CHECK(found(&sum) == 0);
	store_commit(&store);
	CHECK(found(&sum) == 3 && sum == 3);
	value = 40;
	note_set(&notes, &index[2], &value);
	note_drop(&notes, &index[0]);
	CHECK(index[0] == NOTE_NONE && found(&sum) == 3 && sum == 3);
	store_commit(&store);
	CHECK(found(&sum) == 2 && sum == 41);
	for (unsigned i = 0; i <= MOST; i++)
		note_set(&notes, &index[i], &value);
	store_commit(&store);
	CHECK(found(&sum) > MOST); /* one had no room: nothing counts */
	CHECK(notes_many(&notes));
	for (unsigned i = 0; i <= MOST; i++)
		note_drop(&notes, &index[i]);
	store_commit(&store);
	store_commit(&store);
	CHECK(found(&sum) == 0);
	notes_close(&notes);
}

static error_t count_one(void *context, struct buffer *buffer)
{
	(void)buffer;
	++*(unsigned *)context;
	return 0;
}

static struct cache *cache_over(struct ram_device *disk, struct store *store)
{
	struct cache *cache;

	CHECK(!cache_new(&disk->device, BLOCK, BLOCK, &cache));
	CHECK(!cache_survive(cache, store, 0, 1));
	return cache;
}

/* Of an empty disk, with an empty store. */
static struct cache *cache_begin(struct ram_device *disk, struct store *store)
{
	memset(&memory, 0, sizeof memory);
	ram_open(disk, 8 * BLOCK);
	CHECK(store_over(store, &memory) == E_NOENT);
	return cache_over(disk, store);
}

TEST(what_is_only_kept_is_not_written)
{
	struct ram_device disk;
	struct buffer *buffer;
	struct cache *cache;
	struct store store;
	unsigned count = 0;

	cache = cache_begin(&disk, &store);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(!buffer_get(cache, i, &buffer));
		buffer->data[0] = 7;
		buffer_dirty(buffer, i ? ORDER_LAST : ORDER_KEPT);
		buffer_put(buffer);
	}
	CHECK(!cache_sync(cache));
	CHECK(!disk.bytes[0] && disk.bytes[BLOCK] == 7);
	cache_free(cache);
	CHECK(!store_over(&store, &memory));
	cache = cache_over(&disk, &store);
	CHECK(!cache_each(cache, ORDER_KEPT, count_one, &count) && count == 1);
	CHECK(!buffer_get(cache, 0, &buffer) && buffer->data[0] == 7);
	buffer_dirty(buffer, ORDER_FIRST);
	buffer_put(buffer);
	CHECK(!cache_sync(cache) && disk.bytes[0] == 7);
	CHECK(!cache_dirty_bytes(cache));
	cache_free(cache);
	ram_close(&disk);
}

static const struct ram_device *disk_then;
static unsigned looks, hurts;

static void look(void)
{
	looks++;
}

/* Nothing was written yet. */
static void hurt(struct store *store)
{
	(void)store;
	hurts++;
	CHECK(disk_then->bytes[BLOCK] == 7 && disk_then->bytes[2 * BLOCK] == 9);
}

static int is_sane(void *wanted, const struct buffer *buffer)
{
	return buffer->data[0] == *(const uint8_t *)wanted;
}

static void block_set(struct cache *cache, unsigned block, uint8_t value,
    unsigned char mark)
{
	struct buffer *buffer;

	CHECK(!buffer_get(cache, block, &buffer));
	buffer->mark = mark;
	buffer->data[0] = value;
	buffer_dirty(buffer, ORDER_MIDDLE);
	buffer_put(buffer);
}

TEST(what_makes_no_sense_is_not_written)
{
	struct ram_device disk;
	struct cache *cache;
	struct store store;
	uint8_t wanted = 7;

	cache = cache_begin(&disk, &store);
	store.look = look;
	store.hurt = hurt;
	cache_set_check(cache, is_sane, &wanted);
	block_set(cache, 1, 7, 1);
	block_set(cache, 2, 9, 0); /* nobody said that it makes sense */
	CHECK(!cache_sync(cache) && looks == 1 && !hurts);
	CHECK(disk.bytes[BLOCK] == 7 && disk.bytes[2 * BLOCK] == 9);
	CHECK(!cache_sync(cache) && looks == 1); /* nothing to be written */
	block_set(cache, 1, 6, 1);
	block_set(cache, 2, 8, 0);
	disk_then = &disk;
	CHECK(!cache_sync(cache) && hurts == 1);
	cache_free(cache);
	ram_close(&disk);
}
