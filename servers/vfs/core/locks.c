/* SPDX-License-Identifier: BSD-2-Clause */
/* Advisory locks: see locks.h. */
#include "core/locks.h"
#include "core/numbers.h"
#include <base/heap.h>

enum {
	CIRCLE_MAX = 16, /* steps that are followed */
};

static unsigned last_visit;

void (*lock_changed)(struct file_lock *lock);
void (*lock_ends)(struct file_lock *lock);
void (*locks_complete)(void);

static void tell_changed(struct file_lock *lock)
{
	if (lock_changed)
		lock_changed(lock);
}

static void tell_complete(void)
{
	if (locks_complete)
		locks_complete();
}

void lock_owner_init(struct lock_owner *owner, int pid)
{
	owner->pid = pid;
	owner->count = owner->visit = owner->kept = 0;
	list_init(&owner->locks);
	list_init(&owner->waits);
}

static void lock_free(struct file_lock *lock)
{
	if (lock_ends)
		lock_ends(lock);
	lock->owner->count--;
	list_remove(&lock->of_file);
	list_remove(&lock->of_owner);
	heap_free(lock);
}

static void lock_put(struct list *locks, struct file_lock *lock,
    struct lock_owner *owner, int type, uint64_t start, uint64_t end)
{
	lock->locks = locks;
	lock->owner = owner;
	lock->type = type;
	lock->start = start;
	lock->end = end;
	lock->kept = 0;
	list_append(locks, &lock->of_file);
	list_append(&owner->locks, &lock->of_owner);
	owner->count++;
	tell_changed(lock);
}

void lock_list_init(struct lock_list *file, void *node)
{
	list_init(&file->link);
	list_init(&file->records);
	list_init(&file->whole);
	file->waits = 0;
	file->node = node;
}

int lock_list_is_idle(const struct lock_list *file)
{
	return list_empty(&file->records) && list_empty(&file->whole) &&
	    !file->waits;
}

static void wait_free(struct lock_wait *wait)
{
	wait->file->waits--;
	list_remove(&wait->link);
	heap_free(wait);
}

void lock_owner_end(struct lock_owner *owner)
{
	while (!list_empty(&owner->waits))
		wait_free(list_item(owner->waits.next, struct lock_wait, link));
	while (!list_empty(&owner->locks))
		lock_free(
		    list_item(owner->locks.next, struct file_lock, of_owner));
	tell_complete();
}

void lock_owner_move(struct lock_owner *from, struct lock_owner *to)
{
	list_each(link, &from->locks)
	{
		list_item(link, struct file_lock, of_owner)->owner = to;
	}
	list_append_all(&to->locks, &from->locks);
	to->count = from->count;
	from->count = 0;
}

error_t lock_range_make(
    struct lock_range *range, int type, int64_t offset, int64_t count)
{
	int64_t end;

	if (type != LOCK_READ && type != LOCK_WRITE && type != LOCK_NONE)
		return E_INVAL;
	if (count < 0) {
		if (offset < 0 || offset + count < 0)
			return E_INVAL;
		offset += count;
		count = -count;
	}
	if (offset < 0)
		return E_INVAL;
	if (count && __builtin_add_overflow(offset, count - 1, &end))
		return E_OVERFLOW;
	range->type = type;
	range->start = (uint64_t)offset;
	range->end = count ? (uint64_t)end : LOCK_END;
	range->pid = 0;
	return 0;
}

static struct file_lock *lock_conflict(const struct list *locks,
    const struct lock_owner *owner, const struct lock_range *range)
{
	struct file_lock *first = NULL;

	if (range->type == LOCK_NONE)
		return NULL;
	list_each(link, locks)
	{
		struct file_lock *lock =
		    list_item(link, struct file_lock, of_file);

		if (lock->owner == owner || lock->start > range->end ||
		    lock->end < range->start)
			continue;
		if (lock->type == LOCK_READ && range->type == LOCK_READ)
			continue;
		if (!first || lock->start < first->start)
			first = lock;
	}
	return first;
}

/* Makes room for range among owner's own locks: range grows over those of its
 * type that touch it; others are cut, with *rest for a second piece. */
static void lock_clear(struct list *locks, struct lock_owner *owner,
    struct lock_range *range, struct file_lock **rest)
{
	list_each_safe(link, &owner->locks)
	{
		struct file_lock *lock =
		    list_item(link, struct file_lock, of_owner);
		int same = lock->type == range->type;
		uint64_t touch = same ? 1 : 0;

		if (lock->locks != locks)
			continue;
		if ((lock->end < range->start &&
			range->start - lock->end > touch) ||
		    (lock->start > range->end &&
			lock->start - range->end > touch))
			continue;
		if (same) {
			if (lock->start < range->start)
				range->start = lock->start;
			if (lock->end > range->end)
				range->end = lock->end;
			lock_free(lock);
			continue;
		}
		if (lock->end < range->start || lock->start > range->end)
			continue;
		if (lock->start < range->start && lock->end > range->end) {
			lock_put(locks, *rest, owner, lock->type,
			    range->end + 1, lock->end);
			*rest = NULL;
			lock->end = range->start - 1;
			tell_changed(lock);
		} else if (lock->start < range->start) {
			lock->end = range->start - 1;
			tell_changed(lock);
		} else if (lock->end > range->end) {
			lock->start = range->end + 1;
			tell_changed(lock);
		} else {
			lock_free(lock);
		}
	}
}

error_t lock_set(struct list *locks, struct lock_owner *owner,
    const struct lock_range *wanted)
{
	struct lock_range range = *wanted;
	struct file_lock *lock, *rest;

	if (lock_conflict(locks, owner, &range))
		return E_AGAIN;
	if (range.type == LOCK_NONE && list_empty(&owner->locks))
		return 0;
	lock = heap_alloc(sizeof *lock);
	rest = heap_alloc(sizeof *rest);
	if (!lock || !rest ||
	    (range.type != LOCK_NONE && owner->count >= LOCKS_EACH)) {
		heap_free(lock);
		heap_free(rest);
		return E_NOLCK;
	}
	lock_clear(locks, owner, &range, &rest);
	if (range.type == LOCK_NONE)
		heap_free(lock);
	else
		lock_put(
		    locks, lock, owner, range.type, range.start, range.end);
	heap_free(rest);
	tell_complete();
	return 0;
}

void lock_test(const struct list *locks, const struct lock_owner *owner,
    struct lock_range *range)
{
	struct file_lock *lock = lock_conflict(locks, owner, range);

	if (!lock) {
		range->type = LOCK_NONE;
		return;
	}
	range->type = lock->type;
	range->start = lock->start;
	range->end = lock->end;
	range->pid = lock->owner->pid;
}

/* Whether waiting for range means, in the end, waiting for origin. */
static int lock_circle(const struct list *locks,
    const struct lock_owner *waiter, const struct lock_range *range,
    const struct lock_owner *origin, int depth)
{
	list_each(link, locks)
	{
		struct file_lock *lock =
		    list_item(link, struct file_lock, of_file);
		struct lock_owner *owner = lock->owner;

		if (owner == waiter || lock->start > range->end ||
		    lock->end < range->start ||
		    (lock->type == LOCK_READ && range->type == LOCK_READ))
			continue;
		if (owner == origin)
			return 1;
		if (owner->visit == last_visit || depth == CIRCLE_MAX)
			continue;
		owner->visit = last_visit;
		list_each(next, &owner->waits)
		{
			struct lock_wait *wait =
			    list_item(next, struct lock_wait, link);

			if (lock_circle(wait->locks, owner, &wait->range,
				origin, depth + 1))
				return 1;
		}
	}
	return 0;
}

error_t lock_wait_begin(struct lock_list *file, struct list *locks,
    struct lock_owner *owner, const struct lock_range *range, int ticket)
{
	struct lock_wait *wait;

	lock_wait_end(owner, ticket);
	last_visit++;
	if (lock_circle(locks, owner, range, owner, 0))
		return E_DEADLK;
	wait = heap_alloc(sizeof *wait);
	if (!wait)
		return E_NOLCK;
	wait->file = file;
	file->waits++;
	wait->locks = locks;
	wait->range = *range;
	wait->ticket = ticket;
	list_append(&owner->waits, &wait->link);
	return 0;
}

void lock_wait_end(struct lock_owner *owner, int ticket)
{
	list_each_safe(link, &owner->waits)
	{
		struct lock_wait *wait =
		    list_item(link, struct lock_wait, link);

		if (wait->ticket == ticket)
			wait_free(wait);
	}
}
