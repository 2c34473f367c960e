/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the checker share: see make.h for its use. */
#pragma once
#include "make.h"

/* The tree of names, by inode number. */
struct tree {
	struct volume *volume;
	struct check *check;
	int clean; /* the super block says so */
	/* all owned */
	uint16_t *names; /* entries that name it, "." and ".." too */
	uint16_t *links; /* what it says */
	uint16_t *parent; /* a directory that names it */
	uint16_t *dots;  /* what ".." says */
	uint8_t *is_directory;
	uint8_t *lost;   /* has no name */
	uint8_t *moved;  /* its ".." is wrong */
};

/* One more problem. */
void check_say(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

error_t tree_alloc(struct tree *tree, struct volume *volume,
    struct check *check);
void tree_free(struct tree *tree);
error_t tree_check(struct tree *tree);

/* check_lists.c: the lists of free blocks and inodes */
error_t lists_check(struct tree *tree, const uint8_t *super);
