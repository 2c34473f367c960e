/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/symbols.h"
#include <base/text.h>
#include <string.h>

enum {
	FUNCTION_MAX = 0x10000, /* farther behind a name it is another's */
};

/* The line that begins at or before at, which is after start. */
static const char *line_of(const char *start, const char *at)
{
	while (at > start && at[-1] != '\n')
		at--;
	return at;
}

static uint32_t line_address(const char *line, const char *end)
{
	uint32_t address = 0;

	for (int i = 0; i < 8 && line < end; i++, line++)
		address = address << 4 |
		    (uint32_t)(*line <= '9' ? *line - '0' : *line - 'a' + 10);
	return address;
}

/* The last line whose address is not above the given one, or null. */
static const char *line_find(const char *symbols, size_t size,
    uint32_t address)
{
	const char *low = symbols, *high = symbols + size, *end = high;
	const char *found = NULL, *line, *next;

	while (low < high) {
		line = line_of(low, low + (high - low) / 2);
		if (line_address(line, end) > address) {
			high = line;
			continue;
		}
		found = line;
		next = memchr(line, '\n', (size_t)(end - line));
		low = next ? next + 1 : end;
	}
	return found;
}

void symbol_format(const char *symbols, size_t size, uint32_t address,
    char *text, size_t text_size)
{
	const char *line = line_find(symbols, size, address);
	const char *end = symbols + size, *name, *stop;
	uint32_t offset;

	text_format(text, text_size, "%08x", address);
	if (!line || end - line < 10)
		return;
	offset = address - line_address(line, end);
	if (offset >= FUNCTION_MAX)
		return;
	name = line + 9;
	stop = memchr(name, '\n', (size_t)(end - name));
	text_format(text, text_size, "%.*s+0x%x",
	    (int)((stop ? stop : end) - name), name, offset);
}
