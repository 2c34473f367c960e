/* SPDX-License-Identifier: BSD-2-Clause */
#include "family.h"
#include <test.h>

TEST(first_process_leads_session_and_group)
{
	struct process *first = family_begin(10);

	CHECK(first->pid == 1);
	CHECK(first->group->id == 1 && first->group->session->id == 1);
	CHECK(tree_find(&family.tree, 1) == first);
	CHECK(!tree_find(&family.tree, 2) && !tree_find(&family.tree, 0));
	CHECK(!tree_find(&family.tree, -1));
	family_end();
}

TEST(children_inherit)
{
	struct process *first = family_begin(10), *child;

	first->credentials.user.real = 7;
	first->nice = 3;
	child = family_child(first, 0);
	CHECK(child->credentials.user.real == 7 && child->nice == 3);
	CHECK(child->group == first->group && child->parent == first);
	CHECK(child->signals.pending == 0 && !child->timers[0].due);
	family_end();
}

TEST(the_machine_holds_so_many)
{
	struct process *first = family_begin(3);
	error_t error;

	CHECK(family_child(first, &error) && family_child(first, &error));
	CHECK(!family_child(first, &error) && error == E_AGAIN);
	family_end();
}

TEST(a_user_has_so_many_and_root_more)
{
	struct process *first = family_begin(40), *user;
	error_t error = 0;
	int count = 0;

	user = family_child(first, 0);
	user->credentials.user = (struct identity){ 5, 5, 5, 5 };
	user->limits.of[LIMIT_PROCESSES].soft = 6;
	while (count < 30 && family_child(user, &error))
		count++;
	CHECK(error == E_AGAIN && count == 5);
	CHECK(tree_count_user(&family.tree, 5) == 6);
	CHECK(family_child(first, &error) != 0);
	family_end();
}

TEST(some_places_are_roots)
{
	struct process *first = family_begin(10), *user;
	error_t error = 0;
	int count = 0;

	user = family_child(first, 0);
	user->credentials.user = (struct identity){ 5, 5, 5, 5 };
	while (count < 30 && family_child(user, &error))
		count++;
	CHECK(error == E_AGAIN && family.tree.count == 10 - TREE_RESERVE);
	CHECK(family_child(first, &error) != 0);
	family_end();
}

TEST(orphans_go_to_the_first)
{
	struct process *first = family_begin(10), *parent, *one, *two;

	parent = family_child(first, 0);
	one = family_child(parent, 0);
	two = family_child(parent, 0);
	two->exit_signal = 0;
	life_end(one, life_status_exit(3));
	CHECK(tree_orphan(&family.tree, parent) == 1);
	CHECK(one->parent == first && two->parent == first);
	CHECK(two->exit_signal == SIGNAL_CHILD);
	CHECK(list_empty(&parent->children));
	family_end();
}

TEST(walk_is_by_age)
{
	struct process *first = family_begin(10), *one, *two;

	one = family_child(first, 0);
	two = family_child(one, 0);
	CHECK(tree_next(&family.tree, 0) == first);
	CHECK(tree_next(&family.tree, first) == one);
	CHECK(tree_next(&family.tree, two) == 0);
	family_end();
}

TEST(a_group_outlives_its_leader_and_holds_its_number)
{
	struct process *first = family_begin(10), *leader, *member;
	int pid;

	leader = family_child(first, 0);
	CHECK(group_set(&family.tree, first, leader->pid, 0) == 0);
	member = family_child(leader, 0);
	pid = leader->pid;
	tree_orphan(&family.tree, leader);
	tree_remove(&family.tree, leader);
	CHECK(member->group->id == pid);
	CHECK(family.tree.pids.holders[pid] == 1);
	tree_remove(&family.tree, member);
	CHECK(family.tree.pids.holders[pid] == 0);
	CHECK(!tree_find_group(&family.tree, pid));
	family_end();
}
