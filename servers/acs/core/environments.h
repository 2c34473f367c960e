/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Environments by name, and what each may have. Pure.
 *
 * The host system's is not in this table: its name is "", it has no limits,
 * and all others see its names (those that `sees` allows).
 */
#pragma once
#include "names.h"

enum {
	ENVIRONMENT_ESSENTIAL = 1,   /* its end ends the system */
	ENVIRONMENT_ADMINISTERS = 2, /* its root may do all to all others */
};

/* What of the machine its programs have or may have; 0: no limit. */
struct share {
	unsigned tasks;
	unsigned memory;   /* KB that they hold of the machine's, in sum */
	unsigned priority; /* the best that they may have; 0 is the best */
};

struct environment {
	struct list link;
	char name[ENVIRONMENT_MAX_SIZE];
	char words[512]; /* its command line: words that are no limits */
	char sees[128];  /* patterns of the host system's names */
	unsigned flags;  /* ENVIRONMENT_* */
	struct share limit, used;
	unsigned ended; /* programs that were ended since they had too much */
	int was_over;   /* it had, at the last look */
	int ending;
};

struct environments {
	struct list all;
};

struct environment *environments_find(const struct environments *all,
    const char *name);

/* words: as env_create says. E_INVAL (name or words), E_NAMETOOLONG, E_EXIST,
 * E_NOMEM. */
error_t environments_add(struct environments *all, const char *name,
    const char *words, unsigned flags, struct environment **made);

/* Limits from words; those that are not named stay. E_INVAL: changes nothing.
 * Other words are added to the command line, if it is a new one. */
error_t environment_change(struct environment *environment, const char *words,
    int fresh);

void environment_free(struct environment *environment);

/* Splits "ENVIRONMENT/NAME" ("host/NAME": the host system's, ""): 1. Else 0,
 * and name is text. */
int environment_split(const char *text, char environment[ENVIRONMENT_MAX_SIZE],
    const char **name);
