/* SPDX-License-Identifier: BSD-2-Clause */
/* What other systems leave on a volume, and what we must not spoil. */
#include "fixture.h"
#include "test.h"
#include "verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t users_of(struct fixture *fixture, unsigned block)
{
	uint32_t users;

	memcpy(&users, fixture->ram.bytes + block * 1024 + 4, sizeof users);
	return users;
}

/* A block of extended attributes that two files share goes with the last. */
TEST(shared_attributes)
{
	struct fixture fixture;
	struct fs_node *root;
	char text[2000], *found;
	unsigned block;

	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -O none,filetype,"
	    "sparse_super,ext_attr", 1024));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "a", FS_REGULAR | 0644, 0));
	CHECK(!make(root, "b", FS_REGULAR | 0644, 0));
	fs_node_put(root);
	CHECK(!fixture_edit(&fixture, "ea_set a user.one value\n"));
	fixture_debug(&fixture, "stat a", text, sizeof text);
	found = strstr(text, "File ACL: ");
	CHECK(found != 0);
	block = found ? (unsigned)atoi(found + 10) : 0;
	CHECK(block > 0 && users_of(&fixture, block) == 1);
	snprintf(text, sizeof text, "sif b file_acl %u\nsif b blocks 2\n",
	    block);
	CHECK(!fixture_edit(&fixture, text));
	fixture.ram.bytes[block * 1024 + 4] = 2;
	CHECK(!verify(fixture.ram.bytes, fixture.ram.device.size));

	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!drop(root, "a", 0));
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	CHECK(users_of(&fixture, block) == 1);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!drop(root, "b", 0));
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* What ext4 has and we have not is refused; nothing is written. */
TEST(foreign_features)
{
	static const char *const options[] = {
		"-b 1024 -O none,filetype,extents",
		"-b 1024 -O none,filetype,64bit,extents",
		"-b 1024 -O none,filetype,flex_bg",
		"-b 1024 -O none,filetype,inline_data,ext_attr -I 256",
		0,
	};
	struct fixture fixture;
	unsigned i;

	for (i = 0; options[i]; i++) {
		CHECK(!fixture_open(&fixture, options[i], 1024));
		fixture_close(&fixture);
	}
}
