/* SPDX-License-Identifier: BSD-2-Clause */
/* The generator: ChaCha20's published block, and that keys do not repeat. */
#include "core/random.h"
#include <string.h>
#include <test.h>

/* Key 0..31, counter 1, nonce words 0x09000000 0x4a000000 0: RFC 8439 §2.3.2
 * has a 32-bit counter and 96 bits of nonce, which fit our two numbers. */
TEST(block_is_chacha20)
{
	static const uint8_t expected[16] = { 0x10, 0xf1, 0xe7, 0xe4, 0xd1,
		0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3, 0x20, 0x71,
		0xc4 };
	uint8_t key[RANDOM_KEY], block[64];
	int index;

	for (index = 0; index < RANDOM_KEY; index++)
		key[index] = index;
	random_block(key, 1 | 0x09000000ull << 32, 0x4a000000, block);
	CHECK(memcmp(block, expected, sizeof expected) == 0);
}

TEST(answers_differ)
{
	struct random one, two;
	uint8_t first[100], second[100];

	random_init(&one);
	random_init(&two);
	random_stir(&one, "x", 1);
	random_stir(&two, "y", 1);
	random_fill(&one, first, sizeof first);
	random_fill(&two, second, sizeof second);
	CHECK(memcmp(first, second, 32) != 0);
	random_fill(&one, second, sizeof second);
	CHECK(memcmp(first, second, 32) != 0);
	CHECK(memcmp(first, first + 64, 32) != 0);
}

TEST(bits_are_even)
{
	static uint8_t bytes[1 << 16];
	unsigned index, ones = 0;
	struct random random;

	random_init(&random);
	random_fill(&random, bytes, sizeof bytes);
	for (index = 0; index < sizeof bytes; index++)
		ones += __builtin_popcount(bytes[index]);
	CHECK(ones > 261000 && ones < 263300);
}
