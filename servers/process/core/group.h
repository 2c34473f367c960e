/* SPDX-License-Identifier: BSD-2-Clause */
/* Process groups and sessions: POSIX's rules for who may go where. */
#pragma once
#include "core/tree.h"

/* setpgid by caller, for pid (0: itself) into group id (0: its own number). */
error_t group_set(struct tree *tree, struct process *caller, int pid, int id);

/* setsid: process leads a new session and group. E_PERM: it leads a group. */
error_t group_new_session(struct tree *tree, struct process *process);

/* Takes process out of its group, which ends with its last member. */
void group_leave(struct tree *tree, struct process *process);

/*
 * Whether no living member of group has a parent outside the group in its
 * session: nobody is there to continue it. without: a process to leave out
 * (it is about to end), or null.
 */
int group_is_orphaned(const struct tree *tree, const struct group *group,
    const struct process *without);

/* Whether the end of process (its child-parent bonds are gone) orphans group
 * while a member is stopped: the members must get SIGHUP and SIGCONT. */
int group_is_stranded(const struct tree *tree, const struct group *group,
    const struct process *without);
