/* SPDX-License-Identifier: BSD-2-Clause */
/* Who a user is, by /etc/passwd and /etc/group. */
#pragma once

enum {
	GROUPS_MAX = 32,
};

struct user {
	char line[512]; /* the strings lie in it */
	const char *name, *home, *shell; /* shell: null if there is no file */
	int uid, gid;
	int groups[GROUPS_MAX], group_count; /* see groups_find */
};

/* By name, or (name null) by number. 0: unknown; root is always known. */
int user_find(struct user *user, const char *name, int uid);

/* The groups that name him as a member. */
void groups_find(struct user *user);
