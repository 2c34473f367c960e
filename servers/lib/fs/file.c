/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files: nodes that are known outside, and the rights to them.
 *
 * A file goes when VFS has forgotten it, no right has a sender, no handler
 * works with it and the kernel neither maps nor caches its memory. The last of
 * these is not waited for when many files lie idle, or when the file has no
 * name any more: then the kernel is told not to cache it.
 */
#include "survive.h"
#include <base/heap.h>
#include <base/port.h>
#include <base/text.h>
#include <file.server.h>
#include <string.h>

enum {
	IDLE_MAX = 2048, /* files that only the kernel caches */
	GONE_WAIT = 500, /* milliseconds */
};

struct list fs_files = LIST_EMPTY(fs_files), fs_idle = LIST_EMPTY(fs_idle);
static unsigned idle_count;
static struct condition file_gone;

static routine_t file_interface(const mach_msg_header_t *request)
{
	return (routine_t)file_server_routine(request);
}

void file_writers(struct file *file)
{
	if (file->pager)
		file->pager->writable = file->by_access[OPEN_WRITE] ||
		    file->by_access[OPEN_READ | OPEN_WRITE];
}

/* The next opener gets a new port. While this waited for the lock an opener may
 * have been given the old one: then it stays, and this comes again. */
static void right_no_senders(object_t object)
{
	struct file_right *right = (struct file_right *)object;

	lock(&fs_lock);
	if (right->file->by_access[right->access] == right &&
	    object_is_left(right))
		right_gone(right);
	fs_unlock();
}

void right_gone(struct file_right *right)
{
	right->file->by_access[right->access] = 0;
	file_writers(right->file);
	watch_closed(right->file, right->access);
	object_release(right); /* the table's */
}

static void right_destroy(object_t object)
{
	struct file_right *right = (struct file_right *)object;

	lock(&fs_lock);
	right->file->rights--;
	file_look(right->file);
	fs_unlock();
	heap_free(right);
}

static const interface_t interfaces[] = { file_interface, 0 };

const struct object_class file_right_class = {
	.name = "file",
	.interfaces = interfaces,
	.destroy = right_destroy,
	.no_senders = right_no_senders,
};

error_t file_of_node(struct fs_node *node, struct file **file)
{
	struct file *made = node->shell;

	if (made) {
		made->uses++;
		*file = made;
		return 0;
	}
	made = heap_alloc_zero(sizeof *made);
	if (!made)
		return E_NOMEM;
	made->node = fs_node_reference(node);
	made->slot = -1;
	made->uses = 1;
	made->record = record_take(node->number);
	if (made->record && made->record->told)
		made->told = made->record->told;
	if (made->record)
		made->proxy = made->record->proxy;
	if (made->record && made->record->slot >= 0)
		slot_take_back(made, made->record->slot);
	list_init(&made->idle_link);
	list_init(&made->report);
	list_init(&made->watching);
	list_append(&fs_files, &made->link);
	node->shell = made;
	if (made->record && made->record->watched)
		watch_restored(made);
	*file = made;
	return 0;
}

error_t file_get(uint64_t number, struct file **file)
{
	struct fs_node *node;
	error_t error = fs_node_get(fs_volume, number, &node);

	if (error)
		return error;
	error = file_of_node(node, file);
	fs_node_put(node);
	return error;
}

void file_tell(struct file *file)
{
	uint32_t told = fs_memory->told + 1;

	if (!told)
		told = 1;
	fs_memory->told = told;
	file_told(file, told);
}

void file_told(struct file *file, uint32_t told)
{
	file->told = told;
	if (file->record)
		file->record->told = told;
}

void file_forget(struct file *file, uint32_t told)
{
	if (file->told && (int32_t)(told - file->told) >= 0)
		file_told(file, 0);
}

void file_proxy(struct file *file, CONSUMED mach_port_t proxy)
{
	mach_port_t old = file->proxy;

	file->proxy = proxy;
	if (file->record)
		file->record->proxy = proxy;
	port_drop(old);
}

static void file_end(struct file *file)
{
	struct fs_node *node = file->node;

	if (!list_empty(&file->idle_link)) {
		list_remove(&file->idle_link);
		idle_count--;
	}
	list_remove(&file->link);
	watch_drop(file);
	if (file->writing)
		writings_forget(file);
	if (file->pager)
		pager_end(file->pager);
	file_proxy(file, MACH_PORT_NULL);
	slot_drop(file);
	record_drop(file->record);
	node->shell = 0;
	heap_free(file);
	fs_node_put(node);
	condition_broadcast(&file_gone);
}

int files_wait(void)
{
	list_each(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		if (!file->node->attributes.links && file->shed)
			return condition_wait_timed(&file_gone, &fs_lock,
			    GONE_WAIT);
	}
	return 0;
}

/* The kernel gives the memory up when (or since) nobody maps it. */
static void file_shed(struct file *file)
{
	if (file->shed)
		return;
	file->shed = 1;
	file_proxy(file, MACH_PORT_NULL);
	if (file->pager)
		pager_uncache(file->pager);
}

void files_shed(unsigned keep)
{
	list_each_safe(link, &fs_idle) {
		struct file *file = list_item(link, struct file, idle_link);

		if (idle_count <= keep)
			return;
		list_remove(link);
		idle_count--;
		file_shed(file);
		file_look(file);
	}
}

void file_look(struct file *file)
{
	if (file->told || file->uses || file->rights) {
		if (!list_empty(&file->idle_link)) {
			list_remove(&file->idle_link);
			idle_count--;
		}
		return;
	}
	if (!file->node->attributes.links)
		file_shed(file);
	if (!file->pager || (!file->pager->control && !file->pager->asleep &&
	    (file->shed || !file->pager->senders))) {
		file_end(file);
		return;
	}
	if (file->shed || !list_empty(&file->idle_link))
		return;
	list_append(&fs_idle, &file->idle_link);
	if (++idle_count > IDLE_MAX)
		files_shed(IDLE_MAX - IDLE_MAX / 8);
}

void file_put(struct file *file)
{
	file->uses--;
	file_look(file);
}

void files_describe(char *text, unsigned size)
{
	unsigned files = 0, told = 0, pagers = 0, rights = 0;

	list_each(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		files++;
		told += file->told != 0;
		pagers += file->pager != 0;
		rights += file->rights;
	}
	text_append(text, size, "%u files: %u known to vfs, %u with memory, %u "
	    "only cached, %u rights\n", files, told, pagers, idle_count,
	    rights);
}

error_t right_new(struct file *file, int access)
{
	struct file_right *right = heap_alloc_zero(sizeof *right);

	if (!right)
		return E_NOMEM;
	object_init(&right->object, &file_right_class);
	right->file = file;
	right->access = access;
	file->by_access[access] = right; /* it has the first reference */
	file->rights++;
	file_writers(file);
	if (file->slot < 0)
		slot_take(file);
	return 0;
}

error_t file_right_answer(struct file *file, int access, mach_port_t *right,
    mach_msg_type_name_t *type)
{
	error_t error;

	access &= OPEN_READ | OPEN_WRITE;
	if (!file->by_access[access]) {
		error = right_new(file, access);
		if (error)
			return error;
	}
	return object_make_answer(file->by_access[access], &pool_files, right,
	    type);
}

void file_attributes_fill(struct file *file, struct file_attributes *to)
{
	struct fs_node *node = file->node;
	struct fs_attributes *from = &node->attributes;

	if (fs_type->ops->refresh)
		fs_type->ops->refresh(node);
	memset(to, 0, sizeof *to);
	to->mode = from->mode;
	to->links = from->links;
	to->uid = from->uid;
	to->gid = from->gid;
	to->node = node->number;
	to->size = writing_size(file, from->size);
	to->blocks = from->blocks + from->delayed;
	to->block_size = fs_volume->block_size < 4096 ? 4096 :
							fs_volume->block_size;
	to->device = (uint32_t)fs_device_number;
	to->special = from->special;
	to->slot = (uint32_t)file->slot;
	to->atime = from->atime.seconds;
	to->mtime = from->mtime.seconds;
	to->ctime = from->ctime.seconds;
	to->atime_nsec = from->atime.nanoseconds;
	to->mtime_nsec = from->mtime.nanoseconds;
	to->ctime_nsec = from->ctime.nanoseconds;
	to->generation = from->generation;
	to->told = file->told;
	to->flags = from->flags & (0xffffff | FILE_FOR_VFS);
	to->settable = fs_type->settable;
	if (fs_type->flags & FS_TYPE_VOLATILE)
		to->flags |= FILE_VOLATILE;
	if (fs_type->flags & FS_TYPE_ALIKE)
		to->flags |= FILE_ALIKE;
}

void file_changed(struct file *file)
{
	if (fs_type->ops->refresh)
		fs_type->ops->refresh(file->node);
	fs_node_dirty(file->node);
	slot_write(file);
}

void file_stamp(struct file *file, int modified)
{
	struct fs_attributes *attributes = &file->node->attributes;

	fs_now(&attributes->ctime);
	if (modified)
		attributes->mtime = attributes->ctime;
	file_changed(file);
}
