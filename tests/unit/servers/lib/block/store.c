/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What survives a kill. A cache is changed by operations; the memory that
 * survives is copied at each step of each commit, and from each copy another
 * instance is made: it finds all that was there before the operation, or all
 * that was there after it.
 */
#include "fakes/block_ram.h"
#include "fakes/survivor.h"
#include "test.h"
#include <block/cache.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK = 1024,
	BLOCKS = 32,
	BANK = 64 * 1024,
	LOG = 8 * 1024,
};

extern void (*store_step)(void);

struct memory {
	struct store_head head;
	uint32_t words[STORE_WORDS];
	uint8_t log[LOG];
	uint8_t banks[BANK];
};

static struct memory *memory, *copy;
static struct ram_device disk;
static uint8_t before[BLOCKS][BLOCK], after[BLOCKS][BLOCK];
static uint32_t word_before, word_after;
static unsigned steps;

static void store_over(struct store *store, struct memory *in)
{
	*store = (struct store)SURVIVOR_STORE(in);
}

/* Another instance finds blocks and word all old, or all new. */
static void look(struct memory *in)
{
	struct store store;
	struct cache *cache;
	int old = 1, new = 1;

	memcpy(copy, in, sizeof *copy);
	store_over(&store, copy);
	CHECK(!store_open(&store));
	store.recovered = 1;
	CHECK(!cache_new(&disk.device, BLOCK, 4 * BLOCK, &cache));
	CHECK(!cache_survive(cache, &store, 0, 1));
	for (unsigned i = 0; i < BLOCKS; i++) {
		struct buffer *buffer;

		CHECK(!buffer_get(cache, i, &buffer));
		old = old && !memcmp(buffer->data, before[i], BLOCK);
		new = new && !memcmp(buffer->data, after[i], BLOCK);
		buffer_put(buffer);
	}
	old = old && copy->words[3] == word_before;
	new = new && copy->words[3] == word_after;
	CHECK(old || new);
	cache_free(cache);
}

static void step(void)
{
	void (*saved)(void) = store_step;

	store_step = 0;
	steps++;
	look(memory);
	store_step = saved;
}

/* Some blocks change, a little or a lot; one may become free. */
static void operate(struct cache *cache, struct store *store, unsigned turn)
{
	for (unsigned count = (unsigned)rand() % 5; count; count--) {
		unsigned block = (unsigned)rand() % BLOCKS;
		unsigned start = (unsigned)rand() % BLOCK;
		unsigned length = 1 + (unsigned)rand() %
		    (rand() % 2 ? 16 : BLOCK);
		struct buffer *buffer;

		if (length > BLOCK - start)
			length = BLOCK - start;
		CHECK(!buffer_get(cache, block, &buffer));
		memset(buffer->data + start, (int)turn, length);
		memset(after[block] + start, (int)turn, length);
		if (length == BLOCK)
			buffer_dirty(buffer, ORDER_FIRST);
		else
			buffer_dirty_part(buffer, ORDER_LAST, start, length);
		buffer_put(buffer);
	}
	store_set_word(store, &memory->words[3], turn);
	word_after = turn;
}

static void start(struct store *store, struct cache **cache)
{
	memory = calloc(1, sizeof *memory);
	copy = calloc(1, sizeof *copy);
	store_over(store, memory);
	CHECK(store_open(store) == E_NOENT);
	store_clear(store);
	ram_open(&disk, BLOCKS * BLOCK);
	memset(before, 0, sizeof before);
	memset(after, 0, sizeof after);
	word_before = word_after = 0;
	CHECK(!cache_new(&disk.device, BLOCK, 4 * BLOCK, cache));
	CHECK(!cache_survive(*cache, store, 0, 1));
}

static void end(struct cache *cache)
{
	store_step = 0;
	cache_free(cache);
	ram_close(&disk);
	free(memory);
	free(copy);
}

TEST(an_operation_survives_whole_or_not_at_all)
{
	struct store store;
	struct cache *cache;

	start(&store, &cache);
	srand(1);
	steps = 0;
	for (unsigned turn = 1; turn < 120; turn++) {
		operate(cache, &store, turn);
		store_step = step;
		step(); /* not committed: nothing of it is there */
		store_commit(&store);
		store_step = 0;
		memcpy(before, after, sizeof before);
		word_before = word_after;
		look(memory);
		if (turn % 17 == 0) {
			CHECK(!cache_sync(cache));
			CHECK(!memcmp(disk.bytes, after, sizeof after));
			look(memory);
		}
	}
	CHECK(steps > 500);
	end(cache);
}

TEST(what_becomes_free_is_forgotten)
{
	struct store store;
	struct cache *cache;
	struct buffer *buffer;

	start(&store, &cache);
	CHECK(!buffer_get(cache, 5, &buffer));
	memset(buffer->data, 7, BLOCK);
	buffer_dirty(buffer, ORDER_FIRST);
	buffer_put(buffer);
	store_commit(&store);
	memset(before[5], 7, BLOCK);
	memcpy(after, before, sizeof after);
	look(memory);
	cache_forget(cache, 5);
	look(memory); /* the operation goes on */
	memset(after[5], 0, BLOCK); /* as the disk has it */
	store_step = step;
	store_commit(&store);
	store_step = 0;
	memcpy(before, after, sizeof before);
	look(memory);
	end(cache);
}

TEST(a_log_that_is_too_small_says_that_nothing_counts)
{
	struct store store;
	struct cache *cache;
	uint8_t bytes[1000] = { 0 };

	start(&store, &cache);
	for (int i = 0; i < 20; i++)
		store_set(&store, memory->banks + BANK - 1000, bytes, 1000);
	memcpy(copy, memory, sizeof *copy);
	store_over(&store, copy);
	CHECK(store_open(&store) == E_UCLEAN);
	store_over(&store, memory);
	end(cache);
}

static sigjmp_buf trapped;

static void on_trap(int number)
{
	(void)number;
	siglongjmp(trapped, 1);
}

/* As by code in which a bit was turned over: 1 if it was stopped. */
static int stops(struct store *store, void *to, size_t count)
{
	static const uint8_t bytes[16];

	if (sigsetjmp(trapped, 1))
		return 1;
	store_set(store, to, bytes, count);
	return 0;
}

TEST(a_change_that_lies_nowhere_is_stopped_and_does_no_harm)
{
	struct store store;
	struct cache *cache;
	void (*before_us)(int) = signal(SIGILL, on_trap);

	start(&store, &cache);
	store_set_word(&store, &memory->words[3], 9);
	CHECK(stops(&store, memory->banks, (size_t)-1000));
	CHECK(stops(&store, memory->banks, sizeof *memory));
	CHECK(stops(&store, &store, 4));
	CHECK(stops(&store, (uint8_t *)memory - 4, 4));
	store_commit(&store);
	memcpy(copy, memory, sizeof *copy);
	store_over(&store, copy);
	CHECK(!store_open(&store) && copy->words[3] == 9);
	store_over(&store, memory);
	end(cache);
	signal(SIGILL, before_us);
}
