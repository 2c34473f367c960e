/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Letters: UTF-8 as programs have it, UTF-16 as long names have it, and code
 * page 437 as short names have it (what Linux takes if nothing else is said).
 * Only a to z are the same as A to Z in a name, as with Linux's utf8 option.
 */
#include "fat.h"
#include <string.h>

enum {
	PAIR_HIGH = 0xd800,
	PAIR_LOW = 0xdc00,
	PAIR_END = 0xe000,
	PAIR_BASE = 0x10000,
	UNICODE_MAX = 0x10ffff,
	PAGE_FIRST = 0x80, /* of the letters below */
};

static const uint16_t page[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7,
	0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5,
	0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
	0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192,
	0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba,
	0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
	0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
	0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
	0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
	0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b,
	0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
	0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
	0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229,
	0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
	0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

/* Small letters of the page that have a capital in it. */
static const uint8_t pairs[][2] = {
	{ 0x81, 0x9a }, { 0x82, 0x90 }, { 0x84, 0x8e }, { 0x86, 0x8f },
	{ 0x87, 0x80 }, { 0x91, 0x92 }, { 0x94, 0x99 }, { 0xa4, 0xa5 },
	{ 0xe5, 0xe4 }, { 0xed, 0xe8 },
};

uint16_t page_letter(uint8_t byte)
{
	return byte < PAGE_FIRST ? byte : page[byte - PAGE_FIRST];
}

uint8_t page_byte(uint16_t letter, uint8_t *upper)
{
	unsigned i = 0;
	uint8_t byte;

	*upper = (uint8_t)(letter >= 'a' && letter <= 'z' ? letter - 32 :
	    letter);
	if (letter < PAGE_FIRST)
		return (uint8_t)letter;
	while (i < sizeof page / sizeof *page && page[i] != letter)
		i++;
	if (i == sizeof page / sizeof *page)
		return 0;
	*upper = byte = (uint8_t)(PAGE_FIRST + i);
	for (i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i][0] == byte)
			*upper = pairs[i][1];
	return byte;
}

uint8_t page_lower(uint8_t byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (uint8_t)(byte + 32);
	for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i][1] == byte)
			return pairs[i][0];
	return byte;
}

/* One character of UTF-8; returns its bytes, 0: it is none. */
static unsigned character_read(const uint8_t *text, unsigned length,
    uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = text[0];
	unsigned bytes = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ?
	    2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
	uint32_t value = bytes > 1 ? first & (0x7fu >> bytes) : first;

	if (!bytes || bytes > length)
		return 0;
	for (unsigned i = 1; i < bytes; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < least[bytes] || value > UNICODE_MAX ||
	    (value >= PAIR_HIGH && value < PAIR_END))
		return 0;
	*character = value;
	return bytes;
}

int letters_read(const char *text, unsigned length, uint16_t *letters,
    unsigned *count)
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t character;
	unsigned bytes;

	for (*count = 0; length; at += bytes, length -= bytes) {
		bytes = character_read(at, length, &character);
		if (!bytes)
			return 0;
		if (*count + (character >= PAIR_BASE) >= LONG_MAX) {
			*count = LONG_MAX + 1;
			return 0;
		}
		if (character >= PAIR_BASE) {
			character -= PAIR_BASE;
			letters[(*count)++] =
			    (uint16_t)(PAIR_HIGH | character >> 10);
			character = PAIR_LOW | (character & 0x3ff);
		}
		letters[(*count)++] = (uint16_t)character;
	}
	return 1;
}

static unsigned character_write(uint32_t character, uint8_t *text)
{
	unsigned bytes = character < 0x80 ? 1 : character < 0x800 ? 2 :
	    character < PAIR_BASE ? 3 : 4;

	if (bytes == 1) {
		text[0] = (uint8_t)character;
		return 1;
	}
	for (unsigned i = bytes - 1; i; i--, character >>= 6)
		text[i] = (uint8_t)(0x80 | (character & 0x3f));
	text[0] = (uint8_t)(0xf00u >> bytes | character);
	return bytes;
}

unsigned letters_write(const uint16_t *letters, unsigned count, char *text,
    unsigned size)
{
	unsigned length = 0, bytes, i;
	uint8_t out[4];

	for (i = 0; i < count; i++) {
		uint32_t character = letters[i];

		if (character >= PAIR_HIGH && character < PAIR_END) {
			if (character >= PAIR_LOW || i + 1 == count ||
			    letters[i + 1] < PAIR_LOW ||
			    letters[i + 1] >= PAIR_END)
				return 0;
			character = PAIR_BASE + ((character & 0x3ff) << 10 |
			    (letters[++i] & 0x3ffu));
		}
		if (!character || character == '/')
			return 0;
		bytes = character_write(character, out);
		if (bytes > size - length)
			return 0;
		memcpy(text + length, out, bytes);
		length += bytes;
	}
	return length;
}

static uint8_t fold(char letter)
{
	return (uint8_t)(letter >= 'A' && letter <= 'Z' ? letter + 32 :
	    letter);
}

int names_equal(const char *one, unsigned one_length, const char *other,
    unsigned other_length)
{
	if (one_length != other_length)
		return 0;
	while (one_length--)
		if (fold(*one++) != fold(*other++))
			return 0;
	return 1;
}

uint32_t name_hash(const char *name, unsigned length)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	while (length--)
		hash = (hash ^ fold(*name++)) * 16777619u;
	return hash ^ hash >> 15;
}
