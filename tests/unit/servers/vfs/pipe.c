/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pipe.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>

static void *arena;

/* An empty pipe in an arena of its own. */
static void begin(struct pipe *pipe, int packets)
{
	if (!arena)
		arena = malloc(PIPE_ARENA);
	pipe_arena(arena);
	pipe_init(pipe, packets);
}

static void end(struct pipe *pipe)
{
	pipe_end(pipe);
	free(arena);
	arena = NULL;
	pipe_rescue = NULL;
}

TEST(pipe_gives_back_in_order)
{
	struct pipe pipe;
	char out[8];
	unsigned taken;

	begin(&pipe, 0);
	CHECK(!pipe_readable(&pipe) && pipe_writable(&pipe));
	CHECK(pipe_write(&pipe, "abc", 3, &taken) == 0 && taken == 3);
	CHECK(pipe_write(&pipe, "defg", 4, &taken) == 0 && taken == 4);
	CHECK(pipe_available(&pipe) == 7);
	CHECK(pipe_read(&pipe, out, 2, 1) == 2 && !memcmp(out, "ab", 2));
	CHECK(pipe_read(&pipe, out, 5, 0) == 5 && !memcmp(out, "abcde", 5));
	CHECK(pipe_read(&pipe, out, 8, 0) == 2 && !memcmp(out, "fg", 2));
	CHECK(pipe_read(&pipe, out, 8, 0) == 0);
	end(&pipe);
}

TEST(pipe_takes_back_what_nobody_got)
{
	struct pipe pipe;
	char out[16];
	unsigned taken;

	for (int packets = 0; packets < 2; packets++) {
		begin(&pipe, packets);
		pipe_write(&pipe, "abcd", 4, &taken);
		pipe_write(&pipe, "efg", 3, &taken);
		CHECK(pipe_read(&pipe, out, 4, 0) == 4);
		pipe_unread(&pipe, out, 4);
		CHECK(pipe_available(&pipe) == (packets ? 4 : 7));
		CHECK(pipe_read(&pipe, out, 4, 0) == 4);
		CHECK(!memcmp(out, "abcd", 4));
		CHECK(pipe_read(&pipe, out, 4, 0) == 3);
		pipe_unread(&pipe, out, 3);
		CHECK(pipe_read(&pipe, out, 9, 0) == 3);
		CHECK(!memcmp(out, "efg", 3) && !pipe_readable(&pipe));
		end(&pipe);
	}
}

TEST(pipe_writes_of_a_page_are_whole)
{
	static char page[PIPE_ATOMIC], big[PIPE_SIZE * 2];
	struct pipe pipe;
	unsigned taken;

	begin(&pipe, 0);
	CHECK(pipe_write(&pipe, big, PIPE_SIZE - 100, &taken) == 0);
	CHECK(taken == PIPE_SIZE - 100);
	CHECK(pipe_write(&pipe, page, 101, &taken) == E_AGAIN);
	CHECK(pipe_write(&pipe, page, PIPE_ATOMIC, &taken) == E_AGAIN);
	CHECK(pipe_write(&pipe, big, PIPE_ATOMIC + 1, &taken) == 0);
	CHECK(taken == 100);
	CHECK(pipe_write(&pipe, big, sizeof big, &taken) == E_AGAIN);
	CHECK(!pipe_writable(&pipe));
	CHECK(pipe_read(&pipe, big, PIPE_ATOMIC - 1, 0) == PIPE_ATOMIC - 1);
	CHECK(!pipe_writable(&pipe));
	CHECK(pipe_read(&pipe, big, 100, 0) == 100 && pipe_writable(&pipe));
	end(&pipe);
}

/* Random reads and writes against a counter of bytes. */
TEST(pipe_keeps_every_byte)
{
	static char buffer[40000];
	struct pipe pipe;
	unsigned seed = 1, put = 0, got = 0, bad = 0;

	begin(&pipe, 0);
	for (int round = 0; round < 20000; round++) {
		unsigned size, taken;

		seed = seed * 1103515245 + 12345;
		size = (seed >> 8) % (round % 50 ? 300 : sizeof buffer);
		if (seed & 0x40000000) {
			for (unsigned i = 0; i < size; i++)
				buffer[i] = (char)((put + i) * 7);
			if (size && !pipe_write(&pipe, buffer, size, &taken))
				put += taken;
			continue;
		}
		taken = pipe_read(&pipe, buffer, size, 0);
		for (unsigned i = 0; i < taken; i++)
			bad += buffer[i] != (char)((got + i) * 7);
		got += taken;
	}
	CHECK(bad == 0 && put - got == pipe_available(&pipe));
	end(&pipe);
}

TEST(pipe_packets_keep_their_borders)
{
	static char big[PIPE_SIZE];
	struct pipe pipe;
	char out[8];
	unsigned taken;

	begin(&pipe, 1);
	CHECK(pipe_write(&pipe, "hello", 5, &taken) == 0 && taken == 5);
	CHECK(pipe_write(&pipe, "", 0, &taken) == 0 && taken == 0);
	CHECK(pipe_write(&pipe, "world", 5, &taken) == 0);
	CHECK(pipe_available(&pipe) == 5);
	CHECK(pipe_read(&pipe, out, 3, 0) == 3 && !memcmp(out, "hel", 3));
	CHECK(pipe_readable(&pipe) && pipe_available(&pipe) == 0);
	CHECK(pipe_read(&pipe, out, 8, 0) == 0);
	CHECK(pipe_read(&pipe, out, 8, 1) == 5);
	CHECK(pipe_read(&pipe, out, 8, 0) == 5 && !memcmp(out, "world", 5));
	CHECK(pipe_write(&pipe, big, PIPE_SIZE, &taken) == E_MSGSIZE);
	CHECK(pipe_write(&pipe, big, PIPE_SIZE - 4, &taken) == 0);
	CHECK(pipe_write(&pipe, big, 1, &taken) == E_AGAIN);
	end(&pipe);
}

static uint32_t rescued; /* up to where */
static unsigned rescues;

static void rescue(struct pipe *pipe)
{
	rescued = pipe->head;
	rescues++;
}

/* What was read last is in the ring until it is rescued. */
TEST(pipe_keeps_what_was_read_last)
{
	static char buffer[PIPE_SIZE], again[PIPE_SIZE];
	struct pipe pipe;
	unsigned seed = 3, put = 0, bad = 0;
	uint32_t last = 0;
	unsigned last_size = 0;

	begin(&pipe, 0);
	rescued = rescues = 0;
	pipe_rescue = rescue;
	for (int round = 0; round < 20000; round++) {
		unsigned size, taken, moved;

		seed = seed * 1103515245 + 12345;
		size = 1 + (seed >> 8) % (round % 50 ? 300 : sizeof buffer);
		if (seed & 0x40000000) {
			for (unsigned i = 0; i < size; i++)
				buffer[i] = (char)((put + i) * 7);
			if (!pipe_write(&pipe, buffer, size, &taken))
				put += taken;
		} else {
			last = pipe.head;
			last_size = pipe_look(&pipe, buffer, size, &moved);
			pipe_take(&pipe, moved);
		}
		if ((int32_t)(rescued - last) > 0)
			continue;
		pipe_taken(&pipe, last, again, last_size);
		for (unsigned i = 0; i < last_size; i++)
			bad += again[i] != (char)((last + i) * 7);
	}
	CHECK(bad == 0 && rescues > 0 && rescues < 200);
	end(&pipe);
}

/* The server died: rings are found again; what can't be is empty. */
TEST(pipe_outlives_the_server)
{
	struct pipe pipe, other, bad;
	unsigned taken;
	char out[8];

	begin(&pipe, 0);
	pipe_init(&other, 0);
	pipe_write(&pipe, "abc", 3, &taken);
	pipe_write(&other, "defg", 4, &taken);
	bad = other;
	pipe_arena(arena);
	CHECK(pipe_claim(&pipe) && pipe_claim(&other));
	CHECK(!pipe_claim(&bad) && !pipe_readable(&bad));
	bad.place = 0xffffff11;
	CHECK(!pipe_claim(&bad));
	bad.tail = 1;
	CHECK(!pipe_claim(&bad) && !pipe_readable(&bad));
	CHECK(pipe_write(&bad, "h", 1, &taken) == 0);
	CHECK(pipe_read(&pipe, out, 8, 0) == 3 && !memcmp(out, "abc", 3));
	CHECK(pipe_read(&other, out, 8, 0) == 4 && !memcmp(out, "defg", 4));
	CHECK(pipe_read(&bad, out, 8, 0) == 1 && out[0] == 'h');
	pipe_end(&other);
	pipe_end(&bad);
	end(&pipe);
}

/* Many pipes: memory ends, and comes back. */
TEST(pipe_total)
{
	static struct pipe pipes[6000];
	static char big[PIPE_SIZE];
	struct pipe first;
	unsigned count, taken;

	begin(&first, 0);
	for (int round = 0; round < 2; round++) {
		for (count = 0; count < 6000; count++) {
			pipe_init(&pipes[count], 0);
			if (pipe_write(&pipes[count], big,
				count < 1000 ? PIPE_SIZE : 5, &taken))
				break;
		}
		CHECK(count > 1000 && count < 6000);
		while (count--)
			pipe_end(&pipes[count]);
	}
	end(&first);
}
