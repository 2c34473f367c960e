/* SPDX-License-Identifier: BSD-2-Clause */
/* Clusters of pages. */
#include "core/cluster.h"

static int is_set(const uint32_t *map, uint32_t page)
{
	return map[page / 32] >> page % 32 & 1;
}

static void set(uint32_t *map, uint32_t page)
{
	map[page / 32] |= 1u << page % 32;
}

static void clear(uint32_t *map, uint32_t page)
{
	map[page / 32] &= ~(1u << page % 32);
}

void cluster_take(uint32_t *supplied, uint32_t pages, uint32_t page,
    uint32_t *first, uint32_t *count)
{
	uint32_t start = page - page % CLUSTER_PAGES;
	uint32_t end = start + CLUSTER_PAGES < pages ? start + CLUSTER_PAGES :
	    pages;
	uint32_t from = page, to = page + 1;

	if (is_set(supplied, page)) {
		start = page;
		for (uint32_t each = page; each < end; each++)
			clear(supplied, each);
	}
	while (from > start && !is_set(supplied, from - 1))
		from--;
	while (to < end && !is_set(supplied, to))
		to++;
	for (uint32_t each = from; each < to; each++)
		set(supplied, each);
	*first = from;
	*count = to - from;
}
