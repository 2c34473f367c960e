/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a pager knows about the pages of one memory object that the kernel may
 * have. Pure: decisions only; pager.c does what they say.
 *
 * The kernel may change a page only while it is unlocked (supplied or unlocked
 * for writing). For each page:
 *
 *	        request(read)                unlock
 *	absent ---------------> clean -----------------> open
 *	   |                      ^                        |
 *	   |   request(write)     |  cleaned (all open     |
 *	   +----------------------|-> pages came back,     |
 *	                open      |   and are locked)      |
 *	                          +------------------------+
 *	clean -> absent at any time without a message; open -> absent by
 *	returned().
 *
 * Invariants:
 *  1  a page that may be dirty in the kernel, or whose dirty contents may be
 *     on their way to us, is open;
 *  2  only the page that was asked for may be supplied while it is open: the
 *     message that asked came after the one that brought its contents. So
 *     read-ahead ends before an open page: it would bring back old contents;
 *  3  a page opened while a cleaning goes on is open after it.
 *
 * seen is a hint: pages supplied and perhaps still there, not read again.
 */
#pragma once
#include <base/error.h>
#include <stdint.h>

struct page_set {
	uint32_t *words; /* owned; bit n % 32 of word n / 32 */
	uint32_t length; /* of words */
	uint32_t count;  /* of bits that are set */
};

/* What the readers of an object said of their ways (posix_fadvise). */
enum pages_advice {
	PAGES_NORMAL,
	PAGES_SEQUENTIAL,
	PAGES_RANDOM,
};

struct pages {
	struct page_set open;     /* since the cleaning that goes on began */
	struct page_set open_old; /* before it; empty if none goes on */
	struct page_set seen;
	uint32_t end;      /* no page from here on was ever supplied */
	uint32_t expected; /* sequential readers ask for this one next */
	uint32_t window;   /* how many they get */
	uint32_t unlock_expected; /* the same for sequential writers */
	uint32_t unlock_window;
	unsigned char advice; /* enum pages_advice */
	unsigned char blind; /* no memory for the sets: all may be open */
};

struct page_range {
	uint32_t first, count;
};

enum {
	PAGES_WINDOW_LEAST = 8,  /* to begin with */
	PAGES_WINDOW_RANDOM = 2, /* after some jumps */
	PAGES_WINDOW_MOST = 64,  /* in the end */
};

void pages_init(struct pages *pages);
void pages_free(struct pages *pages);

/* The kernel asks for page (below size pages): how many to supply from there
 * on, the rest being read-ahead. */
uint32_t pages_request(struct pages *pages, uint32_t page, uint32_t size);

/* The reader has come to what was read ahead: it gets more next time. */
void pages_follow(struct pages *pages);

/* How many to bring from the disk from page on before the kernel asks for
 * them: 0 unless the reader is sequential. */
uint32_t pages_ahead(const struct pages *pages, uint32_t page, uint32_t size);

/* These are supplied; open: writable. */
void pages_supplied(struct pages *pages, uint32_t page, uint32_t count,
    int open);

/* The kernel wants to write page: how many from there on to unlock. */
uint32_t pages_unlock_look(struct pages *pages, uint32_t page, uint32_t size);
/* So many are: they are open then. */
void pages_unlock(struct pages *pages, uint32_t page, uint32_t count);

/* Came back; kept: the kernel still has them. */
void pages_returned(struct pages *pages, uint32_t page, uint32_t count,
    int kept);

/* All pages that may be open; count 0: none. A cleaning begins. */
struct page_range pages_clean_begin(struct pages *pages);
/* The kernel has returned all that was dirty and has locked the range. */
void pages_clean_end(struct pages *pages);

/* How many may be open; a page that is cleaned now counts twice. */
uint32_t pages_open_count(const struct pages *pages);

/* Is one of these open? */
int pages_open(const struct pages *pages, uint32_t page, uint32_t count);
/* Is any? */
int pages_any_open(const struct pages *pages);

/* The kernel has none of them any more. */
void pages_gone(struct pages *pages, uint32_t page, uint32_t count);
