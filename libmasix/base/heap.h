/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of a task by the byte. Small blocks come from size classes, big ones
 * are kernel memory of their own and go back to the kernel when freed. Any
 * thread may call; a block may be freed by another thread than took it.
 * Null when there is no memory: every caller must look.
 *
 * Unit tests on the host (MASIX_UNIT) get the C library's, so that cores may
 * allocate and the sanitizers watch them.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef MASIX_UNIT
#include <stdlib.h>

static inline void *heap_alloc(size_t size)
{
	return malloc(size ? size : 1);
}

static inline void *heap_alloc_zero(size_t size)
{
	return calloc(1, size ? size : 1);
}

static inline void *heap_resize(void *block, size_t size)
{
	return realloc(block, size ? size : 1);
}

static inline void heap_free(void *block)
{
	free(block);
}
#else

/* A block of at least size bytes, aligned to 8 (16 from 512 bytes up). */
void *heap_alloc(size_t size);
void *heap_alloc_zero(size_t size);

/* The block with a new size, maybe elsewhere; on failure null and the old
 * block stays. block may be null. */
void *heap_resize(void *block, size_t size);

/* block may be null. */
void heap_free(void *block);

/* Bytes now handed out, and bytes now taken from the kernel. */
void heap_usage(size_t *used, size_t *taken);
#endif

/* A copy of length bytes of text with a 0 behind, or null. */
static inline char *heap_text(const char *text, size_t length)
{
	char *copy = heap_alloc(length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = 0;
	return copy;
}
