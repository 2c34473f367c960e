/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and strings. Copies are rep movsl: under instruction counting one
 * instruction for four bytes, and good on every real processor since the 386.
 * All weak, see string.h.
 */
#include <stdint.h>
#include <string.h>
#undef memcpy
#undef strlen

#pragma GCC optimize("no-tree-loop-distribute-patterns")
#define WEAK __attribute__((weak))

WEAK void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	void *at = to;
	size_t words = size >> 2;

	__asm__ volatile("rep movsl\n\tmovl %3,%%ecx\n\tandl $3,%%ecx\n\t"
			 "rep movsb"
			 : "+D"(at), "+S"(from), "+c"(words)
			 : "r"(size)
			 : "memory", "cc");
	return to;
}

WEAK void *memmove(void *to, const void *from, size_t size)
{
	char *end = (char *)to + size - 1;
	const char *source = (const char *)from + size - 1;
	size_t bytes = size & 3;

	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size);
	__asm__ volatile("std\n\trep movsb\n\t"
			 "subl $3,%%edi\n\tsubl $3,%%esi\n\t"
			 "movl %3,%%ecx\n\trep movsl\n\tcld"
			 : "+D"(end), "+S"(source), "+c"(bytes)
			 : "r"(size >> 2)
			 : "memory", "cc");
	return to;
}

WEAK void *memset(void *to, int byte, size_t size)
{
	void *at = to;
	size_t words = size >> 2;

	__asm__ volatile("rep stosl\n\tmovl %3,%%ecx\n\tandl $3,%%ecx\n\t"
			 "rep stosb"
			 : "+D"(at), "+c"(words)
			 : "a"((uint8_t)byte * 0x01010101u), "r"(size)
			 : "memory", "cc");
	return to;
}

WEAK int memcmp(const void *left, const void *right, size_t size)
{
	const uint8_t *a = left, *b = right;

	for (; size >= 4; size -= 4, a += 4, b += 4)
		if (*(const uint32_t *)a != *(const uint32_t *)b)
			break;
	for (; size; size--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

WEAK void *memchr(const void *at, int byte, size_t size)
{
	const uint8_t *here = at;

	for (; size; size--, here++)
		if (*here == (uint8_t)byte)
			return (void *)here;
	return NULL;
}

WEAK void *memrchr(const void *at, int byte, size_t size)
{
	const uint8_t *here = at;

	while (size--)
		if (here[size] == (uint8_t)byte)
			return (void *)(here + size);
	return NULL;
}

WEAK void *memmem(const void *at, size_t size, const void *what, size_t length)
{
	const char *here = at;

	for (; size >= length; size--, here++)
		if (memcmp(here, what, length) == 0)
			return (void *)here;
	return NULL;
}

WEAK size_t strlen(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

WEAK size_t strnlen(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

WEAK int strcmp(const char *left, const char *right)
{
	while (*left && *left == *right)
		left++, right++;
	return (uint8_t)*left - (uint8_t)*right;
}

WEAK int strncmp(const char *left, const char *right, size_t limit)
{
	while (limit && *left && *left == *right)
		left++, right++, limit--;
	return limit ? (uint8_t)*left - (uint8_t)*right : 0;
}

WEAK char *strcpy(char *restrict to, const char *restrict from)
{
	memcpy(to, from, strlen(from) + 1);
	return to;
}

WEAK char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strnlen(from, size);

	memcpy(to, from, length);
	memset(to + length, 0, size - length);
	return to;
}

WEAK char *strcat(char *restrict to, const char *restrict from)
{
	strcpy(to + strlen(to), from);
	return to;
}

WEAK char *strchr(const char *text, int byte)
{
	for (;; text++) {
		if (*text == (char)byte)
			return (char *)text;
		if (!*text)
			return NULL;
	}
}

WEAK size_t strcspn(const char *text, const char *stop)
{
	size_t length = 0;

	while (text[length] && !strchr(stop, text[length]))
		length++;
	return length;
}

WEAK char *strrchr(const char *text, int byte)
{
	const char *found = NULL;

	for (;; text++) {
		if (*text == (char)byte)
			found = text;
		if (!*text)
			return (char *)found;
	}
}

WEAK char *strstr(const char *text, const char *what)
{
	size_t length = strlen(what);

	for (; *text; text++)
		if (strncmp(text, what, length) == 0)
			return (char *)text;
	return length ? NULL : (char *)text;
}

WEAK size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strlen(from), copied = length;

	if (size) {
		if (copied >= size)
			copied = size - 1;
		memcpy(to, from, copied);
		to[copied] = 0;
	}
	return length;
}
