/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies whole words, or any number of bytes, in line: a call of memcpy() costs
 * as much as copying fifty bytes.
 */
#pragma once
#include <stddef.h>

#ifdef __i386__
static inline __attribute__((always_inline)) void *words_copy(
    void *to, const void *from, size_t bytes)
{
	size_t words = bytes / 4;
	void *at = to;

	__asm__ volatile("rep movsl"
			 : "+D"(at), "+S"(from), "+c"(words)
			 :
			 : "memory");
	return to;
}

static inline __attribute__((always_inline)) void bytes_copy(
    void *to, const void *from, size_t bytes)
{
	size_t count = bytes / 4;

	__asm__ volatile("rep movsl\n\tmovl %3,%%ecx\n\tandl $3,%%ecx\n\t"
			 "rep movsb"
			 : "+D"(to), "+S"(from), "+c"(count)
			 : "r"(bytes)
			 : "memory", "cc");
}
#else
#define bytes_copy(to, from, bytes) memcpy(to, from, bytes)
#define words_copy(to, from, bytes) memcpy(to, from, bytes)
#endif
