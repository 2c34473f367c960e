/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory file system: names, links, contents, limits; nothing leaks (the
 * sanitizer looks). */
#include "test.h"
#include "core/tmp.h"
#include <stdio.h>
#include <string.h>

static int64_t clock_seconds = 1000;

static void now(struct fs_time *time)
{
	time->seconds = clock_seconds;
	time->nanoseconds = 0;
}

static struct fs_volume *volume_open(char *option)
{
	char *words[] = { option, 0 };
	struct fs_options options = { .argc = 1, .argv = words, .now = now };
	struct fs_volume *volume = 0;

	CHECK(!tmp_type.ops->mount(0, &options, &volume));
	return volume;
}

static error_t make(struct fs_node *directory, const char *name, uint32_t mode,
    struct fs_node **node)
{
	struct fs_new what = { .mode = mode, .target = "target",
		.target_length = 6 };

	return tmp_create(directory, name, (unsigned)strlen(name), &what, node);
}

static error_t drop(struct fs_node *directory, const char *name, int kind)
{
	struct fs_node *node;
	error_t error = tmp_unlink(directory, name, (unsigned)strlen(name),
	    kind, &node);

	if (!error)
		fs_node_put(node);
	return error;
}

static error_t move(struct fs_node *from, const char *one, struct fs_node *to,
    const char *other, unsigned flags)
{
	struct fs_rename rename = { .from = from, .to = to, .from_name = one,
		.to_name = other, .from_length = (unsigned)strlen(one),
		.to_length = (unsigned)strlen(other), .flags = flags };
	error_t error = tmp_rename(&rename);

	if (error)
		return error;
	fs_node_put(rename.moved);
	if (rename.replaced)
		fs_node_put(rename.replaced);
	return 0;
}

static int count_entry(void *context, const struct fs_entry *entry)
{
	(void)entry;
	++*(int *)context;
	return 0;
}

TEST(names)
{
	struct fs_volume *volume = volume_open("mode=1777");
	struct fs_node *root, *a, *b, *file;
	int count = 0;

	CHECK(!fs_node_get(volume, volume->root, &root));
	CHECK(root->attributes.mode == (FS_DIRECTORY | 01777));
	CHECK(!make(root, "a", FS_DIRECTORY | 0755, &a));
	CHECK(!make(a, "b", FS_DIRECTORY | 0755, &b));
	CHECK(!make(a, "file", FS_REGULAR | 0644, &file));
	CHECK(make(a, "file", FS_REGULAR | 0644, 0) == E_EXIST);
	CHECK(root->attributes.links == 3 && a->attributes.links == 3);
	CHECK(drop(a, "b", 0) == E_ISDIR && drop(a, "file", 1) == E_NOTDIR);
	CHECK(drop(root, "a", 1) == E_NOTEMPTY);
	CHECK(move(root, "a", b, "x", 0) == E_INVAL);
	CHECK(move(a, "file", root, "a", 0) == E_ISDIR);
	CHECK(!move(a, "file", a, "b", FS_RENAME_EXCHANGE));
	CHECK(drop(a, "b", 1) == E_NOTDIR && !drop(a, "file", 1));
	CHECK(!b->attributes.links && a->attributes.links == 2);
	CHECK(make(b, "x", FS_REGULAR, 0) == E_NOENT);
	CHECK(!tmp_link(root, "hard", 4, file) && file->attributes.links == 2);
	CHECK(!move(a, "b", root, "hard", 0)); /* the same node: stays */
	CHECK(!drop(a, "b", 0) && !drop(root, "hard", 0));
	CHECK(!file->attributes.links);
	CHECK(!tmp_read_directory(root, 0, count_entry, &count) && count == 3);
	fs_node_put(file);
	fs_node_put(b);
	fs_node_put(a);
	fs_node_put(root);
	CHECK(!tmp_type.ops->unmount(volume));
}

TEST(contents)
{
	struct fs_volume *volume = volume_open("size=40k");
	struct fs_node *root, *file, *link;
	char text[9000], target[16];
	size_t count = sizeof(text);
	unsigned length;

	CHECK(!fs_node_get(volume, volume->root, &root));
	CHECK(!make(root, "file", FS_REGULAR | 0644, &file));
	memset(text, 'x', sizeof(text));
	CHECK(!tmp_truncate(file, 20000));
	CHECK(!tmp_write(file, 5000, text, sizeof(text)));
	CHECK(file->attributes.blocks == 3 * 8);
	CHECK(!tmp_read(file, 4999, text, &count));
	CHECK(text[0] == 0 && text[1] == 'x' && text[8999] == 'x');
	CHECK(!tmp_truncate(file, 5001) && !tmp_truncate(file, 20000));
	count = 2;
	CHECK(!tmp_read(file, 5000, text, &count));
	CHECK(text[0] == 'x' && text[1] == 0);
	CHECK(!tmp_reserve(file, 0, 20000));
	CHECK(tmp_reserve(file, 0, 100000) == E_NOSPC);
	CHECK(!make(root, "link", FS_LINK | 0777, &link));
	CHECK(!tmp_read_link(link, target, &length) && length == 6);
	fs_node_put(link);
	fs_node_put(file);
	CHECK(!drop(root, "file", 0));
	CHECK(((struct tmp_volume *)volume)->blocks_used == 0);
	fs_node_put(root);
	CHECK(!tmp_type.ops->unmount(volume));
}

static int hole_at(struct fs_node *file, uint64_t offset, uint64_t count)
{
	struct fs_extent extent;

	CHECK(!tmp_extent(file, offset, &extent));
	CHECK(extent.count == count);
	return extent.hole;
}

TEST(holes_and_room_beyond_the_end)
{
	struct fs_volume *volume = volume_open("size=1m");
	struct fs_node *root, *file;
	char data[3 * TMP_BLOCK];
	size_t count = sizeof data;

	CHECK(!fs_node_get(volume, volume->root, &root));
	CHECK(!make(root, "file", FS_REGULAR | 0644, &file));
	memset(data, 'x', sizeof data);
	CHECK(!tmp_write(file, 0, data, sizeof data));
	CHECK(!tmp_truncate(file, sizeof data));
	CHECK(!hole_at(file, 100, 3 * TMP_BLOCK - 100));
	CHECK(!tmp_punch(file, TMP_BLOCK, TMP_BLOCK));
	CHECK(!hole_at(file, 0, TMP_BLOCK));
	CHECK(hole_at(file, TMP_BLOCK + 1, TMP_BLOCK - 1));
	CHECK(!hole_at(file, 2 * TMP_BLOCK, TMP_BLOCK));
	CHECK(hole_at(file, 10 * TMP_BLOCK, volume->max_size - 10 * TMP_BLOCK));
	CHECK(file->attributes.blocks == 2 * TMP_BLOCK / 512);
	CHECK(!tmp_read(file, 0, data, &count));
	CHECK(data[0] == 'x' && !data[TMP_BLOCK] && data[2 * TMP_BLOCK]);

	CHECK(!tmp_reserve(file, 3 * TMP_BLOCK, 2 * TMP_BLOCK));
	CHECK(file->attributes.blocks == 4 * TMP_BLOCK / 512);
	CHECK(!tmp_truncate(file, 3 * TMP_BLOCK)); /* the same size */
	CHECK(file->attributes.blocks == 2 * TMP_BLOCK / 512);
	fs_node_put(file);
	fs_node_put(root);
	fs_nodes_trim(volume, 0);
	CHECK(!tmp_type.ops->unmount(volume));
}
