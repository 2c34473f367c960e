/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pfs.defs: VFS asks. Each handler finds its files, checks what a type may
 * rely on (node.h), calls the type and answers with attributes.
 */
#include "core/directory.h"
#include "serve_pfs.h"
#include <base/port.h>
#include <pfs.server.h>
#include <string.h>

enum {
	ATTRIBUTES_OWNER = ATTRIBUTE_MODE | ATTRIBUTE_UID | ATTRIBUTE_GID,
};

int fs_device_number;

error_t use(offset_t number, struct file **file)
{
	error_t error;

	lock(&fs_lock);
	error = file_get((uint64_t)number, file);
	if (error)
		fs_unlock();
	return error;
}

void end_use(struct file *file)
{
	file_put(file);
	fs_unlock();
}

int is_directory(const struct file *file)
{
	return (file->node->attributes.mode & FS_KIND) == FS_DIRECTORY;
}

error_t use_directory(offset_t number, struct file **file)
{
	error_t error = use(number, file);

	if (!error && !is_directory(*file)) {
		end_use(*file);
		error = E_NOTDIR;
	}
	return error;
}

error_t change_check(struct file *file, int has_op)
{
	if (fs_volume->read_only || !has_op)
		return E_ROFS;
	return file->node->attributes.flags & FS_FLAG_IMMUTABLE ? E_PERM : 0;
}

/* VFS is told of node. Attributes for the answer. */
static error_t tell(struct fs_node *node, file_attributes_t *attributes)
{
	struct file *file;
	error_t error;

	if (renew_caller_died())
		return E_INTR;
	error = file_of_node(node, &file);
	if (error)
		return error;
	file_tell(file);
	file_attributes_fill(file, (struct file_attributes *)attributes);
	file_put(file);
	return 0;
}

error_t serve_pfs_attach(object_t pfs, int device, offset_t *root,
    file_attributes_t *attributes, name_t type, mach_msg_type_number_t *length)
{
	struct fs_node *node;
	error_t error;

	(void)pfs;
	lock(&fs_lock);
	fs_device_number = device;
	fs_memory->device = (uint32_t)device;
	error = fs_node_get(fs_volume, fs_volume->root, &node);
	if (!error) {
		error = tell(node, attributes);
		fs_node_put(node);
	}
	fs_unlock();
	if (error)
		return error;
	*root = (offset_t)fs_volume->root;
	*length = strlen(fs_type->name);
	memcpy(type, fs_type->name, *length);
	return 0;
}

error_t serve_pfs_lookup(object_t pfs, offset_t directory, const name_t name,
    mach_msg_type_number_t length, offset_t *node,
    file_attributes_t *attributes)
{
	struct fs_node *found;
	struct file *file;
	uint64_t number;
	error_t error;

	(void)pfs;
	if (!length)
		return E_NOENT;
	if (length > FS_NAME_MAX)
		return E_NAMETOOLONG;
	error = use_directory(directory, &file);
	if (error)
		return error;
	error = fs_type->ops->lookup(file->node, name, length, &number);
	if (!error)
		error = fs_node_get(fs_volume, number, &found);
	if (!error) {
		error = tell(found, attributes);
		fs_node_put(found);
		*node = (offset_t)number;
	}
	end_use(file);
	return error == E_STALE ? E_UCLEAN : error;
}

error_t serve_pfs_read_link(object_t pfs, offset_t node, path_t target,
    mach_msg_type_number_t *length)
{
	struct file *file;
	unsigned count = 0;
	error_t error = use(node, &file);

	(void)pfs;
	if (error)
		return error;
	if ((file->node->attributes.mode & FS_KIND) != FS_LINK)
		error = E_INVAL;
	else
		error = fs_type->ops->read_link(file->node, target, &count);
	end_use(file);
	*length = count;
	return error;
}

error_t serve_pfs_read_directory(object_t pfs, offset_t directory,
    offset_t position, small_data_t data, mach_msg_type_number_t *count,
    offset_t *next)
{
	struct directory_writer writer;
	struct file *file;
	error_t error;

	(void)pfs;
	if (position < 0)
		return E_INVAL;
	error = use_directory(directory, &file);
	if (error)
		return error;
	directory_start(&writer, data, IO_INLINE_MAX, (uint64_t)position);
	error = fs_type->ops->read_directory(file->node, (uint64_t)position,
	    directory_emit, &writer);
	end_use(file);
	*count = writer.used;
	*next = (offset_t)writer.next;
	return error;
}

error_t serve_pfs_get_attributes(object_t pfs, offset_t node,
    file_attributes_t *attributes)
{
	struct file *file;
	error_t error = use(node, &file);

	(void)pfs;
	if (error)
		return error;
	file_attributes_fill(file, (struct file_attributes *)attributes);
	end_use(file);
	return 0;
}

static void times_set(struct fs_attributes *to, int mask,
    const struct file_attributes *from)
{
	if (mask & ATTRIBUTE_ATIME) {
		to->atime.seconds = from->atime;
		to->atime.nanoseconds = from->atime_nsec;
	}
	if (mask & ATTRIBUTE_MTIME) {
		to->mtime.seconds = from->mtime;
		to->mtime.nanoseconds = from->mtime_nsec;
	}
	if (mask & ATTRIBUTE_ATIME_NOW)
		fs_now(&to->atime);
	if (mask & ATTRIBUTE_MTIME_NOW)
		fs_now(&to->mtime);
}

/* Owner and mode as they will be, if the type agrees. */
static error_t owner_check(struct file *file, int mask,
    const struct file_attributes *from, struct fs_attributes *to)
{
	*to = file->node->attributes;
	if (!(mask & ATTRIBUTES_OWNER))
		return 0;
	if (mask & ATTRIBUTE_MODE)
		to->mode = (to->mode & FS_KIND) |
		    (from->mode & ~(uint32_t)FS_KIND);
	if (mask & ATTRIBUTE_UID)
		to->uid = from->uid;
	if (mask & ATTRIBUTE_GID)
		to->gid = from->gid;
	return fs_type->ops->change ?
	    fs_type->ops->change(file->node, to) : 0;
}

/* Of other kinds than these two Linux keeps no more, either. */
static uint32_t flags_settable(uint32_t mode)
{
	switch (mode & FS_KIND) {
	case FS_DIRECTORY:
		return fs_type->settable;
	case FS_REGULAR:
		return fs_type->settable & ~(uint32_t)FS_FLAGS_OF_DIRECTORY;
	default:
		return fs_type->settable & (FS_FLAG_NODUMP | FS_FLAG_NOATIME);
	}
}

/* Who may do that is asked by VFS; that a file is immutable does not keep it
 * from becoming another. */
static error_t flags_set(struct file *file, int mask, uint32_t flags)
{
	struct fs_attributes *to = &file->node->attributes;
	uint32_t settable = flags_settable(to->mode);

	if (mask != ATTRIBUTE_FLAGS)
		return E_INVAL;
	if (!fs_type->settable)
		return E_OPNOTSUPP;
	if (fs_volume->read_only)
		return E_ROFS;
	to->flags = (to->flags & ~settable) | (flags & settable);
	file_stamp(file, 0);
	return 0;
}

static error_t attributes_set(struct file *file, int mask,
    const struct file_attributes *from)
{
	struct fs_attributes *to = &file->node->attributes, owner;
	error_t error = change_check(file, fs_type->ops->save != 0);

	if (!error && (to->flags & FS_FLAG_APPEND) && mask !=
	    (mask & (ATTRIBUTE_ATIME_NOW | ATTRIBUTE_MTIME_NOW)))
		error = E_PERM;
	if (!error)
		error = owner_check(file, mask, from, &owner);
	if (!error && (mask & ATTRIBUTE_SIZE)) {
		if ((to->mode & FS_KIND) != FS_REGULAR)
			error = is_directory(file) ? E_ISDIR : E_INVAL;
		else
			error = file_resize(file, from->size);
	}
	if (error)
		return error;
	if (mask & ATTRIBUTES_OWNER) {
		to->mode = owner.mode;
		to->uid = owner.uid;
		to->gid = owner.gid;
	}
	times_set(to, mask, from);
	file_stamp(file, 0);
	return 0;
}

error_t serve_pfs_set_attributes(object_t pfs, offset_t node, int mask,
    file_attributes_t attributes, file_attributes_t *now)
{
	struct file *file;
	error_t error = use(node, &file);

	(void)pfs;
	if (error)
		return error;
	if (mask & ATTRIBUTE_FLAGS)
		error = flags_set(file, mask, attributes.flags);
	else
		error = attributes_set(file, mask,
		    (const struct file_attributes *)&attributes);
	if (!error)
		file_attributes_fill(file, (struct file_attributes *)now);
	end_use(file);
	return error;
}

error_t serve_pfs_open(object_t pfs, offset_t node, int access,
    GIVEN mach_port_t *right, mach_msg_type_name_t *type,
    file_attributes_t *attributes)
{
	struct file *file;
	error_t error = use(node, &file);

	(void)pfs;
	if (error)
		return error;
	if ((file->node->attributes.mode & FS_KIND) != FS_REGULAR)
		error = is_directory(file) ? E_ISDIR : E_INVAL;
	else if (access & OPEN_WRITE)
		error = change_check(file, fs_type->ops->write != 0);
	if (!error)
		error = file_right_answer(file, access, right, type);
	if (!error)
		file_attributes_fill(file,
		    (struct file_attributes *)attributes);
	end_use(file);
	return error;
}

/* A file that we have not looked at since we took over. */
static void record_forget(uint64_t node, uint32_t told)
{
	struct file_record *record = record_find(node);

	if (!record || (int32_t)(told - record->told) < 0)
		return;
	slot_free(record->slot);
	record_drop(record);
}

error_t serve_pfs_forget(object_t pfs, offset_t node, int told)
{
	struct fs_node *found;
	struct file *file;

	(void)pfs;
	lock(&fs_lock);
	found = fs_node_find(fs_volume, (uint64_t)node);
	file = found ? found->shell : 0;
	if (file) {
		file->uses++;
		file_forget(file, (uint32_t)told);
		file_put(file);
	} else {
		record_forget((uint64_t)node, (uint32_t)told);
	}
	if (found)
		fs_node_put(found);
	fs_unlock();
	return 0;
}

error_t serve_pfs_status(object_t pfs, file_system_status_t *answer)
{
	struct file_system_status *to = (struct file_system_status *)answer;
	struct fs_status from;
	error_t error;

	(void)pfs;
	memset(&from, 0, sizeof from);
	lock(&fs_lock);
	/* What was removed just now is free, as everybody expects. */
	while (files_wait())
		;
	error = fs_type->ops->status(fs_volume, &from);
	fs_unlock();
	if (error)
		return error;
	memset(to, 0, sizeof *to);
	to->magic = from.magic;
	to->block_size = from.block_size;
	to->blocks = from.blocks;
	to->blocks_free = from.blocks_free;
	to->blocks_available = from.blocks_available;
	to->nodes = from.nodes;
	to->nodes_free = from.nodes_free;
	memcpy(to->id, from.id, sizeof to->id);
	to->name_max = from.name_max;
	to->flags = fs_volume->read_only ? 1 : 0; /* ST_RDONLY */
	return 0;
}

error_t serve_pfs_sync(object_t pfs)
{
	(void)pfs;
	return fs_sync();
}
