/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Volumes made by xorriso, of trees with what each of the three kinds of names
 * can hold; disks that fail, and disks that are damaged.
 */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* fields of a record, from its name's first byte */
	RECORD_SIZE_BIG = -16,
	RECORD_UNIT = -7,
	RECORD_FLAGS = -8,
};

/* Everything that Rock Ridge can say. */
static const char unix_tree[] =
    "for n in 0 1 2047 2048 2049 70000; do head -c $n /dev/urandom >size$n; "
    "done; mkdir -p a/b/c empty; echo x >a/b/c/'A file, with Spaces'; "
    "touch \"$(printf 'n%.0s' $(seq 250))\"; ln -s size1 link; "
    "ln -s ../.././a/./b/../c dots; ln -s / root; "
    "ln -s /\"$(printf 'long/%.0s' $(seq 200))\"end far; "
    "ln -s \"$(printf 'l%.0s' $(seq 255))\" wide; mkfifo fifo; "
    "[ $(id -u) != 0 ] || { mknod null c 1 3; mknod disk b 8 17; "
    "chown 1000:70000 size1; }; chmod 4751 size0; chmod 1777 empty; "
    "touch -d '1999-12-31 23:59:59Z' size1; "
    "printf caf >$(printf 'caf\\303\\251'); "
    "mkdir many; (cd many; for i in $(seq 700); do echo $i >file-$i; done)";

TEST(rock_ridge)
{
	struct fixture fixture;
	struct fs_status status;

	CHECK(fixture_open(&fixture, unix_tree, "-R"));
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(fixture_compare(&fixture, 1));
	CHECK(fixture.volume->read_only);
	CHECK(!iso_ops.status(fixture.volume, &status));
	CHECK(status.magic == 0x9660 && status.block_size == 2048);
	CHECK(status.blocks * 2048 <= fixture.ram.device.size);
	CHECK(iso_ops.remount(fixture.volume, 0) == E_ROFS);
	fixture_close(&fixture);
}

/* Rock Ridge and Joliet: the better one is shown, or what is asked for. */
TEST(rock_ridge_or_joliet)
{
	static const char tree[] = "mkdir sub; echo 1 >'sub/Long Name.text'; "
	    "printf 2 >$(printf '\\342\\202\\254 \\303\\244'); ln -s sub link; "
	    "chmod 600 sub/*";
	char *norock[] = { "norock", 0 }, *plain[] = { "norock", "nojoliet",
		"uid=7", "gid=8", "mode=640", "dmode=750", 0 };
	struct fixture fixture;
	struct fs_node *node;

	CHECK(fixture_open(&fixture, tree, "-R -J"));
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(fixture_compare(&fixture, 1));
	fixture_unmount(&fixture);
	CHECK(!fixture_mount(&fixture, norock));
	CHECK(!walk(fixture.volume, "sub/Long Name.text", &node));
	CHECK(node->attributes.mode == (FS_REGULAR | 0555));
	CHECK(node->attributes.size == 2);
	fs_node_put(node);
	CHECK(!walk(fixture.volume, "SUB/long name.TEXT", &node));
	fs_node_put(node);
	CHECK(!walk(fixture.volume, "\342\202\254 \303\244", &node));
	fs_node_put(node);
	fixture_unmount(&fixture);
	CHECK(!fixture_mount(&fixture, plain));
	CHECK(!walk(fixture.volume, "sub/long_nam.tex", &node));
	CHECK(node->attributes.mode == (FS_REGULAR | 0640));
	CHECK(node->attributes.uid == 7 && node->attributes.gid == 8);
	fs_node_put(node);
	CHECK(!walk(fixture.volume, "sub", &node));
	CHECK(node->attributes.mode == (FS_DIRECTORY | 0750));
	CHECK(names_count(node) == 1);
	fs_node_put(node);
	fixture_close(&fixture);
}

TEST(joliet_names)
{
	struct fixture fixture;

	CHECK(fixture_open(&fixture, "mkdir -p D/e; echo 1 >'D/e/A b C'; "
	    "head -c 50000 /dev/urandom >data; mkdir many; cd many; "
	    "for i in $(seq 300); do echo $i >name-$i; done; cd ..",
	    "--norock -J"));
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(fixture_compare(&fixture, 0));
	fixture_close(&fixture);
}

static int name_is(void *context, const struct fs_entry *entry)
{
	char *names = context;

	sprintf(names + strlen(names), "%.*s ", (int)entry->length,
	    entry->name);
	return 0;
}

TEST(plain_names)
{
	char *off[] = { "map=off", "check=strict", 0 }, names[256] = "";
	struct fixture fixture;
	struct fs_node *root, *node;

	CHECK(fixture_open(&fixture, "echo 1 >readme.txt; echo 2 >NODOT; "
	    "mkdir sub; echo 3 >sub/x.y", "--norock"));
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(!walk(fixture.volume, "", &root));
	CHECK(!iso_ops.read_directory(root, 0, name_is, names));
	CHECK(!strcmp(names, ". .. nodot readme.txt sub "));
	fs_node_put(root);
	CHECK(!walk(fixture.volume, "Sub/X.Y", &node));
	fs_node_put(node);
	fixture_unmount(&fixture);
	CHECK(!fixture_mount(&fixture, off));
	CHECK(!walk(fixture.volume, "README.TXT;1", &node));
	fs_node_put(node);
	CHECK(walk(fixture.volume, "readme.txt;1", &node) == E_NOENT);
	fixture_close(&fixture);
}

/* More than eight levels: xorriso moves a part elsewhere (CL, PL, RE). */
TEST(relocated_directories)
{
	struct fixture fixture;
	struct fs_node *node;
	char names[256] = "";

	CHECK(fixture_open(&fixture, "mkdir -p 1/2/3/4/5/6/7/8/9/10/11; "
	    "echo deep >1/2/3/4/5/6/7/8/9/10/11/file; echo x >1/x",
	    "-R -rr_reloc_dir /moved -graft-points"));
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(!walk(fixture.volume, "1/2/3/4/5/6/7/8/9/10/11/file", &node));
	CHECK(node->attributes.size == 5);
	fs_node_put(node);
	CHECK(!walk(fixture.volume, "1/2/3/4/5/6/7/8", &node));
	CHECK(!iso_ops.read_directory(node, 0, name_is, names));
	CHECK(!strcmp(names, ". .. 9 "));
	fs_node_put(node);
	/* where it was moved is not shown */
	CHECK(!walk(fixture.volume, "", &node));
	CHECK(names_count(node) == 1);
	fs_node_put(node);
	fixture_close(&fixture);
}

struct resume {
	char names[2000][16];
	unsigned count, left;
	uint64_t position;
};

static int name_kept(void *context, const struct fs_entry *entry)
{
	struct resume *resume = context;

	if (!resume->left)
		return 1;
	resume->left--;
	sprintf(resume->names[resume->count++], "%.*s", (int)entry->length,
	    entry->name);
	resume->position = entry->next;
	return 0;
}

/* In pieces a directory has the same names as in one go. */
TEST(positions)
{
	static struct resume whole, pieces;
	struct fixture fixture;
	struct fs_node *node;
	unsigned before;

	CHECK(fixture_open(&fixture, unix_tree, "-R"));
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(!walk(fixture.volume, "many", &node));
	whole.left = 2000;
	CHECK(!iso_ops.read_directory(node, 0, name_kept, &whole));
	CHECK(whole.count == 702);
	do {
		before = pieces.count;
		pieces.left = 7;
		CHECK(!iso_ops.read_directory(node, pieces.position, name_kept,
		    &pieces));
	} while (pieces.count > before);
	CHECK(pieces.count == whole.count);
	CHECK(!memcmp(whole.names, pieces.names, sizeof whole.names));
	fs_node_put(node);
	fixture_close(&fixture);
}

/* A file of three records, as those beyond 4 GB have; made here by hand from
 * three files that lie in a row. */
TEST(several_sections)
{
	struct fixture fixture;
	struct fs_node *node;
	uint8_t *at, *end;
	char data[3 * 4096], expected[3 * 4096];
	size_t count = sizeof data;
	unsigned i, found = 0;
	struct fs_extent extent;

	CHECK(fixture_open(&fixture, "for i in 1 2 3; do head -c 4096 "
	    "/dev/zero | tr '\\0' $i >part$i; done", "--norock"));
	end = fixture.ram.bytes + fixture.ram.device.size - 8;
	for (at = fixture.ram.bytes; at < end; at++)
		if (!memcmp(at, "PART", 4) && at[6] == ';') {
			at[4] = '1';
			if (found++ < 2)
				at[RECORD_FLAGS] = (uint8_t)0x80;
		}
	CHECK(found == 3);
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(!walk(fixture.volume, "part1", &node));
	CHECK(node->attributes.size == sizeof data);
	for (i = 0; i < sizeof data; i++)
		expected[i] = (char)('1' + i / 4096);
	CHECK(!iso_ops.read(node, 0, data, &count));
	CHECK(!memcmp(data, expected, sizeof data));
	count = 5000;
	CHECK(!iso_ops.read(node, 3000, data, &count));
	CHECK(!memcmp(data, expected + 3000, 5000));
	CHECK(!iso_ops.extent(node, 4096 + 2048, &extent));
	CHECK(!extent.hole && extent.count == 2048);
	fs_node_put(node);
	CHECK(!walk(fixture.volume, "", &node));
	CHECK(names_count(node) == 1);
	fs_node_put(node);
	fixture_close(&fixture);
}

TEST(every_call_fails_once)
{
	struct fixture fixture;
	unsigned n;

	CHECK(fixture_open(&fixture, "mkdir a; echo 1 >a/b; ln -s a c; head -c "
	    "9000 /dev/zero >z", "-R"));
	for (n = 1; n < 40; n++) {
		struct fs_node *node;

		fixture.ram.calls = 0;
		fixture.ram.fail_at = n;
		if (!fixture_mount(&fixture, 0)) {
			if (!walk(fixture.volume, "a/b", &node))
				fs_node_put(node);
			if (!walk(fixture.volume, "z", &node)) {
				char data[5000];
				size_t count = sizeof data;

				iso_ops.read(node, 10, data, &count);
				fs_node_put(node);
			}
			fixture.ram.fail_at = 0;
			CHECK(!walk(fixture.volume, "a/b", &node));
			fs_node_put(node);
			fixture_unmount(&fixture);
		}
	}
	fixture_close(&fixture);
}

/* A number that says two things, and a file of interleaved pieces. */
TEST(what_is_refused)
{
	struct fixture fixture;
	struct fs_node *node;
	uint8_t *at, *end;

	CHECK(fixture_open(&fixture, "echo 1 >one; echo 2 >two; echo 3 >three",
	    "--norock"));
	end = fixture.ram.bytes + fixture.ram.device.size - 8;
	for (at = fixture.ram.bytes; at < end; at++) {
		if (!memcmp(at, "ONE.;1", 6))
			at[RECORD_SIZE_BIG]++;
		if (!memcmp(at, "TWO.;1", 6))
			at[RECORD_UNIT] = 1;
	}
	CHECK(!fixture_mount(&fixture, 0));
	CHECK(walk(fixture.volume, "one", &node) == E_UCLEAN);
	CHECK(walk(fixture.volume, "two", &node) == E_OPNOTSUPP);
	fixture_unmount(&fixture);
	memcpy(fixture.ram.bytes + 16 * 2048 + 1, "CD002", 5);
	CHECK(fixture_mount(&fixture, 0) == E_INVAL);
	fixture_close(&fixture);
}
