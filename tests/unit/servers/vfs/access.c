/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/access.h"
#include "core/numbers.h"
#include <test.h>

static const uint32_t groups[] = { 20, 30, 40 };
static const struct credentials root = { 0, 0, 0, 0, 0, groups };
static const struct credentials user = { 5, 10, 5, 10, 3, groups };

static struct file_attributes file(uint32_t mode, uint32_t uid, uint32_t gid)
{
	return (struct file_attributes){ .mode = mode, .uid = uid, .gid = gid };
}

static error_t check(uint32_t mode, uint32_t uid, uint32_t gid, unsigned want)
{
	struct file_attributes attributes = file(mode, uid, gid);

	return access_check(&attributes, &user, want);
}

TEST(access_takes_one_class_only)
{
	CHECK(check(MODE_REGULAR | 0400, 5, 1, ACCESS_READ) == 0);
	CHECK(check(MODE_REGULAR | 0077, 5, 10, ACCESS_READ) == E_ACCES);
	CHECK(check(MODE_REGULAR | 0040, 1, 10, ACCESS_READ) == 0);
	CHECK(check(MODE_REGULAR | 0040, 1, 30, ACCESS_READ) == 0);
	CHECK(check(MODE_REGULAR | 0040, 1, 31, ACCESS_READ) == E_ACCES);
	CHECK(check(MODE_REGULAR | 0707, 1, 40, ACCESS_READ) == E_ACCES);
	CHECK(check(MODE_REGULAR | 0706, 1, 50, 6) == 0);
	CHECK(check(MODE_REGULAR | 0706, 1, 50, 7) == E_ACCES);
}

TEST(access_of_root)
{
	struct file_attributes plain = file(MODE_REGULAR | 0, 5, 5);
	struct file_attributes tool = file(MODE_REGULAR | 0001, 5, 5);
	struct file_attributes folder = file(MODE_DIRECTORY | 0, 5, 5);

	CHECK(access_check(&plain, &root, 6) == 0);
	CHECK(access_check(&plain, &root, ACCESS_EXECUTE) == E_ACCES);
	CHECK(access_check(&tool, &root, 7) == 0);
	CHECK(access_check(&folder, &root, 7) == 0);
	plain.flags = FILE_IMMUTABLE;
	CHECK(access_check(&plain, &root, ACCESS_WRITE) == E_PERM);
}

TEST(access_sorts_groups)
{
	uint32_t some[] = { 9, 3, 7, 3, 1 };
	struct credentials who = { 1, 2, 1, 2, 5, some };

	groups_sort(some, 5);
	CHECK(access_in_group(&who, 1) && access_in_group(&who, 9));
	CHECK(access_in_group(&who, 7) && access_in_group(&who, 2));
	CHECK(!access_in_group(&who, 4) && !access_in_group(&who, 10));
}

TEST(access_on_a_read_only_mount)
{
	struct file_attributes plain = file(MODE_REGULAR | 0666, 5, 5);
	struct file_attributes device = file(MODE_CHARACTER | 0666, 5, 5);

	CHECK(access_mount(&plain, MOUNT_READ_ONLY, 4) == 0);
	CHECK(access_mount(&plain, MOUNT_READ_ONLY, 2) == E_ROFS);
	CHECK(access_mount(&device, MOUNT_READ_ONLY, 2) == 0);
	CHECK(access_mount(&plain, 0, 2) == 0);
}

TEST(access_sticky_directories)
{
	struct file_attributes shared = file(MODE_DIRECTORY | 01777, 0, 0);
	struct file_attributes own = file(MODE_DIRECTORY | 01777, 5, 0);
	struct file_attributes theirs = file(MODE_REGULAR | 0666, 9, 0);
	struct file_attributes mine = file(MODE_REGULAR | 0, 5, 0);

	CHECK(access_remove(&shared, &theirs, &user) == E_PERM);
	CHECK(access_remove(&shared, &mine, &user) == 0);
	CHECK(access_remove(&own, &theirs, &user) == 0);
	CHECK(access_remove(&shared, &theirs, &root) == 0);
	shared.mode = MODE_DIRECTORY | 0755;
	CHECK(access_remove(&shared, &mine, &user) == E_ACCES);
}

TEST(access_of_new_files)
{
	struct file_attributes plain = file(MODE_DIRECTORY | 0755, 0, 99);
	struct file_attributes group = file(MODE_DIRECTORY | 02755, 0, 99);
	uint32_t mode = MODE_REGULAR | 0644, gid;

	access_inherit(&plain, &user, &mode, &gid);
	CHECK(gid == 10 && mode == (MODE_REGULAR | 0644));
	access_inherit(&group, &user, &mode, &gid);
	CHECK(gid == 99 && mode == (MODE_REGULAR | 0644));
	mode = MODE_DIRECTORY | 0755;
	access_inherit(&group, &user, &mode, &gid);
	CHECK(gid == 99 && mode == (MODE_DIRECTORY | 02755));
	mode = MODE_REGULAR | 02755;
	access_inherit(&group, &user, &mode, &gid);
	CHECK(mode == (MODE_REGULAR | 0755));
}

static error_t change(const struct file_attributes *of,
    const struct credentials *who, unsigned mask, struct file_attributes to,
    unsigned *mask_now, uint32_t *mode_now)
{
	error_t error = access_change(of, who, &mask, &to);

	*mask_now = mask;
	*mode_now = to.mode;
	return error;
}

TEST(access_chmod)
{
	struct file_attributes mine = file(MODE_REGULAR | 0644, 5, 99);
	struct file_attributes theirs = file(MODE_REGULAR | 0644, 6, 10);
	struct file_attributes to = file(06755, 0, 0);
	unsigned mask;
	uint32_t mode;

	CHECK(
	    change(&theirs, &user, ATTRIBUTE_MODE, to, &mask, &mode) == E_PERM);
	CHECK(change(&mine, &user, ATTRIBUTE_MODE, to, &mask, &mode) == 0);
	CHECK(mode == (MODE_REGULAR | 04755));
	CHECK(change(&mine, &root, ATTRIBUTE_MODE, to, &mask, &mode) == 0);
	CHECK(mode == (MODE_REGULAR | 06755));
	mine.gid = 20;
	CHECK(change(&mine, &user, ATTRIBUTE_MODE, to, &mask, &mode) == 0);
	CHECK(mode == (MODE_REGULAR | 06755));
}

TEST(access_chown)
{
	struct file_attributes mine = file(MODE_REGULAR | 06755, 5, 10);
	struct file_attributes lock = file(MODE_REGULAR | 02644, 5, 10);
	struct file_attributes folder = file(MODE_DIRECTORY | 06755, 5, 10);
	struct file_attributes to = file(0, 5, 30);
	unsigned mask, both = ATTRIBUTE_UID | ATTRIBUTE_GID;
	uint32_t mode;

	CHECK(change(&mine, &user, both, to, &mask, &mode) == 0);
	CHECK(mask == (both | ATTRIBUTE_MODE));
	CHECK(mode == (MODE_REGULAR | 0755));
	CHECK(change(&lock, &user, both, to, &mask, &mode) == 0);
	CHECK(mask == both); /* mandatory locking's bit stays */
	CHECK(change(&folder, &root, both, to, &mask, &mode) == 0);
	CHECK(mask == both);
	to.gid = 31;
	CHECK(change(&mine, &user, both, to, &mask, &mode) == E_PERM);
	to.gid = 30;
	to.uid = 6;
	CHECK(change(&mine, &user, both, to, &mask, &mode) == E_PERM);
	CHECK(change(&mine, &root, both, to, &mask, &mode) == 0);
}

TEST(access_utimes)
{
	struct file_attributes theirs = file(MODE_REGULAR | 0666, 6, 99);
	struct file_attributes to = file(0, 0, 0);
	unsigned now = ATTRIBUTE_ATIME_NOW | ATTRIBUTE_MTIME_NOW;
	unsigned mask;
	uint32_t mode;

	CHECK(change(&theirs, &user, now, to, &mask, &mode) == 0);
	CHECK(change(&theirs, &user, ATTRIBUTE_MTIME_NOW, to, &mask, &mode) ==
	    E_PERM);
	CHECK(change(&theirs, &user, ATTRIBUTE_MTIME, to, &mask, &mode) ==
	    E_PERM);
	theirs.mode = MODE_REGULAR | 0444;
	CHECK(change(&theirs, &user, now, to, &mask, &mode) == E_ACCES);
	theirs.uid = 5;
	CHECK(change(&theirs, &user, ATTRIBUTE_MTIME, to, &mask, &mode) == 0);
}

TEST(access_writes_clear_set_id)
{
	struct file_attributes tool = file(MODE_REGULAR | 06755, 5, 5);

	CHECK(access_written_mode(&tool, &user) == (MODE_REGULAR | 0755));
	CHECK(access_written_mode(&tool, &root) == (MODE_REGULAR | 06755));
	tool.mode = MODE_REGULAR | 02644;
	CHECK(access_written_mode(&tool, &user) == (MODE_REGULAR | 02644));
}
