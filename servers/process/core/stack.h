/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first contents of a program's stack, as Linux i386 makes them:
 *
 *	top	0 (4 bytes)
 *		path of the executable
 *		environment strings, argument strings
 *		"i686", 16 random bytes
 *		auxiliary vector: pairs, the last with type 0
 *		environment pointers, 0
 *		argument pointers, 0
 *	esp	argument count
 */
#pragma once
#include <base/error.h>
#include <stddef.h>
#include <stdint.h>

enum {
	AUX_NULL = 0,
	AUX_HEADERS = 3,
	AUX_HEADER_SIZE = 4,
	AUX_HEADER_COUNT = 5,
	AUX_PAGE_SIZE = 6,
	AUX_BASE = 7,
	AUX_FLAGS = 8,
	AUX_ENTRY = 9,
	AUX_UID = 11,
	AUX_EUID = 12,
	AUX_GID = 13,
	AUX_EGID = 14,
	AUX_PLATFORM = 15,
	AUX_CAPABILITIES = 16,
	AUX_CLOCK = 17,
	AUX_SECURE = 23,
	AUX_RANDOM = 25,
	AUX_CAPABILITIES2 = 26,
	AUX_PATH = 31,
	AUX_SYSINFO = 32,
	AUX_SYSINFO_HEADER = 33,
	AUX_MAX = 32, /* pairs that fit */

	STACK_STRING_MAX = 131072, /* bytes of one string */
};

struct stack_request {
	uint32_t top;         /* address just above the stack */
	const char *strings;  /* arguments, environment; each ends in 0 */
	size_t size;
	int arguments, environment; /* how many */
	const char *path;
	uint8_t random[16];
	unsigned aux_count;
	uint32_t aux[AUX_MAX][2]; /* without PLATFORM, RANDOM, PATH and NULL */
};

void stack_add(struct stack_request *request, uint32_t kind, uint32_t value);

/* Whether the strings are as they should be: E_FAULT if not as many as said,
 * E_2BIG: one is too long, or all with their pointers exceed limit. */
error_t stack_check(const struct stack_request *request, size_t limit);

/* Bytes from esp to top. */
size_t stack_size(const struct stack_request *request);

/* Fills the size bytes that end at top; returns esp. */
uint32_t stack_build(const struct stack_request *request, void *bytes,
    size_t size);
