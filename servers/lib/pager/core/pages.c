/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel may have of an object: see pages.h. */
#include "pages.h"
#include <base/heap.h>
#include <string.h>

static int set_has(const struct page_set *set, uint32_t page)
{
	return page / 32 < set->length &&
	    (set->words[page / 32] >> page % 32 & 1);
}

static error_t set_grow(struct page_set *set, uint32_t page)
{
	uint32_t length = (page / 32 + 8) & ~7u;
	uint32_t *words;

	if (page / 32 < set->length)
		return 0;
	if (length < set->length * 2)
		length = set->length * 2;
	words = heap_resize(set->words, length * sizeof *words);
	if (!words)
		return E_NOMEM;
	memset(words + set->length, 0,
	    (length - set->length) * sizeof *words);
	set->words = words;
	set->length = length;
	return 0;
}

static error_t set_add(struct page_set *set, uint32_t page, uint32_t count)
{
	if (!count)
		return 0;
	if (set_grow(set, page + count - 1))
		return E_NOMEM;
	for (; count; page++, count--) {
		set->count += !set_has(set, page);
		set->words[page / 32] |= 1u << page % 32;
	}
	return 0;
}

static void set_remove(struct page_set *set, uint32_t page, uint32_t count)
{
	uint32_t limit = set->length * 32;

	for (; count && page < limit; page++, count--) {
		set->count -= (uint32_t)set_has(set, page);
		set->words[page / 32] &= ~(1u << page % 32);
	}
}

static void set_clear(struct page_set *set)
{
	heap_free(set->words);
	set->words = 0;
	set->length = 0;
	set->count = 0;
}

/* Widens range so that it holds all of set. */
static void set_bounds(const struct page_set *set, struct page_range *range)
{
	uint32_t first = 0, last = set->length, end;

	while (first < last && !set->words[first])
		first++;
	while (last > first && !set->words[last - 1])
		last--;
	if (first == last)
		return;
	first = first * 32 + (uint32_t)__builtin_ctz(set->words[first]);
	last = last * 32 - (uint32_t)__builtin_clz(set->words[last - 1]);
	if (!range->count) {
		range->first = first;
		range->count = last - first;
		return;
	}
	end = range->first + range->count;
	if (first < range->first)
		range->first = first;
	range->count = (end > last ? end : last) - range->first;
}

void pages_init(struct pages *pages)
{
	memset(pages, 0, sizeof *pages);
	pages->window = PAGES_WINDOW_LEAST * 2; /* so one jump gets LEAST */
	pages->unlock_expected = UINT32_MAX;
}

void pages_free(struct pages *pages)
{
	set_clear(&pages->open);
	set_clear(&pages->open_old);
	set_clear(&pages->seen);
}

static int page_open(const struct pages *pages, uint32_t page)
{
	return pages->blind || set_has(&pages->open, page) ||
	    set_has(&pages->open_old, page);
}

int pages_open(const struct pages *pages, uint32_t page, uint32_t count)
{
	for (; count; page++, count--)
		if (page_open(pages, page))
			return 1;
	return 0;
}

/* Sequential readers get twice as many each time; who jumps, half as many, but
 * a first jump says little. */
static uint32_t window_next(const struct pages *pages, uint32_t page)
{
	uint32_t window = pages->window;

	if (pages->advice == PAGES_RANDOM)
		return 1;
	if (pages->advice == PAGES_SEQUENTIAL)
		return PAGES_WINDOW_MOST;
	if (page && page == pages->expected)
		return window < PAGES_WINDOW_MOST ? window * 2 : window;
	if (!page || window > PAGES_WINDOW_LEAST)
		return PAGES_WINDOW_LEAST;
	return window > PAGES_WINDOW_RANDOM ? window / 2 : window;
}

/* How many pages from page on are neither open nor there, at most most. */
static uint32_t run_absent(const struct pages *pages, uint32_t page,
    uint32_t most)
{
	uint32_t count = 0;

	while (count < most && !page_open(pages, page + count) &&
	       !set_has(&pages->seen, page + count))
		count++;
	return count;
}

static uint32_t least(uint32_t one, uint32_t other)
{
	return one < other ? one : other;
}

uint32_t pages_request(struct pages *pages, uint32_t page, uint32_t size)
{
	pages->window = window_next(pages, page);
	/* It was evicted: then its neighbours may have been, too. */
	if (set_has(&pages->seen, page))
		set_remove(&pages->seen, page, PAGES_WINDOW_MOST);
	return 1 + run_absent(pages, page + 1,
	    least(pages->window, size - page) - 1);
}

void pages_follow(struct pages *pages)
{
	if (pages->window < PAGES_WINDOW_MOST)
		pages->window *= 2;
}

uint32_t pages_ahead(const struct pages *pages, uint32_t page, uint32_t size)
{
	if (pages->window <= PAGES_WINDOW_LEAST || page >= size)
		return 0;
	return run_absent(pages, page, least(pages->window, size - page));
}

void pages_supplied(struct pages *pages, uint32_t page, uint32_t count,
    int open)
{
	pages->expected = page + count;
	if (page + count > pages->end)
		pages->end = page + count;
	set_add(&pages->seen, page, count); /* only a hint */
	if (open && set_add(&pages->open, page, count))
		pages->blind = 1;
}

uint32_t pages_unlock_look(struct pages *pages, uint32_t page, uint32_t size)
{
	uint32_t count = 1;

	if (page != pages->unlock_expected)
		pages->unlock_window = PAGES_WINDOW_LEAST;
	else if (pages->unlock_window < PAGES_WINDOW_MOST)
		pages->unlock_window *= 2;
	while (count < pages->unlock_window && page + count < size &&
	       set_has(&pages->seen, page + count) &&
	       !page_open(pages, page + count))
		count++;
	return count;
}

void pages_unlock(struct pages *pages, uint32_t page, uint32_t count)
{
	pages->unlock_expected = page + count;
	if (set_add(&pages->open, page, count))
		pages->blind = 1;
}

uint32_t pages_open_count(const struct pages *pages)
{
	return pages->open.count + pages->open_old.count;
}

void pages_returned(struct pages *pages, uint32_t page, uint32_t count,
    int kept)
{
	if (!kept)
		pages_gone(pages, page, count);
}

void pages_gone(struct pages *pages, uint32_t page, uint32_t count)
{
	set_remove(&pages->open, page, count);
	set_remove(&pages->open_old, page, count);
	set_remove(&pages->seen, page, count);
}

int pages_any_open(const struct pages *pages)
{
	struct page_range range = { 0, 0 };

	if (pages->blind)
		return 1;
	set_bounds(&pages->open, &range);
	set_bounds(&pages->open_old, &range);
	return range.count != 0;
}

struct page_range pages_clean_begin(struct pages *pages)
{
	struct page_range range = { 0, 0 };

	if (pages->blind) {
		range.count = pages->end;
		pages->blind = 0; /* again if memory is short again */
		set_add(&pages->open_old, 0, pages->end);
		return range;
	}
	set_bounds(&pages->open, &range);
	set_clear(&pages->open_old);
	pages->open_old = pages->open;
	memset(&pages->open, 0, sizeof pages->open);
	return range;
}

void pages_clean_end(struct pages *pages)
{
	set_clear(&pages->open_old);
}
