/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"
#include <string.h>

enum {
	NAME_SIZE = 64,
};

static const struct {
	const char *text;
	enum token token;
} signs[] = {
	{ "&&", TOKEN_AND },
	{ "||", TOKEN_OR },
	{ ">>", TOKEN_ONTO },
	{ "|", TOKEN_PIPE },
	{ "&", TOKEN_BEHIND },
	{ ";", TOKEN_NEXT },
	{ "\n", TOKEN_NEXT },
	{ "<", TOKEN_FROM },
	{ ">", TOKEN_TO },
};

void words_begin(struct words *words, const char *line,
    const char *(*value)(const char *name))
{
	words->at = line;
	words->value = value;
	words->used = 0;
}

static int put(struct words *words, char letter)
{
	if (words->used == TEXT_MAX)
		return 0;
	words->text[words->used++] = letter;
	return 1;
}

static int in_name(char letter)
{
	return (letter >= 'a' && letter <= 'z') ||
	    (letter >= 'A' && letter <= 'Z') ||
	    (letter >= '0' && letter <= '9') || letter == '_';
}

/* At the sign $; behind the name afterwards. */
static int variable(struct words *words)
{
	int braces = words->at[1] == '{';
	const char *start = words->at + 1 + braces, *end = start;
	char name[NAME_SIZE];
	const char *value;

	if (*end == '?')
		end++;
	else
		while (in_name(*end))
			end++;
	if (end == start || end - start >= NAME_SIZE) {
		words->at++;
		return put(words, '$');
	}
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = 0;
	if (braces && *end != '}')
		return 0;
	words->at = end + braces;
	value = words->value(name);
	while (value && *value)
		if (!put(words, *value++))
			return 0;
	return 1;
}

static int quoted(struct words *words)
{
	char quote = *words->at++;

	while (*words->at != quote) {
		if (!*words->at)
			return 0;
		if (quote == '"' && *words->at == '$') {
			if (!variable(words))
				return 0;
			continue;
		}
		if (quote == '"' && *words->at == '\\' &&
		    strchr("\"\\$", words->at[1]) && words->at[1])
			words->at++;
		if (!put(words, *words->at++))
			return 0;
	}
	words->at++;
	return 1;
}

static int letter_take(struct words *words)
{
	if (*words->at == '\'' || *words->at == '"')
		return quoted(words);
	if (*words->at == '$')
		return variable(words);
	if (*words->at == '\\' && words->at[1])
		words->at++;
	return put(words, *words->at++);
}

enum token words_next(struct words *words, const char **word)
{
	words->at += strspn(words->at, " \t");
	if (*words->at == '#')
		words->at += strcspn(words->at, "\n");
	if (!*words->at)
		return TOKEN_END;
	for (unsigned i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t length = strlen(signs[i].text);

		if (strncmp(words->at, signs[i].text, length) == 0) {
			words->at += length;
			return signs[i].token;
		}
	}
	*word = words->text + words->used;
	while (*words->at && !strchr(" \t\n|&;<>", *words->at))
		if (!letter_take(words))
			return TOKEN_WRONG;
	return put(words, 0) ? TOKEN_WORD : TOKEN_WRONG;
}
