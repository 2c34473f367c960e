/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory and string functions that gcc and MIG's stubs expect, as far as
 * Masix uses them. Everything in string.c is weak: a program that links a
 * whole C library gets the library's.
 */
#pragma once
#include <base/copy.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
void *memcpy(void *__restrict to, const void *__restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
void *memchr(const void *at, int byte, size_t size);
void *memrchr(const void *at, int byte, size_t size);
void *memmem(const void *at, size_t size, const void *what, size_t length);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t limit);
char *strcpy(char *__restrict to, const char *__restrict from);
char *strncpy(char *__restrict to, const char *__restrict from, size_t size);
char *strcat(char *__restrict to, const char *__restrict from);
char *strchr(const char *text, int byte);
char *strrchr(const char *text, int byte);
/* How many characters of text come before the first one of stop. */
size_t strcspn(const char *text, const char *stop);
char *strstr(const char *text, const char *what);
/* At most size - 1 bytes and always a 0; returns the length of from. */
size_t strlcpy(char *__restrict to, const char *__restrict from, size_t size);
#ifdef __cplusplus
}
#else
/* Freestanding, gcc takes these for any functions. What has a small constant
 * size is copied by moves, any other constant number of words in line. */
#define MEMORY_MOVES 16 /* bytes */
#define memcpy(to, from, size)                                                 \
	(!__builtin_constant_p(size) || (size) % 4 ? memcpy(to, from, size) :  \
	    (size) <= MEMORY_MOVES ? __builtin_memcpy(to, from, size) :        \
	    words_copy(to, from, size))
#define strlen(text) __builtin_strlen(text)
#endif
