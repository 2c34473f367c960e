/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PFS that is a table, for tests of paths, names and mounts: what a walk
 * asks is answered from the table, as the shell does it by message.
 */
#pragma once
#include "core/path.h"

struct tree_entry {
	unsigned directory; /* number */
	const char *name;
	unsigned node;
	unsigned mode;
	const char *target; /* of a link */
};

extern unsigned tree_questions; /* how often the PFS was asked */
extern const struct credentials tree_root_user, tree_plain_user;

/* A cache with one mount, the root, over that table (directory 0 ends it;
 * node 1 is its root directory, mode 0755). */
struct mount *tree_begin(const struct tree_entry *entries, unsigned limit);

/* A further mount of the same table on directory. */
struct mount *tree_mount(struct node *covered);

/* Gives back everything; what the cache still holds then is a leak that the
 * sanitizer sees. */
void tree_end(void);

/* Walks with the lock "dropped" at each question. */
error_t tree_walk(struct walk *walk, struct node *root, struct node *start,
    const struct credentials *who, const char *path, unsigned flags);

/* Where path leads root's user: node number, or minus the errno. */
int tree_find(const char *path, unsigned flags);
