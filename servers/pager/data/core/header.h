/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first page of a swap partition as Linux's mkswap writes it, version 1:
 * the last ten bytes say "SWAPSPACE2"; at byte 1024 the version (1), the
 * number of the last page, and how many bad pages there are; at byte 1536 the
 * numbers of these. Page 0 is this page and never used.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

enum {
	HEADER_PAGE = 4096,
	HEADER_BAD_MAX = 637,
};

struct header {
	uint32_t pages; /* with page 0 */
	uint32_t bad_count;
	uint32_t bad[HEADER_BAD_MAX];
};

/* E_INVAL: no swap header, or it says more than device_pages. */
error_t header_read(const void *page, uint32_t device_pages,
    struct header *header);
