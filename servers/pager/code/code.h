/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code pager's objects. A text is the memory object of one version of one
 * executable; its port is what is mapped and what the kernel calls.
 *
 * References of a text: one of the table while it can be found, one of its
 * port while somebody (the kernel above all) holds a right, one for each
 * request. One lock guards the table and all fields; it is not held while a
 * file is read.
 */
#pragma once
#include "core/cache.h"
#include "core/cluster.h"
#include <base/lock.h>
#include <base/port.h>
#include <base/types.h>
#include <server/recover.h>
#include <server/server.h>

enum {
	RANK_CODE = 1,
	TEXTS_MAX = 256, /* that can be found */
};

struct text {
	struct object object;
	struct cached cached;
	mach_port_t file;    /* send right, owned */
	mach_port_t control; /* send right, owned; null: not in use */
	mach_port_t name;    /* send right, owned */
	uint32_t pages;
	uint32_t *supplied;  /* owned; see core/cluster.h */
	char *header;        /* the file's first bytes; owned */
	uint32_t header_size;
	struct text *next;   /* recover.c */
	unsigned unheard;    /* sweep.c */
};

struct code_counters {
	uint32_t requests, pages, errors;
};

extern struct lock code_lock;
extern struct cache code_cache;
extern struct code_counters code_counters;
extern struct pool pool_pages;
extern const struct object_class front_class; /* the public port */
extern const struct object_class text_class;

static inline struct text *text_of(object_t object)
{
	return (struct text *)object;
}

extern const struct recovery text_recovery;
/* The kernel's requests that a dead instance had taken are answered. */
void texts_resume(void);
/* All pages of a text in use that somebody waits for. */
void text_resume(struct text *text);
void texts_restored(struct text *text); /* the caller's reference goes over */

/* text.c. file: CONSUMED. The caller has the table's reference. */
error_t text_new(const struct text_key *key, mach_port_t file,
    struct text **text);
/* The same of a file right that the vault has already. */
error_t text_make(const struct text_key *key, mach_port_t file,
    struct text **text);

/* Takes text out of the table; the kernel forgets it when nobody maps it.
 * Locked; may drop the last reference. */
void text_retire(struct text *text);

/* sweep.c: texts of files that are gone are retired in time. */
error_t sweep_start(void);
