/* SPDX-License-Identifier: BSD-2-Clause */
#include "family.h"
#include <string.h>
#include <test.h>

struct family family;

static struct process *enter(struct process *parent, error_t *error)
{
	struct process *process = &family.members[family.count];

	memset(process, 0, sizeof *process);
	*error = tree_add(&family.tree, process, parent);
	if (*error)
		return 0;
	family.count++;
	process->life = LIFE_RUNNING;
	process->exit_signal = SIGNAL_CHILD;
	return process;
}

struct process *family_begin(unsigned limit)
{
	error_t error;

	static struct signal_store store;

	signals_use(&store);
	family.count = 0;
	tree_init(&family.tree, limit);
	return enter(0, &error);
}

struct process *family_child(struct process *parent, error_t *error)
{
	error_t own;

	return enter(parent, error ? error : &own);
}

void family_end(void)
{
	for (unsigned i = family.count; i-- > 0;)
		if (family.members[i].entry.key && family.members[i].group)
			tree_remove(&family.tree, &family.members[i]);
	CHECK(family.tree.count == 0);
	for (int pid = 1; pid < PIDS_MAX; pid++)
		CHECK(family.tree.pids.holders[pid] == 0);
	map_free(&family.tree.processes);
	map_free(&family.tree.groups);
}
