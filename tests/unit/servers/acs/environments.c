/* SPDX-License-Identifier: BSD-2-Clause */
/* Environments: names, words, limits; qualified names. */
#include "core/environments.h"
#include "test.h"
#include <string.h>

static void environments_end(struct environments *all)
{
	list_each_safe(link, &all->all)
		environment_free(list_item(link, struct environment, link));
}

TEST(environments_words)
{
	struct environments all = { LIST_EMPTY(all.all) };
	struct environment *one;

	CHECK(!environments_add(&all, "unix2", "root=hd1 tasks=20 memory=8M "
	    "priority=5 sees=codepager,data* single", 0, &one));
	CHECK(environments_find(&all, "unix2") == one);
	CHECK(!environments_find(&all, "unix"));
	CHECK(!strcmp(one->words, "root=hd1 single"));
	CHECK(!strcmp(one->sees, "codepager,data*"));
	CHECK(one->limit.tasks == 20 && one->limit.memory == 8192);
	CHECK(one->limit.priority == 5);
	CHECK(!environment_change(one, "memory=100 tasks=0", 0));
	CHECK(one->limit.tasks == 0 && one->limit.memory == 100);
	CHECK(one->limit.priority == 5);
	environments_end(&all);
	CHECK(!environments_find(&all, "unix2"));
}

TEST(environments_wrong)
{
	static const char *const names[] = { "", "host", "a/b", "a b", "a@1",
		"a:b", "0123456789012345678901234567890123456789" };
	static const char *const words[] = { "tasks=", "tasks=x", "tasks=1x",
		"memory=99999999999", "memory=4294967295M", "priority=20",
		"tasks=-1", "memory=1MM" };
	struct environments all = { LIST_EMPTY(all.all) };
	struct environment *one, *other;
	char text[700];

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		CHECK(environments_add(&all, names[i], "", 0, &one));
	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		CHECK(environments_add(&all, "a", words[i], 0, &one) ==
		    E_INVAL);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	CHECK(environments_add(&all, "a", text, 0, &one) == E_INVAL);
	CHECK(!environments_add(&all, "a", "tasks=3", 0, &one));
	CHECK(environments_add(&all, "a", "", 0, &other) == E_EXIST);
	CHECK(environment_change(one, "tasks=4 single", 0) == E_INVAL);
	CHECK(one->limit.tasks == 3 && !one->words[0]);
	environments_end(&all);
}

TEST(environments_split)
{
	char environment[ENVIRONMENT_MAX_SIZE] = "?";
	const char *name;

	CHECK(!environment_split("vfs", environment, &name));
	CHECK(!strcmp(name, "vfs"));
	CHECK(environment_split("unix2/vfs", environment, &name));
	CHECK(!strcmp(environment, "unix2") && !strcmp(name, "vfs"));
	CHECK(environment_split("host/acs", environment, &name));
	CHECK(!environment[0] && !strcmp(name, "acs"));
	CHECK(!environment_split("01234567890123456789012345678901234/x",
	    environment, &name));
}
