/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The random generator: ChaCha20 as a stream, with a key that each answer
 * replaces, so that what was handed out can't be computed from what is kept.
 * Whatever is unpredictable (the times of requests, what programs write to
 * the device) is stirred into a pool and folded into the key by and by.
 *
 * The choice not taken: a count of entropy that makes readers wait. There is
 * no honest way to count here; a seed is made at start and that is that.
 * The caller guards it with a lock.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
	RANDOM_KEY = 32,
};

struct random {
	uint8_t key[RANDOM_KEY];
	uint8_t pool[RANDOM_KEY]; /* stirred, not yet in the key */
	unsigned pool_at;
	uint64_t counter; /* answers so far: the nonce */
};

void random_init(struct random *random);

/* Takes in something that others can't know; any number of bytes. */
void random_stir(struct random *random, const void *bytes, size_t count);

void random_fill(struct random *random, void *bytes, size_t count);

/* One block of ChaCha20 (64 bytes): for the tests, too. */
void random_block(const uint8_t key[RANDOM_KEY], uint64_t counter,
    uint64_t nonce, uint8_t block[64]);
