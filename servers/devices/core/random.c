/* SPDX-License-Identifier: BSD-2-Clause */
/* ChaCha20 with fast key erasure. */
#include "core/random.h"
#include <base/bytes.h>
#include <string.h>

enum {
	BLOCK = 64,
	WORDS = 16,
	DOUBLE_ROUNDS = 10,
};

static uint32_t rotate(uint32_t word, unsigned count)
{
	return word << count | word >> (32 - count);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 12);
	*a += *b;
	*d = rotate(*d ^ *a, 8);
	*c += *d;
	*b = rotate(*b ^ *c, 7);
}

static void mix(const uint32_t start[WORDS], uint8_t block[BLOCK])
{
	uint32_t x[WORDS];
	unsigned round, index;

	memcpy(x, start, sizeof x);
	for (round = 0; round < DOUBLE_ROUNDS; round++) {
		for (index = 0; index < 4; index++)
			quarter(&x[index], &x[index + 4], &x[index + 8],
			    &x[index + 12]);
		for (index = 0; index < 4; index++)
			quarter(&x[index], &x[4 + (index + 1) % 4],
			    &x[8 + (index + 2) % 4], &x[12 + (index + 3) % 4]);
	}
	for (index = 0; index < WORDS; index++)
		bytes_put32(block + index * 4, x[index] + start[index]);
}

static void prepare(uint32_t state[WORDS], const uint8_t key[RANDOM_KEY],
    uint64_t counter, uint64_t nonce)
{
	static const char constant[] = "expand 32-byte k";
	unsigned index;

	for (index = 0; index < 4; index++)
		state[index] = bytes_get32(constant + index * 4);
	for (index = 0; index < 8; index++)
		state[4 + index] = bytes_get32(key + index * 4);
	state[12] = (uint32_t)counter;
	state[13] = (uint32_t)(counter >> 32);
	state[14] = (uint32_t)nonce;
	state[15] = (uint32_t)(nonce >> 32);
}

void random_block(const uint8_t key[RANDOM_KEY], uint64_t counter,
    uint64_t nonce, uint8_t block[BLOCK])
{
	uint32_t state[WORDS];

	prepare(state, key, counter, nonce);
	mix(state, block);
}

void random_init(struct random *random)
{
	memset(random, 0, sizeof *random);
}

/* key = first half of the block that (key xor pool) gives. */
static void random_fold(struct random *random)
{
	uint8_t block[BLOCK];
	unsigned index;

	for (index = 0; index < RANDOM_KEY; index++)
		random->key[index] ^= random->pool[index];
	random_block(random->key, ~0ull, random->counter++, block);
	memcpy(random->key, block, RANDOM_KEY);
	memcpy(random->pool, block + RANDOM_KEY, RANDOM_KEY);
	random->pool_at = 0;
}

void random_stir(struct random *random, const void *bytes, size_t count)
{
	const uint8_t *next = bytes;

	for (; count > 0; count--) {
		random->pool[random->pool_at++] ^= *next++;
		if (random->pool_at == RANDOM_KEY)
			random_fold(random);
	}
}

/* Block 0 of an answer becomes the next key, the others are the answer. */
void random_fill(struct random *random, void *bytes, size_t count)
{
	uint32_t state[WORDS];
	uint8_t block[BLOCK], *to = bytes;

	if (random->pool_at > 0)
		random_fold(random);
	prepare(state, random->key, 1, random->counter);
	for (; count >= BLOCK; count -= BLOCK, to += BLOCK) {
		mix(state, to);
		if (++state[12] == 0)
			state[13]++;
	}
	mix(state, block);
	memcpy(to, block, count);
	random_block(random->key, 0, random->counter++, block);
	memcpy(random->key, block, RANDOM_KEY);
	memset(block, 0, sizeof block);
}
