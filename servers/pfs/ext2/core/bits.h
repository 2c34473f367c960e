/* SPDX-License-Identifier: BSD-2-Clause */
/* Bitmaps as ext2 has them: bit n is bit n % 8 of byte n / 8. */
#pragma once
#include <base/bytes.h>

static inline int bit_get(const uint8_t *map, uint32_t bit)
{
	return map[bit / 8] >> bit % 8 & 1;
}

static inline void bit_set(uint8_t *map, uint32_t bit)
{
	map[bit / 8] |= (uint8_t)(1 << bit % 8);
}

static inline void bit_clear(uint8_t *map, uint32_t bit)
{
	map[bit / 8] &= (uint8_t)~(1 << bit % 8);
}

/* The first bit from bit on that is value in map | other (other may be null),
 * or limit. Both maps have whole words of 4 bytes. */
static inline uint32_t bit_next(const uint8_t *map, const uint8_t *other,
    uint32_t bit, uint32_t limit, int value)
{
	while (bit < limit) {
		uint32_t at = bit / 32 * 4, word = bytes_get32(map + at);

		if (other)
			word |= bytes_get32(other + at);
		if (!value)
			word = ~word;
		word &= ~0u << bit % 32;
		if (word) {
			bit = bit / 32 * 32 + (uint32_t)__builtin_ctz(word);
			return bit < limit ? bit : limit;
		}
		bit = (bit / 32 + 1) * 32;
	}
	return limit;
}
