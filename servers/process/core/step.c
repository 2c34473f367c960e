/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a change: entries of old bytes, where they stood, how many;
 * read from the end. */
#define STEP_ITSELF
#include "core/step.h"
#include <string.h>

/* Each write below must stand before the next: a death may come in between. */
#define ordered() __asm__ volatile("" : : : "memory")

enum {
	THREAD_STACK = 65536, /* aligned to its size: says who runs */
	ENTRY = 8,            /* bytes besides the old ones */
};

static struct step_record *record;
static uintptr_t watched, watched_size;
static uintptr_t fresh, fresh_size;
static uintptr_t owner; /* stack of who has begun; 0: nobody */

#ifdef MASIX_UNIT
static inline uintptr_t here(void)
{
	return 1;
}
#else
static inline uintptr_t here(void)
{
	return (uintptr_t)__builtin_frame_address(0) & ~(THREAD_STACK - 1);
}
#endif

void step_watch(struct step_record *own, void *start, size_t size)
{
	record = own;
	watched = (uintptr_t)start;
	watched_size = size;
}

void step_begin(void)
{
	owner = here();
}

void step_commit(void)
{
	ordered();
	record->used = 0; /* the one write that commits */
	fresh_size = 0;
	ordered();
	record->full = 0;
}

void step_end(void)
{
	step_commit();
	owner = 0;
}

void step_fresh(void *start, size_t size)
{
	memset(start, 0, size);
	fresh = (uintptr_t)start;
	fresh_size = size;
}

static size_t rounded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static void keep(uintptr_t at, size_t size)
{
	uint8_t *to = record->log + record->used;
	uint32_t where[2] = { (uint32_t)(at - watched), (uint32_t)size };

	if (record->full ||
	    sizeof record->log - record->used < rounded(size) + ENTRY) {
		record->full = 1;
		return;
	}
	memcpy(to, (const void *)at, size);
	to += rounded(size);
	((uint32_t *)to)[0] = where[0];
	((uint32_t *)to)[1] = where[1];
	ordered();
	record->used += (uint32_t)rounded(size) + ENTRY;
	ordered();
}

/* The same for most stores. */
static inline __attribute__((always_inline)) void keep_word(uintptr_t at)
{
	uint32_t used = record->used;
	uint32_t *to = (uint32_t *)(void *)(record->log + used);

	if (record->full || used > sizeof record->log - 4 - ENTRY) {
		record->full = 1;
		return;
	}
	to[0] = *(const uint32_t *)at;
	to[1] = (uint32_t)(at - watched);
	to[2] = 4;
	ordered();
	record->used = used + 4 + ENTRY;
	ordered();
}

static inline __attribute__((always_inline)) void note(uintptr_t at,
    size_t size)
{
	if (at - watched >= watched_size || owner != here() ||
	    at - fresh < fresh_size)
		return;
	if (size == 4)
		keep_word(at);
	else
		keep(at, size);
}

error_t step_roll_back(void)
{
	const uint32_t *where;
	uint32_t used = record->used;
	uint32_t size;

	if (used > sizeof record->log || used & 3 || (used && record->full))
		return E_UCLEAN;
	record->full = 0;
	for (; used; used = record->used) {
		where = (const uint32_t *)(record->log + used - ENTRY);
		if (used < ENTRY || where[1] > used - ENTRY ||
		    where[0] > watched_size ||
		    where[1] > watched_size - where[0])
			return E_UCLEAN;
		size = (uint32_t)rounded(where[1]) + ENTRY;
		memcpy((void *)(watched + where[0]),
		    record->log + used - size, where[1]);
		ordered();
		record->used = used - size;
	}
	return 0;
}

void *step_copy(void *to, const void *from, size_t size)
{
	note((uintptr_t)to, size);
	return memcpy(to, from, size);
}

void *step_move(void *to, const void *from, size_t size)
{
	note((uintptr_t)to, size);
	return memmove(to, from, size);
}

void *step_set(void *to, int byte, size_t size)
{
	note((uintptr_t)to, size);
	return memset(to, byte, size);
}

/* What gcc calls. In unit tests the sanitizer's own function is called, too. */
#ifdef MASIX_UNIT
#define HOOK(size)                                                             \
	void __real___asan_store##size(uintptr_t at);                          \
	void __wrap___asan_store##size(uintptr_t at);                          \
	void __wrap___asan_store##size(uintptr_t at)                           \
	{                                                                      \
		__real___asan_store##size(at);                                 \
		note(at, size);                                                \
	}
#else
#define HOOK(size)                                                             \
	void __asan_store##size##_noabort(uintptr_t at);                       \
	void __asan_store##size##_noabort(uintptr_t at)                        \
	{                                                                      \
		note(at, size);                                                \
	}
#endif

HOOK(1)
HOOK(2)
HOOK(4)
HOOK(8)
HOOK(16)

#ifdef MASIX_UNIT
void __real___asan_storeN(uintptr_t at, size_t size);
void __wrap___asan_storeN(uintptr_t at, size_t size);
void __wrap___asan_storeN(uintptr_t at, size_t size)
{
	__real___asan_storeN(at, size);
	note(at, size);
}
#else
void __asan_storeN_noabort(uintptr_t at, size_t size);
void __asan_storeN_noabort(uintptr_t at, size_t size)
{
	note(at, size);
}
#endif

#ifndef MASIX_UNIT
void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
}
#endif
