/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of commands taken apart. Pure. */
#pragma once
#include <stddef.h>

enum {
	WORDS_MAX = 256,
	TEXT_MAX = 8192,
};

enum token {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_PIPE,   /* |   */
	TOKEN_AND,    /* &&  */
	TOKEN_OR,     /* ||  */
	TOKEN_NEXT,   /* ; or a new line */
	TOKEN_BEHIND, /* &: goes on without being waited for */
	TOKEN_FROM,   /* <   */
	TOKEN_TO,     /* >   */
	TOKEN_ONTO,   /* >>  */
	TOKEN_WRONG,  /* a quote that does not end, or too much */
};

struct words {
	const char *at; /* what is still to be read */
	/* the value of a variable, or null; "?" is the last status */
	const char *(*value)(const char *name);
	char text[TEXT_MAX]; /* of the words; each ends in 0 */
	size_t used;
};

void words_begin(struct words *words, const char *line,
    const char *(*value)(const char *name));

/* The next token; word: the text of a TOKEN_WORD, in words->text. '…' is taken
 * as it is; in "…" and outside $NAME, ${NAME} and \C are what they stand for
 * (an expanded value is never split). # begins a comment. */
enum token words_next(struct words *words, const char **word);
