/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bringing everything to the disk: the data first (the kernel returns its
 * dirty pages), then the metadata that speaks of it. A thread does so every
 * few seconds.
 */
#include "survive.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/thread.h>
#include <block/cache.h>
#include <kernel/mach.client.h>
#include <mach/vm_statistics.h>

enum {
	SYNC_PERIOD = 5000, /* milliseconds */
};

/* Files that nobody writes now give their reservations back. */
static void settle_all(void)
{
	list_each(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		if (!file->promised || file->by_access[OPEN_WRITE] ||
		    file->by_access[OPEN_READ | OPEN_WRITE] ||
		    (file->pager && pages_any_open(&file->pager->pages)))
			continue;
		file->promised = 0;
		if (file->record)
			file->record->promised_first =
			    file->record->promised_end = 0;
		fs_type->ops->settle(file->node);
	}
}

error_t fs_sync(void)
{
	error_t first, error = 0;

	first = pagers_clean();
	lock(&fs_lock);
	if (fs_type->ops->settle)
		settle_all();
	if (fs_type->ops->sync && !fs_volume->read_only)
		error = fs_type->ops->sync(fs_volume);
	fs_unlock();
	return first ? first : error;
}

/* Metadata is kept as memory allows, and given back when it is short. */
static void cache_measure(void)
{
	vm_statistics_data_t memory;
	uint64_t page = PAGE_SIZE, all, available;

	if (!fs_type->ops->limit_cache ||
	    vm_statistics(mach_task_self(), &memory))
		return;
	available = page * (memory.free_count + memory.inactive_count);
	all = available + page * (memory.active_count + memory.wire_count);
	lock(&fs_lock);
	fs_type->ops->limit_cache(fs_volume, cache_share(all, available));
	fs_unlock();
}

/* Who wrote and died is not waited for. */
static void writings_look(void)
{
	lock(&fs_lock);
	writings_forget(0);
	fs_unlock();
}

static void sync_thread(void *argument)
{
	error_t error, last = 0;
	struct fs_time now, full = { 0, 0 };

	(void)argument;
	thread_name("sync");
	server_thread_wire();
	pagers_settle();
	for (;;) {
		cache_measure();
		/* Much dirty data goes to the disk early, as a rule before
		 * the kernel runs out of memory and returns single pages. */
		int many = pagers_wait(SYNC_PERIOD);

		writings_look();
		fs_now(&now);
		if (many && now.seconds - full.seconds < SYNC_PERIOD / 1000) {
			error = pagers_clean();
		} else {
			error = fs_sync();
			full = now;
		}
		if (error && error != last)
			log_loud("sync: %s", error_name(error));
		last = error;
	}
}

error_t fs_sync_start(void)
{
	return thread_start(sync_thread, 0);
}
