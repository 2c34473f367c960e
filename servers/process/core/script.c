/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts, by Linux's rules: one argument at most, with the blanks inside it
 * kept and those around it dropped. */
#include "core/script.h"
#include <string.h>

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The length of the line after "#!", without the blanks at its end; whole:
 * whether its end was seen. */
static size_t line_length(const char *line, size_t size, int *whole)
{
	size_t length = 0;

	while (length < size && line[length] != '\n' && line[length])
		length++;
	*whole = length < size;
	while (length && is_blank(line[length - 1]))
		length--;
	return length;
}

error_t script_parse(const char *bytes, size_t size, struct script *script)
{
	size_t length, start = 0, end;
	int whole;

	if (size > SCRIPT_LINE)
		size = SCRIPT_LINE;
	if (size < 2 || bytes[0] != '#' || bytes[1] != '!')
		return E_NOEXEC;
	bytes += 2;
	/* a file that ends within the line ends the line */
	length = line_length(bytes, size - 2, &whole);
	whole |= size < SCRIPT_LINE;
	while (start < length && is_blank(bytes[start]))
		start++;
	for (end = start; end < length && !is_blank(bytes[end]); end++)
		;
	if (start == end || (end == length && !whole))
		return E_NOEXEC;
	memcpy(script->interpreter, bytes + start, end - start);
	script->interpreter[end - start] = 0;
	while (end < length && is_blank(bytes[end]))
		end++;
	script->has_argument = end < length;
	memcpy(script->argument, bytes + end, length - end);
	script->argument[length - end] = 0;
	return 0;
}

size_t script_size(const struct script *script, const char *path, size_t size)
{
	return size + strlen(script->interpreter) + strlen(script->argument) +
	    strlen(path) + 3;
}

static char *append(char *to, const char *text)
{
	size_t size = strlen(text) + 1;

	memcpy(to, text, size);
	return to + size;
}

size_t script_arguments(const struct script *script, const char *path,
    const char *strings, size_t size, int *count, char *result)
{
	char *to = append(result, script->interpreter);
	size_t first = 0;

	if (script->has_argument)
		to = append(to, script->argument);
	to = append(to, path);
	if (*count) {
		while (first < size && strings[first])
			first++;
		first += first < size;
	}
	memcpy(to, strings + first, size - first);
	*count = (*count ? *count - 1 : 0) + 2 + script->has_argument;
	return (size_t)(to - result) + size - first;
}
