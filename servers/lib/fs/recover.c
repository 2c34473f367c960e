/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file server takes over from one that died: README.md, "Recovery". The
 * framework brings back the ports; each file right and each memory object finds
 * its node again by its number, in the volume as it was after the last
 * operation.
 */
#include "survive.h"
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <server/recover.h>
#include <string.h>

struct right_record {
	uint64_t number; /* of the node */
	int32_t access;
};

static void right_save(object_t object, void *to)
{
	const struct file_right *right = (const struct file_right *)object;
	struct right_record *record = to;

	record->number = right->file->node->number;
	record->access = right->access;
}

static error_t right_restore(const void *from, object_t *object)
{
	const struct right_record *record = from;
	int access = record->access & (OPEN_READ | OPEN_WRITE);
	struct file *file;
	error_t error;

	lock(&fs_lock);
	error = file_get(record->number, &file);
	if (!error) {
		if (file->by_access[access])
			error = E_EXIST;
		else
			error = right_new(file, access);
		if (!error)
			*object = object_reference(file->by_access[access]);
		file->uses--; /* it is looked at when all are there */
	}
	unlock(&fs_lock);
	return error;
}

static const struct recovery right_recovery = {
	.class = &file_right_class,
	.save = right_save,
	.restore = right_restore,
};

static error_t pager_of_number(uint64_t number, struct pager **pager)
{
	struct file *file;
	error_t error;

	lock(&fs_lock);
	error = file_get(number, &file);
	if (!error) {
		error = file_pager(file);
		*pager = file->pager;
		file->uses--;
	}
	unlock(&fs_lock);
	return error;
}

static error_t pfs_restore(const void *record, object_t *object)
{
	(void)record;
	*object = object_reference(&fs_public);
	return 0;
}

static const struct recovery pfs_recovery = {
	.class = &fs_public_class,
	.restore = pfs_restore,
};

const struct recovery *const fs_recovers[] = { &pfs_recovery, &right_recovery,
	&pager_recovery, 0 };

void recovery_prepare(void)
{
	pager_find = pager_of_number;
}

/* Files whose nodes are in use get what VFS and clients know of them. */
static void records_adopt(void)
{
	struct file_record *record = 0;

	while ((record = record_next(record))) {
		struct fs_node *node =
		    fs_node_find(fs_volume, record->number);
		struct file *file;

		if (!node) {
			port_drop(record->proxy);
			record->proxy = MACH_PORT_NULL;
			continue;
		}
		if (!file_of_node(node, &file))
			file->uses--;
		fs_node_put(node);
	}
}

static void promise_restore(struct file *file)
{
	const struct file_record *record = file->record;
	uint64_t first, end;

	if (!record || !record->promised_end || !fs_type->ops->reserve)
		return;
	first = (uint64_t)record->promised_first * PAGE_SIZE;
	end = (uint64_t)record->promised_end * PAGE_SIZE;
	if (end > file->node->attributes.size)
		end = file->node->attributes.size;
	if (first >= end)
		return;
	file->promised = 1;
	if (fs_type->ops->reserve(file->node, first, end - first))
		log_loud("no room for what node %llu was promised",
		    (unsigned long long)file->node->number);
}

/* Rights whose last sender went, or whose first never came to be. The framework
 * has references still: nothing ends before start() has returned. */
static void rights_look(struct file *file)
{
	for (int access = 0; access < 4; access++) {
		struct file_right *right = file->by_access[access];

		if (right && !right->object.senders.exist)
			right_gone(right);
	}
}

static void files_look(void)
{
	list_each_safe(link, &fs_files) {
		struct file *file = list_item(link, struct file, link);

		promise_restore(file);
		if (file->pager)
			file->pager->urgent = file->rights != 0;
		rights_look(file);
		file_look(file);
	}
}

void recovery_end(void)
{
	if (!server_recovered)
		return;
	lock(&fs_lock);
	records_adopt();
	fs_unlock();
	staged_write();
	lock(&fs_lock);
	files_look();
	fs_nodes_let_go(fs_volume);
	fs_unlock();
	pagers_resume();
}
