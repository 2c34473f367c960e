/* SPDX-License-Identifier: BSD-2-Clause */
/* Names after a rename. Lock held. */
#pragma once
#include "core/node.h"

/* A rename that was done, and what it concerned. */
struct renamed {
	struct node *from, *to; /* directories */
	const char *from_name, *to_name;
	unsigned from_length, to_length;
	uint64_t moved, replaced; /* replaced: 0, or what had to_name */
	unsigned links;           /* of it */
	int exchange;
};

/* Where names lead now, in the mount and in its binds; both directories have
 * been marked as changed. */
void names_renamed(const struct renamed *done);

/* name_enter() of a directory that was elsewhere, perhaps: it survives so. */
error_t name_enter_moved(struct node *parent, const char *text,
    unsigned length, struct node *node);
