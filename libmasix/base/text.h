/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text: formatting, numbers, words. Pure: no allocation, no state.
 *
 * text_format knows %d %i %u %x %X %o %c %s %p %%, the flags - and 0, width
 * and precision (numbers or *), and the lengths hh h l ll z j t. Results are
 * cut to fit and always end in 0 (if size is not 0).
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the length that the whole would have. */
int text_format(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int text_format_list(char *text, size_t size, const char *format, va_list list);

/* Appends to the text that is in a buffer of size bytes; returns its length
 * afterwards, at most size - 1. */
size_t text_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads an unsigned number at *text and moves *text behind it: base 0 means
 * as in C (0x.., 0.., else decimal). Returns 0 and changes nothing if there
 * is no digit or the number doesn't fit. */
int text_number(const char **text, unsigned base, uint64_t *value);

/* The whole of text (0-terminated) is a number that fits; else otherwise. */
unsigned text_unsigned(const char *text, unsigned otherwise);

/* Copies length bytes and a 0 into to; returns 0 if that does not fit. */
int text_copy(char *to, size_t size, const char *from, size_t length);

/* name[0..length) equals the 0-terminated text. */
int text_equals(const char *name, size_t length, const char *text);

/* text starts with prefix: returns what follows, else null. */
const char *text_after(const char *text, const char *prefix);

/*
 * Splits text in place into words at spaces, tabs and newlines; a part in
 * double quotes is one word, without the quotes. Returns how many words, at
 * most limit, and ends the list with a null if there is room (limit + 1).
 */
int text_words(char *text, char **words, int limit);

/* The value of the word "name=value" among words, else otherwise. The last
 * such word counts. A bare word "name" has the value "". */
const char *text_option(int count, char *const *words, const char *name,
    const char *otherwise);
