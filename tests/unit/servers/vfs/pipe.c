/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pipe.h"
#include <string.h>
#include <test.h>

TEST(pipe_gives_back_in_order)
{
	struct pipe pipe;
	char out[8];
	unsigned taken;

	pipe_init(&pipe, 0);
	CHECK(!pipe_readable(&pipe) && pipe_writable(&pipe));
	CHECK(pipe_write(&pipe, "abc", 3, &taken) == 0 && taken == 3);
	CHECK(pipe_write(&pipe, "defg", 4, &taken) == 0 && taken == 4);
	CHECK(pipe_available(&pipe) == 7);
	CHECK(pipe_read(&pipe, out, 2, 1) == 2 && !memcmp(out, "ab", 2));
	CHECK(pipe_read(&pipe, out, 5, 0) == 5 && !memcmp(out, "abcde", 5));
	CHECK(pipe_read(&pipe, out, 8, 0) == 2 && !memcmp(out, "fg", 2));
	CHECK(pipe_read(&pipe, out, 8, 0) == 0);
	pipe_end(&pipe);
}

TEST(pipe_takes_back_what_nobody_got)
{
	struct pipe pipe;
	char out[16];
	unsigned taken;

	for (int packets = 0; packets < 2; packets++) {
		pipe_init(&pipe, packets);
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
		pipe_end(&pipe);
	}
}

TEST(pipe_writes_of_a_page_are_whole)
{
	static char page[PIPE_ATOMIC], big[PIPE_SIZE * 2];
	struct pipe pipe;
	unsigned taken;

	pipe_init(&pipe, 0);
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
	pipe_end(&pipe);
}

/* Random reads and writes against a counter of bytes. */
TEST(pipe_keeps_every_byte)
{
	static char buffer[40000];
	struct pipe pipe;
	unsigned seed = 1, put = 0, got = 0, bad = 0;

	pipe_init(&pipe, 0);
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
	pipe_end(&pipe);
}

TEST(pipe_packets_keep_their_borders)
{
	static char big[PIPE_SIZE];
	struct pipe pipe;
	char out[8];
	unsigned taken;

	pipe_init(&pipe, 1);
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
	pipe_end(&pipe);
}
