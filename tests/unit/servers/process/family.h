/* SPDX-License-Identifier: BSD-2-Clause */
/* A process tree for tests: the first process, and children at will. */
#pragma once
#include "core/group.h"
#include "core/life.h"
#include "core/tree.h"
#include "core/wait.h"

enum {
	FAMILY_MAX = 64,
};

struct family {
	struct tree tree;
	struct process members[FAMILY_MAX];
	unsigned count;
};

extern struct family family;

/* Begins anew; returns the first process, running. */
struct process *family_begin(unsigned limit);

/* A running child, or null with *error. */
struct process *family_child(struct process *parent, error_t *error);

/* All end; the tree must be empty then. */
void family_end(void);
