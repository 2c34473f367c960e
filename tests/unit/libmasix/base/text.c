/* SPDX-License-Identifier: BSD-2-Clause */
/* libmasix/base/text.c: formats are compared with the host's own printf. */
#include <base/text.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <test.h>

#define SAME(...)                                                              \
	do {                                                                   \
		char ours[200], theirs[200];                                   \
		int a = text_format(ours, sizeof ours, __VA_ARGS__);           \
		int b = snprintf(theirs, sizeof theirs, __VA_ARGS__);          \
		CHECK(a == b);                                                 \
		CHECK(strcmp(ours, theirs) == 0);                              \
	} while (0)

TEST(formats_like_printf)
{
	SAME("plain %%");
	SAME("%d %i %u", -5, 17, 4000000000u);
	SAME("%d %lld", INT_MIN, LLONG_MIN);
	SAME("%llu %llx", ULLONG_MAX, ULLONG_MAX);
	SAME("[%8d] [%-8d] [%08d] [%08x]", -42, -42, -42, 0xbeef);
	SAME("[%.3d] [%8.3d] [%.0d]", 7, 7, 0);
	SAME("%X %o", 0xabcdef, 0777);
	SAME("[%s] [%10s] [%-10s] [%.2s]", "word", "word", "word", "word");
	SAME("%c%c", 'a', 'z');
	SAME("[%*d] [%-*d] [%.*s]", 6, 12, 6, 12, 2, "word");
	SAME("%ld %zu %hd", LONG_MIN, (size_t)12, 3);
}

TEST(format_is_cut_to_fit)
{
	char text[5] = "....";

	CHECK(text_format(text, sizeof text, "%s", "abcdefgh") == 8);
	CHECK(strcmp(text, "abcd") == 0);
	CHECK(text_format(text, 0, "%d", 1234) == 4);
	text[0] = 0;
	CHECK(text_append(text, sizeof text, "%d", 12) == 2);
	CHECK(text_append(text, sizeof text, "%d", 3456) == 4);
	CHECK(strcmp(text, "1234") == 0);
	CHECK(text_append(text, sizeof text, "x") == 4);
}

TEST(reads_numbers)
{
	const char *at = "0x1fz";
	uint64_t value = 9;

	CHECK(text_number(&at, 0, &value) && value == 0x1f && *at == 'z');
	at = "18446744073709551615";
	CHECK(text_number(&at, 10, &value) && value == UINT64_MAX && !*at);
	at = "18446744073709551616";
	CHECK(!text_number(&at, 10, &value) && value == UINT64_MAX);
	at = "x";
	CHECK(!text_number(&at, 0, &value) && *at == 'x');
	at = "010";
	CHECK(text_number(&at, 0, &value) && value == 8);
	at = "0";
	CHECK(text_number(&at, 0, &value) && value == 0 && !*at);
	CHECK(text_unsigned("12", 7) == 12);
	CHECK(text_unsigned("12k", 7) == 7);
	CHECK(text_unsigned("4294967296", 7) == 7);
	CHECK(text_unsigned(0, 7) == 7);
}

TEST(splits_words)
{
	char text[] = "  one \"two and\" th\"re e\"\n\tfour ";
	char *words[6];

	CHECK(text_words(text, words, 6) == 4);
	CHECK(strcmp(words[0], "one") == 0);
	CHECK(strcmp(words[1], "two and") == 0);
	CHECK(strcmp(words[2], "thre e") == 0);
	CHECK(strcmp(words[3], "four") == 0);
	CHECK(words[4] == 0);
}

TEST(word_lists_are_limited)
{
	char text[] = "a b c";
	char *words[2];

	CHECK(text_words(text, words, 2) == 2);
	CHECK(strcmp(words[1], "b") == 0);
}

TEST(finds_options)
{
	char *words[] = { "root=hd0", "verbose", "rootfstype=ext2",
		"root=hd1" };

	CHECK(strcmp(text_option(4, words, "root", "x"), "hd1") == 0);
	CHECK(strcmp(text_option(4, words, "verbose", "x"), "") == 0);
	CHECK(strcmp(text_option(4, words, "rootfstype", "x"), "ext2") == 0);
	CHECK(text_option(4, words, "none", 0) == 0);
	CHECK(text_equals("hd0s1", 3, "hd0"));
	CHECK(!text_equals("hd0s1", 4, "hd0"));
}
