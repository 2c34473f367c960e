/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap. Small blocks live in spans: regions aligned to 64 KB of which
 * 60 KB exist, cut into blocks of one size, so that a block's span is found by
 * masking its address. The missing page keeps spans from being neighbours:
 * the kernel would join them to one region and not free the pages of a freed
 * one while the other lives. Big blocks are a region each, with the same
 * header in front.
 *
 * A span's blocks are first cut off its end one by one, so that pages that
 * were never used are never touched; freed ones are kept in a list. A span
 * that becomes empty goes back to the kernel unless it is the only one of its
 * class with room.
 *
 * That there is no memory may pass: before the caller is told so, and has to
 * tell its own caller, a small block is tried again a few times with a pause.
 * A shortage that lasts (the last wait was in vain) is not waited for again.
 *
 * The first spans come from one region, the store, and go back to it: most
 * processes need no others, and what a fork and an exit cost grows with the
 * number of regions.
 */
#include <base/assert.h>
#include <base/fault.h>
#include <base/heap.h>
#include <base/list.h>
#include <base/lock.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/thread.h>
#include <string.h>

enum {
	SPAN_ALIGN = 65536,
	SPAN_SIZE = SPAN_ALIGN - PAGE_SIZE,
	SPAN_MAGIC = 0x5370616e,
	CLASS_BIG = 255,
	CLASS_COUNT = 24,
	SMALL_MAX = 10224,
	STORE_SPANS = 12,
	TRIES = 3,         /* after the first */
	TRIES_PAUSE = 10,  /* milliseconds */
	TRIES_MAX = 65536, /* bytes; more fails when the address space ends */
};

static const unsigned short class_sizes[CLASS_COUNT] = { 16, 32, 48, 64, 80, 96,
	128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1536, 2048, 3072,
	4096, 5104, 6112, 8720, SMALL_MAX };

struct span {
	unsigned magic;
	unsigned class;       /* or CLASS_BIG */
	struct list link;     /* in its class's spans while it has room */
	void *freed;          /* blocks, linked by their first word */
	unsigned fresh;       /* offset of the first block never used */
	unsigned used;        /* blocks in use */
	unsigned size;        /* of a block; big: bytes of the region */
	unsigned spare[8];
};
_Static_assert(sizeof(struct span) == 64, "keeps blocks aligned to 16");

struct class {
	struct lock lock;
	struct list spans; /* with room */
};

static struct class classes[CLASS_COUNT];
static unsigned char class_by_size[SMALL_MAX / 16 + 1]; /* (size + 15) / 16 */
static volatile unsigned heap_ready;
static struct lock heap_start_lock;
static volatile size_t bytes_used, bytes_taken; /* approximate: no lock */
static volatile int shortage; /* it lasts */
static struct lock store_lock;
static vm_address_t store;     /* 0: not made yet */
static unsigned store_free;    /* a bit for each span that is not in use */

static void heap_start(void)
{
	unsigned class = 0;

	lock(&heap_start_lock);
	if (!heap_ready) {
		for (unsigned i = 0; i < CLASS_COUNT; i++)
			list_init(&classes[i].spans);
		for (unsigned i = 0; i <= SMALL_MAX / 16; i++) {
			while (class_sizes[class] < i * 16)
				class++;
			class_by_size[i] = (unsigned char)class;
		}
		atomic_barrier();
		heap_ready = 1;
	}
	unlock(&heap_start_lock);
}

static struct span *span_map(vm_size_t size)
{
	vm_address_t address;
	struct span *span;

	if (memory_allocate_aligned(size, SPAN_ALIGN, &address))
		return NULL;
	span = (struct span *)address;
	span->magic = SPAN_MAGIC;
	bytes_taken += size;
	return span;
}

static void span_unmap(struct span *span, vm_size_t size)
{
	bytes_taken -= size;
	memory_free((vm_address_t)span, size);
}

/* A span of the store with an empty header, or null. */
static struct span *store_take(void)
{
	struct span *span = NULL;
	unsigned index = 0;

	lock(&store_lock);
	if (!store && !memory_allocate_aligned(STORE_SPANS * SPAN_ALIGN -
			PAGE_SIZE, SPAN_ALIGN, &store))
		store_free = (1u << STORE_SPANS) - 1;
	if (store_free) {
		while (!(store_free >> index & 1))
			index++;
		store_free &= ~(1u << index);
		span = (struct span *)(store + index * SPAN_ALIGN);
	}
	unlock(&store_lock);
	if (!span)
		return NULL;
	memset(span, 0, sizeof *span);
	span->magic = SPAN_MAGIC;
	bytes_taken += SPAN_SIZE;
	return span;
}

static void span_give_back(struct span *span)
{
	unsigned index = ((vm_address_t)span - store) / SPAN_ALIGN;

	if (!store || index >= STORE_SPANS) {
		span_unmap(span, SPAN_SIZE);
		return;
	}
	bytes_taken -= SPAN_SIZE;
	span->magic = 0;
	lock(&store_lock);
	store_free |= 1u << index;
	unlock(&store_lock);
}

static struct span *span_new(unsigned class)
{
	struct span *span = store_take();

	if (!span)
		span = span_map(SPAN_SIZE);
	if (!span)
		return NULL;
	span->class = class;
	span->size = class_sizes[class];
	span->fresh = sizeof *span;
	list_append(&classes[class].spans, &span->link);
	return span;
}

static int span_full(const struct span *span)
{
	return !span->freed && span->fresh + span->size > SPAN_SIZE;
}

static void *span_take(struct span *span)
{
	void *block = span->freed;

	if (block) {
		span->freed = *(void **)block;
	} else {
		block = (char *)span + span->fresh;
		span->fresh += span->size;
	}
	span->used++;
	if (span_full(span))
		list_remove(&span->link);
	return block;
}

static void *big_alloc(size_t size)
{
	vm_size_t bytes = page_round(size + sizeof(struct span));
	struct span *span;

	if (bytes < size)
		return NULL;
	/* the page behind stays free, as behind spans */
	span = span_map(bytes);
	if (!span)
		return NULL;
	span->class = CLASS_BIG;
	span->size = bytes;
	bytes_used += bytes;
	return span + 1;
}

static void *block_take(size_t size)
{
	struct class *class;
	struct list *first;
	struct span *span;
	void *block = NULL;

	if (fault_due(FAULT_ALLOCATION))
		return NULL;
	if (size > SMALL_MAX)
		return big_alloc(size);
	if (!heap_ready)
		heap_start();
	class = &classes[class_by_size[(size + 15) / 16]];
	lock(&class->lock);
	first = list_first(&class->spans);
	span = first ? list_item(first, struct span, link)
		     : span_new((unsigned)(class - classes));
	if (span) {
		block = span_take(span);
		bytes_used += span->size;
	}
	unlock(&class->lock);
	return block;
}

static __attribute__((noinline)) void *block_again(size_t size)
{
	void *block = NULL;

	if (size > TRIES_MAX)
		return NULL;
	for (int i = 0; i < TRIES && !block; i++) {
		if (!shortage && i)
			thread_sleep(TRIES_PAUSE);
		block = block_take(size);
	}
	shortage = !block;
	return block;
}

void *heap_alloc(size_t size)
{
	void *block = block_take(size);

	return __builtin_expect(!block, 0) ? block_again(size) : block;
}

static struct span *span_of(void *block)
{
	struct span *span =
	    (struct span *)((uintptr_t)block & ~(uintptr_t)(SPAN_ALIGN - 1));

	assert(span->magic == SPAN_MAGIC);
	return span;
}

/* Returns whether the span is empty and was taken out of its class. */
static int span_give(struct class *class, struct span *span, void *block)
{
	int was_full = span_full(span);

	*(void **)block = span->freed;
	span->freed = block;
	bytes_used -= span->size;
	if (was_full)
		list_prepend(&class->spans, &span->link);
	if (--span->used)
		return 0;
	if (list_first(&class->spans) == list_last(&class->spans))
		return 0;
	list_remove(&span->link);
	return 1;
}

void heap_free(void *block)
{
	struct class *class;
	struct span *span;
	int empty;

	if (!block)
		return;
	span = span_of(block);
	if (span->class == CLASS_BIG) {
		bytes_used -= span->size;
		span->magic = 0;
		span_unmap(span, span->size);
		return;
	}
	class = &classes[span->class];
	lock(&class->lock);
	empty = span_give(class, span, block);
	unlock(&class->lock);
	if (empty)
		span_give_back(span);
}

void *heap_alloc_zero(size_t size)
{
	void *block = heap_alloc(size);

	/* memory fresh from the kernel is zero */
	if (block && size <= SMALL_MAX)
		memset(block, 0, size);
	return block;
}

void *heap_resize(void *block, size_t size)
{
	struct span *span;
	size_t room;
	void *other;

	if (!block)
		return heap_alloc(size);
	span = span_of(block);
	room = span->class == CLASS_BIG ? span->size - sizeof *span
					: span->size;
	if (size <= room && size * 2 >= room)
		return block;
	other = heap_alloc(size);
	if (!other)
		return size <= room ? block : NULL;
	memcpy(other, block, size < room ? size : room);
	heap_free(block);
	return other;
}

void heap_usage(size_t *used, size_t *taken)
{
	*used = bytes_used;
	*taken = bytes_taken;
}
