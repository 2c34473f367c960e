/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: long and short, alike, in large directories, moved, damaged. */
#include "fixture.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MANY = 10000,
};

static const struct {
	const char *name, *shown; /* by mdir -b, which knows short names */
	const char *short_name;
} forms[] = {
	{ "A.TXT", "A.TXT", "A.TXT" },
	{ "readme.txt", "readme.txt", "README.TXT" },
	{ "Makefile", "Makefile", "MAKEFILE" },
	{ "A long name.text", "A long name.text", "ALONGN~1.TEX" },
	{ "A long name.text2", "A long name.text2", "ALONGN~2.TEX" },
	{ ".profile", ".profile", "PROFIL~1" },
	{ "a.b.c", "a.b.c", "AB~1.C" },
	{ "sum=1+1;", "sum=1+1;", "SUM_1_~1" },
	{ "two words", "two words", "TWOWOR~1" },
	{ "caf\303\251", "caf\303\251", "CAF\303\211" },
	{ "\344\270\255\346\226\207.txt", "\344\270\255\346\226\207.txt",
	  "__~1.TXT" },
	{ "\360\237\230\200", "\360\237\230\200", "__~1" },
	{ "dots...", "dots", "DOTS" },
	{ "no.extension", "no.extension", "NO~1.EXT" },
	{ "NINELETTERS.C", "NINELETTERS.C", "NINELE~1.C" },
};

TEST(short_forms)
{
	struct fixture fixture;
	struct fs_node *root, *one, *other;
	unsigned i;

	CHECK(fixture_open(&fixture, "-F 12", 1440));
	root = volume_root(fixture.volume);
	for (i = 0; i < sizeof forms / sizeof *forms; i++) {
		CHECK(!make(root, forms[i].name, FS_REGULAR, 0));
		CHECK(strstr(names(root), forms[i].shown) != 0);
		one = other = 0;
		CHECK(!find(root, forms[i].name, &one));
		CHECK(!find(root, forms[i].short_name, &other));
		if (!one || one != other)
			printf("%s is not %s\n", forms[i].name,
			    forms[i].short_name);
		CHECK(one && one == other);
		if (one)
			fs_node_put(one);
		if (other)
			fs_node_put(other);
	}
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	/* and another reader of FAT agrees */
	CHECK(fixture_run(&fixture, "mdir -b -i $IMAGE | grep -q "
	    "'A long name.text2' && mdir -i $IMAGE | grep -q "
	    "'ALONGN~2 TEX.*A long name.text2'") == 0);
	fixture_close(&fixture);
}

TEST(alike_and_wrong)
{
	struct fixture fixture;
	struct fs_node *root, *node;
	char name[257];

	CHECK(fixture_open(&fixture, "-F 16", 20000));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "Hello There.txt", FS_REGULAR, 0));
	CHECK(make(root, "hello there.TXT", FS_REGULAR, 0) == E_EXIST);
	CHECK(make(root, "HELLOT~1.TXT", FS_REGULAR, 0) == E_EXIST);
	CHECK(make(root, "Hello There.txt..", FS_REGULAR, 0) == E_EXIST);
	CHECK(!strcmp(names(root), "Hello There.txt/"));
	CHECK(!find(root, "HELLO there.txt.", &node));
	fs_node_put(node);
	CHECK(make(root, "a:b", FS_REGULAR, 0) == E_INVAL);
	CHECK(make(root, "a?", FS_REGULAR, 0) == E_INVAL);
	CHECK(make(root, "tab\t", FS_REGULAR, 0) == E_INVAL);
	CHECK(make(root, "end ", FS_REGULAR, 0) == E_INVAL);
	CHECK(make(root, "\377", FS_REGULAR, 0) == E_INVAL);
	CHECK(make(root, "\355\240\200", FS_REGULAR, 0) == E_INVAL);
	CHECK(make(root, "...", FS_REGULAR, 0) == E_NOENT);
	CHECK(find(root, "a?", &node) == E_NOENT);
	memset(name, 'n', 255);
	name[255] = 0;
	CHECK(!make(root, name, FS_REGULAR, 0));
	name[254] = 'm';
	CHECK(!make(root, name, FS_REGULAR, 0));
	CHECK(make(root, "link", FS_LINK, 0) == E_PERM);
	CHECK(make(root, "device", FS_BLOCK, 0) == E_PERM);
	CHECK(make(root, "socket", FS_SOCKET, 0) == E_PERM);
	CHECK(fat_ops.link(root, "hard", 4, root) == E_PERM);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(shown_as_asked)
{
	static char *lower[] = { "shortname=lower", 0 };
	static char *winnt[] = { "shortname=winnt", 0 };
	struct fixture fixture;
	struct fs_node *root;

	CHECK(fixture_open(&fixture, "-F 12", 1440));
	CHECK(!fixture_unmount(&fixture));
	fixture.options = winnt;
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "small.txt", FS_REGULAR, 0));
	CHECK(!make(root, "BIG.txt", FS_REGULAR, 0));
	CHECK(!make(root, "Mix.txt", FS_REGULAR, 0));
	CHECK(!strcmp(names(root), "small.txt/BIG.txt/Mix.txt/"));
	fs_node_put(root);
	/* no long name but for Mix.txt */
	CHECK(fixture_run(&fixture, "test $(mdir -i $IMAGE | "
	    "grep -c '[a-z]*\\.txt$') = 1") == 0);
	fixture.options = lower;
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!strcmp(names(root), "small.txt/big.txt/Mix.txt/"));
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

static void many_name(char *name, unsigned i)
{
	sprintf(name, "a file of many, number %u.data", i);
}

TEST(large_directory)
{
	struct fixture fixture;
	struct fs_node *root, *directory, *node;
	uint64_t before;
	char name[64];
	unsigned i;

	CHECK(fixture_open(&fixture, "-F 32 -s 1", 36000));
	root = volume_root(fixture.volume);
	before = free_clusters(&fixture);
	CHECK(!make(root, "many", FS_DIRECTORY, &directory));
	for (i = 0; i < MANY; i++) {
		many_name(name, i);
		CHECK(!make(directory, name, FS_REGULAR, 0));
	}
	for (i = 0; i < MANY; i += 3) {
		many_name(name, i);
		CHECK(!drop(directory, name, 0));
		CHECK(find(directory, name, &node) == E_NOENT);
	}
	for (i = 0; i < MANY; i += 3) {
		many_name(name, i + MANY);
		CHECK(!make(directory, name, FS_REGULAR, 0));
	}
	CHECK(directory->attributes.size <= (MANY + 64) * 4 * 32);
	CHECK(drop(root, "many", 1) == E_NOTEMPTY);
	CHECK(drop(root, "many", 0) == E_ISDIR);
	fs_node_put(directory);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!find(root, "MANY", &directory));
	for (i = 0; i < MANY; i++) {
		many_name(name, i % 3 ? i : i + MANY);
		CHECK(!drop(directory, name, 0));
	}
	CHECK(!strcmp(names(directory), ""));
	fs_node_put(directory);
	CHECK(!drop(root, "many", 1));
	fs_node_put(root);
	CHECK(!fat_ops.sync(fixture.volume));
	CHECK(free_clusters(&fixture) == before);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(fixed_root_is_full)
{
	struct fixture fixture;
	struct fs_node *root;
	char name[16];
	unsigned i;

	CHECK(fixture_open(&fixture, "-F 12 -r 64", 1440));
	root = volume_root(fixture.volume);
	for (i = 0; i < 64; i++) {
		sprintf(name, "F%u", i);
		CHECK(!make(root, name, FS_REGULAR, 0));
	}
	CHECK(make(root, "F64", FS_REGULAR, 0) == E_NOSPC);
	CHECK(!drop(root, "F33", 0));
	CHECK(make(root, "too long", FS_REGULAR, 0) == E_NOSPC);
	CHECK(!make(root, "F65", FS_REGULAR, 0));
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

static uint64_t number_of(struct fs_node *directory, const char *name)
{
	uint64_t number = 0;

	fat_ops.lookup(directory, name, (unsigned)strlen(name), &number);
	return number;
}

TEST(numbers_stay)
{
	struct fixture fixture;
	struct fs_node *root, *directory, *node, *other;
	uint64_t number;
	char text[8];
	size_t count = 5;

	CHECK(fixture_open(&fixture, "-F 16", 20000));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "DIR", FS_DIRECTORY, &directory));
	CHECK(!make(root, "A", FS_REGULAR, &node));
	CHECK(!put(node, 0, "first", 5));
	number = node->number;
	CHECK(!move(root, "A", directory, "a much longer name", 0));
	CHECK(number_of(directory, "a much longer name") == number);
	/* the place is free, but its number is in use */
	CHECK(!make(root, "B", FS_REGULAR, &other));
	CHECK(other->number != number);
	fs_node_put(other);
	/* removed while in use */
	CHECK(!drop(directory, "a much longer name", 0));
	CHECK(!make(directory, "C", FS_REGULAR, &other));
	CHECK(!put(other, 0, "other", 5));
	CHECK(other->number != number);
	CHECK(!fat_ops.sync(fixture.volume));
	CHECK(!fat_ops.read(node, 0, text, &count));
	CHECK(!memcmp(text, "first", 5));
	fs_node_put(other);
	fs_node_put(node);
	CHECK(number_of(root, "DIR") == directory->number);
	CHECK(number_of(directory, "..") == root->number);
	CHECK(!make(directory, "below", FS_DIRECTORY, &node));
	fs_node_put(directory);
	fs_nodes_trim(fixture.volume, 0);
	/* the directory above is not loaded: it is searched for */
	CHECK(number_of(node, "..") == number_of(root, "DIR"));
	fs_node_put(node);
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

TEST(renames)
{
	struct fixture fixture;
	struct fs_node *root, *one, *other, *node;

	CHECK(fixture_open(&fixture, "-F 32 -s 1", 36000));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "one", FS_DIRECTORY, &one));
	CHECK(!make(one, "inner directory", FS_DIRECTORY, &other));
	CHECK(!make(root, "A Long File Name", FS_REGULAR, 0));
	CHECK(!move(root, "a long file name", root, "short", 0));
	CHECK(!move(root, "short", root, "much longer than it was", 0));
	CHECK(!strcmp(names(root), "one/much longer than it was/"));
	CHECK(move(root, "one", other, "x", 0) == E_INVAL);
	CHECK(!move(one, "inner directory", root, "outer", 0));
	CHECK(root->attributes.links == 4 && one->attributes.links == 2);
	CHECK(number_of(other, "..") == root->number);
	CHECK(!make(one, "target", FS_REGULAR, &node));
	fs_node_put(node);
	CHECK(move(root, "outer", one, "target", 0) == E_NOTDIR);
	CHECK(move(one, "target", root, "outer", 0) == E_ISDIR);
	CHECK(move(root, "much longer than it was", one, "TARGET",
	    FS_RENAME_NOREPLACE) == E_EXIST);
	CHECK(!move(root, "much longer than it was", one, "TARGET", 0));
	CHECK(!strcmp(names(one), "target/"));
	CHECK(!move(root, "outer", root, "one", FS_RENAME_EXCHANGE));
	CHECK(number_of(root, "one") == other->number);
	CHECK(!move(one, "target", other, "gone there", 0));
	CHECK(!make(other, "is not empty", FS_REGULAR, 0));
	CHECK(move(root, "outer", root, "one", 0) == E_NOTEMPTY);
	CHECK(!move(root, "one", root, "outer", 0));
	CHECK(root->attributes.links == 3);
	fs_node_put(one);
	fs_node_put(other);
	CHECK(!strcmp(names(root), "outer/"));
	fs_node_put(root);
	CHECK(fixture_check(&fixture) == 0);
	fixture_close(&fixture);
}

/* Parts of long names that belong to nothing are not seen; a name whose sum is
 * wrong falls back to the short one. */
TEST(orphans)
{
	struct fixture fixture;
	struct fs_node *root;
	uint8_t *slot = 0, *at;

	CHECK(fixture_open(&fixture, "-F 12", 1440));
	root = volume_root(fixture.volume);
	CHECK(!make(root, "A very long name indeed", FS_REGULAR, 0));
	CHECK(!make(root, "Another", FS_REGULAR, 0));
	fs_node_put(root);
	CHECK(!fixture_unmount(&fixture));
	for (at = fixture.ram.bytes; !slot; at += 32)
		if (!memcmp(at, "AVERYL~1   ", 11))
			slot = at;
	slot[0] = 'B';
	CHECK(fixture_mount(&fixture));
	root = volume_root(fixture.volume);
	CHECK(!strcmp(names(root), "BVERYL~1/Another/"));
	CHECK(!drop(root, "bveryl~1", 0));
	CHECK(!strcmp(names(root), "Another/"));
	fs_node_put(root);
	fixture_close(&fixture);
}
