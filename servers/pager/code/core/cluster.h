/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages to supply when the kernel asks for one: those around it, in a
 * cluster, that were not supplied yet. Supplying a page that is there costs a
 * copy for nothing, and the kernel stops at it: what comes after it in the same
 * supply is not taken. The kernel does not tell which it has thrown away, so
 * when a page is asked for again, the run begins with it: whatever else of the
 * cluster is still there, the page itself arrives.
 */
#pragma once
#include <stdint.h>

enum {
	CLUSTER_PAGES = 16,
};

/*
 * supplied: a bit for each of the file's pages; page: asked for, below pages.
 * The run [*first, *first + *count) holds page, lies in one cluster and is
 * marked as supplied.
 */
void cluster_take(uint32_t *supplied, uint32_t pages, uint32_t page,
    uint32_t *first, uint32_t *count);

/* Words of the map for that many pages. */
static inline uint32_t cluster_words(uint32_t pages)
{
	return (pages + 31) / 32;
}
