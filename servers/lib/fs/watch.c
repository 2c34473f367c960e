/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that somebody watches. VFS says which and what it wants to hear of
 * (pfs_watch); the slot tells those who write or read through mappings that
 * they are to say so each time (file_touch). What happens is gathered in the
 * file under fs_lock and told by fs_unlock, without the lock and without
 * waiting: VFS may be waiting for us. What VFS has no room for is told a
 * moment later by a thread that comes and goes.
 */
#include "survive.h"
#include <base/thread.h>
#include <file_notice.client.h>
#include <pfs.server.h>
#include <server/recover.h>

enum {
	PAUSE = 10, /* milliseconds */
};

static struct list watched = LIST_EMPTY(watched); /* struct file.watching */
static struct list unsaid = LIST_EMPTY(unsaid);   /* struct file.report */
int watch_news;      /* VFS is to be told that there is something */
static int told;     /* it is, and has not asked yet */
static int retrying; /* a thread tries it again and again */

void watch_happened(struct file *file, unsigned what)
{
	if (!(file->watched & what))
		return;
	file->unsaid |= what;
	if (list_empty(&file->report))
		list_append(&unsaid, &file->report);
	watch_news = !told;
}

void watch_closed(struct file *file, int access)
{
	unsigned what = access & OPEN_WRITE ? WATCH_CLOSED_WRITTEN :
					      WATCH_CLOSED_READ;

	if (!(file->watched & WATCH_CLOSED) || !access)
		return;
	if (!file->node->attributes.links && !watch_rights(file))
		file->watched |= WATCH_GONE, what |= WATCH_GONE;
	watch_happened(file, what);
}

void watch_drop(struct file *file)
{
	list_remove(&file->report);
	list_remove(&file->watching);
}

int watch_rights(const struct file *file)
{
	int rights = 0;

	for (int access = 1; access < 4; access++)
		rights += file->by_access[access] != 0;
	return rights;
}

static error_t tell(void)
{
	error_t error;

	told = 1;
	watch_news = 0;
	unlock(&fs_lock);
	error = file_notice_happened(fs_memory->watcher, fs_device_number);
	lock(&fs_lock);
	return error;
}

/* VFS's queue was full. */
static void tell_again(void *argument)
{
	(void)argument;
	thread_name("watch");
	lock(&fs_lock);
	while (!list_empty(&unsaid) && tell() == MACH_SEND_TIMED_OUT) {
		unlock(&fs_lock);
		thread_sleep(PAUSE);
		lock(&fs_lock);
	}
	retrying = 0;
	unlock(&fs_lock);
	thread_end();
}

void watch_tell(void)
{
	if (tell() != MACH_SEND_TIMED_OUT || retrying)
		return;
	retrying = !thread_start(tell_again, 0);
	told = retrying;
}

/* Rights whose last sender is gone, though nobody has said so yet. */
static void watched_look(void)
{
	list_each(link, &watched) {
		struct file *file = list_item(link, struct file, watching);

		for (int access = 1; access < 4; access++) {
			struct file_right *right = file->by_access[access];

			if (right && object_is_left(right))
				right_gone(right);
		}
	}
}

error_t serve_pfs_happened(object_t pfs, node_list_t happened,
    mach_msg_type_number_t *count)
{
	struct list *link;

	(void)pfs;
	*count = 0;
	lock(&fs_lock);
	watched_look();
	while (*count < RENEW_MOST && (link = list_take(&unsaid))) {
		struct file *file = list_item(link, struct file, report);

		happened[(*count)++] = (int64_t)file->node->number;
		happened[(*count)++] = file->unsaid;
		file->unsaid = 0;
	}
	told = watch_news = 0;
	fs_unlock();
	return 0;
}

/* ---- what VFS wants ---- */

static void watcher_set(mach_port_t notify)
{
	mach_port_t old = fs_memory->watcher;

	if (notify == old) {
		port_drop(notify);
		return;
	}
	if (server_memory && vault_keep(notify))
		notify = MACH_PORT_NULL;
	fs_memory->watcher = notify;
	if (server_memory && old)
		vault_drop(old);
	port_drop(old);
}

void watch_start(void)
{
	mach_port_t right = MACH_PORT_NULL;

	if (server_memory && fs_memory->watcher &&
	    vault_take(fs_memory->watcher, &right))
		right = MACH_PORT_NULL;
	fs_memory->watcher = right;
}

void watch_set(struct file *file, unsigned what)
{
	file->watched = (unsigned char)what;
	list_remove(&file->watching);
	if (what)
		list_append(&watched, &file->watching);
	if (file->record)
		file->record->watched = what;
	slot_write(file);
}

void watch_restored(struct file *file)
{
	watch_set(file, file->record->watched);
	watch_happened(file, WATCH_WRITTEN);
}

error_t serve_pfs_watch(object_t pfs, offset_t node, int what,
    mach_port_t notify, int *rights)
{
	struct file *file;
	error_t error;

	(void)pfs;
	lock(&fs_lock);
	error = file_get((uint64_t)node, &file);
	if (error) {
		fs_unlock();
		return error;
	}
	if (MACH_PORT_VALID(notify))
		watcher_set(notify);
	watch_set(file, (unsigned)what);
	*rights = watch_rights(file);
	file_put(file);
	fs_unlock();
	return 0;
}
