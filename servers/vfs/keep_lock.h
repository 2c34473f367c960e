/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks on files: who shares an open file description; what outlives VFS. */
#pragma once
#include "keep.h"

/* An open file description, for flock. */
struct description {
	struct lock_owner owner;
	unsigned members;
};

struct membership {
	struct list of_view; /* in view->descriptions */
	int number;
	unsigned kept;
	struct description *description; /* one of its members */
};

/* serve_vfs_lock.c */
error_t node_locks(struct node *node, struct lock_list **locks);
error_t membership_make(
    struct view *view, int number, struct description *description);
struct view *view_of_pid(int pid);

/* keep_lock.c */
void description_init(struct description *description, int pid);
void member_keep(const struct view *view, struct membership *membership);
void member_unkeep(const struct membership *membership);
