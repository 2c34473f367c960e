/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf.h"
#include <base/text.h>
#include <string.h>

static const struct {
	const char *word;
	unsigned flag;
} flags[] = {
	{ "essential", CONF_ESSENTIAL },
	{ "host", CONF_HOST },
	{ "device", CONF_DEVICE },
	{ "cmdline", CONF_CMDLINE },
	{ "nowait", CONF_NOWAIT },
	{ "wired", CONF_WIRED },
};

static unsigned flag_of(const char *word)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (strcmp(flags[i].word, word) == 0)
			return flags[i].flag;
	}
	return 0;
}

/* A word of the line itself, not an argument. */
static int word_take(struct conf_line *line, const char *word)
{
	const char *names = text_after(word, "names=");

	if (names)
		line->may_register = names;
	line->flags |= flag_of(word);
	return names || flag_of(word);
}

static int line_parse(struct conf_line *line)
{
	char *words[CONF_WORDS + 1];
	int count = text_words(line->text, words, CONF_WORDS), at = 2;

	if (count < 2)
		return count == 0 ? 0 : -1;
	line->name = words[0];
	line->image = words[1];
	line->flags = 0;
	line->may_register = "";
	while (at < count && word_take(line, words[at]))
		at++;
	line->argument_count = count - at;
	for (int i = 0; i < line->argument_count; i++)
		line->arguments[i] = words[at + i];
	line->arguments[line->argument_count] = NULL;
	return 1;
}

int conf_next(const char *conf, size_t size, size_t *position,
    struct conf_line *line)
{
	while (*position < size) {
		const char *start = conf + *position;
		const char *end = memchr(start, '\n', size - *position);
		size_t length = end ? (size_t)(end - start) : size - *position;
		const char *comment = memchr(start, '#', length);
		int result;

		*position += length + 1;
		if (comment)
			length = (size_t)(comment - start);
		if (!text_copy(line->text, CONF_TEXT, start, length)) {
			text_copy(line->text, CONF_TEXT, start, 60);
			return -1;
		}
		result = line_parse(line);
		if (result)
			return result;
	}
	return 0;
}
