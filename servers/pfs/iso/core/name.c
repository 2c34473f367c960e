/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of records as Linux shows them: those of the standard in small letters
 * and without the version ";1", those of Joliet in UTF-8.
 */
#include "iso.h"
#include <string.h>

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

unsigned name_plain(const struct volume *volume, const struct record *record,
    char *name)
{
	const char *from = (const char *)record->name;
	unsigned length = record->name_length, i;

	for (i = 0; i < length; i++) {
		char c = from[i];

		if (!c)
			break;
		if (!volume->plain_map) {
			name[i] = c == '/' ? '_' : c;
			continue;
		}
		if (c == '.' && i + 3 == length && from[i + 1] == ';' &&
		    from[i + 2] == '1')
			break;
		if (c == ';' && i + 2 == length && from[i + 1] == '1')
			break;
		name[i] = c == ';' || c == '/' ? '.' : small(c);
	}
	return i;
}

static unsigned utf8_put(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* One character at *at, which moves behind it. */
static uint32_t utf16_take(const struct record *record, unsigned *at)
{
	uint32_t c = bytes_get16_big(record->name + *at), low;

	*at += 2;
	if (c >= 0xd800 && c < 0xdc00 && *at + 2 <= record->name_length) {
		low = bytes_get16_big(record->name + *at);
		if (low >= 0xdc00 && low < 0xe000) {
			*at += 2;
			return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return c >= 0xd800 && c < 0xe000 ? 0xfffd : c;
}

unsigned name_joliet(const struct record *record, char *name)
{
	unsigned at = 0, length = 0;

	while (at + 2 <= record->name_length && length + 4 <= FS_NAME_MAX) {
		uint32_t c = utf16_take(record, &at);

		if (!c)
			break;
		length += utf8_put(name + length, c == '/' ? '_' : c);
	}
	if (length > 2 && name[length - 2] == ';' && name[length - 1] == '1')
		length -= 2;
	while (length >= 2 && name[length - 1] == '.')
		length--;
	return length;
}

int names_equal(const struct volume *volume, const char *one, unsigned length,
    const char *other, unsigned other_length)
{
	unsigned i;

	if (length != other_length)
		return 0;
	if (volume->strict)
		return !memcmp(one, other, length);
	for (i = 0; i < length; i++)
		if (small(one[i]) != small(other[i]))
			return 0;
	return 1;
}
