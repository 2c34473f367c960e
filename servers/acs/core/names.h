/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of names: what acs_lookup finds. Pure.
 *
 * A name belongs to an environment; the host system's is "". Who looks one up
 * finds that of its own environment first, then the host system's. The same
 * text may so stand once in each environment.
 *
 * A text looked up may end in "@VERSION": then only a name of that version or
 * a later one is found.
 */
#pragma once
#include <base/error.h>
#include <base/list.h>
#include <stdint.h>

enum {
	NAME_MAX_SIZE = 64,
	ENVIRONMENT_MAX_SIZE = 32,
};

struct name {
	struct list link;
	char environment[ENVIRONMENT_MAX_SIZE];
	char text[NAME_MAX_SIZE];
	unsigned version;
	unsigned port; /* send right, owned by who owns the table */
	void *owner;   /* the server that registered it */
};

struct names {
	struct list all;
};

/* E_INVAL: no name; E_NAMETOOLONG; E_EXIST; E_NOMEM. */
error_t names_add(struct names *names, const char *environment,
    const char *text, unsigned version, unsigned port, void *owner);

/* What environment sees under text, or null. */
struct name *names_find(const struct names *names, const char *environment,
    const char *text);

/* The one of this environment and no other, or null. */
struct name *names_own(const struct names *names, const char *environment,
    const char *text);

/* The first name of owner behind name (null: of all), or null. */
struct name *names_of(const struct names *names, const void *owner,
    const struct name *name);

/* Takes name out of its table and frees it. */
void name_free(struct name *name);

/*
 * A pattern is a text, or a text and "*" at the end: any name that begins so.
 * patterns: some of them, with commas between.
 */
int pattern_matches(const char *pattern, size_t length, const char *text);
int patterns_match(const char *patterns, const char *text);
