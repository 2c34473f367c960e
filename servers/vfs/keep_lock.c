/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks that survive: an entry for each lock, and one for each view that shares
 * a description. A lock that changes gets a new entry before the old one is
 * free, and what a change of several ends is free when that is complete: so a
 * kill in between leaves more than there was, never less, and the request that
 * is repeated makes it right. If the table is full a lock does not survive.
 */
#include "keep_lock.h"
#include "core/numbers.h"
#include <base/heap.h>

enum {
	ENDED_MAX = 64,
};

static unsigned ended[ENDED_MAX]; /* entries that a change has ended */
static unsigned ended_count;

static void complete(void)
{
	for (unsigned i = 0; i < ended_count; i++)
		kept()->locks[ended[i]].used = 0;
	ended_count = 0;
}

static void entry_ends(unsigned entry)
{
	if (!entry)
		return;
	if (ended_count == ENDED_MAX)
		complete();
	ended[ended_count++] = entry;
}

static unsigned entry_new(void)
{
	for (unsigned i = 1; i < KEPT_LOCKS; i++) {
		if (kept()->locks[i].used)
			continue;
		if (kept()->lock_end <= i)
			kept()->lock_end = i + 1;
		return i;
	}
	return 0;
}

static struct node *lock_node(const struct file_lock *lock)
{
	const struct lock_list *file = lock->owner->kept
	    ? list_item(lock->locks, struct lock_list, whole)
	    : list_item(lock->locks, struct lock_list, records);

	return file->node;
}

static void changed(struct file_lock *lock)
{
	unsigned before = lock->kept, now = entry_new();
	struct kept_lock *entry = &kept()->locks[now];

	lock->kept = now;
	if (now) {
		kept_node_write(&entry->node, lock_node(lock));
		entry->pid = lock->owner->pid;
		entry->description = lock->owner->kept;
		entry->type = lock->type;
		entry->start = lock->start;
		entry->end = lock->end;
		kept_ordered();
		entry->used = 1;
	}
	entry_ends(before);
}

static void ends(struct file_lock *lock)
{
	entry_ends(lock->kept);
}

void description_init(struct description *description, int pid)
{
	lock_owner_init(&description->owner, pid);
	description->owner.kept = ++kept()->last_description;
}

void member_keep(const struct view *view, struct membership *membership)
{
	membership->kept = 0;
	for (unsigned i = 1; i < KEPT_MEMBERS; i++) {
		struct kept_member *entry = &kept()->members[i];

		if (entry->used)
			continue;
		if (kept()->member_end <= i)
			kept()->member_end = i + 1;
		entry->pid = view->pid;
		entry->number = membership->number;
		entry->description = membership->description->owner.kept;
		entry->owner_pid = membership->description->owner.pid;
		kept_ordered();
		entry->used = 1;
		membership->kept = i;
		return;
	}
}

void member_unkeep(const struct membership *membership)
{
	if (membership->kept)
		kept()->members[membership->kept].used = 0;
}

/* ---- recovery ----------------------------------------------------------- */

static struct description *description_find(uint32_t number)
{
	list_each(of_all, &views)
	{
		struct view *view = list_item(of_all, struct view, link);

		list_each(link, &view->descriptions)
		{
			struct membership *membership =
			    list_item(link, struct membership, of_view);

			if (membership->description->owner.kept == number)
				return membership->description;
		}
	}
	return NULL;
}

static void member_restore(const struct kept_member *entry)
{
	struct view *view = view_of_pid(entry->pid);
	struct description *description = description_find(entry->description);

	if (!view)
		return;
	if (!description) {
		description = heap_alloc_zero(sizeof *description);
		if (!description)
			return;
		lock_owner_init(&description->owner, entry->owner_pid);
		description->owner.kept = entry->description;
	}
	if (membership_make(view, entry->number, description) &&
	    !description->members)
		heap_free(description);
}

static void lock_restore(const struct kept_lock *entry)
{
	struct lock_range range = { entry->type, entry->start, entry->end, 0 };
	struct description *description = NULL;
	struct view *view = view_of_pid(entry->pid);
	struct node *node = kept_node_find(&entry->node);
	struct lock_list *locks;

	if (entry->description)
		description = description_find(entry->description);
	if (!node || (entry->description ? !description : !view))
		return;
	node_reference(node);
	if (!node_locks(node, &locks))
		lock_set(description ? &locks->whole : &locks->records,
		    description ? &description->owner : &view->locks, &range);
	node_drop(node);
}

static unsigned end_of(unsigned end, unsigned limit)
{
	return end < limit ? end : limit;
}

void locks_restore(void)
{
	static uint8_t old_members[KEPT_MEMBERS], old_locks[KEPT_LOCKS];
	unsigned member_end = end_of(kept()->member_end, KEPT_MEMBERS);
	unsigned lock_end = end_of(kept()->lock_end, KEPT_LOCKS);

	lock_changed = changed;
	lock_ends = ends;
	locks_complete = complete;
	/* What is restored has new entries: only the old ones are read. */
	for (unsigned i = 1; i < member_end; i++)
		old_members[i] = kept()->members[i].used != 0;
	for (unsigned i = 1; i < lock_end; i++)
		old_locks[i] = kept()->locks[i].used != 0;
	for (unsigned i = 1; i < member_end; i++) {
		if (!old_members[i])
			continue;
		member_restore(&kept()->members[i]);
		kept()->members[i].used = 0;
	}
	for (unsigned i = 1; i < lock_end; i++) {
		if (!old_locks[i])
			continue;
		lock_restore(&kept()->locks[i]);
		kept()->locks[i].used = 0;
	}
}
