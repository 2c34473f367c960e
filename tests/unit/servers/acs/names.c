/* SPDX-License-Identifier: BSD-2-Clause */
/* The name table: environments, versions, owners; patterns. */
#include "core/names.h"
#include "test.h"
#include <string.h>

static void names_end(struct names *names)
{
	list_each_safe(link, &names->all)
		name_free(list_item(link, struct name, link));
}

TEST(names_environments)
{
	struct names names = { LIST_EMPTY(names.all) };
	int host, other;

	CHECK(!names_add(&names, "", "vfs", 1, 10, &host));
	CHECK(!names_add(&names, "unix2", "vfs", 1, 20, &other));
	CHECK(!names_add(&names, "", "tty", 1, 11, &host));
	CHECK(names_add(&names, "", "vfs", 2, 12, &other) == E_EXIST);
	CHECK(names_find(&names, "", "vfs")->port == 10);
	CHECK(names_find(&names, "unix2", "vfs")->port == 20);
	CHECK(names_find(&names, "unix2", "tty")->port == 11);
	CHECK(!names_find(&names, "", "unix2"));
	CHECK(!names_own(&names, "unix2", "tty"));
	names_end(&names);
}

TEST(names_versions)
{
	struct names names = { LIST_EMPTY(names.all) };

	CHECK(!names_add(&names, "", "ext2", 3, 10, NULL));
	CHECK(!names_add(&names, "e", "ext2", 1, 20, NULL));
	CHECK(names_find(&names, "", "ext2@3")->port == 10);
	CHECK(!names_find(&names, "", "ext2@4"));
	CHECK(names_find(&names, "e", "ext2@1")->port == 20);
	CHECK(names_find(&names, "e", "ext2@2")->port == 10);
	CHECK(!names_find(&names, "", "ext2@"));
	CHECK(!names_find(&names, "", "ext2@3x"));
	CHECK(!names_find(&names, "", "ext2@99999999999"));
	CHECK(!names_find(&names, "", "@1"));
	names_end(&names);
}

TEST(names_wrong)
{
	struct names names = { LIST_EMPTY(names.all) };
	char text[NAME_MAX_SIZE + 1];

	memset(text, 'x', NAME_MAX_SIZE);
	text[NAME_MAX_SIZE] = 0;
	CHECK(names_add(&names, "", "", 1, 1, NULL) == E_INVAL);
	CHECK(names_add(&names, "", "a@1", 1, 1, NULL) == E_INVAL);
	CHECK(names_add(&names, "", text, 1, 1, NULL) == E_NAMETOOLONG);
	CHECK(!names_find(&names, "", text));
	CHECK(names_add(&names, text, "a", 1, 1, NULL) == E_NAMETOOLONG);
	CHECK(!names_add(&names, "", text + 1, 1, 1, NULL));
	CHECK(names_find(&names, "", text + 1));
	names_end(&names);
}

TEST(names_owners)
{
	struct names names = { LIST_EMPTY(names.all) };
	struct name *name;
	int one, two, count = 0;

	CHECK(!names_add(&names, "", "a", 1, 1, &one));
	CHECK(!names_add(&names, "", "b", 1, 2, &two));
	CHECK(!names_add(&names, "x", "a", 1, 3, &one));
	for (name = NULL; (name = names_of(&names, &one, name));)
		count++;
	CHECK(count == 2);
	while ((name = names_of(&names, &one, NULL)))
		name_free(name);
	CHECK(!names_find(&names, "x", "a") && names_find(&names, "x", "b"));
	names_end(&names);
}

TEST(patterns)
{
	CHECK(pattern_matches("pfs-*", 5, "pfs-ext2:hd0s1"));
	CHECK(pattern_matches("*", 1, ""));
	CHECK(!pattern_matches("pfs", 3, "pfs-ext2"));
	CHECK(pattern_matches("pfs", 3, "pfs"));
	CHECK(patterns_match("a,device-*,b", "device-c-4"));
	CHECK(patterns_match("a,device-*,b", "b"));
	CHECK(!patterns_match("a,device-*,b", "dev"));
	CHECK(!patterns_match("", "") && !patterns_match(",,", ""));
}
