/* SPDX-License-Identifier: BSD-2-Clause */
#include "family.h"
#include <test.h>

TEST(setpgid_of_self_and_child)
{
	struct process *first = family_begin(10), *shell, *job, *other;
	struct tree *tree = &family.tree;

	shell = family_child(first, 0);
	CHECK(group_new_session(tree, shell) == 0);
	job = family_child(shell, 0);
	other = family_child(shell, 0);
	CHECK(group_set(tree, shell, job->pid, job->pid) == 0);
	CHECK(job->group->id == job->pid);
	CHECK(group_set(tree, shell, other->pid, job->pid) == 0);
	CHECK(other->group == job->group);
	CHECK(group_set(tree, other, 0, 0) == 0);
	CHECK(other->group->id == other->pid);
	CHECK(group_set(tree, other, 0, shell->pid) == 0);
	CHECK(group_set(tree, other, 0, 999) == E_PERM);
	CHECK(group_set(tree, other, 0, -1) == E_INVAL);
	CHECK(group_set(tree, other, job->pid, 0) == E_SRCH);
	family_end();
}

TEST(setpgid_refusals)
{
	struct process *first = family_begin(10), *shell, *job;
	struct tree *tree = &family.tree;

	shell = family_child(first, 0);
	CHECK(group_new_session(tree, shell) == 0);
	job = family_child(shell, 0);
	CHECK(group_set(tree, shell, 0, 0) == E_PERM); /* session leader */
	CHECK(group_set(tree, first, shell->pid, 0) == E_PERM);
	CHECK(group_set(tree, shell, job->pid, 1) == E_PERM); /* session */
	job->has_execed = 1;
	CHECK(group_set(tree, shell, job->pid, 0) == E_ACCES);
	CHECK(group_set(tree, job, 0, 0) == 0); /* itself it may */
	CHECK(group_set(tree, shell, 77, 0) == E_SRCH);
	family_end();
}

TEST(setsid)
{
	struct process *first = family_begin(10), *one, *two;
	struct tree *tree = &family.tree;

	one = family_child(first, 0);
	CHECK(group_set(tree, one, 0, 0) == 0);
	CHECK(group_new_session(tree, one) == E_PERM); /* leads a group */
	two = family_child(one, 0);
	CHECK(group_new_session(tree, two) == 0);
	CHECK(two->group->session->id == two->pid);
	CHECK(two->group->session->terminal == 0);
	CHECK(family.tree.pids.holders[two->pid] == 3);
	family_end();
}

TEST(orphaned_groups)
{
	struct process *first = family_begin(10), *shell, *job, *deep;
	struct tree *tree = &family.tree;

	shell = family_child(first, 0);
	group_new_session(tree, shell);
	CHECK(group_is_orphaned(tree, shell->group, 0));
	job = family_child(shell, 0);
	group_set(tree, shell, job->pid, 0);
	CHECK(!group_is_orphaned(tree, job->group, 0));
	deep = family_child(job, 0);
	CHECK(!group_is_orphaned(tree, deep->group, 0));
	CHECK(group_is_orphaned(tree, job->group, job));
	CHECK(!group_is_stranded(tree, job->group, job));
	life_stop(deep, SIGNAL_TSTP);
	CHECK(group_is_stranded(tree, job->group, job));
	CHECK(!group_is_stranded(tree, job->group, 0));
	family_end();
}
