/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Views, directory rights and texts as rows of what survives. A view whose
 * directories can't be found again goes on in the root directory.
 */
#include "core/numbers.h"
#include "keep.h"
#include "text_file.h"
#include <string.h>

struct view_record {
	uint32_t root, current; /* in the table of directories */
	uint32_t uid, gid, real_uid, real_gid;
	int32_t pid, parent, session;
	uint32_t kept_groups, group_count;
	uint32_t groups[KEPT_INLINE_GROUPS];
};

_Static_assert(sizeof(struct view_record) <= RECORD_MAX, "a row");

struct handle_record {
	uint32_t kind;
	struct kept_node node;
};

/* ---- views --------------------------------------------------------------- */

error_t view_keep_directories(struct node *root, struct node *current)
{
	error_t error = directory_keep(root);

	if (error)
		return error;
	error = directory_keep(current);
	if (error)
		directory_unkeep(root);
	return error;
}

static uint32_t groups_new(void)
{
	for (uint32_t i = 1; i < KEPT_GROUPS; i++)
		if (!kept()->groups[i].used)
			return i;
	return 0;
}

error_t view_keep_groups(struct view *view)
{
	uint32_t place = 0, before = view->kept_groups;

	if (view->who.group_count > KEPT_INLINE_GROUPS) {
		place = groups_new();
		if (!place)
			return E_NOMEM;
		memcpy(kept()->groups[place].groups, view->groups,
		    sizeof view->groups);
		kept_ordered();
		kept()->groups[place].used = 1;
	}
	view->kept_groups = place;
	/* The record names the new place before the old one is free. */
	if (before) {
		object_save(view);
		kept()->groups[before].used = 0;
	}
	return 0;
}

error_t view_change(
    struct view *view, struct node **which, struct node *directory)
{
	struct node *before = *which;
	error_t error = directory_keep(directory);

	if (error)
		return error;
	*which = node_reference(directory);
	object_save(view);
	directory_unkeep(before);
	node_drop(before);
	return 0;
}

void view_unkeep(struct view *view)
{
	directory_unkeep(view->root);
	directory_unkeep(view->current);
	if (view->kept_groups)
		kept()->groups[view->kept_groups].used = 0;
}

static void view_save(object_t object, void *to)
{
	const struct view *view = (const struct view *)object;
	struct view_record *record = to;
	unsigned count = view->who.group_count;

	record->root = view->root->kept;
	record->current = view->current->kept;
	record->uid = view->who.uid;
	record->gid = view->who.gid;
	record->real_uid = view->who.real_uid;
	record->real_gid = view->who.real_gid;
	record->pid = view->pid;
	record->parent = view->parent;
	record->session = view->session;
	record->kept_groups = view->kept_groups;
	record->group_count = count;
	if (count <= KEPT_INLINE_GROUPS)
		memcpy(record->groups, view->groups,
		    count * sizeof *record->groups);
}

static struct node *directory_or_root(uint32_t number)
{
	struct node *node = directory_restored(number);

	return node ? node : mount_top(mount_root->root);
}

static void groups_restore(struct view *view, const struct view_record *record)
{
	unsigned count = record->group_count;
	const uint32_t *from = record->groups;

	if (record->kept_groups && record->kept_groups < KEPT_GROUPS) {
		from = kept()->groups[record->kept_groups].groups;
		view->kept_groups = record->kept_groups;
	} else if (count > KEPT_INLINE_GROUPS) {
		count = 0;
	}
	if (count > GROUPS_MAX)
		count = GROUPS_MAX;
	memcpy(view->groups, from, count * sizeof *from);
	view->who.group_count = count;
}

static error_t view_restore(const void *from, object_t *object)
{
	const struct view_record *record = from;
	struct view *view;
	error_t error;

	keep_begin();
	if (!mount_root)
		return E_NODEV;
	vfs_enter();
	error = view_new(record->pid, directory_or_root(record->root),
	    directory_or_root(record->current), &view);
	if (!error) {
		view->who.uid = record->uid;
		view->who.gid = record->gid;
		view->who.real_uid = record->real_uid;
		view->who.real_gid = record->real_gid;
		view->parent = record->parent;
		view->session = record->session;
		groups_restore(view, record);
		*object = &view->object;
	}
	unlock(&vfs_lock);
	return error;
}

const struct recovery view_recovery = {
	.class = &view_class,
	.save = view_save,
	.restore = view_restore,
};

/* ---- directories, and files by path -------------------------------------- */

static void handle_save(object_t object, void *to)
{
	const struct handle *handle = (const struct handle *)object;
	struct handle_record *record = to;

	record->kind = (uint32_t)handle->kind;
	kept_node_write(&record->node, handle->node);
}

static error_t handle_restore(const void *from, object_t *object)
{
	const struct handle_record *record = from;
	struct handle *handle;
	struct node *node;
	error_t error = E_NOENT;

	if (record->kind > HANDLE_READ)
		return E_UCLEAN;
	keep_begin();
	vfs_enter();
	node = kept_node_find(&record->node);
	if (node)
		error = node->handles[record->kind]
		    ? E_EXIST
		    : handle_make(node, (int)record->kind, &handle);
	if (!error)
		*object = object_reference(handle); /* and node->handles' */
	unlock(&vfs_lock);
	return error;
}

const struct recovery handle_recovery = {
	.class = &handle_class,
	.save = handle_save,
	.restore = handle_restore,
};

/* ---- texts --------------------------------------------------------------- */

static void text_save(object_t object, void *to)
{
	kept_node_write(to, ((const struct text_file *)object)->node);
}

static error_t text_restore(const void *from, object_t *object)
{
	struct text_file *file;
	struct node *node;
	error_t error = E_NOENT;

	keep_begin();
	vfs_enter();
	node = kept_node_find(from);
	if (node && (node->attributes.flags & FILE_TEXT_OF_VFS))
		error = text_file_make(node, &file);
	if (!error)
		*object = &file->object;
	unlock(&vfs_lock);
	return error;
}

const struct recovery text_recovery = {
	.class = &text_file_class,
	.save = text_save,
	.restore = text_restore,
};
