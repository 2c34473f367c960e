/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies whole words, in line: a call of memcpy() costs as much as copying a
 * hundred bytes.
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
#else
#define words_copy(to, from, bytes) memcpy(to, from, bytes)
#endif
