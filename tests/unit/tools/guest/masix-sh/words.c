/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the native shell. */
#include "core/words.h"
#include "test.h"
#include <stdlib.h>
#include <string.h>

static const char *value(const char *name)
{
	return !strcmp(name, "X") ? "a b" : !strcmp(name, "?") ? "3" : NULL;
}

/* The tokens of line: words in <>, signs as their numbers. */
static const char *taken(const char *line)
{
	static struct words words;
	static char text[1024];
	enum token token;
	const char *word;

	text[0] = 0;
	words_begin(&words, line, value);
	do {
		token = words_next(&words, &word);
		if (token == TOKEN_WORD) {
			strcat(text, "<");
			strncat(text, word, 500);
			strcat(text, ">");
		} else {
			text[strlen(text) + 1] = 0;
			text[strlen(text)] = (char)('0' + token);
		}
	} while (token != TOKEN_END && token != TOKEN_WRONG);
	return text;
}

TEST(words)
{
	CHECK(!strcmp(taken("ls -l  /x"), "<ls><-l></x>0"));
	CHECK(!strcmp(taken("a|b&&c||d;e&f"), "<a>2<b>3<c>4<d>5<e>6<f>0"));
	CHECK(!strcmp(taken("a<b>c>>d"), "<a>7<b>8<c>9<d>0"));
	CHECK(!strcmp(taken("a # b | c\nd"), "<a>5<d>0"));
	CHECK(!strcmp(taken("'a|$X' \"$X|\\\"\" $X"), "<a|$X><a b|\"><a b>0"));
	CHECK(!strcmp(taken("${X}y $? $Z. $ a$"), "<a by><3><.><$><a$>0"));
	CHECK(!strcmp(taken("a\\ b '' \\$X"), "<a b><><$X>0"));
	CHECK(strchr(taken("'a"), ':') && strchr(taken("\"a"), ':'));
	CHECK(strchr(taken("${X"), ':') != NULL);
	CHECK(!strcmp(taken(""), "0"));
}

TEST(words_damaged)
{
	static const char letters[] = "ab $\"'\\|&;<>{}X?#\n";
	char line[64];

	srand(7);
	for (int round = 0; round < 100000; round++) {
		unsigned length = (unsigned)rand() % (sizeof(line) - 1);

		for (unsigned i = 0; i < length; i++)
			line[i] = letters[(unsigned)rand() %
			    (sizeof(letters) - 1)];
		line[length] = 0;
		CHECK(*taken(line));
	}
}

TEST(words_too_long)
{
	static char line[2 * TEXT_MAX];
	static struct words words;
	const char *word;

	memset(line, 'x', sizeof(line) - 1);
	words_begin(&words, line, value);
	CHECK(words_next(&words, &word) == TOKEN_WRONG);
}
