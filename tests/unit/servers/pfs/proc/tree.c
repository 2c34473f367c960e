/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of /proc. */
#include "core/tree.h"
#include "test.h"
#include <string.h>

static enum tree_kind find(enum tree_kind directory, const char *name, int *pid)
{
	*pid = 0;
	return tree_find(directory, name, (unsigned)strlen(name), pid);
}

TEST(processes)
{
	int pid;

	CHECK(find(TREE_ROOT, "1", &pid) == TREE_PROCESS && pid == 1);
	CHECK(find(TREE_ROOT, "32767", &pid) == TREE_PROCESS && pid == 32767);
	CHECK(find(TREE_ROOT, "0", &pid) == TREE_NONE);
	CHECK(find(TREE_ROOT, "01", &pid) == TREE_NONE);
	CHECK(find(TREE_ROOT, "-1", &pid) == TREE_NONE);
	CHECK(find(TREE_ROOT, "1x", &pid) == TREE_NONE);
	CHECK(find(TREE_ROOT, "99999999999999", &pid) == TREE_NONE);
	CHECK(find(TREE_SYS, "1", &pid) == TREE_NONE);
}

TEST(numbers_and_names)
{
	static const enum tree_kind directories[] = { TREE_ROOT, TREE_SYS,
		TREE_KERNEL, TREE_PROCESS, TREE_TASK };
	const struct tree_entry *entry;
	int pid;

	for (unsigned i = 0; i < 5; i++) {
		for (unsigned at = 0; (entry = tree_entry(directories[i], at));
		     at++) {
			uint64_t number = tree_number(77, entry->kind);

			CHECK(find(directories[i], entry->name, &pid) ==
			    entry->kind);
			CHECK(tree_kind(number) == entry->kind);
			CHECK(tree_pid(number) == 77);
		}
		CHECK((tree_mode(directories[i]) & 0170000) == 0040000);
	}
	CHECK(!tree_entry(TREE_STAT, 0));
	CHECK(tree_parent(TREE_KERNEL) == TREE_SYS);
	CHECK((tree_mode(TREE_P_EXE) & 0170000) == 0120000);
	CHECK(tree_mode(TREE_P_ENVIRON) == 0100400);
}

TEST(threads)
{
	int pid;

	CHECK(find(TREE_PROCESS, "task", &pid) == TREE_P_TASKS);
	CHECK(find(TREE_P_TASKS, "77", &pid) == TREE_TASK && pid == 77);
	CHECK(find(TREE_P_TASKS, "0", &pid) == TREE_NONE);
	CHECK(find(TREE_TASK, "stat", &pid) == TREE_P_STAT);
	CHECK(find(TREE_TASK, "task", &pid) == TREE_NONE);
	CHECK(tree_parent(TREE_TASK) == TREE_P_TASKS);
	CHECK(tree_parent(TREE_P_TASKS) == TREE_PROCESS);
	CHECK((tree_mode(TREE_P_TASKS) & 0170000) == 0040000);
}

TEST(open_files_have_numbers_of_their_own)
{
	static const enum tree_kind directories[] = { TREE_P_OPEN,
		TREE_P_OPEN_INFO };
	static const enum tree_kind kinds[] = { TREE_OPEN, TREE_OPEN_INFO };
	int fd;

	for (int i = 0; i < 2; i++) {
		uint64_t number =
		    tree_number_open(32767, kinds[i], TREE_OPEN_LIMIT - 1);

		CHECK(find(directories[i], "0", &fd) == kinds[i] && fd == 0);
		CHECK(find(directories[i], "255", &fd) == kinds[i] &&
		    fd == 255);
		CHECK(find(directories[i], "00", &fd) == TREE_NONE);
		CHECK(find(directories[i], "65536", &fd) == TREE_NONE);
		CHECK(find(directories[i], "x", &fd) == TREE_NONE);
		CHECK(tree_parent(directories[i]) == TREE_PROCESS);
		CHECK(tree_mode(directories[i]) == 0040500);
		CHECK(tree_kind(number) == kinds[i]);
		CHECK(tree_pid(number) == 32767);
		CHECK(tree_open(number) == TREE_OPEN_LIMIT - 1);
	}
	CHECK(tree_open(tree_number(5, TREE_P_STAT)) == -1);
	CHECK((tree_mode(TREE_OPEN) & 0170000) == 0120000);
	CHECK(find(TREE_P_STAT, "1", &fd) == TREE_NONE);
}
