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

static char said[800];

static void complaint_keep(struct fs_volume *volume, const char *text)
{
	(void)volume;
	strncat(said, text, sizeof said - strlen(said) - 2);
	strcat(said, "\n");
}

struct foreign {
	unsigned field; /* where the super block has this kind of features */
	uint32_t bit;
	const char *name;
};

/* Of ext3 and ext4, as e2fsprogs calls them. */
static const struct foreign foreign[] = {
	{ 96, 0x1, "compression" }, { 96, 0x4, "needs_recovery" },
	{ 96, 0x8, "journal_dev" }, { 96, 0x10, "meta_bg" },
	{ 96, 0x40, "extents" }, { 96, 0x80, "64bit" }, { 96, 0x100, "mmp" },
	{ 96, 0x200, "flex_bg" }, { 96, 0x400, "ea_inode" },
	{ 96, 0x1000, "dirdata" }, { 96, 0x2000, "metadata_csum_seed" },
	{ 96, 0x4000, "large_dir" }, { 96, 0x8000, "inline_data" },
	{ 96, 0x10000, "encrypt" }, { 96, 0x20000, "casefold" },
	{ 96, 0x40000000, "unknown features 0x40000000" },
	{ 100, 0x8, "huge_file" }, { 100, 0x10, "uninit_bg" },
	{ 100, 0x20, "dir_nlink" }, { 100, 0x80, "snapshot" },
	{ 100, 0x100, "quota" }, { 100, 0x200, "bigalloc" },
	{ 100, 0x400, "metadata_csum" }, { 100, 0x1000, "read-only" },
	{ 100, 0x2000, "project" }, { 100, 0x4000, "shared_blocks" },
	{ 100, 0x8000, "verity" }, { 100, 0x10000, "orphan_present" },
	{ 100, 0x40000000, "unknown features 0x40000000" },
};

enum {
	INCOMPATIBLE = 96,
	SUPER = 1024,
	SIZE = 1024 * 1024,
};

/* Mounts with one more feature; the disk must not be written. */
static error_t foreign_mount(struct fixture *fixture,
    const struct foreign *feature, int read_only)
{
	static uint8_t before[SIZE];
	struct fs_options options = { .now = fake_clock,
		.complain = complaint_keep, .read_only = read_only };
	uint8_t *field = fixture->ram.bytes + SUPER + feature->field;
	uint32_t old, now;
	error_t error;

	memcpy(&old, field, sizeof old);
	now = old | feature->bit;
	memcpy(field, &now, sizeof now);
	memcpy(before, fixture->ram.bytes, sizeof before);
	said[0] = 0;
	error = ext2_ops.mount(&fixture->ram.device, &options,
	    &fixture->volume);
	if (!error)
		CHECK(!fixture_unmount(fixture));
	fixture->volume = 0;
	CHECK(!memcmp(before, fixture->ram.bytes, sizeof before));
	memcpy(field, &old, sizeof old);
	return error;
}

/* Each is refused by its name. Those that only writing would spoil let the
 * volume be mounted read-only. */
TEST(each_foreign_feature_by_its_name)
{
	struct fixture fixture;
	unsigned i;

	CHECK(fixture_open(&fixture, "-b 1024 -I 128 -O none,filetype", 1024));
	CHECK(!fixture_unmount(&fixture));
	for (i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		const struct foreign *feature = &foreign[i];
		int never = feature->field == INCOMPATIBLE;

		CHECK(foreign_mount(&fixture, feature, 0) ==
		    (never ? E_INVAL : E_ROFS));
		CHECK(strstr(said, feature->name) != 0);
		CHECK((foreign_mount(&fixture, feature, 1) != 0) == never);
	}
	CHECK(fixture_mount(&fixture));
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}
