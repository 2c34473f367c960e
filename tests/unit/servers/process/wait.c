/* SPDX-License-Identifier: BSD-2-Clause */
#include "family.h"
#include <test.h>

TEST(nobody_to_wait_for)
{
	struct process *first = family_begin(10);
	struct wait_result result;

	CHECK(wait_find(first, -1, WAIT_EXITED, &result) == E_CHILD);
	CHECK(wait_find(first, -1, 0, &result) == E_INVAL);
	CHECK(wait_find(first, -1, WAIT_EXITED | 16, &result) == E_INVAL);
	family_end();
}

TEST(who_is_meant)
{
	struct process *first = family_begin(10), *one, *two;
	struct wait_result result;

	one = family_child(first, 0);
	two = family_child(first, 0);
	group_set(&family.tree, first, two->pid, 0);
	life_end(two, life_status_exit(9));
	CHECK(!wait_find(first, one->pid, WAIT_EXITED, &result) &&
	    !result.child);
	CHECK(!wait_find(first, 0, WAIT_EXITED, &result) && !result.child);
	CHECK(!wait_find(first, -two->pid, WAIT_EXITED, &result) &&
	    result.child == two);
	CHECK(!wait_find(first, -1, WAIT_EXITED, &result));
	CHECK(result.child == two && result.ended);
	CHECK(result.status == 9 << 8);
	CHECK(wait_find(first, 999, WAIT_EXITED, &result) == E_CHILD);
	CHECK(wait_find(one, -1, WAIT_EXITED, &result) == E_CHILD);
	family_end();
}

TEST(stops_and_continuations_are_told_once)
{
	struct process *first = family_begin(10), *one;
	struct wait_result result;
	int options = WAIT_EXITED | WAIT_STOPPED | WAIT_CONTINUED;

	one = family_child(first, 0);
	CHECK(life_stop(one, SIGNAL_TSTP) && !life_stop(one, SIGNAL_TSTP));
	CHECK(!wait_find(first, -1, WAIT_EXITED, &result) && !result.child);
	CHECK(!wait_find(first, -1, options | WAIT_KEEP, &result));
	CHECK(result.child == one);
	CHECK(result.status == (SIGNAL_TSTP << 8 | 0x7f));
	CHECK(!wait_find(first, -1, options, &result) && result.child);
	CHECK(!wait_find(first, -1, options, &result) && !result.child);
	CHECK(life_continue(one) && !life_continue(one));
	CHECK(!wait_find(first, -1, options, &result) && result.child == one);
	CHECK(result.status == 0xffff && !result.ended);
	CHECK(!wait_find(first, -1, options, &result) && !result.child);
	family_end();
}

TEST(a_death_hides_a_stop)
{
	struct process *first = family_begin(10), *one;
	struct wait_result result;

	one = family_child(first, 0);
	life_stop(one, SIGNAL_STOP);
	CHECK(life_end(one, life_status_signal(SIGNAL_KILL)));
	CHECK(!life_end(one, 0));
	CHECK(wait_find(first, -1, WAIT_STOPPED, &result) == E_CHILD);
	CHECK(!wait_find(first, -1, WAIT_EXITED, &result));
	CHECK(result.status == SIGNAL_KILL);
	family_end();
}

TEST(clone_children)
{
	struct process *first = family_begin(10), *one;
	struct wait_result result;

	one = family_child(first, 0);
	one->exit_signal = 0;
	life_end(one, 0);
	CHECK(wait_find(first, -1, WAIT_EXITED, &result) == E_CHILD);
	CHECK(!wait_find(first, -1, WAIT_EXITED | WAIT_ALL, &result) &&
	    result.child == one);
	CHECK(!wait_find(first, -1, WAIT_EXITED | WAIT_CLONE, &result) &&
	    result.child == one);
	family_end();
}

TEST(what_sigchld_says)
{
	struct process *first = family_begin(10), *one;
	struct signal_record record;

	one = family_child(first, 0);
	one->credentials.user.real = 12;
	one->usage.user = 250000;
	life_child_record(one, life_status_exit(5), &record);
	CHECK(record.signal == SIGNAL_CHILD && record.code == CHILD_EXITED);
	CHECK(record.words[0] == one->pid && record.words[1] == 12);
	CHECK(record.words[2] == 5 && record.words[3] == 25);
	life_child_record(one, life_status_signal(11), &record);
	CHECK(record.code == CHILD_KILLED && record.words[2] == 11);
	life_child_record(one, life_status_stop(20), &record);
	CHECK(record.code == CHILD_STOPPED && record.words[2] == 20);
	life_child_record(one, life_status_continue(), &record);
	CHECK(record.code == CHILD_CONTINUED && record.words[2] == 18);
	family_end();
}
