/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/locks.h"
#include "core/numbers.h"
#include <test.h>

static error_t set(struct list *file, struct lock_owner *owner, int type,
    int64_t offset, int64_t count)
{
	struct lock_range range;
	error_t error = lock_range_make(&range, type, offset, count);

	return error ? error : lock_set(file, owner, &range);
}

/* What other sees first in [offset, offset + count). */
static struct lock_range see(
    struct list *file, struct lock_owner *other, int64_t offset, int64_t count)
{
	struct lock_range range;

	lock_range_make(&range, LOCK_WRITE, offset, count);
	lock_test(file, other, &range);
	return range;
}

TEST(locks_exclude_each_other)
{
	struct list file;
	struct lock_owner a, b;
	struct lock_range range;

	list_init(&file);
	lock_owner_init(&a, 1);
	lock_owner_init(&b, 2);
	CHECK(set(&file, &a, LOCK_READ, 0, 10) == 0);
	CHECK(set(&file, &b, LOCK_READ, 5, 10) == 0);
	CHECK(set(&file, &b, LOCK_WRITE, 5, 10) == E_AGAIN);
	CHECK(set(&file, &b, LOCK_WRITE, 10, 10) == 0);
	CHECK(set(&file, &a, LOCK_READ, 9, 2) == E_AGAIN);
	range = see(&file, &a, 0, 0);
	CHECK(range.pid == 2 && range.type == LOCK_READ && range.start == 5 &&
	    range.end == 9);
	lock_owner_end(&b);
	CHECK(see(&file, &a, 0, 0).type == LOCK_NONE);
	CHECK(set(&file, &a, LOCK_WRITE, 0, 0) == 0);
	CHECK(see(&file, &b, 1 << 30, 1).end == LOCK_END);
	lock_owner_end(&a);
	CHECK(list_empty(&file) && a.count == 0 && b.count == 0);
}

TEST(locks_split_and_merge)
{
	struct list file;
	struct lock_owner a, b;
	struct lock_range range;

	list_init(&file);
	lock_owner_init(&a, 1);
	lock_owner_init(&b, 2);
	CHECK(set(&file, &a, LOCK_WRITE, 0, 100) == 0);
	CHECK(set(&file, &a, LOCK_NONE, 40, 20) == 0 && a.count == 2);
	CHECK(see(&file, &b, 40, 20).type == LOCK_NONE);
	range = see(&file, &b, 40, 21);
	CHECK(range.start == 60 && range.end == 99);
	CHECK(set(&file, &a, LOCK_WRITE, 40, 20) == 0 && a.count == 1);
	range = see(&file, &b, 0, 0);
	CHECK(range.start == 0 && range.end == 99);
	/* A read lock in the middle of a write lock, to its right edge. */
	CHECK(set(&file, &a, LOCK_READ, 50, 10) == 0 && a.count == 3);
	CHECK(set(&file, &b, LOCK_READ, 52, 2) == 0);
	CHECK(set(&file, &b, LOCK_READ, 49, 1) == E_AGAIN);
	CHECK(set(&file, &b, LOCK_NONE, 0, 0) == 0);
	CHECK(set(&file, &a, LOCK_READ, 0, 0) == 0 && a.count == 1);
	CHECK(set(&file, &a, LOCK_NONE, 0, 0) == 0 && a.count == 0);
	CHECK(list_empty(&file));
}

TEST(locks_of_other_files_are_left_alone)
{
	struct list one, two;
	struct lock_owner a;

	list_init(&one);
	list_init(&two);
	lock_owner_init(&a, 1);
	CHECK(set(&one, &a, LOCK_WRITE, 0, 10) == 0);
	CHECK(set(&two, &a, LOCK_WRITE, 10, 10) == 0 && a.count == 2);
	CHECK(set(&two, &a, LOCK_NONE, 0, 0) == 0 && a.count == 1);
	CHECK(!list_empty(&one) && list_empty(&two));
	lock_owner_end(&a);
}

TEST(lock_ranges_as_fcntl_gives_them)
{
	struct lock_range range;

	CHECK(lock_range_make(&range, LOCK_READ, 10, -5) == 0);
	CHECK(range.start == 5 && range.end == 9);
	CHECK(lock_range_make(&range, LOCK_READ, 3, -5) == E_INVAL);
	CHECK(lock_range_make(&range, LOCK_READ, -1, 5) == E_INVAL);
	CHECK(lock_range_make(&range, 7, 0, 5) == E_INVAL);
	CHECK(lock_range_make(&range, LOCK_READ, INT64_MAX, 1) == 0);
	CHECK(lock_range_make(&range, LOCK_READ, INT64_MAX, 2) == E_OVERFLOW);
	CHECK(lock_range_make(&range, LOCK_READ, INT64_MAX, INT64_MIN) ==
	    E_INVAL);
	CHECK(lock_range_make(&range, LOCK_READ, 5, 0) == 0);
	CHECK(range.end == LOCK_END);
}

TEST(lock_circles_are_found)
{
	struct lock_list one, two, three;
	struct lock_owner a, b, c;
	struct lock_range all;

	lock_list_init(&one, 0);
	lock_list_init(&two, 0);
	lock_list_init(&three, 0);
	lock_owner_init(&a, 1);
	lock_owner_init(&b, 2);
	lock_owner_init(&c, 3);
	lock_range_make(&all, LOCK_WRITE, 0, 0);
	CHECK(lock_set(&one.records, &a, &all) == 0);
	CHECK(lock_set(&two.records, &b, &all) == 0);
	CHECK(lock_set(&three.records, &c, &all) == 0);
	CHECK(lock_wait_begin(&two, &two.records, &a, &all, 7) == 0);
	CHECK(lock_wait_begin(&three, &three.records, &b, &all, 7) == 0);
	CHECK(lock_wait_begin(&one, &one.records, &c, &all, 7) == E_DEADLK);
	CHECK(lock_wait_begin(&two, &two.records, &c, &all, 7) == E_DEADLK);
	CHECK(two.waits == 1 && three.waits == 1 && one.waits == 0);
	lock_wait_end(&b, 7);
	CHECK(lock_wait_begin(&two, &two.records, &c, &all, 7) == 0);
	CHECK(lock_wait_begin(&one, &one.records, &c, &all, 8) == 0);
	lock_owner_end(&a);
	lock_owner_end(&b);
	lock_owner_end(&c);
	CHECK(lock_list_is_idle(&one) && lock_list_is_idle(&two));
}

TEST(locks_have_a_limit)
{
	struct list file;
	struct lock_owner a;
	int got = 0;

	list_init(&file);
	lock_owner_init(&a, 1);
	while (got < 2 * LOCKS_EACH && !set(&file, &a, LOCK_READ, got * 2, 1))
		got++;
	CHECK(got == LOCKS_EACH);
	CHECK(set(&file, &a, LOCK_READ, got * 2, 1) == E_NOLCK);
	lock_owner_end(&a);
}
