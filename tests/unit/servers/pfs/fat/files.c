/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents, space, attributes, marks. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *options;
	unsigned kb;
} shapes[] = {
	{ "-F 12", 1440 },
	{ "-F 12 -s 128", 20000 },
	{ "-F 12 -S 4096 -s 2", 8000 },
	{ "-F 16 -s 1", 10000 },
	{ "-F 16 -S 1024 -s 4 -f 1", 20000 },
	{ "-F 16 -S 2048 -R 3 -s 1 -f 3 -a", 12000 },
	{ "-F 32 -s 1", 36000 },
	{ "-F 32 -s 64 -S 4096", 70000 },
	{ 0, 0 },
};

enum {
	BYTES = 300000,
};

static uint8_t bytes[BYTES], seen[BYTES];

static int reads_as(struct fs_node *node, uint64_t offset,
    const uint8_t *wanted, size_t count)
{
	size_t got = count;

	memset(seen, 0xee, count);
	return !fat_ops.read(node, offset, seen, &got) &&
	    !memcmp(seen, wanted, count);
}

static void contents(struct fixture *fixture)
{
	static const uint8_t zeros[BYTES];
	struct fs_node *root = volume_root(fixture->volume), *node, *other;
	struct fs_extent extent;
	uint64_t before = free_clusters(fixture);

	CHECK(!make(root, "data", FS_REGULAR, &node));
	CHECK(!make(root, "other", FS_REGULAR, &other));
	CHECK(!put(node, 0, bytes, 5000));
	CHECK(!put(other, 0, bytes + 7, 3));
	CHECK(!put(node, 5000, bytes + 5000, 95000));
	CHECK(reads_as(node, 0, bytes, 100000));
	CHECK(reads_as(node, 99999, bytes + 99999, 1));
	/* a gap, of which later pages come first */
	CHECK(!fat_ops.reserve(node, 200000, 50000));
	node->attributes.size = 250000;
	fs_node_dirty(node);
	CHECK(reads_as(node, 100000, zeros, 150000));
	CHECK(!fat_ops.extent(node, 150000, &extent) && extent.hole);
	CHECK(!fat_ops.write(node, 221184, bytes + 221184, 4096));
	CHECK(reads_as(node, 100000, zeros, 121184));
	CHECK(reads_as(node, 221184, bytes + 221184, 4096));
	CHECK(reads_as(node, 225280, zeros, 24720));
	CHECK(!fat_ops.extent(node, 0, &extent) && !extent.hole);
	CHECK(!fat_ops.sync(fixture->volume));
	CHECK(!fat_ops.extent(node, 249999, &extent) && !extent.hole);
	CHECK(reads_as(node, 225280, zeros, 24720));
	/* what was cut off is zeros if the file grows again */
	CHECK(!fat_ops.truncate(node, 1234));
	CHECK(!fat_ops.truncate(node, 9000));
	CHECK(reads_as(node, 0, bytes, 1234));
	CHECK(reads_as(node, 1234, zeros, 9000 - 1234));
	CHECK(reads_as(other, 0, bytes + 7, 3));
	fs_node_put(node);
	fs_node_put(other);
	CHECK(!fat_ops.sync(fixture->volume));
	CHECK(!find(root, "data", &node));
	CHECK(reads_as(node, 1234, zeros, 9000 - 1234));
	fs_node_put(node);
	CHECK(!drop(root, "data", 0) && !drop(root, "other", 0));
	fs_node_put(root);
	CHECK(!fat_ops.sync(fixture->volume));
	CHECK(free_clusters(fixture) == before);
}

TEST(contents_of_all_shapes)
{
	struct fixture fixture;

	for (unsigned i = 0; i < BYTES; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	for (unsigned i = 0; shapes[i].options; i++) {
		int opened = fixture_open(&fixture, shapes[i].options,
		    shapes[i].kb);

		if (!opened)
			printf("%s\n", shapes[i].options);
		CHECK(opened);
		if (opened) {
			contents(&fixture);
			/* fsck.fat knows no more than two tables */
			CHECK(fixture_check(&fixture) == 0 ||
			    fixture.ram.bytes[16] > 2);
			CHECK(!image_faults(&fixture.ram));
		}
		fixture_close(&fixture);
	}
}

/* The last cluster can be had, one more not, and that is said when the file
 * grows, not when the data comes. */
TEST(full_volume)
{
	struct fixture fixture;
	struct fs_node *root, *one, *other;
	uint64_t free;

	/* the size alone takes clusters, at the latest at a sync */
	CHECK(fixture_open(&fixture, "-F 12 -s 1", 400));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "one", FS_REGULAR, &one));
	CHECK(!make(root, "other", FS_REGULAR, &other));
	free = free_clusters(&fixture);
	CHECK(!fat_ops.reserve(one, 0, (free - 2) * 512));
	one->attributes.size = (free - 2) * 512;
	fs_node_dirty(one);
	CHECK(free_clusters(&fixture) == 2);
	CHECK(fat_ops.reserve(other, 0, 1025) == E_NOSPC);
	CHECK(!put(other, 0, bytes, 1024));
	CHECK(make(root, "directory", FS_DIRECTORY, 0) == E_NOSPC);
	CHECK(!fat_ops.sync(fixture.volume));
	CHECK(put(one, (free - 2) * 512, bytes, 1) == E_NOSPC);
	CHECK(fat_ops.truncate(other, 2000) == E_NOSPC);
	/* what is given back can be had at once */
	fs_node_put(other);
	CHECK(!drop(root, "other", 0));
	CHECK(!put(one, (free - 2) * 512, bytes, 1024));
	CHECK(!fat_ops.truncate(one, 100));
	CHECK(free_clusters(&fixture) == free - 1);
	CHECK(!make(root, "directory", FS_DIRECTORY, 0));
	/* a promise that is not used goes back */
	CHECK(!fat_ops.reserve(one, 100, 100000));
	CHECK(free_clusters(&fixture) < free - 100);
	fat_ops.settle(one);
	CHECK(free_clusters(&fixture) == free - 2);
	fs_node_put(one);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(times_are_dos_times)
{
	static char *east[] = { "time_offset=120", 0 };
	struct fixture fixture;
	struct fs_node *root, *node;
	struct fs_attributes *attributes;
	static const int64_t times[] = { 0, 315532800, 951782400, 951868801,
		1700000001, 4107542400, 4294967295, 4354819199, 5000000000 };
	static const int64_t kept[] = { 315532800, 315532800, 951782400,
		951868800, 1700000000, 4107542400, 4294967294, 4354819198,
		4354819198 };

	CHECK(fixture_open(&fixture, "-F 12", 1440));
	for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
		root = volume_root(fixture.volume);
		if (!i)
			CHECK(!make(root, "time", FS_REGULAR, 0));
		CHECK(!find(root, "time", &node));
		attributes = &node->attributes;
		attributes->mtime.seconds = times[i];
		attributes->mtime.nanoseconds = 5;
		attributes->atime = attributes->mtime;
		fat_ops.refresh(node);
		CHECK(attributes->mtime.seconds == kept[i]);
		CHECK(attributes->ctime.seconds == attributes->mtime.seconds);
		CHECK(!attributes->mtime.nanoseconds);
		CHECK(attributes->atime.seconds == kept[i] / 86400 * 86400);
		fs_node_dirty(node);
		fs_node_put(node);
		fs_node_put(root);
		CHECK(!fixture_unmount(&fixture));
		fixture.options = i % 2 ? east : 0;
		CHECK(fixture_mount(&fixture));
		root = volume_root(fixture.volume);
		CHECK(!find(root, "time", &node));
		CHECK(node->attributes.mtime.seconds == kept[i] -
		    (i % 2 ? 7200 : 0));
		fs_node_put(node);
		fs_node_put(root);
		CHECK(!fixture_unmount(&fixture));
		fixture.options = 0;
		CHECK(fixture_mount(&fixture));
	}
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

static error_t change(struct fs_node *node, uint32_t mode, uint32_t uid)
{
	struct fs_attributes wanted = node->attributes;
	error_t error;

	wanted.mode = (wanted.mode & FS_KIND) | mode;
	wanted.uid = uid;
	error = fat_ops.change(node, &wanted);
	if (!error) {
		node->attributes.mode = wanted.mode;
		node->attributes.uid = wanted.uid;
		fs_node_dirty(node);
	}
	return error;
}

TEST(modes_and_owners)
{
	static char *options[] = { "uid=1000", "gid=50", "fmask=133",
		"dmask=27", 0 };
	struct fixture fixture;
	struct fs_node *root, *node;

	CHECK(fixture_open(&fixture, "-F 16", 20000));
	CHECK(!fixture_unmount(&fixture));
	fixture.options = options;
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(root->attributes.mode == (FS_DIRECTORY | 0750));
	CHECK(!make(root, "file", FS_REGULAR | 0600, &node));
	CHECK(node->attributes.mode == (FS_REGULAR | 0644));
	CHECK(node->attributes.uid == 1000 && node->attributes.gid == 50);
	CHECK(change(node, 0644, 1001) == E_PERM);
	CHECK(change(node, 04644, 1000) == E_PERM);
	/* not refused, but not done */
	CHECK(!change(node, 0600, 1000));
	CHECK(node->attributes.mode == (FS_REGULAR | 0644));
	CHECK(!change(node, 0444, 1000));
	CHECK(node->attributes.mode == (FS_REGULAR | 0444));
	fs_node_put(node);
	CHECK(!make(root, "folder", FS_DIRECTORY | 0755, &node));
	CHECK(!change(node, 0555, 1000));
	CHECK(node->attributes.mode == (FS_DIRECTORY | 0750));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_run(&fixture, "mattrib -i $IMAGE ::file | grep -q R")
	    == 0);
	fixture.options = 0;
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "file", &node));
	CHECK(node->attributes.mode == (FS_REGULAR | 0555));
	CHECK(node->attributes.uid == 0);
	CHECK(!change(node, 0755, 0));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_run(&fixture, "mattrib -i $IMAGE ::file | grep -q R")
	    == 1);
	fixture_close(&fixture);
}

/* In use from mount to unmount; then clean, unless it was not before and is
 * damaged. */
TEST(marks)
{
	static const char *const options[] = { "-F 12", "-F 16", "-F 32 -s 1" };
	struct fixture fixture;

	for (unsigned i = 0; i < 3; i++) {
		unsigned at = i == 2 ? 65 : 37, table = i == 2 ? 32 * 512 + 7 :
		    512 * 4 + 3;
		uint8_t *bytes;

		CHECK(fixture_open(&fixture, options[i], 36000 >> (i == 0)));
		bytes = fixture.ram.bytes;
		if (i == 1)
			table = (unsigned)(bytes[14] | bytes[15] << 8) * 512 +
			    3;
		CHECK(bytes[at] & 1);
		CHECK(!i || !(bytes[table] & (i == 1 ? 0x80 : 0x08)));
		CHECK(!fat_ops.remount(fixture.volume, 1));
		fixture.volume->read_only = 1;
		CHECK(!(bytes[at] & 1));
		CHECK(!i || (bytes[table] & (i == 1 ? 0x80 : 0x08)));
		CHECK(!fat_ops.remount(fixture.volume, 0));
		CHECK(bytes[at] & 1);
		CHECK(!fixture_unmount(&fixture));
		CHECK(!(bytes[at] & 1));
		fixture.ram.device.read_only = 1;
		CHECK(fixture_mount(&fixture));
		CHECK(fixture.volume->read_only);
		CHECK(!fixture_unmount(&fixture));
		fixture.ram.device.read_only = 0;
		CHECK(fixture_check(&fixture) == 0);
		fixture_close(&fixture);
	}
}

/* A file without a name is still in use when all must end: its clusters are
 * freed by the next mount. */
TEST(orphan_at_the_end)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	uint64_t free;

	CHECK(fixture_open(&fixture, "-F 16 -s 4", 20000));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "A", FS_REGULAR, &node));
	free = free_clusters(&fixture);
	CHECK(!put(node, 0, bytes, 50000));
	CHECK(!drop(root, "A", 0));
	CHECK(!fat_ops.remount(fixture.volume, 1));
	fixture.volume->read_only = 1;
	CHECK(fixture.ram.bytes[37] & 1);
	ram_store(&fixture.ram, fixture.path);
	fs_node_put(root);
	node->attributes.links = 1; /* so that nothing is written any more */
	fs_node_put(node);
	fixture_unmount(&fixture);
	CHECK(!ram_reload(&fixture.ram, fixture.path));
	CHECK(fixture_mount(&fixture));
	CHECK(free_clusters(&fixture) == free);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* A table of which one copy can't be read or is wrong. */
TEST(tables_are_equal)
{
	struct fixture fixture;
	struct fs_node *root;
	uint8_t *first, *second;
	unsigned each;

	CHECK(fixture_open(&fixture, "-F 16 -s 4", 20000));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "A", FS_DIRECTORY, 0));
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	first = fixture.ram.bytes +
	    (fixture.ram.bytes[14] | fixture.ram.bytes[15] << 8) * 512;
	each = (unsigned)(fixture.ram.bytes[22] |
	    fixture.ram.bytes[23] << 8) * 512;
	second = first + each;
	CHECK(!memcmp(first, second, each));
	memset(second + 4, 0x55, 1000);
	fixture.ram.bytes[37] |= 1;
	CHECK(fixture_mount(&fixture));
	CHECK(!memcmp(first + 4, second + 4, each - 4));
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* What the first mount after a loss of power puts right: lost clusters, two
 * names of one file, a chain that is too long. */
TEST(swept)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	uint8_t *table, *slot = 0, *at;
	uint64_t free;

	CHECK(fixture_open(&fixture, "-F 16 -s 1", 10000));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "FILE", FS_REGULAR, &node));
	free = free_clusters(&fixture);
	CHECK(!put(node, 0, bytes, 1024));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	table = fixture.ram.bytes + (fixture.ram.bytes[14] |
	    fixture.ram.bytes[15] << 8) * 512;
	for (at = table; !slot; at += 32)
		if (!memcmp(at, "FILE       ", 11))
			slot = at;
	memcpy(slot + 32, slot, 32);
	slot[32] = 'G';
	slot[28] = 1; /* of 1024 bytes; the second name is not looked at */
	slot[29] = 0;
	table[2000] = 0xff; /* cluster 1000 belongs to nobody */
	table[2001] = 0xff;
	fixture.ram.bytes[37] |= 1;
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!strcmp(names(root), "FILE/"));
	CHECK(free_clusters(&fixture) == free - 1);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	CHECK(!image_faults(&fixture.ram));
	fixture_close(&fixture);
}
