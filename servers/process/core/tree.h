/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of all processes, groups and sessions, and how they descend. */
#pragma once
#include "core/pids.h"
#include "core/process.h"

enum {
	TREE_GROUPS = 4096,   /* groups, and sessions, there can be */
	TREE_RESERVE = 4,     /* processes kept back for root */
};

struct tree {
	struct pids pids;
	struct map processes, groups;
	struct list all;       /* processes, oldest first */
	unsigned count, limit; /* processes there are, may be */
	unsigned made;         /* processes there ever were */
	struct process *first; /* pid 1 */
	struct list free_groups, free_sessions; /* given back */
	unsigned used_groups, used_sessions;    /* of the stores, ever */
	struct group group_store[TREE_GROUPS];
	struct session session_store[TREE_GROUPS];
};

void tree_init(struct tree *tree, unsigned limit);

/*
 * Enters child (zeroed) below parent: a number, its parent's group, session,
 * credentials, limits, name; no timers, no signals pending. parent null: the
 * first process, with a session and group of its own. E_AGAIN: the limits
 * (of the machine; RLIMIT_NPROC unless root) are reached.
 */
error_t tree_add(struct tree *tree, struct process *child,
    struct process *parent);

/* Takes a childless process out: its number and place in the group are free. */
void tree_remove(struct tree *tree, struct process *process);

struct process *tree_find(const struct tree *tree, int pid);
struct group *tree_find_group(const struct tree *tree, int id);

/* The children of process go to the first process. How many of them are
 * zombies, of which the first process must be told. */
unsigned tree_orphan(struct tree *tree, struct process *process);

/* How many processes have that real user. */
unsigned tree_count_user(const struct tree *tree, uint32_t uid);

/* The process after process, oldest first; null: the first; null at the end. */
struct process *tree_next(const struct tree *tree,
    const struct process *process);
